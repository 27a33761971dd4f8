-module(mailer).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

init(Node) -> {ok, Node}.

handle_call(_, _From, Node) -> {reply, ok, Node}.

handle_cast({send, Mail}, Node) ->
    %% finding: task-result-unhandled
    rpc:async_call(Node, file, write_file, ["outbox", Mail]),
    {noreply, Node}.

handle_info(report, Node) -> {noreply, Node}.
