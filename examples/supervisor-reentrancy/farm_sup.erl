-module(farm_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    Eager = #{id => farm_eager, start => {farm_eager, start_link, []}},
    {ok, {#{strategy => one_for_one}, [Eager]}}.
