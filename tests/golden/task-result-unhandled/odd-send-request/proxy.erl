-module(proxy).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
init(Peer) -> {ok, Peer}.
handle_call(_, _From, Peer) -> {reply, ok, Peer}.
%% finding: task-result-unhandled
handle_cast({ask, Q}, Peer) -> _ = gen_server:send_request(Peer, {ask, Q}), {noreply, Peer}.
handle_info({nodedown, _}, Peer) -> {noreply, Peer}.
