-module(loader).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, handle_info/2, work/2]).
-define(REPORT(Pid, What), Pid ! {report, What}).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, []}.

handle_call(_, _From, S) -> {reply, ok, S}.

%% self() among the arguments is taken here: right. The one in work/2 is not.
handle_cast({load, File}, S) ->
    spawn(?MODULE, work, [self(), File]),
    {noreply, S}.

work(Server, File) ->
    ?REPORT(Server, File),
    %% finding: wrong-process-self
    ?REPORT(self(), done).

handle_info({report, _}, S) -> {noreply, S}.
