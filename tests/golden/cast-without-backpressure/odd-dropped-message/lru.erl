-module(lru).
-behaviour(gen_server).
-export([start_link/0, touch/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

touch(Name) ->
    %% finding: cast-without-backpressure
    gen_server:cast(?MODULE, {touch, Name}).

init(_) -> {ok, {off, []}}.

handle_call(_, _From, State) -> {reply, ok, State}.

handle_cast({touch, Name}, {on, Names}) -> {noreply, {on, [Name | Names]}};
handle_cast({touch, _Name}, State) -> {noreply, State}.
