-module(quarry_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    Diggers = {quarry_digger_sup, {quarry_digger_sup, start_link, []},
               permanent, infinity, supervisor, [quarry_digger_sup]},
    Boss = {quarry_boss, {quarry_boss, start_link, []}, permanent, 5000, worker, [quarry_boss]},
    {ok, {{rest_for_one, 5, 10}, [Diggers, Boss]}}.
