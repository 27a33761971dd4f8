%% clean: unjittered-timer
-module(drop).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).
start_link(Id) -> gen_server:start_link(?MODULE, Id, []).
init(Id) -> arm(), {ok, Id}.
handle_call(_, _From, Id) -> {reply, ok, Id}.
handle_cast(_, Id) -> {noreply, Id}.
handle_info(fall, Id) -> httpc:request("http://drops.example"), arm(), {noreply, Id}.
arm() -> erlang:send_after(next(), self(), fall).
next() -> 1000 + rand:uniform(500).
