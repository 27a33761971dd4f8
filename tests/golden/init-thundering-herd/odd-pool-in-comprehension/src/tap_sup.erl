-module(tap_sup).
-behaviour(supervisor).
-export([start_link/1, init/1]).
-define(TAP(N), {{tap, N}, {tap, start_link, [N]}, permanent, 5000, worker, [tap]}).
start_link(N) -> supervisor:start_link(?MODULE, N).
init(Count) -> {ok, {{one_for_one, 50, 10}, [?TAP(N) || N <- lists:seq(1, Count)]}}.
