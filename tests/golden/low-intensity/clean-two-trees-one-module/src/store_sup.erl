%% clean: low-intensity, shutdown-mismatch
%% One module, two supervisors: the budget of the root is not that of the children in numbers.
-module(store_sup).
-behaviour(supervisor).
-export([start_link/0, start_shards/0, start_shard/1]).
-export([init/1]).

start_link() ->
    supervisor:start_link({local, ?MODULE}, ?MODULE, root).

start_shards() ->
    supervisor:start_link({local, store_shards}, ?MODULE, {shards, 10}).

start_shard(Id) ->
    supervisor:start_child(store_shards, [Id]).

init(root) ->
    {ok, {#{strategy => one_for_all, intensity => 1, period => 1}, [
        #{id => meta, start => {store_meta, start_link, []}},
        #{id => shards, start => {?MODULE, start_shards, []}, type => supervisor}
    ]}};
init({shards, Budget}) ->
    {ok, {#{strategy => simple_one_for_one, intensity => Budget, period => 1}, [
        #{id => shard, start => {store_shard, start_link, []}}
    ]}}.
