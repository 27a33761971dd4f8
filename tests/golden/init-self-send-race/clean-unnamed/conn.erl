%% clean: init-self-send-race
-module(conn).
-behaviour(gen_server).
-export([start_link/1, ask/2, init/1, handle_call/3, handle_cast/2, handle_info/2]).

-record(state, {host, socket}).

start_link(Host) -> gen_server:start_link(?MODULE, Host, []).
ask(Pid, Data) -> gen_server:call(Pid, {ask, Data}).

init(Host) ->
    self() ! connect,
    {ok, #state{host = Host}}.

handle_info(connect, #state{host = Host} = State) ->
    {ok, Socket} = gen_tcp:connect(Host, 80, []),
    {noreply, State#state{socket = Socket}}.

handle_call({ask, Data}, _From, #state{socket = Socket} = State) ->
    {reply, gen_tcp:send(Socket, Data), State}.

handle_cast(_, State) -> {noreply, State}.
