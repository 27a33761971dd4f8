-module(seats_free).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, none}.

%% A process of its own waits for the transaction and answers.
handle_call({take, Seat, Who}, From, State) ->
    spawn_link(fun() ->
        gen_server:reply(From, mnesia:transaction(fun() -> mnesia:write({seat, Seat, Who}) end))
    end),
    {noreply, State}.

handle_cast(_, State) -> {noreply, State}.
