-module(handlers).
-behaviour(gen_server).
-export([start_link/0, get_handlers/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
get_handlers() -> gen_server:call(?MODULE, get_handlers).

init(_) -> {ok, []}.

%% finding: single-process-bottleneck
handle_call(get_handlers, _From, Handlers) ->
    {reply, Handlers, Handlers};
handle_call({register, Handler}, _From, Handlers) ->
    {reply, ok, [Handler | Handlers]}.

handle_cast(_, Handlers) -> {noreply, Handlers}.
