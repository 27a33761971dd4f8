%% clean: application-reentrancy
-module(garden_server).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, terminate/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% get_env reads a table and asks nobody.
init([]) ->
    process_flag(trap_exit, true),
    {ok, application:get_env(garden, limit, 10)}.

handle_call(_, _From, S) -> {reply, ok, S}.
handle_cast(_, S) -> {noreply, S}.

terminate(_Reason, _S) ->
    {ok, _} = application:get_env(garden, limit),
    ok.
