-module(desk_endless).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

-record(st, {free, waiting = queue:new()}).

init(Free) -> {ok, #st{free = Free}}.

handle_call(enter, From, #st{free = 0, waiting = Waiting} = St) ->
    {noreply, St#st{waiting = queue:in(From, Waiting)}};
handle_call(enter, _From, St) ->
    {reply, ok, St#st{free = St#st.free - 1}}.

handle_cast(leave, St) ->
    case queue:out(St#st.waiting) of
        {{value, From}, Rest} ->
            gen_server:reply(From, ok),
            {noreply, St#st{waiting = Rest}};
        {empty, _} ->
            {noreply, St#st{free = St#st.free + 1}}
    end.
