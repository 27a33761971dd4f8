-module(jobs).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).
-define(SUP, jobs_sup).
init(_) -> {ok, none}.
%% finding: hot-supervisor
handle_call({run, Job}, _From, S) -> {reply, supervisor:start_child(?SUP, [Job]), S}.
handle_cast(_, S) -> {noreply, S}.
