-module(late).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> started(#{}).

%% the result is made elsewhere
%% finding: zero-timeout-as-continue
started(State) -> {ok, State, 0}.

handle_info(timeout, State) -> {noreply, State#{ready => true}}.

handle_call(ready, _From, State) -> {reply, maps:get(ready, State, false), State}.

handle_cast({set, K, V}, State) -> {noreply, State#{K => V}}.
