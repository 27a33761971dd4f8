%% clean: low-intensity
%% {permanent, Delay}: the supervisor tries again later instead of giving up.
-module(client_sup).
-behaviour(supervisor2).
-export([start_link/0, start_client/1, init/1]).

start_link() ->
    supervisor2:start_link({local, ?MODULE}, ?MODULE, []).

start_client(Id) ->
    supervisor2:start_child(?MODULE, spec(Id)).

init([]) ->
    {ok, {{one_for_one, 0, 1}, [spec(Id) || Id <- application:get_env(pool, clients, [])]}}.

spec([]) ->
    exit(no_client);
spec(Id) ->
    {Id, {client, start_link, [Id]}, {permanent, 10}, 5000, worker, [client]}.
