-module(lock_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    %% finding: shutdown-mismatch
    Lock = {lock, {lock, start_link, []}, permanent, brutal_kill, worker, [lock]},
    {ok, {{one_for_one, 5, 10}, [Lock]}}.
