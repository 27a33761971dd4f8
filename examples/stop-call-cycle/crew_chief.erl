-module(crew_chief).
-behaviour(gen_server).
-export([start_link/0, note/1, dismiss/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
note(N) -> gen_server:call(?MODULE, {note, N}).
dismiss() -> gen_server:call(?MODULE, dismiss).

init([]) -> {ok, 0}.

handle_call({note, N}, _From, Sum) -> {reply, ok, Sum + N};
handle_call(dismiss, _From, Sum) -> {reply, gen_server:stop(crew_hand), Sum}.

handle_cast(_, Sum) -> {noreply, Sum}.
