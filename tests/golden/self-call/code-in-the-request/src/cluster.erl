-module(cluster).
-behaviour(gen_server).
-export([start_link/0, everywhere/3, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

everywhere(M, F, A) ->
    case ask({run, {M, F, A}}) of
        {ok, Result} -> Result;
        Error -> Error
    end.

%% finding: self-call
ask(Request) -> gen_server:call(?MODULE, Request, 60000).

init([]) -> {ok, 0}.
handle_call({run, MFA}, _From, N) ->
    {reply, {ok, apply_mfa(N, MFA)}, N + 1}.
handle_cast(_, N) -> {noreply, N}.

apply_mfa(_N, {M, F, A}) -> erlang:apply(M, F, A).
