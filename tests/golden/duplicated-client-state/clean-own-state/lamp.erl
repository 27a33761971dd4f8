%% clean: duplicated-client-state
-module(lamp).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).
-record(st, {on = undefined}).
init(_) -> {ok, #st{}}.
handle_call(toggle, _From, #st{on = true} = St) -> {reply, off, St#st{on = undefined}};
handle_call(toggle, _From, St) -> {reply, on, St#st{on = true}}.
handle_cast(_, St) -> {noreply, St}.
