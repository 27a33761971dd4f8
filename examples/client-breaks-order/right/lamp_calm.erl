-module(lamp_calm).
-behaviour(gen_server).
-export([demo/0, start_link/0, plug/1, shine/0, init/1, handle_call/3, handle_cast/2]).

demo() ->
    {ok, _} = start_link(),
    plug(socket),
    shine().

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
plug(Where) -> gen_server:call(?MODULE, {plug, Where}).
shine() -> gen_server:call(?MODULE, shine).

init([]) -> {ok, #{plug => undefined}}.

handle_call({plug, Where}, _From, State) ->
    {reply, ok, State#{plug := Where}};
handle_call(shine, _From, #{plug := undefined} = State) ->
    {reply, {error, no_power}, State};
handle_call(shine, _From, State) ->
    {reply, ok, State}.

handle_cast(_, State) -> {noreply, State}.
