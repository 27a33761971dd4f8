-module(field_patient).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, handle_continue/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, [], {continue, look}}.

handle_continue(look, _) -> {noreply, supervisor:which_children(field_sup)}.

handle_call(_, _From, Siblings) -> {reply, ok, Siblings}.
handle_cast(_, Siblings) -> {noreply, Siblings}.
