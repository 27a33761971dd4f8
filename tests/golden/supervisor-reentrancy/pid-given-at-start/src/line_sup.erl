-module(line_sup).
-behaviour(supervisor).
-export([start_link/1, init/1]).

start_link(Options) -> supervisor:start_link(?MODULE, [Options]).

init(Rest) ->
    Args = [self() | Rest],
    Line = #{id => line, start => {line, start_link, Args}, restart => transient},
    Reader = #{id => reader, start => {reader, start_link, Args}, restart => transient},
    {ok, {#{strategy => one_for_all, intensity => 0, period => 1}, [Line, Reader]}}.
