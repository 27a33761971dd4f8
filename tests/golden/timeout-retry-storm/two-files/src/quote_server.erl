-module(quote_server).
-behaviour(gen_server).
-export([price/1, init/1, handle_call/3, handle_cast/2]).

price(Symbol) -> quote_client:price(?MODULE, Symbol).

init(_) -> {ok, #{}}.

handle_call({price, Symbol}, _From, Prices) ->
    {ok, Price} = httpc:request(Symbol),
    {reply, Price, Prices#{Symbol => Price}}.

handle_cast(_, Prices) -> {noreply, Prices}.
