-module(auction_calm).
-behaviour(gen_server).
-export([start_link/0, bid/2, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
bid(Amount, Limit) -> gen_server:call(?MODULE, {bid, Amount, Limit}).

init([]) -> {ok, 0}.

handle_call({bid, Amount, Limit}, {Bidder, _Tag}, Best) ->
    gen_server:cast(Bidder, {best, Best}),
    {reply, Amount =< Limit, max(Best, Amount)}.

handle_cast(_, Best) -> {noreply, Best}.
