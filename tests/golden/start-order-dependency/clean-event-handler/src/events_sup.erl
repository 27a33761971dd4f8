%% clean: start-order-dependency
%% The child is the event manager; the handler's init runs where the handler is added.
-module(events_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    {ok, {{rest_for_one, 5, 10}, [
        {watch_events, {watch_events, start_link, []}, permanent, 5000, worker, [watch_events]},
        {watcher, {watcher, start_link, []}, permanent, 5000, worker, [watcher]}
    ]}}.
