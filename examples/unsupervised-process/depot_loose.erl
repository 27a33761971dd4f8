-module(depot_loose).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(_) -> {ok, []}.

handle_call({open, Shelf}, _From, Shelves) ->
    {ok, Pid} = gen_server:start(depot_shelf, Shelf, []),
    {reply, Pid, [Pid | Shelves]}.

handle_cast(_, Shelves) -> {noreply, Shelves}.
