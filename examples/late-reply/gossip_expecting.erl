-module(gossip_expecting).
-export([ask/2]).

%% The alias is taken back, and what came just before that is flushed.
ask(Peer, Question) ->
    Alias = alias([reply]),
    Peer ! {ask, Alias, Question},
    receive
        {Alias, Answer} -> {ok, Answer}
    after 1000 ->
        unalias(Alias),
        receive {Alias, Answer} -> {ok, Answer} after 0 -> {error, timeout} end
    end.
