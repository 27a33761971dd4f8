-module(plug).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2]).

start_link(Id) -> gen_server:start_link(?MODULE, Id, []).

init(Id) ->
    {ok, Answer} = httpc:request("http://plugs.example/" ++ Id),
    {ok, Answer}.

handle_call(_, _From, State) -> {reply, ok, State}.

handle_cast(_, State) -> {noreply, State}.
