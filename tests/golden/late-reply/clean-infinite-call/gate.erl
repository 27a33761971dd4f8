%% clean: late-reply
-module(gate).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

init(_) -> {ok, []}.

handle_call(Request, _From, State) ->
    {reply, catch gen_server:call(backend, Request, infinity), State}.

handle_cast(_, State) -> {noreply, State}.

handle_info(tick, State) -> {noreply, State}.
