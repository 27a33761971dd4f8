-module(packets).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(_) -> {ok, ets:new(names, [])}.

handle_call(_, _From, Names) -> {reply, ok, Names}.

handle_cast({packet, Id, Packet}, Names) ->
    %% finding: binary-retention
    <<_Size:32, Name:800/binary, _Body/binary>> = Packet,
    ets:insert(Names, {Id, Name}),
    {noreply, Names}.
