-module(seats_leaking).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

init(_) -> {ok, #{}}.

handle_call({take, Seat, Pid}, _From, Seats) ->
    erlang:monitor(process, Pid),
    {reply, ok, Seats#{Seat => Pid}};
handle_call({leave, Seat}, _From, Seats) ->
    {reply, ok, maps:remove(Seat, Seats)}.

handle_cast(_, Seats) -> {noreply, Seats}.

handle_info({'DOWN', _Ref, process, Pid, _Reason}, Seats) ->
    {noreply, maps:filter(fun(_, Owner) -> Owner =/= Pid end, Seats)}.
