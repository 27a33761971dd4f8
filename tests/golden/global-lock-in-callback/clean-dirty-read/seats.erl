%% clean: global-lock-in-callback
-module(seats).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, none}.

%% Takes no lock.
handle_call({owner, Id}, _From, S) -> {reply, mnesia:dirty_read(seat, Id), S};
handle_call({where, Name}, _From, S) -> {reply, global:whereis_name(Name), S}.

handle_cast(_, S) -> {noreply, S}.
