%% clean: unbounded-state-queue
-module(odd).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).
-record(st, {in = [], out = []}).
init(_) -> {ok, #st{}}.
handle_call(pop, _From, #st{in = In} = St) -> {reply, lists:reverse(In), St#st{in = [], out = In}}.
handle_cast({push, X}, #st{in = In} = St) -> {noreply, St#st{in = [X | In]}}.
