-module(farm_sup).
-behaviour(supervisor).
-export([start_link/0, init/1, siblings/0]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

siblings() ->
    %% finding: supervisor-reentrancy
    [Pid || {_, Pid, _, _} <- supervisor:which_children(?MODULE)].

init([]) ->
    {ok, {{one_for_one, 1, 5},
          [{farm_manager, {farm_manager, start_link, []}, permanent, 5000, worker, [farm_manager]}]}}.
