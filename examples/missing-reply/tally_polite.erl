-module(tally_polite).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(Count) -> {ok, Count}.

handle_call({add, N}, _From, Count) ->
    {reply, Count + N, Count + N}.

handle_cast(_, Count) -> {noreply, Count}.
