-module(walk_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).
-define(CHILD(I, R), #{id => I, start => {I, start_link, []}, restart => R}).
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).
%% finding: restart-type-mismatch
init([]) -> {ok, {#{intensity => 9}, [?CHILD(walk, permanent)]}}.
