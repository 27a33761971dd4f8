-module(press_ink).
-behaviour(gen_server).
-export([start_link/0, level/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

level() -> gen_server:call(?MODULE, level).

init([]) -> {ok, 100}.

handle_call(level, _From, Level) -> {reply, Level, Level}.

handle_cast(_, Level) -> {noreply, Level}.
