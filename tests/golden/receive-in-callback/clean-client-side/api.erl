%% clean: receive-in-callback
-module(api).
-behaviour(gen_server).
-export([ask/1, init/1, handle_call/3, handle_cast/2]).

ask(Question) ->
    Ref = make_ref(),
    gen_server:cast(?MODULE, {ask, self(), Ref, Question}),
    receive {Ref, Answer} -> Answer after 5000 -> timeout end.

init(_) -> {ok, #{}}.

handle_call(_, _From, State) -> {reply, ok, State}.

handle_cast({ask, Pid, Ref, Question}, State) ->
    Pid ! {Ref, maps:get(Question, State, none)},
    {noreply, State}.
