-module(slow).
-behaviour(gen_server).
-export([start_link/0, put/2, init/1, handle_call/3, handle_cast/2]).
-define(TAB, slow_tab).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
put(K, V) -> true = ets:insert(?TAB, {K, V}).

init([]) -> gen_server:cast(self(), table), {ok, none}.

%% finding: ready-after-start
handle_cast(table, _) -> {noreply, ets:new(?TAB, [public, named_table])}.
handle_call(_, _From, State) -> {reply, ok, State}.
