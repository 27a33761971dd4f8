-module(gate).
-behaviour(gen_server).
-export([start_link/0, pass/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).
-define(SETUP, '$setup').

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
pass(Key) -> gen_server:call(?MODULE, {pass, Key}).

init([]) ->
    process_flag(trap_exit, true), %% before anything else
    %% finding: init-self-send-race
    self() ! ?SETUP,
    {ok, #{keys => undefined}}.

handle_info(?SETUP, State) -> {noreply, State#{keys := sets:new()}}.

handle_call({pass, Key}, _From, #{keys := Keys} = State) ->
    {reply, maps:get(Key, Keys), State}.

handle_cast(_, State) -> {noreply, State}.
