-module(rooms_listing).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(_) -> {ok, none}.

handle_call({find, Name}, _From, State) ->
    {reply, lists:keyfind(Name, 1, supervisor:which_children(rooms_sup)), State}.

handle_cast(_, State) -> {noreply, State}.
