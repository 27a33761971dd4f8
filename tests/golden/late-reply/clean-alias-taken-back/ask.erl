%% clean: late-reply
-module(ask).
-export([ask/2]).

ask(Peer, Question) ->
    Alias = erlang:monitor(process, Peer, [{alias, reply_demonitor}]),
    Peer ! {ask, Alias, Question},
    receive
        {Alias, Answer} ->
            erlang:demonitor(Alias, [flush]),
            {ok, Answer};
        {'DOWN', Alias, _, _, Reason} ->
            {error, Reason}
    after 1000 ->
        erlang:demonitor(Alias, [flush]),
        receive {Alias, Answer} -> {ok, Answer} after 0 -> {error, timeout} end
    end.
