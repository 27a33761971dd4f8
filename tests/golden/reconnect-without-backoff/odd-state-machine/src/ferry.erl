-module(ferry).
-behaviour(gen_statem).
-export([start_link/1, init/1, callback_mode/0, down/3, up/3]).
-define(RETRY, 2000).
start_link(Host) -> gen_statem:start_link(?MODULE, Host, []).
callback_mode() -> state_functions.
init(Host) -> {ok, down, Host, [{state_timeout, 0, connect}]}.
down(state_timeout, connect, Host) ->
    case gen_tcp:connect(Host, 9000, []) of
        {ok, S} -> {next_state, up, {Host, S}};
        %% finding: reconnect-without-backoff
        {error, _} -> {keep_state_and_data, [{state_timeout, ?RETRY, connect}]}
    end.
up(info, {tcp_closed, _}, {Host, _}) -> {next_state, down, Host, [{state_timeout, 0, connect}]}.
