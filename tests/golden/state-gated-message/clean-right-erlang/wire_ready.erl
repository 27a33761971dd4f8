%% clean: state-gated-message
-module(wire_ready).
-behaviour(gen_server).
-export([start_link/1, request/1, init/1, handle_continue/2, handle_call/3, handle_cast/2]).

-record(state, {host, socket}).

start_link(Host) -> gen_server:start_link({local, ?MODULE}, ?MODULE, Host, []).
request(Data) -> gen_server:call(?MODULE, {request, Data}).

init(Host) -> {ok, #state{host = Host}, {continue, connect}}.

handle_continue(connect, #state{host = Host} = State) ->
    {ok, Socket} = gen_tcp:connect(Host, 4000, [binary, {active, false}]),
    {noreply, State#state{socket = Socket}}.

handle_call({request, Data}, _From, #state{socket = Socket} = State) ->
    ok = gen_tcp:send(Socket, Data),
    {reply, ok, State}.

handle_cast(_Message, State) -> {noreply, State}.
