%% clean: blocking-init, blocking-callback
%% The answer comes as a message.
-module(keys).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link(Url) -> gen_server:start_link({local, ?MODULE}, ?MODULE, Url, []).

init(Url) -> {ok, #{request => refresh(Url), url => Url, keys => []}}.

handle_call(keys, _From, #{keys := Keys} = State) -> {reply, Keys, State}.

handle_cast(_, State) -> {noreply, State}.

handle_info(refresh, #{url := Url} = State) -> {noreply, State#{request => refresh(Url)}};
handle_info({http, {_, {_, _, Body}}}, State) -> {noreply, State#{keys => Body}}.

refresh(Url) ->
    Options = [{body_format, binary}, {sync, false}, {receiver, self()}],
    {ok, Request} = httpc:request(get, {Url, []}, [], Options),
    Request.
