%% clean: swallowed-call
-module(tap).
-behaviour(gen_statem).
-export([init/1, callback_mode/0, handle_event/4]).

callback_mode() -> handle_event_function.
init([]) -> {ok, off, 0}.
handle_event({call, From}, read, on, D) -> {keep_state, D, [{reply, From, D}]};
handle_event(info, power, off, D) -> {next_state, on, D};
handle_event(_, _, off, _) -> {keep_state_and_data, [postpone]}.
