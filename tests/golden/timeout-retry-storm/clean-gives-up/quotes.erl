%% clean: timeout-retry-storm
-module(quotes).
-export([price/1]).

price(Symbol) ->
    try
        gen_server:call(quote_server, {price, Symbol}, 1000)
    catch
        exit:{timeout, _} -> {error, timeout}
    end.
