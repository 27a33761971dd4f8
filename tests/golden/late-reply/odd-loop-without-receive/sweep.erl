-module(sweep).
-export([start/0, loop/0]).

start() -> spawn_link(fun loop/0).

loop() ->
    %% finding: late-reply
    case catch {gen_server:call(store, list), gen_server:call(nodes, list)} of
        {'EXIT', _} -> ok;
        {Files, Nodes} -> io:format("~p ~p~n", [Files, Nodes])
    end,
    timer:sleep(1000),
    loop().
