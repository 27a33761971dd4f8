-module(rates_late).
-behaviour(gen_server).
-export([start_link/0, get/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
get(Key) -> ets:lookup(?MODULE, Key).

init([]) ->
    self() ! make_table,
    {ok, undefined}.

handle_info(make_table, _State) ->
    %% finding: ready-after-start
    Table = ets:new(?MODULE, [named_table, public]),
    {noreply, Table}.

handle_call(_, _From, State) -> {reply, ok, State}.
handle_cast(_, State) -> {noreply, State}.
