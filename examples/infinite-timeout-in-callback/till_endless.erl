-module(till_endless).
-behaviour(gen_server).
-export([start_link/0, sell/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
sell(Item) -> gen_server:call(?MODULE, {sell, Item}).

init([]) -> {ok, []}.

handle_call({sell, Item}, _From, Sold) ->
    {reply, gen_server:call(till_bank, {charge, Item}, infinity), [Item | Sold]}.

handle_cast(_, Sold) -> {noreply, Sold}.
