-module(stall).
-export([get/1]).

get(Name) ->
    case whereis(Name) of
        undefined ->
            %% finding: lookup-or-start-race
            {ok, Pid} = supervisor:start_child(stall_sup, [Name]),
            Pid;
        Pid ->
            Pid
    end.
