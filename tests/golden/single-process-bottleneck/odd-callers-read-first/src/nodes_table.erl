%% Who asks has looked into the table already: possible only.
-module(nodes_table).
-behaviour(gen_server).
-export([start_link/0, info/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

info(Node) ->
    try ets:lookup_element(?MODULE, Node, 2)
    catch error:badarg -> gen_server:call(?MODULE, {info, Node})
    end.

init([]) ->
    ets:new(?MODULE, [named_table, public]),
    {ok, none}.

%% finding: single-process-bottleneck
handle_call({info, Node}, _From, State) ->
    {reply, ets:lookup(?MODULE, Node), State}.

handle_cast({set, Node, Info}, State) ->
    ets:insert(?MODULE, {Node, Info}),
    {noreply, State}.
