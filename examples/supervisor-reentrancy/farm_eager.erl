-module(farm_eager).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, supervisor:which_children(farm_sup)}.

handle_call(_, _From, Siblings) -> {reply, ok, Siblings}.
handle_cast(_, Siblings) -> {noreply, Siblings}.
