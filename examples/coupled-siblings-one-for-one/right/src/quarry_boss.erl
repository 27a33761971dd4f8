-module(quarry_boss).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) ->
    {ok, Pid} = supervisor:start_child(quarry_digger_sup, [first]),
    {ok, Pid}.

handle_call(digger, _From, Pid) -> {reply, Pid, Pid}.

handle_cast(_, Pid) -> {noreply, Pid}.
