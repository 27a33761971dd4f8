-module(settings).
-export([put/2, do_put/2]).

%% The first clause does not take its own result.
put(Key, Value) when is_atom(Key) -> put([Key], Value);
put(Path, Value) when is_list(Path) -> cluster:everywhere(?MODULE, do_put, [Path, Value]).

do_put(Path, Value) -> persistent_term:put(Path, Value).
