%% clean: missing-state-clause
-module(stepper).
-behaviour(gen_statem).
-export([start_link/0, init/1, callback_mode/0, first/3, second/3]).

start_link() -> gen_statem:start_link(?MODULE, [], []).
callback_mode() -> state_functions.
init([]) ->
    gen_statem:cast(self(), go),
    {ok, first, 0}.

first(cast, go, D) -> gen_statem:cast(self(), done), {next_state, second, D}.
second(cast, done, D) -> gen_statem:cast(self(), go), {next_state, first, D}.
