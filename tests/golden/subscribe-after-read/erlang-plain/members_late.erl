-module(members_late).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) ->
    Nodes = nodes(),
    %% finding: subscribe-after-read
    net_kernel:monitor_nodes(true),
    {ok, Nodes}.

handle_info({nodeup, Node}, Nodes) -> {noreply, [Node | Nodes]};
handle_info({nodedown, Node}, Nodes) -> {noreply, Nodes -- [Node]}.

handle_call(all, _From, Nodes) -> {reply, Nodes, Nodes}.
handle_cast(_, Nodes) -> {noreply, Nodes}.
