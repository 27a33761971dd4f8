%% clean: swallowed-call
-module(strict).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init([]) -> {ok, []}.
handle_call(get, _From, S) -> {reply, S, S};
handle_call(_Other, _From, S) -> {stop, unknown_request, S}.
handle_cast(_, S) -> {noreply, S}.
