%% clean: self-call
-module(counter).
-behaviour(gen_server).
-export([start_link/0, value/0, twice/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
value() -> gen_server:call(?MODULE, value).

%% Runs in the client.
twice() -> value() * 2.

init([]) -> {ok, 0}.

handle_call(value, _From, N) -> {reply, N, N}.

handle_cast(reset, _N) ->
    gen_server:cast(?MODULE, later),
    {noreply, 0};
handle_cast(later, N) -> {noreply, N}.
