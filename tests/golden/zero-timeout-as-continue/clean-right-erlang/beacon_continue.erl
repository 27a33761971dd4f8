%% clean: zero-timeout-as-continue
-module(beacon_continue).
-behaviour(gen_server).
-export([start_link/0, peers/0, init/1, handle_continue/2, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
peers() -> gen_server:call(?MODULE, peers).

init([]) -> {ok, [], {continue, load}}.

handle_continue(load, _State) -> {noreply, beacon_store:load()}.

handle_call(peers, _From, State) -> {reply, State, State}.

handle_cast({add, Peer}, State) -> {noreply, [Peer | State]}.
