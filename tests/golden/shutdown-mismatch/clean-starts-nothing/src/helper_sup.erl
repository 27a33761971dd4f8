%% clean: shutdown-mismatch
%% post_start does its work when its turn comes and starts no process.
-module(helper_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    {ok, {{one_for_one, 5, 10}, [
        #{id => helper, start => {helper, start_link, []}},
        #{id => ready, start => {helper, post_start, []}, restart => transient,
          shutdown => brutal_kill}
    ]}}.
