%% clean: wrong-process-self
-module(loader).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, []}.

handle_call(_, _From, S) -> {reply, ok, S}.

%% The spawned process waits for its own timer.
handle_cast({load, File}, S) ->
    spawn_link(fun() ->
        erlang:send_after(1000, self(), tick),
        receive
            tick -> file:read_file(File)
        end
    end),
    {noreply, S}.

handle_info(tick, S) -> {noreply, S}.
