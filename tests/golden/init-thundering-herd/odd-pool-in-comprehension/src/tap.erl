-module(tap).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2]).
start_link(N) -> gen_server:start_link(?MODULE, N, []).
%% finding: init-thundering-herd
init(N) ->
    %% one request for each
    {ok, S} = gen_tcp:connect("water.example", 80, []), {ok, {N, S}}.
handle_call(_, _From, S) -> {reply, ok, S}.
handle_cast(_, S) -> {noreply, S}.
