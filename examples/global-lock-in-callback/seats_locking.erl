-module(seats_locking).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, none}.

handle_call({take, Seat, Who}, _From, State) ->
    Result = mnesia:transaction(fun() -> mnesia:write({seat, Seat, Who}) end),
    {reply, Result, State}.

handle_cast(_, State) -> {noreply, State}.
