%% The entries go with the supervisor, which owns the table: possible only.
-module(codec).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2, terminate/2]).

start_link(Id) -> gen_server:start_link(?MODULE, Id, []).

init(Id) ->
    ets:insert(codecs, {Id, self()}),
    {ok, Id}.

handle_call(_, _From, Id) -> {reply, ok, Id}.

handle_cast(_, Id) -> {noreply, Id}.

terminate(_Reason, Id) ->
    %% finding: terminate-without-trap-exit
    ets:delete(codecs, Id).
