-module(ledger).
-behaviour(gen_server).
-export([start_link/0, book/1, balance/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
book(Entry) -> gen_server:call(?MODULE, {book, Entry}).
balance() -> gen_server:call(?MODULE, balance).

init([]) -> {ok, []}.

handle_call(balance, _From, Entries) -> {reply, lists:sum(Entries), Entries};
handle_call({book, Entry}, _From, Entries) ->
    ok = audit:check(Entry),
    {reply, ok, [Entry | Entries]}.

handle_cast(_, S) -> {noreply, S}.
