-module(disco_call).
-export([ask/2]).

ask(Server, Request) ->
    %% finding: late-reply
    case catch gen_server:call(Server, Request) of
        {'EXIT', _} -> error;
        Answer -> Answer
    end.
