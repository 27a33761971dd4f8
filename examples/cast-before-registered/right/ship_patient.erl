-module(ship_patient).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

%% The supervisor starts port_log, then ship_patient.
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) ->
    gen_server:cast(port_log, {write, launched}),
    {ok, []}.

handle_call(_, _From, State) -> {reply, ok, State}.
handle_cast(_, State) -> {noreply, State}.
