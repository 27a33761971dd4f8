-module(rates_handing).
-behaviour(gen_server).
-export([start_link/0, rate/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
rate(Currency) -> gen_server:call(?MODULE, {rate, Currency}).

init(_) -> {ok, none}.

handle_call({rate, Currency}, From, State) ->
    spawn_link(fun() ->
        gen_server:reply(From, httpc:request("http://rates.example/" ++ Currency))
    end),
    {noreply, State}.

handle_cast(_, State) -> {noreply, State}.
