%% clean: init-thundering-herd
-module(plug).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link(Id) -> gen_server:start_link(?MODULE, Id, []).

init(Id) ->
    erlang:send_after(rand:uniform(10000), self(), load),
    {ok, {Id, none}}.

handle_call(_, _From, State) -> {reply, ok, State}.

handle_cast(_, State) -> {noreply, State}.

handle_info(load, {Id, none}) ->
    {ok, Answer} = httpc:request("http://plugs.example/" ++ Id),
    {noreply, {Id, Answer}}.
