-module(shop).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).
-define(TIMEOUT, infinity).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, []}.

handle_call(_, _From, S) -> {reply, ok, S}.

handle_cast({order, Item}, S) ->
    %% finding: infinite-timeout-in-callback
    {noreply, [gen_server:call(bank, {pay, Item}, ?TIMEOUT) | S]}.
