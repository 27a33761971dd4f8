-module(guest_blind).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

init([]) -> {ok, []}.

handle_call(Request, _From, State) ->
    {reply, {error, {unknown, Request}}, State};
%% finding: shadowed-clause
handle_call({list, all}, _From, State) ->
    {reply, State, State}.

handle_cast(_Message, State) -> {noreply, State}.
handle_info(_Message, State) -> {noreply, State}.
