%% clean: supervisor-reentrancy
-module(farm_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    Manager = #{id => farm_manager, start => {farm_manager, start_link, []}},
    {ok, {#{strategy => one_for_one}, [Manager]}}.
