-module(wire_early).
-behaviour(gen_server).
-export([start_link/0, open/1, request/1, init/1, handle_call/3, handle_cast/2]).

-record(state, {socket}).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
open(Host) -> gen_server:call(?MODULE, {open, Host}).
request(Data) -> gen_server:call(?MODULE, {request, Data}).

init([]) -> {ok, #state{}}.

handle_call({open, Host}, _From, State) ->
    {ok, Socket} = gen_tcp:connect(Host, 4000, [binary, {active, false}]),
    {reply, ok, State#state{socket = Socket}};
handle_call({request, Data}, _From, #state{socket = Socket} = State) ->
    ok = gen_tcp:send(Socket, Data),
    {reply, ok, State}.

handle_cast(_Message, State) -> {noreply, State}.
