-module(depot_book).
-behaviour(gen_server).
-export([start_link/0, open/2, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
open(Item, Level) -> gen_server:call(?MODULE, {open, Item, Level}).

init([]) -> {ok, #{}}.

handle_call({open, Item, Level}, _From, Orders) ->
    {reply, maps:is_key(Item, Orders) andalso Level > 0, Orders}.

handle_cast(_, Orders) -> {noreply, Orders}.
