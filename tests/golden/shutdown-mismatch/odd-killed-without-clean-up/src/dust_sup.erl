%% clean: shutdown-mismatch
-module(dust_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).
-define(DUST, {dust, {dust, start_link, []}, permanent, brutal_kill, worker, [dust]}).
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).
init([]) -> {ok, {{one_for_one, 5, 10}, [?DUST]}}.
