%% clean: shutdown-mismatch
%% A function of the supervisor's module starts a worker: the child is not the supervisor.
-module(upload_sup).
-behaviour(supervisor).
-export([start_link/1, start_worker/2, init/1]).

start_link(Name) ->
    supervisor:start_link(?MODULE, {root, Name}).

start_worker(Name, Buffer) ->
    upload_worker:start_link(Name, Buffer).

init({root, Name}) ->
    {ok, {#{strategy => simple_one_for_one, intensity => 100, period => 5}, [
        #{id => worker, start => {?MODULE, start_worker, [Name]},
          type => worker, restart => temporary, shutdown => 1000}
    ]}}.
