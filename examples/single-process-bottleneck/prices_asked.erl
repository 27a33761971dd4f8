-module(prices_asked).
-behaviour(gen_server).
-export([start_link/0, get/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
get(Item) -> gen_server:call(?MODULE, {get, Item}).

init(_) -> {ok, ets:new(?MODULE, [named_table])}.

handle_call({get, Item}, _From, Table) -> {reply, ets:lookup(Table, Item), Table}.

handle_cast(_, Table) -> {noreply, Table}.
