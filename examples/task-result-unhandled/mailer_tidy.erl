-module(mailer_tidy).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(Node) -> {ok, Node}.

handle_call(_, _From, Node) -> {reply, ok, Node}.

handle_cast({send, Mail}, Node) ->
    rpc:cast(Node, file, write_file, ["outbox", Mail]),
    {noreply, Node}.
