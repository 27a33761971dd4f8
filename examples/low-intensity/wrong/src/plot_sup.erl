-module(plot_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    Child = {plot, {plot, start_link, []}, transient, 5000, worker, [plot]},
    {ok, {{simple_one_for_one, 0, 1}, [Child]}}.
