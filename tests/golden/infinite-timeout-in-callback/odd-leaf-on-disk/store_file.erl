-module(store_file).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, none}.

handle_call({get, Key}, _From, S) -> {reply, file:read_file(Key), S}.
handle_cast(_, S) -> {noreply, S}.
