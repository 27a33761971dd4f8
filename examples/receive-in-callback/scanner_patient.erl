-module(scanner_patient).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

init(Port) -> {ok, {Port, queue:new()}}.

handle_call({read, N}, From, {Port, Waiting}) ->
    Port ! {self(), {command, <<N>>}},
    {noreply, {Port, queue:in(From, Waiting)}}.

handle_cast(_, State) -> {noreply, State}.

handle_info({Port, {data, Data}}, {Port, Waiting}) ->
    {{value, From}, Rest} = queue:out(Waiting),
    gen_server:reply(From, Data),
    {noreply, {Port, Rest}}.
