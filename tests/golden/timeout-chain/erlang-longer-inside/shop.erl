-module(shop).
-behaviour(gen_server).
-export([start_link/0, order/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
order(Item) -> gen_server:call(?MODULE, {order, Item}).

init(_) -> {ok, none}.

handle_call({order, Item}, _From, State) ->
    %% finding: timeout-chain
    {reply, gen_server:call(stock, {reserve, Item}, 30000), State}.

handle_cast(_, State) -> {noreply, State}.
