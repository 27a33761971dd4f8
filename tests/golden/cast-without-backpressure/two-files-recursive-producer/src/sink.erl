-module(sink).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, sink}, ?MODULE, [], []).

init(_) -> {ok, none}.

handle_call(_, _From, State) -> {reply, ok, State}.

handle_cast({row, Row, Seq}, State) ->
    httpc:request(post, {"http://sink.example/", [], "text/plain", {Row, Seq}}, [], []),
    {noreply, State}.
