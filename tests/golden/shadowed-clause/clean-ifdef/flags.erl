%% clean: shadowed-clause
-module(flags).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init([]) -> {ok, []}.
handle_call(get, _From, S) -> {reply, S, S}.
-ifdef(QUIET).
handle_cast(_, S) -> {noreply, S}.
-else.
handle_cast({log, L}, S) -> io:format("~p", [L]), {noreply, S}.
-endif.
