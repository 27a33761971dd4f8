%% clean: missing-state-clause
-module(lift_patient).
-behaviour(gen_statem).
-export([start_link/0, press/1, init/1, callback_mode/0, handle_event/4]).

start_link() -> gen_statem:start_link({local, ?MODULE}, ?MODULE, [], []).
press(Floor) -> gen_statem:call(?MODULE, {press, Floor}).

callback_mode() -> handle_event_function.
init([]) -> {ok, closed, 0}.

handle_event({call, From}, {press, Floor}, closed, _Data) ->
    {next_state, moving, Floor, [{reply, From, ok}]};
handle_event({call, _From}, {press, _Floor}, moving, _Data) ->
    {keep_state_and_data, [postpone]};
handle_event(cast, opened, _State, Data) ->
    {next_state, closed, Data}.
