-module(gossip_catching).
-export([ask/2]).

%% The answer to a request that timed out stays in the caller's mailbox.
ask(Peer, Question) ->
    Ref = make_ref(),
    Peer ! {ask, self(), Ref, Question},
    receive
        {Ref, Answer} -> {ok, Answer}
    after 1000 -> {error, timeout}
    end.
