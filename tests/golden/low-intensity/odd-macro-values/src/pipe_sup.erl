-module(pipe_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).
-define(MAX, 0).
-define(W(I), {I, {I, start_link, []}, permanent, 5000, worker, [I]}).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

%% finding: low-intensity
init([]) -> Flags = {one_for_one, ?MAX, 1}, {ok, {Flags, [?W(pipe_in), ?W(pipe_out)]}}.
