-module(watcher).
-behaviour(gen_server).
-export([start_link/0, services/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

services() -> gen_server:call(?MODULE, services).

init([]) -> {ok, []}.

handle_call(services, _From, Services) -> {reply, Services, Services}.

handle_cast({up, Service}, Services) ->
    gen_event:notify(watch_events, {services, [Service | Services]}),
    {noreply, [Service | Services]}.
