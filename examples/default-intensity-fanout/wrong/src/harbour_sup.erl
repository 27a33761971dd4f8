-module(harbour_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    Children = [worker(harbour_crane), worker(harbour_gate), worker(harbour_pilot),
                worker(harbour_tug), worker(harbour_light)],
    {ok, {#{strategy => one_for_one}, Children}}.

worker(Module) -> #{id => Module, start => {Module, start_link, []}}.
