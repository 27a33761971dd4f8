-module(sock).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
-define(OPTS, [binary, {active, true}]).

init({Host, Port}) ->
    %% finding: info-source-unhandled
    {ok, S} = gen_tcp:connect(Host, Port, ?OPTS),
    {ok, S}.

handle_call(_, _From, S) -> {reply, ok, S}.
handle_cast(_, S) -> {noreply, S}.
handle_info(ping, S) -> gen_tcp:send(S, <<"ping">>), {noreply, S}.
