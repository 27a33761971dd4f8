-module(kiln).
-behaviour(gen_server).
-export([start_link/0, heat/1, bake/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
heat(T) -> gen_server:call(?MODULE, {heat, T}).

%% @doc Bakes. You must first call `heat/1' with the
%% temperature that is wanted.
%% finding: documented-order
bake(What) -> gen_server:call(?MODULE, {bake, What}).

init([]) -> {ok, #{t => undefined}}.
handle_call({heat, T}, _From, S) -> {reply, ok, S#{t := T}};
handle_call({bake, What}, _From, S) -> {reply, {baked, What}, S}.
handle_cast(_, S) -> {noreply, S}.
