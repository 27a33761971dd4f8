%% clean: missing-reply
-module(pool).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(_) -> {ok, {[], queue:new()}}.

handle_call(checkout, From, {[], Waiting}) ->
    {noreply, {[], queue:in(From, Waiting)}};
handle_call(checkout, _From, {[Worker | Free], Waiting}) ->
    {reply, Worker, {Free, Waiting}}.

handle_cast({checkin, Worker}, {Free, Waiting}) ->
    case queue:out(Waiting) of
        {{value, From}, Rest} ->
            gen_server:reply(From, Worker),
            {noreply, {Free, Rest}};
        {empty, _} ->
            {noreply, {[Worker | Free], Waiting}}
    end.
