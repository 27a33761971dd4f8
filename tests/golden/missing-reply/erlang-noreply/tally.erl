-module(tally).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(Count) -> {ok, Count}.

%% finding: missing-reply
handle_call({add, N}, _From, Count) ->
    {noreply, Count + N};
handle_call(get, _From, Count) ->
    {reply, Count, Count}.

handle_cast(_, Count) -> {noreply, Count}.
