-module(fleet_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).
init([]) ->
    {ok, {#{strategy => one_for_one},
          [#{id => ship, start => {ship, start_link, []}},
           #{id => port, start => {port_log, start_link, []}}]}}.
