-module(poll).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).
-record(s, {t}).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
init([]) -> {ok, T} = timer:send_after(100, give_up), {ok, #s{t = T}}.
handle_call(ok, _, S = #s{t = T}) -> timer:cancel(T), {reply, ok, S}.
handle_cast(_, S) -> {noreply, S}.
%% finding: stale-async-message
handle_info(give_up, S) -> {stop, gave_up, S}.
