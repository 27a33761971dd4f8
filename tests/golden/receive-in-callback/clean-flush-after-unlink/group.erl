%% clean: receive-in-callback
-module(group).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(_) -> {ok, none}.

handle_call(_, _From, State) -> {reply, ok, State}.

handle_cast({stop, Pid}, State) ->
    unlink(Pid),
    receive {'EXIT', Pid, _} -> ok after 0 -> ok end,
    {noreply, State}.
