-module(rates_waiting).
-behaviour(gen_server).
-export([start_link/0, rate/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
rate(Currency) -> gen_server:call(?MODULE, {rate, Currency}).

init(_) -> {ok, #{}}.

handle_call({rate, Currency}, _From, Rates) ->
    {ok, {_, _, Body}} = httpc:request("http://rates.example/" ++ Currency),
    {reply, Body, Rates#{Currency => Body}}.

handle_cast(_, Rates) -> {noreply, Rates}.
