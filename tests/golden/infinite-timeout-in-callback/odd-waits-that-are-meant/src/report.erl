-module(report).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, []}.

handle_call({written, Block}, _From, State) ->
    {ok, Socket} = gen_tcp:connect("log.example", 9000, []),
    ok = gen_tcp:send(Socket, Block),
    {reply, ok, State};
handle_call({done, _}, _From, State) ->
    {ok, _} = gen_tcp:connect("log.example", 9000, []),
    {reply, ok, State}.

handle_cast(_, State) -> {noreply, State}.
