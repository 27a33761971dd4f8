-module(phone_api).
-export([start/0, hang_up/0, dial/0]).

start() -> gen_statem:start_link({local, phone}, phone, [], []).
hang_up() -> gen_statem:cast(phone, hang_up).
dial() -> gen_statem:call(phone, dial).
