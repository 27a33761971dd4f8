%% clean: application-reentrancy
-module(garden_server).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, terminate/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) ->
    process_flag(trap_exit, true),
    {ok, none}.

handle_call(_, _From, S) -> {reply, ok, S}.
handle_cast(_, S) -> {noreply, S}.

%% The controller waits: it is not asked.
terminate(shutdown, _S) -> ok;
terminate(_Reason, S) -> application:set_env(garden, last, S).
