%% clean: monitor-leak
-module(rooms).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

init(_) -> {ok, #{}}.

handle_call({enter, Pid}, _From, Rooms) ->
    Ref = erlang:monitor(process, Pid),
    {reply, ok, Rooms#{Ref => Pid}}.

handle_cast(_, Rooms) -> {noreply, Rooms}.

handle_info({'DOWN', Ref, process, _Pid, _Reason}, Rooms) -> {noreply, maps:remove(Ref, Rooms)}.
