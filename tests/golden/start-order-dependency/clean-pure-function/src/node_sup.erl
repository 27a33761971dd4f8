%% clean: start-order-dependency
-module(node_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    {ok, {{one_for_one, 5, 10}, [
        {node_list, {node_list, start_link, []}, permanent, 5000, worker, [node_list]},
        {node_sync, {node_sync, start_link, []}, permanent, 5000, worker, [node_sync]}
    ]}}.
