-module(book).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).
-record(s, {items}).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
init([]) -> {ok, #s{}}.
handle_call(_, _From, State) -> {reply, ok, State}.
handle_cast({add, Item}, S) -> {noreply, S#s{items = [Item]}};
handle_cast({sign, Item}, S) -> {noreply, S#s{items = {signed, Item}}}.
