-module(desk_watched).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-record(st, {free, waiting = []}).

init(Free) -> {ok, #st{free = Free}}.

handle_call(enter, {Pid, _} = From, #st{free = 0, waiting = Waiting} = St)
  when length(Waiting) < 100 ->
    {noreply, St#st{waiting = Waiting ++ [{erlang:monitor(process, Pid), From}]}};
handle_call(enter, _From, #st{free = 0} = St) ->
    {reply, {error, full}, St};
handle_call(enter, _From, St) ->
    {reply, ok, St#st{free = St#st.free - 1}}.

handle_cast(leave, #st{waiting = [{Ref, From} | Rest]} = St) ->
    erlang:demonitor(Ref, [flush]),
    gen_server:reply(From, ok),
    {noreply, St#st{waiting = Rest}};
handle_cast(leave, St) ->
    {noreply, St#st{free = St#st.free + 1}}.

handle_info({'DOWN', Ref, process, _Pid, _Reason}, St) ->
    {noreply, St#st{waiting = lists:keydelete(Ref, 1, St#st.waiting)}}.
