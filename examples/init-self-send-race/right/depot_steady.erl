-module(depot_steady).
-behaviour(gen_server).
-export([start_link/0, jobs/0, init/1, handle_continue/2, handle_call/3, handle_cast/2]).

-record(state, {sup}).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
jobs() -> gen_server:call(?MODULE, jobs).

init([]) -> {ok, #state{}, {continue, init}}.

handle_continue(init, State) ->
    {ok, Sup} = depot_sup:start_link(),
    {noreply, State#state{sup = Sup}}.

handle_call(jobs, _From, #state{sup = Sup} = State) ->
    {reply, supervisor:which_children(Sup), State}.

handle_cast(_, State) -> {noreply, State}.
