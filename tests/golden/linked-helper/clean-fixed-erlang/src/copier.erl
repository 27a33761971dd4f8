%% clean: linked-helper
-module(copier).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, []}.

handle_call({copy, From, To}, _From, Jobs) ->
    {Pid, _Ref} = spawn_monitor(fun() -> {ok, _} = file:copy(From, To) end),
    {reply, ok, [Pid | Jobs]}.

handle_cast(_, Jobs) -> {noreply, Jobs}.

handle_info({'DOWN', _, _, Pid, _}, Jobs) -> {noreply, lists:delete(Pid, Jobs)}.
