-module(rpc_util).
-export([ask/2]).
-define(LONG, 60000).

ask(Who, What) ->
    try
        %% finding: call-cycle
        gen_server:call(Who, What, ?LONG)
    catch
        exit:{timeout, _} -> {error, timeout}
    end.
