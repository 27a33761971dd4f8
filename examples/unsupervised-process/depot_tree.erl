-module(depot_tree).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(_) -> {ok, []}.

%% depot_shelves is a simple_one_for_one supervisor.
handle_call({open, Shelf}, _From, Shelves) ->
    {ok, Pid} = supervisor:start_child(depot_shelves, [Shelf]),
    {reply, Pid, [Pid | Shelves]}.

handle_cast(_, Shelves) -> {noreply, Shelves}.
