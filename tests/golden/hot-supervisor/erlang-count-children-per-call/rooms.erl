-module(rooms).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(_) -> {ok, none}.

handle_call(full, _From, State) ->
    %% finding: hot-supervisor
    Counts = supervisor:count_children(rooms_sup),
    {reply, proplists:get_value(active, Counts) > 1000, State}.

handle_cast(_, State) -> {noreply, State}.
