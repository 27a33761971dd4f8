%% clean: stop-call-cycle
-module(owner).
-behaviour(gen_server).
-export([start_link/0, report/1, reset/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
report(N) -> gen_server:call(?MODULE, {report, N}).

%% The client waits for the end of the worker, not the owner.
reset() ->
    ok = gen_server:stop(worker),
    gen_server:call(?MODULE, reset).

init([]) -> {ok, 0}.

handle_call({report, N}, _From, S) -> {reply, ok, S + N};
handle_call(reset, _From, _S) -> {reply, ok, 0}.

handle_cast(_, S) -> {noreply, S}.
