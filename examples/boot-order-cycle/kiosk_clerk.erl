-module(kiosk_clerk).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link(?MODULE, [], []).

init([]) -> {ok, kiosk_owner:prices()}.

handle_call(_, _From, Prices) -> {reply, ok, Prices}.
handle_cast(_, Prices) -> {noreply, Prices}.
