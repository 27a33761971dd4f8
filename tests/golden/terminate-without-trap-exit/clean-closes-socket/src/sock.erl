%% clean: terminate-without-trap-exit
-module(sock).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, terminate/2]).

start_link() -> gen_server:start_link(?MODULE, [], []).

init([]) -> {ok, {none, ets:new(sock, [])}}.

handle_call(_, _From, State) -> {reply, ok, State}.

handle_cast(_, State) -> {noreply, State}.

terminate(Reason, {Socket, Table}) ->
    error_logger:info_msg("ends: ~p", [Reason]),
    gen_tcp:close(Socket),
    ets:delete(Table).
