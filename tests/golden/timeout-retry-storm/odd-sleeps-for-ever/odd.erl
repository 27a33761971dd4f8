-module(odd).
-export([wait/1]).
%% Waits in between, but without end: possible.
wait(S) ->
    try gen_server:call(S, ready, 100)
    %% finding: timeout-retry-storm
    catch exit:{timeout, _} -> timer:sleep(1000), wait(S) end.
