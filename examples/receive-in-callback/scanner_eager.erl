-module(scanner_eager).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(Port) -> {ok, Port}.

handle_call({read, N}, _From, Port) ->
    Port ! {self(), {command, <<N>>}},
    receive
        Message -> {reply, Message, Port}
    after 1000 -> {reply, timeout, Port}
    end.

handle_cast(_, Port) -> {noreply, Port}.
