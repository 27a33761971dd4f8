-module(badge_asking).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(_) -> {ok, none}.

handle_call(_, _From, State) -> {reply, ok, State}.

handle_cast({badge, Door}, State) ->
    case gen_server:call(badge_desk, {badge, Door}) of
        {error, not_registered} -> gen_server:call(badge_desk, {register, self()});
        {ok, _} -> ok
    end,
    {noreply, State}.
