-module(garden_app).
-behaviour(application).
-export([start/2, prep_stop/1, stop/1]).
-define(RUNNING, [App || {App, _, _} <- application:which_applications()]).

start(_Type, _Args) -> supervisor:start_link({local, garden_sup}, garden_sup, []).

prep_stop(State) ->
    %% finding: application-reentrancy
    io:format("still up: ~p~n", [?RUNNING]),
    State.

stop(_State) -> ok.
