-module(depot_orders).
-behaviour(gen_server).
-export([start_link/0, open/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
open(Item) -> gen_server:call(?MODULE, {open, Item}).

init([]) -> {ok, #{}}.

handle_call({open, Item}, _From, Orders) ->
    {reply, maps:is_key(Item, Orders) andalso depot_goods:level(Item) > 0, Orders}.

handle_cast(_, Orders) -> {noreply, Orders}.
