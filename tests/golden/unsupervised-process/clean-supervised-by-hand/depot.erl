%% clean: unsupervised-process
-module(depot).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

init(_) ->
    process_flag(trap_exit, true),
    {ok, Pid} = gen_server:start_link(shelf, [], []),
    {ok, Pid}.

handle_call(_, _From, Pid) -> {reply, Pid, Pid}.

handle_cast(_, Pid) -> {noreply, Pid}.

handle_info({'EXIT', Pid, Reason}, Pid) -> {stop, {shelf, Reason}, Pid}.
