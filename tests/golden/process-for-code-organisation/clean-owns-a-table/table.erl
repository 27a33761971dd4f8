%% clean: process-for-code-organisation
-module(table).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init(_) ->
    ets:new(?MODULE, [named_table, protected]),
    {ok, none}.

handle_call({put, Key, Value}, _From, State) ->
    ets:insert(?MODULE, {Key, Value}),
    {reply, ok, State}.

handle_cast(_, State) -> {noreply, State}.
