-module(field_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

init([]) ->
    Patient = #{id => field_patient, start => {field_patient, start_link, []}},
    {ok, {#{strategy => one_for_one}, [Patient]}}.
