-module(stall_knowing).
-behaviour(gen_server).
-export([start_link/0, sold/0, report/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
sold() -> gen_server:call(?MODULE, sold).
report() -> gen_server:call(?MODULE, report).

init([]) -> {ok, 0}.

handle_call(sold, _From, Sold) -> {reply, Sold, Sold};
handle_call(report, _From, Sold) -> {reply, {sold, Sold}, Sold}.

handle_cast(_, Sold) -> {noreply, Sold}.
