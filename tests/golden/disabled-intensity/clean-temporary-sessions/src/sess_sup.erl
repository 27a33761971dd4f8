%% clean: disabled-intensity
-module(sess_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    {ok, {{simple_one_for_one, 5000, 1},
          [{sess, {sess, start_link, []}, temporary, 5000, worker, [sess]}]}}.
