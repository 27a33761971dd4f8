-module(press).
-behaviour(gen_server).
-export([main/0, start_link/0, load/1, push/0, init/1, handle_call/3, handle_cast/2]).

%% the list is loaded too late
main() -> start_link(),
    %% finding: client-breaks-order
    push(), load([1]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
load(L) -> gen_server:cast(?MODULE, {load, L}).
push() -> gen_server:cast(?MODULE, push).
init([]) -> {ok, #{l => undefined}}.
handle_call(_, _, S) -> {reply, ok, S}.
handle_cast({load, L}, S) -> {noreply, S#{l := L}};
handle_cast(push, #{l := L} = S) -> lists:foreach(fun(X) -> press_out:put(X) end, L), {noreply, S}.
