-module(kiosk_helper).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2]).

start_link(Prices) -> gen_server:start_link(?MODULE, Prices, []).

init(Prices) -> {ok, Prices}.

handle_call(_, _From, Prices) -> {reply, ok, Prices}.
handle_cast(_, Prices) -> {noreply, Prices}.
