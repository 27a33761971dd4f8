-module(disk).
-behaviour(gen_server).
-export([start_link/0, put/2, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link(?MODULE, [], []).

put(Disk, Block) ->
    %% finding: infinite-timeout-in-callback
    gen_server:call(Disk, {put, Block}, infinity).

init([]) -> {ok, none}.

handle_call({put, Block}, _From, State) ->
    %% finding: infinite-timeout-in-callback
    ok = gen_server:call(report, {written, Block}, infinity),
    {reply, ok, State}.

handle_cast(_, State) -> {noreply, State}.
