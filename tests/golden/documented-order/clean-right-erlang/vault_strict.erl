%% clean: documented-order
-module(vault_strict).
-behaviour(gen_server).
-export([start_link/0, open/1, take/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Opens the vault.
open(Key) -> gen_server:call(?MODULE, {open, Key}).

%% @doc Takes something out. Only works after open/1.
take(Name) -> gen_server:call(?MODULE, {take, Name}).

init([]) -> {ok, #{key => undefined, things => #{}}}.

handle_call({open, Key}, _From, State) ->
    {reply, ok, State#{key := Key}};
handle_call({take, _Name}, _From, #{key := undefined} = State) ->
    {reply, {error, closed}, State};
handle_call({take, Name}, _From, #{things := Things} = State) ->
    {reply, maps:find(Name, Things), State}.

handle_cast(_, State) -> {noreply, State}.
