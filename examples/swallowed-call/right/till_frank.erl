-module(till_frank).
-behaviour(gen_statem).
-export([start_link/0, total/0, init/1, callback_mode/0, open/3, closed/3]).

start_link() -> gen_statem:start_link({local, ?MODULE}, ?MODULE, [], []).
total() -> gen_statem:call(?MODULE, total).

callback_mode() -> state_functions.
init([]) -> {ok, open, 0}.

open({call, From}, total, Total) -> {keep_state, Total, [{reply, From, Total}]};
open(cast, close, Total) -> {next_state, closed, Total}.

closed({call, From}, _Request, Total) -> {keep_state, Total, [{reply, From, closed}]};
closed(_Type, _Event, _Total) -> keep_state_and_data.
