%% clean: global-lock-in-callback
-module(seats).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).
-record(seat, {id, owner}).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, none}.

handle_call({take, Id, Owner}, From, S) ->
    spawn_link(fun() ->
        R = mnesia:transaction(fun() -> mnesia:write(#seat{id = Id, owner = Owner}) end),
        gen_server:reply(From, R)
    end),
    {noreply, S}.

handle_cast(_, S) -> {noreply, S}.
