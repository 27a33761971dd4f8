-module(logins).
-behaviour(gen_server).
-export([ensure/1, start_link/1, init/1, handle_call/3, handle_cast/2]).

ensure(Host) ->
    case whereis(Host) of
        undefined ->
            Spec = {Host, {logins, start_link, [Host]}, temporary, 5000, worker, [logins]},
            supervisor:start_child(backend_sup, Spec);
        Pid ->
            {ok, Pid}
    end.

start_link(Host) -> gen_server:start_link({local, Host}, ?MODULE, Host, []).

init(Host) -> {ok, Host}.

handle_call(_, _From, State) -> {reply, ok, State}.

handle_cast(_, State) -> {noreply, State}.
