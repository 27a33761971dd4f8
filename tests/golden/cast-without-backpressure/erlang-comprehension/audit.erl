-module(audit).
-behaviour(gen_server).
-export([start_link/0, log_all/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, "audit.log", []).

log_all(Entries) ->
    %% finding: cast-without-backpressure
    [gen_server:cast(?MODULE, {log, Entry}) || Entry <- Entries].

init(Path) -> {ok, Path}.

handle_call(_, _From, Path) -> {reply, ok, Path}.

handle_cast({log, Entry}, Path) ->
    ok = file:write_file(Path, Entry, [append]),
    {noreply, Path}.
