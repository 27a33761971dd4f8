-module(writer).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, #{pending => none}}.

handle_call({put, Ref}, _From, State) ->
    {reply, ok, State#{pending => Ref}};
handle_call(sync, _From, #{pending := Ref} = State) ->
    %% finding: receive-in-callback
    receive
        {written, Ref} -> ok
    end,
    {reply, ok, State}.

handle_cast(_, State) -> {noreply, State}.
