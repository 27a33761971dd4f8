%% clean: infinite-timeout-in-callback
-module(bank).
-behaviour(gen_server).
-export([start_link/0, pay/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% The client waits, and no server with it.
pay(Item) -> gen_server:call(?MODULE, {pay, Item}, infinity).

init([]) -> {ok, 0}.

handle_call({pay, _Item}, _From, S) ->
    timer:sleep(1000),
    {reply, paid, S + 1}.

handle_cast(_, S) -> {noreply, S}.
