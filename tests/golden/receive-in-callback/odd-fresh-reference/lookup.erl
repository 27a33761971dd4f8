-module(lookup).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(Peer) -> {ok, Peer}.

%% A pinned fresh reference takes nothing foreign; the server still waits: a note.
handle_call({get, Key}, _From, Peer) ->
    Ref = erlang:monitor(process, Peer),
    Peer ! {get, self(), Ref, Key},
    %% finding: receive-in-callback
    receive
        {Ref, Value} -> erlang:demonitor(Ref, [flush]), {reply, Value, Peer};
        {'DOWN', Ref, _, _, _} -> {reply, none, Peer}
    end;
handle_call(_, _From, Peer) -> {reply, ok, Peer}.

handle_cast(_, Peer) -> {noreply, Peer}.
