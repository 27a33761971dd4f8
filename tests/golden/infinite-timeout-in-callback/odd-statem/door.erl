-module(door).
-behaviour(gen_statem).
-export([start_link/0, callback_mode/0, init/1, handle_event/4]).

start_link() -> gen_statem:start_link({local, ?MODULE}, ?MODULE, [], []).
callback_mode() -> handle_event_function.
init([]) -> {ok, shut, none}.

handle_event({call, From}, open, shut, Data) ->
    %% finding: infinite-timeout-in-callback
    ok = gen_statem:call(lock, unlock, infinity), {next_state, open, Data, {reply, From, ok}};
handle_event(_, _, _, _) -> keep_state_and_data.
