-module(bg).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).
init(_) -> {ok, none}.
handle_call(_, _From, S) -> {reply, ok, S}.
%% finding: unsupervised-process
handle_cast({run, F}, S) -> spawn(fun() -> F() end), {noreply, S}.
