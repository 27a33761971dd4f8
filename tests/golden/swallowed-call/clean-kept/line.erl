%% clean: swallowed-call
-module(line).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init([]) -> {ok, []}.
handle_call(first, _From, [F | _] = Line) -> {reply, F, Line};
handle_call(Request, From, Line) -> {noreply, [{Request, From} | Line]}.
handle_cast(serve, [{R, From} | Rest]) -> gen_server:reply(From, R), {noreply, Rest}.
