%% clean: missing-state-clause
-module(relay).
-behaviour(gen_statem).
-export([start_link/0, on/0, init/1, callback_mode/0, off/3, up/3]).
-define(COMMON, ; ?FUNCTION_NAME(T, E, D) -> common(T, E, D)).

start_link() -> gen_statem:start_link({local, ?MODULE}, ?MODULE, [], []).
on() -> gen_statem:cast(?MODULE, on).
callback_mode() -> state_functions.
init([]) -> {ok, off, 0}.

off(cast, on, D) -> {next_state, up, D};
off(T, E, D) -> common(T, E, D).
up(cast, off, D) -> {next_state, off, D};
up(T, E, D) -> common(T, E, D).

common(_, _, D) -> {keep_state, D}.
