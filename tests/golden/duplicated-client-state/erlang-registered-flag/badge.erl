-module(badge).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

-record(st, {registered = undefined}).

start_link() -> gen_server:start_link({local, badge}, ?MODULE, [], []).

init(_) -> {ok, #st{}}.

handle_call(_, _From, St) -> {reply, ok, St}.

handle_cast(register, St) ->
    ok = gen_server:call(office, {register, self()}),
    {noreply, St#st{registered = true}};
%% finding: duplicated-client-state
handle_cast({badge, Door}, #st{registered = true} = St) ->
    gen_server:call(office, {badge, Door}),
    {noreply, St}.
