%% clean: linked-helper
-module(mule).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).
start_link() -> gen_server:start_link(?MODULE, [], []).
init([]) -> process_flag(trap_exit, true), {ok, []}.
handle_call({copy, A, B}, _From, S) -> spawn_link(fun() -> file:copy(A, B) end), {reply, ok, S}.
handle_cast(_, S) -> {noreply, S}.
handle_info({'EXIT', _, _}, S) -> {noreply, S}.
