-module(store).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, none}.

%% What answers reads a local file: possible only.
handle_call({get, Key}, _From, S) ->
    %% finding: infinite-timeout-in-callback
    {reply, gen_server:call(store_file, {get, Key}, infinity), S}.

handle_cast(_, S) -> {noreply, S}.
