%% clean: missing-reply
-module(config).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(_) -> {ok, #{}}.

handle_call({delete, Key}, From, Config) ->
    spawn_link(fun() -> file:delete(Key), gen_server:reply(From, ok) end),
    {noreply, maps:remove(Key, Config)}.

handle_cast(_, Config) -> {noreply, Config}.
