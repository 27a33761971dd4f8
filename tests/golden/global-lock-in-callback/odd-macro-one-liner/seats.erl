-module(seats).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).
-define(TX(Body), mnesia:transaction(fun() -> Body end)).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
init([]) -> {ok, none}.
handle_call(_, _From, S) -> {reply, ok, S}.
%% finding: global-lock-in-callback
handle_cast({drop, Id}, S) -> ?TX(mnesia:delete({seat, Id})), {noreply, S}.
