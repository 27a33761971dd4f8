-module(paste).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).
init([]) -> {ok, []}.
handle_call({get, K}, _F, S) when is_atom(K) -> {reply, K, S};
handle_call({put, K}, _F, S) -> {reply, ok, [K | S]};
%% finding: shadowed-clause
handle_call({get, K}, _F, S) when is_atom(K) -> {reply, {ok, K}, S}.
handle_cast(_, S) -> {noreply, S}.
