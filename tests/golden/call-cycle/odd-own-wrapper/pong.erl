-module(pong).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, pong}, ?MODULE, [], []).
init([]) -> {ok, 0}.
handle_call({pong, N}, _From, S) -> {reply, rpc_util:ask(ping, {ping, N + 1}), S}.
handle_cast(_, S) -> {noreply, S}.
