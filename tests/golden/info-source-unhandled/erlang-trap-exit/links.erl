-module(links).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

init(_) ->
    %% finding: info-source-unhandled
    process_flag(trap_exit, true),
    {ok, []}.

handle_call({start, Fun}, _From, Pids) ->
    Pid = spawn_link(Fun),
    {reply, Pid, [Pid | Pids]}.

handle_cast(_, Pids) -> {noreply, Pids}.

handle_info(tick, Pids) -> {noreply, Pids}.
