-module(upload_worker).
-behaviour(gen_server).
-export([start_link/2, init/1, handle_call/3, handle_cast/2]).

start_link(Name, Buffer) -> gen_server:start_link(?MODULE, {Name, Buffer}, []).

init(State) -> {ok, State}.

handle_call(_, _, State) -> {reply, ok, State}.

handle_cast(_, State) -> {noreply, State}.
