-module(rooms_registered).
-export([find/1]).

%% Each room writes its pid to the table in init.
find(Name) ->
    case ets:lookup(rooms, Name) of
        [{_, Pid}] -> {ok, Pid};
        [] -> error
    end.
