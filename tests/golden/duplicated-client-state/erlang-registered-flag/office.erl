-module(office).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, office}, ?MODULE, [], []).

init(_) -> {ok, []}.

handle_call({register, Pid}, _From, Pids) -> {reply, ok, [Pid | Pids]};
handle_call({badge, Door}, _From, Pids) -> {reply, Door, Pids}.

handle_cast(_, Pids) -> {noreply, Pids}.
