-module(parent).
-behaviour(gen_server).
-export([start_link/0, limit/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
limit() -> gen_server:call(?MODULE, limit).

init([]) ->
    %% finding: boot-order-cycle
    {ok, Pid} = gen_server:start_link(worker, [], []),
    {ok, Pid}.

handle_call(limit, _From, S) -> {reply, 10, S}.
handle_cast(_, S) -> {noreply, S}.
