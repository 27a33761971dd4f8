-module(well).
-export([dig/1]).
dig(N) ->
    case supervisor:start_child(well_sup, [N]) of
        {ok, P} -> P;
        %% finding: lookup-or-start-race
        {error, {already_startd, P}} -> P;
        {error, R} -> error(R)
    end.
