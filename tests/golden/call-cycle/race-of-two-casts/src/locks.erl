-module(locks).
-behaviour(gen_server).
-export([start_link/0, acquire/2, forget/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
acquire(Kind, Pid) -> gen_server:call(?MODULE, {acquire, Kind, Pid}, infinity).
forget(Name) -> gen_server:cast(?MODULE, {forget, Name}).

init([]) -> {ok, []}.
handle_call({acquire, Kind, Pid}, _From, S) -> {reply, ok, [{Kind, Pid} | S]}.
%% No request goes round: the index may be in its rebuild while this one waits for it.
handle_cast({forget, Name}, S) ->
    search_index:drop(Name),
    {noreply, S}.
