%% clean: supervisor-reentrancy
-module(farm_manager).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, none}.
handle_call(siblings, _From, S) -> {reply, supervisor:which_children(farm_sup), S}.
handle_cast(_, S) -> {noreply, S}.
