-module(codec_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    ets:new(codecs, [public, named_table]),
    {ok, {{simple_one_for_one, 5, 10}, [
        {codec, {codec, start_link, []}, transient, 5000, worker, [codec]}
    ]}}.
