%% clean: callback-to-caller
-module(auction).
-behaviour(gen_server).
-export([start_link/0, bid/1, init/1, handle_call/3, handle_cast/2, handle_continue/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
bid(Amount) -> gen_server:call(?MODULE, {bid, Amount}).

init([]) -> {ok, 0}.

%% The client has its reply when it is asked.
handle_call({bid, Amount}, {Pid, _}, Best) ->
    {reply, ok, max(Best, Amount), {continue, {ask, Pid}}}.

handle_cast(_, S) -> {noreply, S}.

handle_continue({ask, Pid}, Best) ->
    io:format("limit ~p~n", [gen_server:call(Pid, limit)]),
    {noreply, Best}.
