-module(desk).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
init([]) -> {ok, []}.
handle_call(_, _From, State) -> {reply, ok, State}.
handle_cast({sell, Item}, State) ->
    gen_server:cast(audit, {sold, Item}),
    %% finding: triangle-order
    gen_server:cast(book, {add, Item}),
    {noreply, State}.
