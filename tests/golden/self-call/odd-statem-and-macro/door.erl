-module(door).
-behaviour(gen_statem).
-export([start_link/0, callback_mode/0, init/1, open/3]).
-define(ASK(What), gen_statem:call(?MODULE, What)).

start_link() -> gen_statem:start_link({local, ?MODULE}, ?MODULE, [], []).
callback_mode() -> state_functions.
init([]) -> {ok, open, 0}.

open({call, From}, count, Data) -> {keep_state_and_data, [{reply, From, Data}]};
open(cast, log, _Data) ->
    %% finding: self-call
    io:format("~p~n", [?ASK(count)]),
    keep_state_and_data.
