-module(audit).
-behaviour(gen_server).
-export([start_link/0, check/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% finding: call-cycle
check(Entry) -> gen_server:call(?MODULE, {check, Entry}).

init([]) -> {ok, 1000}.

handle_call({check, Entry}, _From, Limit) ->
    case ledger:balance() + Entry of
        Sum when Sum > Limit -> {reply, {error, limit}, Limit};
        _ -> {reply, ok, Limit}
    end.

handle_cast(_, S) -> {noreply, S}.
