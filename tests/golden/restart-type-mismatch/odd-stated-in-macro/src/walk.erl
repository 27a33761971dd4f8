-module(walk).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).
start_link() -> gen_server:start_link(?MODULE, 3, []).
init(N) -> {ok, N, 1000}.
handle_call(_, _From, N) -> {reply, ok, N}.
handle_cast(_, N) -> {noreply, N}.
handle_info(timeout, 0) -> {stop, normal, 0};
handle_info(timeout, N) -> {noreply, N - 1, 1000}.
