-module(depot_shelf).
-behaviour(gen_server).
-export([start_link/0, reserve/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
reserve(Item) -> gen_server:call(?MODULE, {reserve, Item}).

init([]) -> {ok, #{}}.

handle_call({reserve, Item}, _From, Goods) ->
    {reply, depot_book:open(Item, maps:get(Item, Goods, 0)), Goods}.

handle_cast(_, Goods) -> {noreply, Goods}.
