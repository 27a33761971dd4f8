-module(depot_goods).
-behaviour(gen_server).
-export([start_link/0, reserve/1, level/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
reserve(Item) -> gen_server:call(?MODULE, {reserve, Item}).
level(Item) -> gen_server:call(?MODULE, {level, Item}).

init([]) -> {ok, #{}}.

handle_call({level, Item}, _From, Goods) -> {reply, maps:get(Item, Goods, 0), Goods};
handle_call({reserve, Item}, _From, Goods) -> {reply, depot_orders:open(Item), Goods}.

handle_cast(_, Goods) -> {noreply, Goods}.
