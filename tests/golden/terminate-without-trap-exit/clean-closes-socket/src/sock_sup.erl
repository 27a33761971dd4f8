%% clean: terminate-without-trap-exit
-module(sock_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) -> {ok, {#{intensity => 5}, [#{id => sock, start => {sock, start_link, []}}]}}.
