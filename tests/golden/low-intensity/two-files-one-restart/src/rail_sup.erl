-module(rail_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    Kids = [kid(K) || K <- [rail_a, rail_b, rail_c, rail_d, rail_e]],
    %% finding: low-intensity
    {ok, {{one_for_one, 1, 5}, Kids}}.

kid(K) -> {K, {K, start_link, []}, permanent, 5000, worker, [K]}.
