-module(shepherd).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) ->
    process_flag(trap_exit, true),
    Pid = spawn_link(fun() -> watch() end),
    {ok, Pid}.

watch() ->
    timer:sleep(1000),
    watch().

handle_call(_, _From, Pid) -> {reply, Pid, Pid}.

handle_cast(_, Pid) -> {noreply, Pid}.

handle_info({'EXIT', Pid, Reason}, Pid) -> {stop, Reason, Pid};
handle_info(_Anything, Pid) -> {noreply, Pid}.
