-module(gauge_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    {ok, {{simple_one_for_one, 100, 10},
          [{gauge, {gauge, start_link, []}, permanent, 5000, worker, [gauge]}]}}.
