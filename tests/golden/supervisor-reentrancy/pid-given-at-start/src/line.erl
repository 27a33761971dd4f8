-module(line).
-behaviour(gen_statem).
-export([start_link/2, init/1, callback_mode/0, open/3, terminate/3]).
-record(line, {sup, options}).

start_link(Sup, Options) -> gen_statem:start_link(?MODULE, [Sup, Options], []).

callback_mode() -> state_functions.
init([Sup, Options]) ->
    process_flag(trap_exit, true),
    {ok, open, #line{sup = Sup, options = Options}}.

open(cast, close, Line) -> {stop, normal, Line}.

terminate(normal, _State, #line{sup = Sup}) ->
    %% finding: supervisor-reentrancy
    sys:terminate(Sup, normal);
terminate(_, _, _) ->
    ok.
