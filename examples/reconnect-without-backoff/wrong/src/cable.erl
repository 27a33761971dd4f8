-module(cable).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link(Host) -> gen_server:start_link({local, ?MODULE}, ?MODULE, Host, []).

init(Host) ->
    self() ! connect,
    {ok, {Host, none}}.

handle_call(_, _From, State) -> {reply, ok, State}.

handle_cast(_, State) -> {noreply, State}.

handle_info(connect, {Host, _}) ->
    case gen_tcp:connect(Host, 9000, []) of
        {ok, Socket} ->
            {noreply, {Host, Socket}};
        {error, _} ->
            self() ! connect,
            {noreply, {Host, none}}
    end.
