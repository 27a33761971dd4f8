-module(garden_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    Server = #{id => garden_server, start => {garden_server, start_link, []}},
    {ok, {#{strategy => one_for_one}, [Server]}}.
