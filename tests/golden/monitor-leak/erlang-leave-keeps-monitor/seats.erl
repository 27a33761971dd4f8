-module(seats).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

init(_) -> {ok, #{}}.

handle_call({take, Seat, Pid}, _From, Seats) ->
    %% finding: monitor-leak
    Ref = erlang:monitor(process, Pid),
    {reply, ok, Seats#{Seat => Ref}}.

handle_cast({leave, Seat}, Seats) -> {noreply, maps:remove(Seat, Seats)}.

handle_info({'DOWN', _Ref, process, _Pid, _Reason}, Seats) -> {noreply, Seats}.
