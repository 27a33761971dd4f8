-module(rates_early).
-behaviour(gen_server).
-export([start_link/0, get/1, init/1, handle_continue/2, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
get(Key) -> ets:lookup(?MODULE, Key).

init([]) ->
    Table = ets:new(?MODULE, [named_table, public]),
    {ok, Table, {continue, load}}.

handle_continue(load, Table) ->
    ets:insert(Table, {eur, 1.0}),
    {noreply, Table}.

handle_call(_, _From, State) -> {reply, ok, State}.
handle_cast(_, State) -> {noreply, State}.
