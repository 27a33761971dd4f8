-module(gull_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    Gull = {gull, {gull, start_link, []}, permanent, 5000, worker, [gull]},
    %% finding: disabled-intensity
    {ok, {{one_for_one, 1000, 10}, [Gull]}}.
