-module(quotes).
-export([price/1]).

price(Symbol) ->
    case catch gen_server:call(quote_server, {price, Symbol}, 1000) of
        %% finding: timeout-retry-storm
        {'EXIT', {timeout, _}} -> price(Symbol);
        Price -> Price
    end.
