%% clean: boot-order-cycle
-module(tags).
-behaviour(gen_server).
-export([start_link/0, exists/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
exists(Name) -> gen_server:call(?MODULE, {exists, Name}).

init([]) -> {ok, []}.

%% Starts a new process, whose init asks nobody; the one that asks is another.
handle_call({exists, Name}, _From, Tags) ->
    {ok, Pid} = tag:start(Name),
    {reply, true, [Pid | Tags]}.

handle_cast(_, Tags) -> {noreply, Tags}.
