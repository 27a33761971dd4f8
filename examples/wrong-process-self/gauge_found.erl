-module(gauge_found).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) -> {ok, 0}.

handle_call(_, _From, N) -> {reply, ok, N}.

handle_cast(measure, N) ->
    Server = self(),
    spawn(fun() ->
        io:format("measured ~p~n", [N]),
        erlang:send_after(1000, Server, again)
    end),
    {noreply, N + 1}.

handle_info(again, N) ->
    gen_server:cast(?MODULE, measure),
    {noreply, N}.
