%% clean: coupled-siblings-one-for-one
-module(twin_a).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
init([]) -> {ok, []}.
handle_call({register, P}, _From, S) -> {reply, ok, [P | S]}.
handle_cast(_, S) -> {noreply, S}.
