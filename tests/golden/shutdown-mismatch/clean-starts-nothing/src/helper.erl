%% clean: shutdown-mismatch
-module(helper).
-behaviour(gen_server).
-export([start_link/0, post_start/0, init/1, handle_call/3, handle_cast/2, terminate/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

post_start() ->
    ok = purge(node()),
    ignore.

init([]) ->
    process_flag(trap_exit, true),
    {ok, none}.

handle_call(_, _From, State) -> {reply, ok, State}.

handle_cast(_, State) -> {noreply, State}.

terminate(_Reason, _State) -> gen_server:call(stats, forget).

purge(Node) -> ets:delete(routes, Node), ok.
