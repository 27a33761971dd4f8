-module(audit_paced).
-behaviour(gen_server).
-export([start_link/0, log_all/1, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, "audit.log", []).

log_all(Entries) -> gen_server:call(?MODULE, {log, Entries}).

init(Path) -> {ok, Path}.

handle_call({log, Entries}, _From, Path) ->
    ok = file:write_file(Path, Entries, [append]),
    {reply, ok, Path}.

handle_cast(_, Path) -> {noreply, Path}.
