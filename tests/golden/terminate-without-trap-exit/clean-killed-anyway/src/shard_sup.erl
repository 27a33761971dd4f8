%% clean: terminate-without-trap-exit
%% The child is killed on shutdown: trapping exits would not help.
-module(shard_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    {ok, {{one_for_one, 5, 10}, [
        {shard, {shard, start_link, []}, permanent, brutal_kill, worker, [shard]}
    ]}}.
