%% clean: boot-order-cycle
-module(tag).
-behaviour(gen_server).
-export([start/1, init/1, handle_call/3, handle_cast/2]).

start(Name) -> gen_server:start(?MODULE, Name, []).

init(Name) -> {ok, Name}.

handle_call(_, _From, Name) -> {reply, Name, Name}.

handle_cast({refer, Other}, Name) ->
    tags:exists(Other),
    {noreply, Name}.
