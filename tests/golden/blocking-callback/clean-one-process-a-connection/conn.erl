%% clean: blocking-callback
-module(conn).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link(Socket) -> gen_server:start_link(?MODULE, Socket, []).

init(Socket) -> {ok, Socket}.

handle_call(_, _From, Socket) -> {reply, ok, Socket}.

handle_cast(_, Socket) -> {noreply, Socket}.

handle_info({tcp, Socket, Data}, Socket) ->
    ok = gen_tcp:send(Socket, Data),
    {noreply, Socket}.
