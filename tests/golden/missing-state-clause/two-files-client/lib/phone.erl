-module(phone).
-behaviour(gen_statem).
-export([init/1, callback_mode/0, idle/3, ringing/3, talking/3]).

callback_mode() -> state_functions.
init([]) -> {ok, idle, []}.

idle({call, From}, dial, D) -> {next_state, ringing, D, [{reply, From, ok}]};
%% finding: missing-state-clause
idle(cast, hang_up, D) -> {keep_state, D};
idle(info, picked_up, D) -> {keep_state, D}.
ringing(cast, hang_up, D) -> {next_state, idle, D};
ringing(info, picked_up, D) -> {next_state, talking, D};
ringing({call, _From}, dial, _) -> {keep_state_and_data, [postpone]}.
talking({call, From}, dial, D) -> {keep_state, D, [{reply, From, busy}]};
talking(info, picked_up, D) -> {keep_state, D};
talking(info, ended, D) -> {next_state, idle, D}.
