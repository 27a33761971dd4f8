-module(rows).
-behaviour(gen_server).
-include("rows.hrl").
-export([init/1, handle_call/3, handle_cast/2]).

init([]) -> {ok, []}.
handle_call(all, _From, S) -> {reply, S, S}.
handle_cast(#row{key = Key}, S) -> {noreply, [Key | S]};
%% finding: shadowed-clause
handle_cast(#row{key = Key, value = none}, S) -> {noreply, S -- [Key]}.
