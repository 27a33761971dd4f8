-module(probe).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2]).

start_link(Host) -> gen_server:start_link({local, ?MODULE}, ?MODULE, Host, []).

%% finding: blocking-init
init(Host) ->
    {ok, Socket} = gen_tcp:connect(Host, 7000, [binary, {active, false}]),
    {ok, Socket}.

handle_call(read, _From, Socket) -> {reply, gen_tcp:recv(Socket, 0), Socket}.

handle_cast(_, Socket) -> {noreply, Socket}.
