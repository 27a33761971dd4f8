-module(source).
-export([run/2]).

run([], _Seq) -> ok;
run([Row | Rows], Seq) ->
    %% finding: cast-without-backpressure
    gen_server:cast(sink, {row, Row, Seq}),
    run(Rows, Seq + 1).
