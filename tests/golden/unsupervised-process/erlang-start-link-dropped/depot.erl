-module(depot).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(_) -> {ok, []}.

handle_call(_, _From, State) -> {reply, ok, State}.

handle_cast({open, Shelf}, State) ->
    %% finding: unsupervised-process
    gen_server:start_link(shelf, Shelf, []),
    {noreply, State}.
