-module(poke).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
init([]) -> {ok, []}.
%% finding: state-gated-message
handle_call(bind, _From, State) -> {reply, link(whereis(anchor)), State}.
handle_cast(_, State) -> {noreply, State}.
