-module(disco_server).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

init(_) -> {ok, []}.

handle_call({new_job, Job}, _From, Jobs) ->
    {reply, disco_call:ask(scheduler, {new_job, Job}), [Job | Jobs]}.

handle_cast(_, Jobs) -> {noreply, Jobs}.

handle_info({'EXIT', _Pid, _Reason}, Jobs) -> {noreply, Jobs}.
