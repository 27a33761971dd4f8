-module(mid_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).
-define(CHILD(Mod, Type), {Mod, {Mod, start_link, []}, permanent, infinity, Type, [Mod]}).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).
init([]) -> {ok, {{one_for_one, 1, 5}, [?CHILD(leaf, worker)]}}.
