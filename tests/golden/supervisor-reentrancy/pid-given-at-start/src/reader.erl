-module(reader).
-behaviour(gen_server).
-export([start_link/2, init/1, handle_call/3, handle_cast/2]).

start_link(Sup, Options) -> gen_server:start_link(?MODULE, [Sup, Options], []).

init([_Sup, Options]) -> {ok, Options}.
handle_call(_, _From, S) -> {reply, S, S}.
handle_cast(_, S) -> {noreply, S}.
