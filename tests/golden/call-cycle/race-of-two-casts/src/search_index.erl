-module(search_index).
-behaviour(gen_server).
-export([start_link/0, rebuild/0, drop/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
rebuild() -> gen_server:cast(?MODULE, rebuild).
%% finding: call-cycle
drop(Name) -> gen_server:call(?MODULE, {drop, Name}, infinity).

init([]) -> {ok, #{}}.
handle_call({drop, Name}, _From, S) -> {reply, ok, maps:remove(Name, S)}.
handle_cast(rebuild, S) ->
    ok = locks:acquire(rebuild, self()),
    {noreply, S}.
