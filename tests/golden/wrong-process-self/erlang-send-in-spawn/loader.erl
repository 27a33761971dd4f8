-module(loader).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, []}.

handle_call(_, _From, S) -> {reply, ok, S}.

handle_cast({load, File}, S) ->
    spawn_link(fun() ->
        {ok, Bin} = file:read_file(File),
        %% finding: wrong-process-self
        self() ! {loaded, File, Bin}
    end),
    {noreply, S}.

handle_info({loaded, File, Bin}, S) -> {noreply, [{File, Bin} | S]}.
