-module(scanner).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(Port) -> {ok, Port}.

handle_call({read, N}, _From, Port) ->
    Port ! {self(), {command, <<N>>}},
    %% finding: receive-in-callback
    receive
        Message -> {reply, Message, Port}
    end.

handle_cast(_, Port) -> {noreply, Port}.
