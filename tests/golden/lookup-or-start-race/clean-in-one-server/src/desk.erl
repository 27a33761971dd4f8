%% clean: lookup-or-start-race
-module(desk).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, []}.

handle_call({get, Name}, _From, State) ->
    {reply, find(Name), State}.

handle_cast(_, State) -> {noreply, State}.

find(Name) ->
    case whereis(Name) of
        undefined ->
            {ok, Pid} = supervisor:start_child(desk_sup, [Name]),
            Pid;
        Pid ->
            Pid
    end.
