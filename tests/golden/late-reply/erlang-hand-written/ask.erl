-module(ask).
-export([ask/2]).

ask(Peer, Question) ->
    Ref = make_ref(),
    Peer ! {ask, self(), Ref, Question},
    %% finding: late-reply
    receive
        {Ref, Answer} -> {ok, Answer}
    after 1000 -> {error, timeout}
    end.
