-module(decode).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).
-record(st, {vm, count = 0}).
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
init(_) -> {ok, #st{}}.
%% finding: single-process-bottleneck
handle_call({decode, Payload}, _From, #st{vm = Vm} = State) ->
    {reply, vm:call(Vm, decode, [Payload]), State};
handle_call(count, _From, State) ->
    {reply, State#st.count, State#st{count = State#st.count + 1}}.
handle_cast(_, State) -> {noreply, State}.
