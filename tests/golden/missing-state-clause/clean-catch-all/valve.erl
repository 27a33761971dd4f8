%% clean: missing-state-clause
-module(valve).
-behaviour(gen_statem).
-export([start_link/0, open/0, init/1, callback_mode/0, shut/3, wide/3]).

start_link() -> gen_statem:start_link({local, ?MODULE}, ?MODULE, [], []).
open() -> gen_statem:cast(?MODULE, open).
callback_mode() -> state_functions.
init([]) -> {ok, shut, 0}.

shut(cast, open, D) -> {next_state, wide, D};
shut(_, _, _) -> keep_state_and_data.
wide(cast, close, D) -> {next_state, shut, D};
wide(_, _, _) -> keep_state_and_data.
