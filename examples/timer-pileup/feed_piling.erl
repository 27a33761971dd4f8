-module(feed_piling).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

init(Url) ->
    erlang:send_after(60000, self(), refresh),
    {ok, Url}.

handle_call(refresh_now, _From, Url) ->
    erlang:send_after(60000, self(), refresh),
    {reply, ok, Url}.

handle_cast(_, Url) -> {noreply, Url}.

handle_info(refresh, Url) ->
    erlang:send_after(60000, self(), refresh),
    {noreply, Url}.
