-module(gauge).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).
-define(INTERVAL, 10000).

start_link(Id) -> gen_server:start_link(?MODULE, Id, []).

init(Id) ->
    erlang:send_after(rand:uniform(?INTERVAL), self(), measure),
    {ok, Id}.

handle_call(_, _From, Id) -> {reply, ok, Id}.

handle_cast(_, Id) -> {noreply, Id}.

handle_info(measure, Id) ->
    httpc:request("http://gauges.example/" ++ Id),
    erlang:send_after(?INTERVAL + rand:uniform(1000), self(), measure),
    {noreply, Id}.
