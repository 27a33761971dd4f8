-module(pool_sup).
-behaviour(supervisor).
-export([start_link/0, start_workers/1, init/1]).

start_link() ->
    supervisor:start_link({local, pool_sup}, ?MODULE, top).

start_workers(Kind) ->
    supervisor:start_link(?MODULE, {workers, Kind}).

init(top) ->
    {ok, {#{strategy => one_for_one, intensity => 10, period => 10}, [
        #{id => workers, start => {?MODULE, start_workers, [tcp]}, type => supervisor}
    ]}};
init({workers, Kind}) ->
    %% finding: low-intensity
    {ok, {#{strategy => simple_one_for_one, intensity => 1, period => 60}, [
        #{id => worker, start => {pool_worker, start_link, [Kind]}}
    ]}}.
