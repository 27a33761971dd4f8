-module(idle).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, {}, []).
init({}) -> {ok, #{}}.
%% finding: process-for-code-organisation
handle_call(_Request, _From, State) -> {noreply, State}.
handle_cast(_Msg, State) -> {noreply, State}.
