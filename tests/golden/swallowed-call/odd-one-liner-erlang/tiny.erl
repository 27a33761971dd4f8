-module(tiny).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).
init(_) -> {ok, 0}.
handle_cast(_, N) -> {noreply, N}.
%% finding: swallowed-call
handle_call(_, _, N) -> {noreply, N}.
