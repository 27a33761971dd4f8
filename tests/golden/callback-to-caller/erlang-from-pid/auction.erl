-module(auction).
-behaviour(gen_server).
-export([start_link/0, bid/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
bid(Amount) -> gen_server:call(?MODULE, {bid, Amount}).

init([]) -> {ok, 0}.

handle_call({bid, Amount}, {Pid, _}, Best) ->
    %% finding: callback-to-caller
    Limit = gen_server:call(Pid, limit),
    {reply, Amount =< Limit, max(Best, Amount)}.

handle_cast(_, S) -> {noreply, S}.
