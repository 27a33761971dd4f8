-module(plugins).
-export([enable/1, do_enable/1]).

enable(Name) -> cluster:everywhere(?MODULE, do_enable, [Name]).

%% Runs inside cluster already.
do_enable(Name) -> settings:put(enabled, Name).
