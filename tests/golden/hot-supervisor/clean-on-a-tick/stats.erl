%% clean: hot-supervisor
-module(stats).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

init(_) ->
    erlang:send_after(60000, self(), tick),
    {ok, 0}.

handle_call(get, _From, N) -> {reply, N, N}.

handle_cast(_, N) -> {noreply, N}.

handle_info(tick, _) ->
    erlang:send_after(60000, self(), tick),
    {noreply, length(supervisor:which_children(rooms_sup))}.
