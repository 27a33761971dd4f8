-module(worker).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init([Limit]) -> {ok, Limit}.
handle_call(ask, _From, S) -> {reply, parent:limit(), S}.
handle_cast(_, S) -> {noreply, S}.
