-module(watch_events).
-behaviour(gen_event).
-export([start_link/0, add/1, init/1, handle_event/2, handle_call/2]).

start_link() -> gen_event:start_link({local, ?MODULE}).

add(Fun) -> gen_event:add_handler(?MODULE, {?MODULE, make_ref()}, Fun).

init(Fun) ->
    Fun(watcher:services()),
    {ok, Fun}.

handle_event({services, Services}, Fun) -> Fun(Services), {ok, Fun}.

handle_call(_, Fun) -> {ok, ok, Fun}.
