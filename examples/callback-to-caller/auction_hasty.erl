-module(auction_hasty).
-behaviour(gen_server).
-export([start_link/0, bid/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
bid(Amount) -> gen_server:call(?MODULE, {bid, Amount}).

init([]) -> {ok, 0}.

handle_call({bid, Amount}, {Bidder, _Tag}, Best) ->
    Limit = gen_server:call(Bidder, limit),
    {reply, Amount =< Limit, max(Best, Amount)}.

handle_cast(_, Best) -> {noreply, Best}.
