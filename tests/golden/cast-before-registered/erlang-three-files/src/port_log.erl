-module(port_log).
-behaviour(gen_server).
-export([start_link/0, write/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
write(Line) ->
    %% finding: cast-before-registered
    gen_server:cast(?MODULE, {write, Line}).
init([]) -> {ok, []}.
handle_call(_, _From, State) -> {reply, ok, State}.
handle_cast({write, Line}, State) -> {noreply, [Line | State]}.
