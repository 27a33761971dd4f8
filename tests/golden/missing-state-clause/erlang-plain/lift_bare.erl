-module(lift_bare).
-behaviour(gen_statem).
-export([start_link/0, press/1, opened/0, init/1, callback_mode/0, handle_event/4]).

start_link() -> gen_statem:start_link({local, ?MODULE}, ?MODULE, [], []).
press(Floor) -> gen_statem:call(?MODULE, {press, Floor}).
opened() -> gen_statem:cast(?MODULE, opened).

callback_mode() -> handle_event_function.
init([]) -> {ok, closed, 0}.

%% finding: missing-state-clause
handle_event({call, From}, {press, Floor}, closed, _Data) -> {next_state, moving, Floor, [{reply, From, ok}]};
handle_event({call, From}, {press, Floor}, open, _Data) ->
    {next_state, moving, Floor, [{reply, From, ok}]};
handle_event(cast, opened, moving, Data) -> {next_state, open, Data};
handle_event(cast, opened, _State, Data) -> {keep_state, Data}.
