%% clean: info-source-unhandled
-module(rooms).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

init(_) ->
    erlang:send_after(1000, self(), tick),
    {ok, #{}}.

handle_call({enter, Room, Pid}, _From, Rooms) ->
    Ref = erlang:monitor(process, Pid),
    {reply, ok, Rooms#{Ref => Room}}.

handle_cast(_, Rooms) -> {noreply, Rooms}.

handle_info(tick, Rooms) -> {noreply, Rooms};
handle_info({'DOWN', Ref, process, _Pid, _Reason}, Rooms) -> {noreply, maps:remove(Ref, Rooms)}.
