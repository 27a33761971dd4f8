-module(till).
-behaviour(gen_server).
-export([start_link/0, pay/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
pay(Item) -> gen_server:call(?MODULE, {pay, Item}).

init([]) -> {ok, 0}.

handle_call({pay, Item}, _From, S) -> {reply, shop:stock(Item), S}.
handle_cast(_, S) -> {noreply, S}.
