-module(seats_balanced).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

init(_) -> {ok, #{}}.

handle_call({take, Seat, Pid}, _From, Seats) ->
    {reply, ok, Seats#{Seat => erlang:monitor(process, Pid)}};
handle_call({leave, Seat}, _From, Seats) ->
    erlang:demonitor(maps:get(Seat, Seats), [flush]),
    {reply, ok, maps:remove(Seat, Seats)}.

handle_cast(_, Seats) -> {noreply, Seats}.

handle_info({'DOWN', Ref, process, _Pid, _Reason}, Seats) ->
    {noreply, maps:filter(fun(_, Held) -> Held =/= Ref end, Seats)}.
