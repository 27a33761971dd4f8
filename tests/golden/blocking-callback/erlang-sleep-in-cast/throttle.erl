-module(throttle).
-behaviour(gen_server).
-export([start_link/0, hit/0, slow/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
hit() -> gen_server:call(?MODULE, hit).
slow() -> gen_server:cast(?MODULE, slow).

init(_) -> {ok, 0}.

handle_call(hit, _From, N) -> {reply, N, N + 1}.

handle_cast(slow, N) ->
    %% finding: blocking-callback
    timer:sleep(2000),
    {noreply, N}.
