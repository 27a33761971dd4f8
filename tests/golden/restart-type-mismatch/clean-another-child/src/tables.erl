%% clean: restart-type-mismatch
%% Started once for all; the look-up is that of another child under the same supervisor.
-module(tables).
-behaviour(gen_server).
-export([init_host/0, start_link/0, init/1, handle_call/3, handle_cast/2]).

init_host() ->
    Spec = {tables, {tables, start_link, []}, transient, 5000, worker, [tables]},
    supervisor:start_child(backend_sup, Spec).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, none}.

handle_call(_, _From, State) -> {reply, ok, State}.

handle_cast(_, State) -> {noreply, State}.
