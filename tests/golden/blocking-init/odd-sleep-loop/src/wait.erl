-module(wait).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).
start_link() -> gen_server:start_link(?MODULE, [], []).
%% finding: blocking-init
init([]) -> ok = until_ready(), {ok, []}.
until_ready() ->
    case persistent_term:get(ready, false) of
        true -> ok;
        false -> timer:sleep(500), until_ready()
    end.
handle_call(_, _From, S) -> {reply, ok, S}.
handle_cast(_, S) -> {noreply, S}.
