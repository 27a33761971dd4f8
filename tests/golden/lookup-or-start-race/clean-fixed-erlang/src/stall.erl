%% clean: lookup-or-start-race
-module(stall).
-export([get/1]).

get(Name) ->
    case whereis(Name) of
        undefined ->
            case supervisor:start_child(stall_sup, [Name]) of
                {ok, Pid} -> Pid;
                {error, {already_started, Pid}} -> Pid
            end;
        Pid ->
            Pid
    end.
