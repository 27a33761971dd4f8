%% A limit set by a timer of its own, and a process that was killed just before.
-module(exec).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, none}.

handle_call({run, Port}, _From, State) ->
    erlang:send_after(1000, self(), {timeout, Port}),
    %% finding: receive-in-callback
    Reply = receive
        {Port, {data, Data}} -> {ok, Data};
        {timeout, Port} -> timeout
    end,
    {reply, Reply, State};
handle_call(restart, _From, Pid) ->
    catch exit(Pid, kill),
    %% finding: receive-in-callback
    receive
        {'DOWN', _, _, Pid, _} -> ok
    end,
    {reply, ok, spawn_monitor(fun() -> ok end)}.

handle_cast(_, State) -> {noreply, State}.
