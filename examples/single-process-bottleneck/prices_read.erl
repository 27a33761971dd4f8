-module(prices_read).
-behaviour(gen_server).
-export([start_link/0, get/1, put/2, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
get(Item) -> ets:lookup(?MODULE, Item).
put(Item, Price) -> gen_server:call(?MODULE, {put, Item, Price}).

init(_) -> {ok, ets:new(?MODULE, [named_table, {read_concurrency, true}])}.

handle_call({put, Item, Price}, _From, Table) ->
    ets:insert(Table, {Item, Price}),
    {reply, ok, Table}.

handle_cast(_, Table) -> {noreply, Table}.
