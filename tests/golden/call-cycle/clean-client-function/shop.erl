%% clean: call-cycle
-module(shop).
-behaviour(gen_server).
-export([start_link/0, buy/1, stock/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
stock(Item) -> gen_server:call(?MODULE, {stock, Item}).

%% The way back is in a client's function that no callback reaches.
buy(Item) -> till:pay(stock(Item)).

init([]) -> {ok, #{}}.

handle_call({stock, Item}, _From, S) -> {reply, maps:get(Item, S, 0), S}.
handle_cast(_, S) -> {noreply, S}.
