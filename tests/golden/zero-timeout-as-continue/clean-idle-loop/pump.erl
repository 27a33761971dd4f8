%% clean: zero-timeout-as-continue
-module(pump).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, queue:new(), 0}.

handle_call(size, _From, Q) -> {reply, queue:len(Q), Q, 0}.

handle_cast({put, Item}, Q) -> {noreply, queue:in(Item, Q), 0}.

handle_info(timeout, Q) ->
    case queue:out(Q) of
        {{value, Item}, Rest} -> pump_sink:push(Item), {noreply, Rest, 0};
        {empty, _} -> {noreply, Q, 1000}
    end.
