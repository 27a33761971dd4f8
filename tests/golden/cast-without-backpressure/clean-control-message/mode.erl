%% clean: cast-without-backpressure
-module(mode).
-behaviour(gen_server).
-export([start_link/0, set/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

set(Mode) -> gen_server:cast(?MODULE, {set, Mode}).

init(_) -> {ok, none}.

handle_call(get, _From, Mode) -> {reply, Mode, Mode}.

handle_cast({set, Mode}, _) -> {noreply, Mode}.
