-module(badge_remembering).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

-record(st, {registered = undefined}).

init(_) -> {ok, #st{}}.

handle_call(_, _From, St) -> {reply, ok, St}.

handle_cast(register, St) ->
    ok = gen_server:call(badge_office, {register, self()}),
    {noreply, St#st{registered = true}};
handle_cast({badge, Door}, #st{registered = true} = St) ->
    gen_server:call(badge_office, {badge, Door}),
    {noreply, St};
handle_cast({badge, _Door}, St) ->
    {noreply, St}.
