-module(counter).
-behaviour(gen_server).
-export([start_link/0, value/0, bump/0]).
-export([init/1, handle_call/3, handle_cast/2]).
-define(SERVER, ?MODULE).

start_link() -> gen_server:start_link({local, ?SERVER}, ?MODULE, [], []).

value() ->
    %% finding: self-call
    gen_server:call(?SERVER, value).

bump() -> gen_server:cast(?SERVER, bump).

init([]) -> {ok, 0}.

handle_call(value, _From, N) -> {reply, N, N}.

handle_cast(bump, _N) -> {noreply, value() + 1}.
