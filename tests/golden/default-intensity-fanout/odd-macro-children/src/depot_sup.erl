-module(depot_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).
-define(CHILD(I), #{id => I, start => {I, start_link, []}}).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) -> %% all of them, in order
    %% finding: default-intensity-fanout
    {ok, {#{}, [?CHILD(depot_a), ?CHILD(depot_b), ?CHILD(depot_c), ?CHILD(depot_d), ?CHILD(depot_e)]}}.
