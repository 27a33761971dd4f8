%% BEAM's side of `make bench-runtime`: one measurement, as runtime.py asks for it.
%%   erl -noshell -s bench_beam main NAME     prints one figure
-module(bench_beam).
-behaviour(gen_server).
-export([main/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export([start_child/0, sup_init/0]).

main([Name]) ->
    %% A process of its own, so that the heap is not that of the boot process.
    Self = self(),
    spawn_opt(fun() -> Self ! {figure, bench(Name)} end, options(Name)),
    receive {figure, F} -> io:format("~w~n", [F]) end,
    halt(0).

options(fan_in_8) -> [{message_queue_data, off_heap}];
options(_) -> [].

now_s() -> erlang:monotonic_time(nanosecond) / 1.0e9.
timed(Amount, Fun) ->
    T = now_s(),
    Fun(),
    Amount / (now_s() - T).
times(0, _) -> ok;
times(N, Fun) -> Fun(), times(N - 1, Fun).

bench(ping_pong) ->
    N = 1000000,
    Pong = spawn(fun pong/0),
    timed(N, fun() -> ping(N, Pong) end);
bench(ring_1) -> ring(1, 2000000);
bench(ring_50) -> ring(50, 4000000);
bench(fan_in_8) ->
    N = 2000000,
    Self = self(),
    timed(N, fun() ->
        [spawn(fun() -> times(N div 8, fun() -> Self ! message end) end) || _ <- lists:seq(1, 8)],
        times(N, fun() -> receive message -> ok end end)
    end);
bench(spawn_exit) ->
    N = 400000,
    Self = self(),
    timed(N, fun() ->
        times(N div 100, fun() ->
            times(100, fun() -> spawn(fun() -> Self ! done end) end),
            times(100, fun() -> receive done -> ok end end)
        end)
    end);
bench(call) ->
    N = 400000,
    {ok, S} = gen_server:start(?MODULE, [], []),
    timed(N, fun() -> times(N, fun() -> gen_server:call(S, request, 5000) end) end);
bench(call_8) ->
    N = 400000,
    Self = self(),
    {ok, S} = gen_server:start(?MODULE, [], []),
    timed(N, fun() ->
        [spawn(fun() ->
            times(N div 8, fun() -> gen_server:call(S, request, 5000) end),
            Self ! done
        end) || _ <- lists:seq(1, 8)],
        times(8, fun() -> receive done -> ok end end)
    end);
bench(cast) ->
    N = 2000000,
    {ok, S} = gen_server:start(?MODULE, [], []),
    timed(N, fun() ->
        times(N, fun() -> gen_server:cast(S, message) end),
        gen_server:call(S, request, infinity)
    end);
bench(idle_bytes) ->
    N = 200000,
    Before = resident(),
    [spawn(fun() -> receive stop -> ok end end) || _ <- lists:seq(1, N)],
    timer:sleep(200),
    (resident() - Before) / N;
bench(queued_bytes) ->
    N = 1000000,
    P = spawn_opt(fun() -> receive stop -> ok end end, [{message_queue_data, off_heap}]),
    Before = resident(),
    send_junk(P, N),
    (resident() - Before) / N;
bench(selective_1e3) -> selective(1000, 20000);
bench(selective_1e5) -> selective(100000, 200);
bench(selective_1e6) -> selective(1000000, 20);
bench(selective_first_1e6) ->
    N = 1000000,
    send_junk(self(), N),
    self() ! go,
    T = now_s(),
    receive go -> ok end,
    (now_s() - T) * 1.0e9 / N;
bench(call_queued_1e6) ->
    send_junk(self(), 1000000),
    N = 200000,
    {ok, S} = gen_server:start(?MODULE, [], []),
    gen_server:call(S, request, 5000),
    timed(N, fun() -> times(N, fun() -> gen_server:call(S, request, 5000) end) end);
bench(supervise_1e5) ->
    N = 100000,
    process_flag(trap_exit, true),
    timed(N, fun() ->
        {ok, S} = supervisor:start_link(?MODULE, supervisor),
        times(N, fun() -> {ok, _} = supervisor:start_child(S, []) end),
        exit(S, shutdown),
        receive {'EXIT', S, _} -> ok end
    end).

pong() -> receive P -> P ! message, pong() end.
ping(0, _) -> ok;
ping(N, Pong) -> Pong ! self(), receive message -> ping(N - 1, Pong) end.

ring(Tokens, Hops) ->
    Self = self(),
    First = spawn(fun() -> receive {next, P} -> ring_node(P, Self) end end),
    Nodes = lists:foldl(fun(_, [P | _] = All) -> [spawn(fun() -> ring_node(P, Self) end) | All] end,
                        [First], lists:seq(2, 503)),
    First ! {next, hd(Nodes)},
    timed(Hops, fun() ->
        [lists:nth(1 + I * 503 div Tokens, Nodes) ! (Hops div Tokens) || I <- lists:seq(0, Tokens - 1)],
        times(Tokens, fun() -> receive done -> ok end end)
    end).
ring_node(Next, Root) ->
    receive
        0 -> Root ! done;
        N -> Next ! (N - 1)
    end,
    ring_node(Next, Root).

send_junk(_, 0) -> ok;
send_junk(P, N) -> P ! {junk, N}, send_junk(P, N - 1).

selective(Depth, Rounds) ->
    send_junk(self(), Depth),
    self() ! go,
    receive go -> ok end,
    T = now_s(),
    times(Rounds, fun() -> self() ! go, receive go -> ok end end),
    (now_s() - T) * 1.0e9 / (Depth * Rounds).

resident() ->
    {ok, F} = file:open("/proc/self/statm", [read, raw, binary]),
    {ok, Line} = file:read(F, 200),
    ok = file:close(F),
    [_, Pages | _] = binary:split(Line, <<" ">>, [global]),
    binary_to_integer(Pages) * 4096.

start_child() -> gen_server:start_link(?MODULE, [], []).
sup_init() -> {ok, {#{strategy => simple_one_for_one, intensity => 1, period => 5},
                    [#{id => child, start => {?MODULE, start_child, []}, restart => temporary}]}}.
init(supervisor) -> sup_init();
init([]) -> {ok, 0}.
handle_call(request, _, S) -> {reply, ok, S}.
handle_cast(message, S) -> {noreply, S + 1}.
handle_info(_, S) -> {noreply, S}.
