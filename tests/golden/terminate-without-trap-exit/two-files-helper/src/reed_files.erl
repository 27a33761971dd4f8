-module(reed_files).
-export([drop/1]).

drop(State) -> file:delete("/tmp/reed"), State.
