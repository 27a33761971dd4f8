%% clean: timer-pileup
-module(feed).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

init(Url) -> {ok, {Url, erlang:start_timer(60000, self(), refresh)}}.

handle_call(refresh_now, _From, {Url, Timer}) ->
    _ = erlang:cancel_timer(Timer),
    {reply, ok, {Url, erlang:start_timer(0, self(), refresh)}}.

handle_cast(_, State) -> {noreply, State}.

handle_info({timeout, Timer, refresh}, {Url, Timer}) ->
    {noreply, {Url, erlang:start_timer(60000, self(), refresh)}};
handle_info({timeout, _Old, refresh}, State) ->
    {noreply, State}.
