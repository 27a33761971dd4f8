-module(beacon_zero).
-behaviour(gen_server).
-export([start_link/0, peers/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
peers() -> gen_server:call(?MODULE, peers).

init([]) -> {ok, [], 0}.

handle_info(timeout, _State) -> {noreply, beacon_store:load()};
handle_info({peer, Peer}, State) -> {noreply, [Peer | State]}.

handle_call(peers, _From, State) -> {reply, State, State}.

handle_cast({add, Peer}, State) -> {noreply, [Peer | State]}.
