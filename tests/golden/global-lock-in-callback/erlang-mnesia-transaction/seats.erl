-module(seats).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).
-record(seat, {id, owner}).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, none}.

handle_call({take, Id, Owner}, _From, S) ->
    %% finding: global-lock-in-callback
    {atomic, ok} = mnesia:transaction(fun() ->
        mnesia:write(#seat{id = Id, owner = Owner})
    end),
    {reply, ok, S}.

handle_cast(_, S) -> {noreply, S}.
