%% clean: start-order-dependency
-module(press_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    {ok, {{rest_for_one, 5, 10}, [
        {press_ink, {press_ink, start_link, []}, permanent, 5000, worker, [press_ink]},
        {press_roll, {press_roll, start_link, []}, permanent, 5000, worker, [press_roll]}
    ]}}.
