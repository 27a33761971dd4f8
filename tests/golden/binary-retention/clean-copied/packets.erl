%% clean: binary-retention
-module(packets).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(_) -> {ok, #{}}.

handle_call(_, _From, Names) -> {reply, ok, Names}.

handle_cast({packet, Id, Packet}, Names) ->
    <<_Size:32, Name:80/binary, _Body/binary>> = Packet,
    {noreply, Names#{Id => binary:copy(Name)}}.
