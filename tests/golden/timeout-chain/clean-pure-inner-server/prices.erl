-module(prices).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init(_) -> {ok, #{}}.

handle_call({price, Item}, _From, Prices) -> {reply, maps:get(Item, Prices, 0), Prices}.

handle_cast(_, Prices) -> {noreply, Prices}.
