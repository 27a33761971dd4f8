%% clean: monitor-leak
-module(owner).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
init(_) -> {ok, #{}}.
%% The process started here ends with its job.
handle_call({run, Fun}, _From, S) ->
    {Pid, Ref} = spawn_monitor(Fun),
    {reply, Pid, S#{Ref => Pid}}.
handle_cast({forget, Ref}, S) -> {noreply, maps:remove(Ref, S)}.
handle_info({'DOWN', Ref, process, _, _}, S) -> {noreply, maps:remove(Ref, S)}.
