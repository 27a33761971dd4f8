-module(kiosk_boss).
-behaviour(gen_server).
-export([start_link/0, prices/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
prices() -> gen_server:call(?MODULE, prices).

%% What the helper needs goes with its start.
init([]) ->
    Prices = #{tea => 2},
    {ok, _Helper} = kiosk_helper:start_link(Prices),
    {ok, Prices}.

handle_call(prices, _From, Prices) -> {reply, Prices, Prices}.
handle_cast(_, Prices) -> {noreply, Prices}.
