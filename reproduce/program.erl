%% A time of the scenario, as much shorter as faster() says; 1 is as it stands there.
ms(0) -> 0;
ms(Time) -> max(Time div faster(), 1).

saw(Kinds, What) -> catch judge ! {saw, Kinds, What}, ok.

%% A failed call tells the judge, and fails all the same.
call(To, Message, Time) ->
    try
        case by_ref() of
            true -> call_by_ref(To, Message, Time);
            false -> gen_server:call(To, Message, Time)
        end
    catch
        exit:{timeout, _} = Reason ->
            saw([call_timeout], {gave_up, To}),
            exit(Reason)
    end.

%% As gen_server:call did before aliases: the reply comes even when nobody waits any more.
call_by_ref(To, Message, Time) ->
    Ref = monitor(process, To),
    To ! {'$gen_call', {self(), Ref}, Message},
    receive
        {Ref, Reply} -> demonitor(Ref, [flush]), Reply;
        {'DOWN', Ref, _, _, Reason} -> exit({Reason, {call, To}})
    after Time -> demonitor(Ref, [flush]), exit({timeout, {call, To}})
    end.

stop(Name, Time) ->
    try gen_server:stop(Name, normal, Time)
    catch exit:timeout -> saw([call_timeout], {gave_up, Name}), exit(timeout)
    end.

start(How, Name) ->
    Result = case {lists:member(Name, supervisors()), lists:member(Name, names())} of
        {true, _} -> start_supervisor(Name);
        {_, true} -> gen_server:How({local, Name}, ?MODULE, Name, []);
        {_, false} -> gen_server:How(?MODULE, Name, [])
    end,
    started(Name, Result).

%% A failed init is a crash that nobody else tells of.
started(Name, {error, Reason} = Result) when not is_tuple(Reason);
                                             element(1, Reason) =/= already_started ->
    saw(kinds(Reason), {Name, Reason}),
    Result;
started(_, Result) -> Result.

start_supervisor(Name) ->
    Former = process_flag(trap_exit, true),
    Started = start_child(Name),
    case Started of
        {ok, Pid} -> unlink(Pid), catch judge ! {watch, Name, Pid};
        {error, _} -> receive {'EXIT', _, _} -> ok after 0 -> ok end
    end,
    process_flag(trap_exit, Former),
    Started.

child(Id, Restart, Shutdown) ->
    #{id => Id, start => {?MODULE, start_child, [Id]}, restart => Restart,
      shutdown => Shutdown}.

%% Of a dynamic supervisor: any number of them.
start_child(Sup, Name) ->
    Child = child(Name, permanent, 5000),
    case lists:member(Sup, dynamics()) of
        true -> supervisor:start_child(Sup, Child#{id => {Name, make_ref()}});
        false -> supervisor:start_child(Sup, Child)
    end.

terminate_pid(Sup, Name) ->
    [supervisor:terminate_child(Sup, Id)
     || {Id, Pid, _, _} <- supervisor:which_children(Sup), Pid =:= whereis(Name)].

start_child({Name, _}) -> gen_server:start_link(?MODULE, Name, []);
start_child(Name) ->
    case {lists:member(Name, supervisors()), lists:member(Name, names())} of
        {true, _} -> supervisor:start_link({local, Name}, ?MODULE, Name);
        {_, true} -> started(Name, gen_server:start_link({local, Name}, ?MODULE, Name, []));
        {_, false} -> started(Name, gen_server:start_link(?MODULE, Name, []))
    end.

kill(Name, Reason) ->
    Pid = whereis(Name),
    Ref = monitor(process, Pid),
    exit(Pid, Reason),
    receive {'DOWN', Ref, _, _, _} -> ok end.

client(Fun) ->
    Pid = spawn(fun() ->
        receive begin_it -> ok end,
        try Fun() catch _:Reason -> saw(kinds(Reason), Reason) end,
        catch judge ! {ended, self()}
    end),
    catch judge ! {begun, Pid},
    Pid ! begin_it,
    Pid.

task(Fun) ->
    {Pid, Ref} = spawn_monitor(fun() ->
        receive {go, To, R} -> Result = Fun(), To ! {R, Result} end
    end),
    Pid ! {go, self(), Ref},
    Ref.

await(Ref, Time) ->
    receive
        {Ref, Result} -> demonitor(Ref, [flush]), Result;
        {'DOWN', Ref, _, _, Reason} -> exit(Reason)
    after Time -> saw([call_timeout], {gave_up, task}), exit(timeout)
    end.

repeat(0, _) -> ok;
repeat(N, Fun) -> Fun(), repeat(N - 1, Fun).

nap(Time) -> full(self()), timer:sleep(Time).

need(Value, Value) -> ok;
need(Value, _) -> error({badmatch, Value}).

holds(true) -> ok;
holds(_) -> saw([assertion], does_not_hold), error(does_not_hold).

gone(Name) -> holds(whereis(Name) =:= undefined).

%% It is there, and has not gone a second later.
stays(Name) -> stays_until(Name, now_ms() + 1000).

stays_until(Name, Until) ->
    holds(whereis(Name) =/= undefined),
    case now_ms() < Until of
        true -> timer:sleep(1), stays_until(Name, Until);
        false -> ok
    end.

there(Name, Time) -> there_until(Name, now_ms() + Time).

there_until(Name, Until) ->
    case {whereis(Name), now_ms() < Until} of
        {undefined, true} -> timer:sleep(1), there_until(Name, Until);
        {undefined, false} -> holds(false);
        _ -> ok
    end.

now_ms() -> erlang:monotonic_time(millisecond).

await_name(Name, Other) ->
    case whereis(Name) of
        Pid when Pid =:= undefined; Pid =:= Other -> timer:sleep(1), await_name(Name, Other);
        Pid -> Pid
    end.

%% The handshake: the first to come to the gate waits there until the driver lets it through.
at_gate() ->
    case ets:insert_new(gate, {at, self()}) of
        true -> receive open_gate -> ok end;
        false -> ok
    end.

await_gate() ->
    case ets:lookup(gate, at) of [] -> timer:sleep(1), await_gate(); [{_, Pid}] -> Pid end.

open_gate() -> open_gate(await_gate(), 1).

open_gate(Full, Count) ->
    Pid = case Full of _ when is_atom(Full) -> whereis(Full); _ -> Full end,
    Held = case Pid of undefined -> 0; _ -> process_info(Pid, message_queue_len) end,
    case Held of
        {_, N} when N < Count -> timer:sleep(1), open_gate(Full, Count);
        0 when Count > 0 -> timer:sleep(1), open_gate(Full, Count);
        _ ->
            is_pid(Pid) andalso full(Pid),
            await_gate() ! open_gate
    end.

%% The one at the gate has gone on, and ended.
gate_passed() ->
    case is_process_alive(await_gate()) of true -> timer:sleep(1), gate_passed(); false -> ok end.

%% 100 bytes of a large binary, which they keep in memory as long as they live.
slice() -> binary:part(binary:copy(<<0>>, 65536), 0, 100).

hold(Part) ->
    put(parts, [Part | case get(parts) of undefined -> []; Parts -> Parts end]),
    put('Held', lists:sum([binary:referenced_byte_size(P) || P <- get(parts)])).

drops(Message, S) ->
    saw([lost_message | [late_reply || {R, _} <- [Message], is_reference(R)]],
        {unhandled, Message}),
    {noreply, S}.

ended(Reason, Name) -> saw(kinds(Reason), {Name, Reason}).

kinds(normal) -> [];
kinds(shutdown) -> [];
kinds({shutdown, _}) -> [];
kinds(_) -> [crash].

full(Pid) ->
    case process_info(Pid, message_queue_len) of
        {_, N} -> N > bound() andalso saw([mailbox_bound], {mailbox_holds, N});
        _ -> ok
    end.

%% Is in a callback and waits for somebody who will not answer.
stuck() ->
    [Name || Name <- names(), is_pid(whereis(Name)),
             {_, {M, _, _}} <- [process_info(whereis(Name), current_function)],
             not lists:member(M, [gen_server, timer])].

patience() -> case longest() of 0 -> 400; Time -> 2 * Time + 600 end.

%% Until the failure shows; or nothing has been heard of for long enough; or it goes on and on.
judge(Open, Last) ->
    [full(whereis(Name)) || Name <- names(), is_pid(whereis(Name))],
    Heard = receive Message -> Message after patience() -> nothing end,
    case Heard of
        {begun, Pid} -> judge([Pid | Open], Last);
        {ended, Pid} -> judge(lists:delete(Pid, Open), Last);
        {saw, Kinds, What} -> judge_kinds(Kinds, What, Open, Last);
        {watch, Name, Pid} -> put(monitor(process, Pid), Name), judge(Open, Last);
        {'DOWN', Ref, process, _, Why} when Why =:= shutdown; Why =:= noproc ->
            judge_kinds([intensity_reached], {ends, get(Ref)}, Open, Last);
        {'DOWN', _, process, _, _} -> judge(Open, Last);
        nothing -> judge_end(Open, Last)
    end.

judge_kinds(Kinds, What, Open, Last) ->
    case {[K || K <- Kinds, lists:member(K, predicted())], now_ms() > Last} of
        {[Kind | _], _} -> {Kind, What};
        {[], true} -> none;
        {[], false} -> judge(Open, Last)
    end.

judge_end(Open, Last) ->
    case {lists:any(fun works/1, Open), Open, stuck(), lists:member(deadlock, predicted())} of
        {true, _, _, _} -> judge(Open, Last);
        {_, [], [], _} -> none;
        {_, _, Names, true} -> {waits_for_ever, Names};
        _ -> none
    end.

%% It has not ended, and it is not waiting for anybody.
works(Pid) ->
    case process_info(Pid, [status, current_function]) of
        [{status, waiting}, {_, {M, _, _}}] -> M =:= timer;
        [_, _] -> true;
        undefined -> false
    end.

%% {0, Line} when the failure shows, else {1, Line}.
run() ->
    logger:set_primary_config(level, none),
    register(judge, self()),
    ets:new(gate, [named_table, public]),
    client(fun driver/0),
    Verdict = judge([], now_ms() + 4 * longest() + 2000),
    ets:delete(gate),
    unregister(judge),
    case Verdict of
        none -> {1, "no failure"};
        What -> {0, io_lib:format("failure: ~0p", [What])}
    end.

main(_) ->
    {Status, Line} = run(),
    io:format("~ts~n", [Line]),
    halt(Status).
