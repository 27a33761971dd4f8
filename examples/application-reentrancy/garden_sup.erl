-module(garden_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    Flags = #{id => garden_flags, start => {garden_flags, start_link, []}},
    {ok, {#{strategy => one_for_one}, [Flags]}}.
