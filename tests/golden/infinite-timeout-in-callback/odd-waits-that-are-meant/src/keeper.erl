%% Waits whose author may want them: possible only. For a supervisor of its own making, for a private
%% helper, and in a clause that ends the process.
-module(keeper).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) ->
    {ok, Disk} = disk:start_link(),
    {ok, Disk}.

handle_call({drop, Id}, _From, Disk) ->
    %% finding: infinite-timeout-in-callback
    ok = gen_server:call(kids, {terminate_child, Id}, infinity),
    {reply, ok, Disk};
handle_call({put, Block}, _From, Disk) ->
    {reply, disk:put(Disk, Block), Disk}.

handle_cast(_, Disk) -> {noreply, Disk}.

handle_info(timeout, Disk) ->
    %% finding: infinite-timeout-in-callback
    ok = gen_server:call(report, {done, self()}, infinity),
    {stop, normal, Disk}.
