-module(anvil).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).
-define(TRAP, process_flag(trap_exit, true)).
start_link() -> gen_server:start_link(?MODULE, [], []).
init([]) -> ?TRAP, {ok, []}.
handle_call(hit, _From, S) ->
    %% finding: trap-exit-mismatch
    P = spawn_link(fun() -> timer:sleep(10) end), {reply, P, S}.
handle_cast(_, S) -> {noreply, S}.
handle_info(tick, S) -> {noreply, S}.
