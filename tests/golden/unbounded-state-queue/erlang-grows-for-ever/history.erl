-module(history).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

-record(st, {events = []}).

init(_) -> {ok, #st{}}.

handle_call(get, _From, St) -> {reply, St#st.events, St}.

handle_cast({event, Event}, St) ->
    %% finding: unbounded-state-queue
    {noreply, St#st{events = [Event | St#st.events]}}.
