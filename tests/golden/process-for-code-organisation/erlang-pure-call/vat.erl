-module(vat).
-behaviour(gen_server).
-export([start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init(_) -> {ok, none}.

%% finding: process-for-code-organisation
handle_call({gross, Net, Rate}, _From, State) -> {reply, Net * (1 + Rate), State};
handle_call({net, Gross, Rate}, _From, State) -> {reply, Gross / (1 + Rate), State}.

handle_cast(_, State) -> {noreply, State}.
