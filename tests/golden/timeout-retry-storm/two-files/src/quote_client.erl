-module(quote_client).
-export([price/2]).

price(Server, Symbol) ->
    try gen_server:call(Server, {price, Symbol}) of
        Price -> Price
    catch
        exit:{timeout, _} ->
            %% finding: timeout-retry-storm
            price(Server, Symbol)
    end.
