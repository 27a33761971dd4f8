-module(kids).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, []}.

handle_call({start_child, Spec}, _From, State) ->
    {reply, ok, [Spec | State]};
handle_call({terminate_child, Id}, _From, State) ->
    timer:sleep(10000),
    {reply, ok, lists:delete(Id, State)}.

handle_cast(_, State) -> {noreply, State}.
