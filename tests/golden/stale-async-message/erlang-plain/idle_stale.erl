-module(idle_stale).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).

-record(state, {owner, timer}).

start_link(Owner) -> gen_server:start_link(?MODULE, Owner, []).

init(Owner) ->
    {ok, #state{owner = Owner, timer = erlang:send_after(5000, self(), expired)}}.

handle_cast(done, #state{timer = Timer} = State) ->
    erlang:cancel_timer(Timer),
    {noreply, State}.

%% finding: stale-async-message
handle_info(expired, State) ->
    State#state.owner ! failed,
    {noreply, State}.

handle_call(_, _From, State) -> {reply, ok, State}.
