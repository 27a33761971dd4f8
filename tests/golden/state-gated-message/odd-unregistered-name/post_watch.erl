-module(post_watch).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
init([]) -> {ok, []}.
handle_call(_, _From, State) -> {reply, ok, State}.
handle_cast(_, State) -> {noreply, State}.
handle_info(check, State) ->
    Clerk = whereis(post_clerk),
    %% finding: state-gated-message
    case is_process_alive(Clerk) of
        true -> {noreply, State};
        false -> {noreply, [gone | State]}
    end.
