%% clean: coupled-siblings-one-for-one
-module(twin_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).
init([]) -> {ok, {{one_for_all, 5, 10}, [{M, {M, start_link, []}, permanent, 5000, worker, [M]} || M <- [twin_a, twin_b]]}}.
