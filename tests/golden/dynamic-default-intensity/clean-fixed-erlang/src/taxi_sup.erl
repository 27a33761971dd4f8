%% clean: dynamic-default-intensity
-module(taxi_sup).
-behaviour(supervisor).
-export([start_link/0, start_taxi/1, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

start_taxi(Number) -> supervisor:start_child(?MODULE, [Number]).

init([]) ->
    Flags = #{strategy => simple_one_for_one, intensity => 100, period => 5},
    {ok, {Flags, [#{id => taxi, start => {taxi, start_link, []}}]}}.
