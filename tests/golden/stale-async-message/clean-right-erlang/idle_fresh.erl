%% clean: stale-async-message
-module(idle_fresh).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).

-record(state, {owner, timer}).

start_link(Owner) -> gen_server:start_link(?MODULE, Owner, []).

init(Owner) ->
    {ok, #state{owner = Owner, timer = erlang:start_timer(5000, self(), expired)}}.

handle_cast(done, #state{timer = Timer} = State) ->
    erlang:cancel_timer(Timer),
    {noreply, State#state{timer = undefined}}.

handle_info({timeout, Timer, expired}, #state{timer = Timer} = State) ->
    State#state.owner ! failed,
    {noreply, State};
handle_info({timeout, _Old, expired}, State) ->
    {noreply, State}.

handle_call(_, _From, State) -> {reply, ok, State}.
