-module(vat_queueing).
-behaviour(gen_server).
-export([start_link/0, gross/2, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
gross(Net, Rate) -> gen_server:call(?MODULE, {gross, Net, Rate}).

init(_) -> {ok, none}.

handle_call({gross, Net, Rate}, _From, State) -> {reply, Net * (1 + Rate), State}.

handle_cast(_, State) -> {noreply, State}.
