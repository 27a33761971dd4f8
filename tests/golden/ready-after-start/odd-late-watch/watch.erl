-module(watch).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_continue/2, handle_call/3, handle_cast/2, handle_info/2]).

start_link(Pid) -> gen_server:start_link({local, ?MODULE}, ?MODULE, Pid, []).
init(Pid) -> {ok, Pid, {continue, load}}.

handle_continue(load, Pid) ->
    ok = watch_store:load(),
    %% died by now? nobody was told
    %% finding: ready-after-start
    _ = erlang:monitor(process, Pid),
    {noreply, Pid}.

handle_info({'DOWN', _, process, Pid, _}, Pid) -> {stop, normal, Pid}.
handle_call(_, _From, State) -> {reply, ok, State}.
handle_cast(_, State) -> {noreply, State}.
