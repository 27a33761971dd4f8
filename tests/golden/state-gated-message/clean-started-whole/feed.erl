%% clean: state-gated-message
-module(feed).
-behaviour(gen_server).
-export([start/1, push/2, init/1, handle_call/3, handle_cast/2]).

-record(state, {sink}).

start(Sink) ->
    {ok, Pid} = gen_server:start_link(?MODULE, [], []),
    ok = gen_server:call(Pid, {set_sink, Sink}),
    {ok, Pid}.
push(Pid, Item) -> gen_server:call(Pid, {push, Item}).

init([]) -> {ok, #state{}}.

handle_call({set_sink, Sink}, _From, State) ->
    {reply, ok, State#state{sink = Sink}};
handle_call({push, Item}, _From, #state{sink = Sink} = State) ->
    {reply, gen_server:call(Sink, {item, Item}), State}.

handle_cast(_, State) -> {noreply, State}.
