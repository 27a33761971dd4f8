%% Runs a scenario as real OTP processes. The scenario is the term that `lode run --emit terms`
%% prints (its layout stands in runtime/terms.c): instructions of the scenario language, numbered,
%% with jumps. Processes are plain processes; servers, state machines and supervisors are OTP's own
%% gen_server, gen_statem and supervisor with this module as the callback module, so that OTP's
%% code decides whatever is not the scenario's own.
%%
%% Before each instruction that others can notice, a process gives way at random, by the seed of
%% the run (jitter/0). What the scenario logs goes to the run's collector (lode_runner).
-module(lode_interp).
-include("lode.hrl").

-export([prepare/1, root/2, start_child/3, start_simple/4]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, handle_continue/2, terminate/2]).
-export([callback_mode/0, handle_event/4, terminate/3]).

%% Scenarios of a batch are kept once for all processes; a context names its own by number.
prepare({scenario, Mode, Driver, Templates, Base, Code, Clauses}) ->
    Unknown = [init_ack, enter_loop, request, response, check_response, system, check_specs,
               unknown],
    Strange = [element(1, In) || In <- tuple_to_list(Code), lists:member(element(1, In), Unknown)]
        ++ [variable_flags || T <- Templates, element(1, element(10, T)) =:= variable]
        ++ [function || T <- Templates, element(3, T) =:= function],
    #program{mode = case Strange of [] -> Mode; _ -> hd(Strange) end, driver = Driver, base = Base, code = Code,
             clauses = list_to_tuple(Clauses),
             templates = maps:from_list([{element(1, T), T} || T <- Templates]),
             dynamic = [] =/= [T || T <- Templates, element(3, T) =:= dynamic]}.

program() -> element((get(c))#c.number, persistent_term:get(lode_programs)).

%% The driver.
root(C, Random) ->
    process_begins(C, Random),
    run(code_of((program())#program.driver), #{}, []).

process_begins(C, Random) ->
    put(c, C),
    put(random, Random),
    case C#c.jitter of
        4 -> process_flag(priority, lists:nth(rand(3), [normal, normal, high]));
        _ -> ok
    end.

%% A number from 1 to N.
rand(N) ->
    {X, Next} = rand:uniform_s(N, get(random)),
    put(random, Next),
    X.

%% For a child: what it does at random depends on its place in the tree of processes alone.
random_of_child() -> rand:seed_s(exsss, {rand(1 bsl 28), rand(1 bsl 28), 7}).

jitter() ->
    case (get(c))#c.jitter of
        0 -> ok;
        1 -> yields(rand(4) - 1);
        2 -> rand(4) =:= 1 andalso yields(rand(30));
        3 -> burn(rand(2000));
        4 -> yields(rand(3) - 1);
        5 -> rand(3) =:= 1 andalso burn(rand(20000))
    end.

yields(0) -> ok;
yields(N) -> erlang:yield(), yields(N - 1).

burn(0) -> ok;
burn(N) -> burn(N - 1).

unsupported(What) ->
    (get(c))#c.collector ! {unsupported, What},
    receive after infinity -> ok end.

template(Index) -> maps:get(Index, (program())#program.templates).
code_of(Index) -> element(7, template(Index)).

%% --- time ----------------------------------------------------------------------------------------

%% Real milliseconds for virtual ones, with a note that something will happen then (the run is not
%% over before). Key: what the note is about.
timed(_, infinity) -> infinity;
timed(Key, Ms) when is_integer(Ms), Ms >= 0 ->
    Real = Ms * (get(c))#c.scale,
    Real > 0 andalso note(Key, Real),
    Real;
timed(_, {abs, _}) -> unsupported(absolute_time);
timed(_, Other) -> Other.

note(Key, Real) ->
    ets:insert((get(c))#c.timers, [{Key, self(), erlang:monotonic_time(millisecond) + Real},
                                   {used, nobody, 0}]).

untimed(Key) -> ets:delete((get(c))#c.timers, Key).

%% The note of an operation that the process itself waits in.
waiting() -> {waiting, self()}.

real_since_start() -> erlang:monotonic_time(millisecond) - (get(c))#c.began.

virtual(false) -> false;
virtual(Real) -> (Real + (get(c))#c.scale div 2) div (get(c))#c.scale.

%% --- names ---------------------------------------------------------------------------------------

%% Runs go on side by side: names get the prefix of the run.
mangled(Name) -> list_to_atom((get(c))#c.prefix ++ atom_to_list(Name)).

destination(Name) when is_atom(Name) -> mangled(Name);
destination({via, Registry, Key}) ->
    {via, 'Elixir.Registry', {lode, {(get(c))#c.prefix, Registry, Key}}};
destination({global, Key}) -> destination({via, global, Key});
destination(Other) -> Other.

holder(Name) when is_atom(Name) -> whereis(mangled(Name));
holder({via, _, _} = Name) ->
    {via, Module, Key} = destination(Name),
    Module:whereis_name(Key);
holder({global, Key}) -> holder({via, global, Key});
holder(Pid) -> Pid.

pid_of(Name) ->
    case holder(Name) of
        Pid when is_pid(Pid) -> Pid;
        _ -> erlang:error(badarg)
    end.

%% --- values --------------------------------------------------------------------------------------

eval(N, _) when is_integer(N) -> N;
eval({a, Atom}, _) -> Atom;
eval({v, I}, Vs) -> variable(I, Vs);
eval({p, I}, Vs) -> variable(I, Vs);
eval({t, Kids}, Vs) -> list_to_tuple([eval(K, Vs) || K <- Kids]);
eval({l, Kids}, Vs) -> [eval(K, Vs) || K <- Kids];
eval({lt, Kids, Rest}, Vs) ->
    case eval(Rest, Vs) of
        Tail when is_list(Tail) -> [eval(K, Vs) || K <- Kids] ++ Tail;
        _ -> erlang:error(badarg)
    end;
eval({o, 'and', [A, B]}, Vs) ->
    case eval(A, Vs) of true -> eval(B, Vs); false -> false; _ -> erlang:error(badarg) end;
eval({o, 'or', [A, B]}, Vs) ->
    case eval(A, Vs) of false -> eval(B, Vs); true -> true; _ -> erlang:error(badarg) end;
eval({o, Op, [A]}, Vs) -> op(Op, eval(A, Vs));
eval({o, Op, [A, B]}, Vs) ->
    Left = eval(A, Vs),
    op(Op, Left, eval(B, Vs));
eval(self, _) -> self();
eval(now, _) -> virtual(real_since_start());
eval(none, _) -> none;
eval(_, _) -> erlang:error(badarg).

variable(I, Vs) ->
    case Vs of
        #{I := Value} -> Value;
        _ -> erlang:error(unbound)
    end.

op('not', X) when is_boolean(X) -> not X;
op(neg, X) when is_integer(X) -> -X;
op(neg, _) -> erlang:error(badarith);
op(len, X) when is_list(X) -> length(X);
op(len, X) when is_tuple(X) -> tuple_size(X);
op(is_pid, X) -> is_pid(X);
op(is_atom, X) -> is_atom(X);
op(is_int, X) -> is_integer(X);
op(is_tuple, X) -> is_tuple(X);
op(is_list, X) -> is_list(X);
op(sort, X) when is_list(X) -> lists:sort(X);
op(_, _) -> erlang:error(badarg).

op('==', A, B) -> A =:= B;
op('/=', A, B) -> A =/= B;
op('<', A, B) -> A < B;
op('=<', A, B) -> A =< B;
op('>', A, B) -> A > B;
op('>=', A, B) -> A >= B;
op('++', A, B) when is_list(A), is_list(B) -> A ++ B;
op(member, A, B) when is_list(B) -> lists:member(A, B);
op(delete, A, B) when is_list(B) -> lists:delete(A, B);
op(elem, N, T) when is_integer(N), is_tuple(T), N >= 1, N =< tuple_size(T) -> element(N, T);
op(elem, N, L) when is_integer(N), is_list(L), N >= 1, N =< length(L) -> lists:nth(N, L);
op('+', A, B) when is_integer(A), is_integer(B) -> A + B;
op('-', A, B) when is_integer(A), is_integer(B) -> A - B;
op('*', A, B) when is_integer(A), is_integer(B) -> A * B;
op('div', A, B) when is_integer(A), is_integer(B) -> A div B;
op('rem', A, B) when is_integer(A), is_integer(B) -> A rem B;
op(Op, _, _) ->
    Arithmetic = lists:member(Op, ['+', '-', '*', 'div', 'rem']),
    erlang:error(case Arithmetic of true -> badarith; false -> badarg end).

%% {ok, Variables} or false. A variable is bound anew.
match(w, _, Vs) -> {ok, Vs};
match({v, I}, Value, Vs) -> {ok, Vs#{I => Value}};
match({t, Kids}, Value, Vs) when is_tuple(Value), length(Kids) =:= tuple_size(Value) ->
    match_all(Kids, tuple_to_list(Value), Vs);
match({l, Kids}, Value, Vs) when is_list(Value), length(Kids) =:= length(Value) ->
    match_all(Kids, Value, Vs);
match({lt, Kids, Rest}, Value, Vs) when is_list(Value), length(Kids) =< length(Value) ->
    {Head, Tail} = lists:split(length(Kids), Value),
    case match_all(Kids, Head, Vs) of
        {ok, Vs1} -> match(Rest, Tail, Vs1);
        false -> false
    end;
match({Compound, _}, _, _) when Compound =:= t; Compound =:= l -> false;
match({lt, _, _}, _, _) -> false;
match(Pattern, Value, Vs) ->
    try eval(Pattern, Vs) =:= Value of
        true -> {ok, Vs};
        false -> false
    catch error:_ -> false
    end.

match_all([], [], Vs) -> {ok, Vs};
match_all([P | Ps], [X | Xs], Vs) ->
    case match(P, X, Vs) of
        {ok, Vs1} -> match_all(Ps, Xs, Vs1);
        false -> false
    end.

holds(none, _) -> true;
holds(Guard, Vs) -> try eval(Guard, Vs) =:= true catch error:_ -> false end.

%% --- instructions --------------------------------------------------------------------------------

%% From address Pc to the end of the code: {What, Value, Timeout, More, Variables} for the callback.
run(Pc, Vs, Tries) ->
    Program = program(),
    In = element(Pc - Program#program.base + 1, Program#program.code),
    case In of
        {begin_try, Pattern, _, _, _, Target, _} -> run(Pc + 1, Vs, [{Target, Pattern} | Tries]);
        {end_try, _, _, _, _, _, _} -> run(Pc + 1, Vs, tl(Tries));
        _ when Tries =:= [] ->
            case step(In, Pc, Vs) of
                {next, Pc1, Vs1} -> run(Pc1, Vs1, []);
                {return, Result} -> Result
            end;
        _ ->
            try step(In, Pc, Vs) of
                {next, Pc1, Vs1} -> run(Pc1, Vs1, Tries);
                {return, Result} -> Result
            catch
                error:R:Stack -> caught({R, []}, error, R, Stack, Vs, Tries);
                exit:R:Stack -> caught(R, exit, R, Stack, Vs, Tries)
            end
    end.

caught(_, Class, R, Stack, _, []) -> erlang:raise(Class, R, Stack);
caught(Reason, Class, R, Stack, Vs, [{Target, Pattern} | Tries]) ->
    case Pattern =:= none orelse match(Pattern, stripped(Reason), Vs) of
        true -> run(Target, Vs, Tries);
        {ok, Vs1} -> run(Target, Vs1, Tries);
        false -> caught(Reason, Class, R, Stack, Vs, Tries)
    end.

step({Kind, Result, E0, E1, E2, A, B}, Pc, Vs) ->
    case Kind of
        jump -> {next, A, Vs};
        jump_if_not ->
            case eval(E0, Vs) of
                true -> {next, Pc + 1, Vs};
                false -> {next, A, Vs};
                _ -> erlang:error(badarg)
            end;
        count ->
            case variable(B, Vs) of
                N when N =< 0 -> {next, A, Vs};
                N -> {next, Pc + 1, Vs#{B => N - 1}}
            end;
        choose -> {next, lists:nth(rand(length(A)), A), Vs};
        done -> {return, {none, none, none, none, Vs}};
        return -> {return, {lists:nth(B + 1, [none, reply, noreply, stop, ignore, bad]),
                            eval(E0, Vs), eval(E1, Vs), eval(E2, Vs), Vs}};
        receives ->
            After = eval(E0, Vs),
            jitter(),
            receives(After, clauses(A, B), E1, Vs);
        set -> next(Result, eval(E0, Vs), Pc, Vs);
        function -> next(Result, {'$fun', A, B, Vs}, Pc, Vs);
        apply ->
            {'$fun', Code, Parameter, Vs0} = eval(E0, Vs),
            Argument = eval(E1, Vs),
            Vs1 = case Parameter of none -> Vs0; _ -> Vs0#{Parameter => Argument} end,
            next(Result, value_of(run(Code, Vs1, [])), Pc, Vs);
        _ ->
            X = eval(E0, Vs),
            Y = eval(E1, Vs),
            Z = eval(E2, Vs),
            jitter(),
            next(Result, act({Kind, A, B}, X, Y, Z), Pc, Vs)
    end.

%% Reasons as the scenario language has them, without stack traces.
stripped(Tuple) when is_tuple(Tuple) ->
    list_to_tuple([stripped(T) || T <- tuple_to_list(Tuple)]);
stripped([First | _] = List) ->
    case is_tuple(First) andalso tuple_size(First) =:= 4 andalso is_list(element(4, First)) of
        true -> [];
        false -> List
    end;
stripped(Other) -> Other.

%% What code that is no callback comes to.
value_of({none, _, _, _, _}) -> ok;
value_of({_, Value, _, _, _}) -> Value.

next(none, _, Pc, Vs) -> {next, Pc + 1, Vs};
next(Pattern, Value, Pc, Vs) ->
    case match(Pattern, Value, Vs) of
        {ok, Vs1} -> {next, Pc + 1, Vs1};
        false -> erlang:error({badmatch, Value})
    end.

act({send, _, _}, {via, _, _} = Name, Message, _) -> pid_of(Name) ! Message;
act({send, _, _}, To, Message, _) -> destination(To) ! Message;
act({cast, _, _}, To, Message, _) -> gen_server:cast(destination(To), Message);
act({call, _, 1}, To, Request, _) -> supervisor_call(To, Request);
act({call, _, _}, To, Request, Timeout) ->
    Real = timed(waiting(), default(Timeout, 5000)),
    try gen_server:call(destination(To), Request, Real) after untimed(waiting()) end;
act({stop_server, _, _}, To, Reason, Timeout) ->
    Real = timed(waiting(), default(Timeout, infinity)),
    try gen_server:stop(destination(To), default(Reason, normal), Real)
    after untimed(waiting()) end;
act({reply_to, _, _}, {_, _} = From, Value, _) -> gen_server:reply(From, Value);
act({reply_to, _, _}, _, _, _) -> erlang:error(function_clause);
act({sleep, _, _}, Ms, _, _) ->
    Real = timed(waiting(), Ms),
    receive after Real -> untimed(waiting()), ok end;
act({until, _, _}, Ms, _, _) ->
    Left = max(0, Ms * (get(c))#c.scale - real_since_start()),
    note(waiting(), Left),
    receive after Left -> untimed(waiting()), ok end;
act({link, _, _}, To, _, _) -> link(pid_of(To));
act({unlink, _, _}, To, _, _) -> unlink(pid_of(To));
act({monitor, _, 0}, To, none, _) -> erlang:monitor(process, destination(To));
act({monitor, _, Kind}, To, none, _) ->
    How = lists:nth(Kind, [demonitor, explicit_unalias, reply_demonitor]),
    erlang:monitor(process, destination(To), [{alias, How}]);
act({demonitor, _, Flags}, Ref, _, _) ->
    erlang:demonitor(Ref, [flush || Flags band 1 =/= 0] ++ [info || Flags band 2 =/= 0]);
act({alias, _, 3}, _, _, _) -> erlang:alias([reply]);
act({alias, _, _}, _, _, _) -> erlang:alias();
act({unalias, _, _}, Ref, _, _) -> erlang:unalias(Ref);
act({exit, _, _}, Reason, _, _) -> exit(Reason);
act({crash, _, _}, Reason, _, _) -> erlang:error(Reason);
act({exit_signal, _, _}, To, Reason, _) -> exit(pid_of(To), Reason);
act({trap_exit, _, _}, Flag, _, _) -> process_flag(trap_exit, Flag);
act({spawn, Template, Flags}, _, Arguments, Fun) -> spawns(Template, Arguments, Fun, Flags);
act({start, Template, 0}, none, Arguments, _) -> start(Template, Arguments, start);
act({start, Template, 1}, none, Arguments, _) -> start(Template, Arguments, start_link);
act({register, _, _}, Name, Pid, _) when is_atom(Name) ->
    register(mangled(Name), default(Pid, self()));
act({register, _, _}, {via, _, _} = Name, none, _) ->
    {via, Module, Key} = destination(Name),
    Module:register_name(Key, self());
act({unregister, _, _}, Name, _, _) when is_atom(Name) -> unregister(mangled(Name));
act({unregister, _, _}, {via, _, _} = Name, _, _) ->
    {via, Module, Key} = destination(Name),
    Module:unregister_name(Key),
    true;
act({whereis, _, _}, Name, _, _) -> holder(Name);
act({alive, _, _}, Pid, _, _) -> is_process_alive(Pid);
act({send_after, _, Kind}, Ms, To, Message) ->
    Real = timed(make_ref(), Ms),
    case Kind of
        1 -> erlang:start_timer(Real, destination(To), Message);
        _ -> erlang:send_after(Real, destination(To), Message)
    end;
act({cancel_timer, _, _}, Ref, _, _) -> virtual(erlang:cancel_timer(Ref));
act({read_timer, _, _}, Ref, _, _) -> virtual(erlang:read_timer(Ref));
act({log, _, _}, Value, _, _) ->
    (get(c))#c.collector ! {log, self(), Value},
    ok;
act({assert, _, _}, true, _, _) -> ok;
act({assert, _, _}, _, _, _) -> erlang:error(assertion_failed);
act({await, _, Kind}, {task, Pid, Ref}, _, Timeout) ->
    Task = #{'__struct__' => 'Elixir.Task', pid => Pid, ref => Ref, owner => self(),
             mfa => {erlang, apply, 2}},
    Real = timed(waiting(), default(Timeout, 5000)),
    How = case Kind of 1 -> yield; _ -> await end,
    try 'Elixir.Task':How(Task, Real) after untimed(waiting()) end;
act({await, _, _}, _, _, _) -> erlang:error(badarg);
act({statem, _, Action}, X, Y, Z) -> statem_action(Action, X, Y, Z);
act({Kind, _, _}, _, _, _) -> unsupported(Kind).

default(none, Value) -> Value;
default(Value, _) -> Value.

%% --- receive -------------------------------------------------------------------------------------

clauses(First, Count) ->
    Clauses = (program())#program.clauses,
    [element(First + I, Clauses) || I <- lists:seq(1, Count)].

%% Patterns that are known only now are brought to a form that a guard of a real receive can test:
%% any, {const, Value}, or {tuple, Size, Test1, ..., Test5} with a test for each element.
-define(ELEMENT(T, X),
    (T =:= any orelse
     (element(1, T) =:= '==' andalso element(2, T) =:= X) orelse
     (element(1, T) =:= '/=' andalso element(2, T) =/= X) orelse
     (element(1, T) =:= '>' andalso X > element(2, T)) orelse
     (element(1, T) =:= '<' andalso X < element(2, T)) orelse
     (element(1, T) =:= '>=' andalso X >= element(2, T)) orelse
     (element(1, T) =:= '=<' andalso X =< element(2, T)))).
-define(NTH(S, M, I), (element(2, S) < I orelse ?ELEMENT(element(I + 2, S), element(I, M)))).
-define(TAKES(S, M),
    S =:= any orelse (element(1, S) =:= const andalso element(2, S) =:= M) orelse
    (element(1, S) =:= tuple andalso tuple_size(M) =:= element(2, S) andalso
     ?NTH(S, M, 1) andalso ?NTH(S, M, 2) andalso ?NTH(S, M, 3) andalso ?NTH(S, M, 4) andalso
     ?NTH(S, M, 5))).

receives(After, Clauses, AfterPc, Vs) ->
    Shapes = [shape(P, G, Vs) || {receives, P, _, G, _} <- Clauses],
    length(Shapes) =< 6 orelse unsupported(long_receive),
    [A, B, C, D, E, F] = Shapes ++ lists:duplicate(6 - length(Shapes), nothing),
    Real = timed(waiting(), default(After, infinity)),
    Real =:= infinity orelse is_integer(Real) orelse erlang:error(timeout_value),
    Got = receive
        M when ?TAKES(A, M); ?TAKES(B, M); ?TAKES(C, M); ?TAKES(D, M); ?TAKES(E, M);
               ?TAKES(F, M) -> {message, M}
    after Real -> nothing
    end,
    untimed(waiting()),
    case Got of
        nothing -> {next, AfterPc, Vs};
        {message, Message} ->
            {Pc, Vs1} = first(Clauses, stripped(Message), Vs),
            {next, Pc, Vs1}
    end.

first([{receives, Pattern, _, Guard, Pc} | Clauses], Message, Vs) ->
    case match(Pattern, Message, Vs) of
        {ok, Vs1} ->
            case holds(Guard, Vs1) of
                true -> {Pc, Vs1};
                false -> first(Clauses, Message, Vs)
            end;
        false -> first(Clauses, Message, Vs)
    end.

shape(w, none, _) -> any;
shape({v, _}, none, _) -> any;
shape({t, Kids}, Guard, Vs) when length(Kids) =< 5 ->
    Tests = tests(Kids, Guard, Vs),
    list_to_tuple([tuple, length(Kids) | Tests] ++ lists:duplicate(5 - length(Kids), any));
shape(Pattern, none, Vs) ->
    fixed(Pattern) orelse unsupported({pattern, Pattern}),
    {const, eval(Pattern, Vs)};
shape(Pattern, _, _) -> unsupported({pattern, Pattern}).

tests(Kids, none, Vs) -> [element_test(K, Vs) || K <- Kids];
tests(Kids, {o, Op, [{v, I}, X]}, Vs) ->
    lists:member(Op, ['==', '/=', '<', '=<', '>', '>=']) andalso fixed(X) andalso
        [1 || {v, K} <- Kids, K =:= I] =:= [1] orelse unsupported(guard),
    [case K of {v, I} -> {Op, eval(X, Vs)}; _ -> element_test(K, Vs) end || K <- Kids];
tests(_, Guard, _) -> unsupported({guard, Guard}).

element_test(w, _) -> any;
element_test({v, _}, _) -> any;
element_test(Kid, Vs) ->
    fixed(Kid) orelse unsupported({pattern, Kid}),
    {'==', eval(Kid, Vs)}.

%% Nothing in it is bound by matching.
fixed(N) when is_integer(N) -> true;
fixed({a, _}) -> true;
fixed({p, _}) -> true;
fixed(self) -> true;
fixed({t, Kids}) -> lists:all(fun fixed/1, Kids);
fixed({l, Kids}) -> lists:all(fun fixed/1, Kids);
fixed(_) -> false.

%% --- processes -----------------------------------------------------------------------------------

spawns(Template, Arguments, Fun, Flags) ->
    Flags < 8 orelse unsupported(spawn_request),
    C = get(c),
    Random = random_of_child(),
    Main = fun() ->
        process_begins(C, Random),
        jitter(),
        value_of(case Template of
            none -> {'$fun', Code, _, Vs} = Fun, run(Code, Vs, []);
            _ -> process_main(Template, Arguments)
        end)
    end,
    case Flags of
        0 -> spawn(Main);
        1 -> spawn_link(Main);
        2 -> spawn_monitor(Main);
        5 ->
            #{pid := Pid, ref := Ref} = 'Elixir.Task':async(Main),
            {task, Pid, Ref};
        4 ->
            Task = fun() -> receive {begin_task, R} -> R ! {R, Main()} end end,
            {Pid, Ref} = spawn_opt(Task, [{monitor, [{alias, demonitor}]}]),
            Pid ! {begin_task, Ref},
            {task, Pid, Ref}
    end.

process_main(Template, Arguments) ->
    element(3, template(Template)) =:= process orelse unsupported(spawned_server),
    run(code_of(Template), parameters(Template, Arguments), []).

parameters(Template, Arguments) ->
    element(4, template(Template)) =:= length(Arguments) orelse exit({badarity, Arguments}),
    maps:from_list(lists:zip(lists:seq(1, length(Arguments)), Arguments)).

start(Template, Arguments, How) ->
    T = template(Template),
    Given = {get(c), random_of_child(), Template, Arguments},
    case element(3, T) of
        process when How =:= start_link -> {ok, spawns(Template, Arguments, none, 1)};
        process -> {ok, spawns(Template, Arguments, none, 0)};
        server -> named(gen_server, How, name_of(T, Arguments), ?MODULE, Given);
        statem -> named(gen_statem, How, name_of(T, Arguments), ?MODULE, {statem, Given});
        supervisor ->
            Name = name_of(T, Arguments),
            named(gen_server, How, Name, supervisor,
                  {default(Name, self), ?MODULE, {supervisor, Given}});
        dynamic ->
            Name = name_of(T, Arguments),
            Self = case Name of none -> nil; {local, N} -> N; _ -> Name end,
            named(gen_server, How, Name, 'Elixir.DynamicSupervisor',
                  {?MODULE, {dynamic, Given}, Self});
        Other -> unsupported({start, Other})
    end.

named(Kind, How, none, Module, Given) -> Kind:How(Module, Given, []);
named(Kind, How, Name, Module, Given) -> Kind:How(Name, Module, Given, []).

name_of(T, Arguments) ->
    case element(6, T) of
        none -> none;
        Expression ->
            case destination(eval(Expression, parameters(element(1, T), Arguments))) of
                Atom when is_atom(Atom) -> {local, Atom};
                {via, _, _} = Via -> Via;
                _ -> erlang:error(badarg)
            end
    end.

%% --- gen_server ----------------------------------------------------------------------------------

init({supervisor, Given}) -> supervisor_init(Given);
init({dynamic, Given}) -> dynamic_init(Given);
init({statem, Given}) ->
    {Template, Result} = begins(Given),
    case Result of
        {What, _, _, _, Vs} when What =:= none; What =:= noreply ->
            {ok, eval(element(12, template(Template)), Vs), kept(Vs), wanted()};
        {ignore, _, _, _, _} -> ignore;
        {stop, Reason, _, _, _} -> {stop, Reason}
    end;
init(Given) ->
    {_, Result} = begins(Given),
    case Result of
        {What, _, Timeout, More, Vs} when What =:= none; What =:= noreply ->
            go_on([ok, kept(Vs)], Timeout, More);
        {ignore, _, _, _, _} -> ignore;
        {stop, Reason, _, _, _} -> {stop, Reason};
        {_, Value, _, _, _} -> Value
    end.

begins({C, Random, Template, Arguments}) ->
    process_begins(C, Random),
    put(template, Template),
    jitter(),
    {Template, run(code_of(Template), parameters(Template, Arguments), [])}.

kept(Vs) -> maps:with(element(5, template(get(template))), Vs).

go_on(Answer, _, More) when More =/= none -> list_to_tuple(Answer ++ [{continue, More}]);
go_on(Answer, none, _) -> list_to_tuple(Answer);
go_on(Answer, Timeout, _) -> list_to_tuple(Answer ++ [timed(idle(), Timeout)]).

%% The note of the timeout that a callback returned.
idle() -> {idle, self()}.

handle_call(Request, From, Vs) -> handle(call, Request, Vs#{0 => From}).
handle_cast(Message, Vs) -> handle(cast, Message, Vs).
handle_continue(What, Vs) -> handle(continue, What, Vs).
handle_info(Raw, Vs) ->
    Message = stripped(Raw),
    case lists:keymember(info, 1, own_clauses()) of
        true -> handle(info, Message, Vs);
        false -> untimed(idle()), {noreply, Vs}
    end.

own_clauses() ->
    {First, Count} = element(8, template(get(template))),
    clauses(First, Count).

%% The first clause that takes the value: {Address, Variables}.
clause_for(Kind, Value, State, Vs) -> clause_for(own_clauses(), Kind, Value, State, Vs).

clause_for([], _, _, _, _) -> none;
clause_for([{Kind, Pattern, InState, Guard, Pc} | Clauses], Kind, Value, State, Vs) ->
    Found = case InState =:= none orelse match(InState, State, Vs) of
        true -> match(Pattern, Value, Vs);
        {ok, Vs1} -> match(Pattern, Value, Vs1);
        false -> false
    end,
    case Found =/= false andalso holds(Guard, element(2, Found)) of
        true -> {Pc, element(2, Found)};
        false -> clause_for(Clauses, Kind, Value, State, Vs)
    end;
clause_for([_ | Clauses], Kind, Value, State, Vs) -> clause_for(Clauses, Kind, Value, State, Vs).

handle(Kind, Value, Vs) ->
    untimed(idle()),
    case clause_for(Kind, Value, none, Vs) of
        none -> exit({function_clause, {gen_server, Value}});
        {Pc, Vs1} ->
            jitter(),
            Returned = run(Pc, Vs1, []),
            jitter(),
            returned(Kind, Returned)
    end.

returned(_, {What, _, Timeout, More, Vs}) when What =:= none; What =:= noreply ->
    go_on([noreply, kept(Vs)], Timeout, More);
returned(call, {reply, Value, Timeout, More, Vs}) ->
    go_on([reply, Value, kept(Vs)], Timeout, More);
returned(call, {stop, Reason, _, Reply, Vs}) when Reply =/= none ->
    {stop, Reason, Reply, kept(Vs)};
returned(_, {stop, Reason, _, _, Vs}) -> {stop, Reason, kept(Vs)};
returned(_, {_, Value, _, _, _}) -> Value.

terminate(Reason, Vs) -> terminate(Reason, none, Vs).

terminate(Reason, State, Vs) ->
    case clause_for(terminate, stripped(Reason), State, Vs) of
        none -> ok;
        {Pc, Vs1} -> run(Pc, Vs1, [])
    end.

%% --- gen_statem ----------------------------------------------------------------------------------

callback_mode() ->
    case element(11, template(get(template))) of
        true -> [handle_event_function, state_enter];
        false -> handle_event_function
    end.

handle_event(Type, Content, State, Data) ->
    {Kind, Value, Vs} = case Type of
        {call, From} -> {call, Content, Data#{0 => From}};
        {timeout, Name} -> {generic_timeout, {Name, Content}, Data};
        _ -> {Type, Content, Data}
    end,
    case clause_for(Kind, Value, State, Vs) of
        none when Kind =:= enter -> keep_state_and_data;
        none -> exit({function_clause, {gen_statem, State, Value}});
        {Pc, Vs1} ->
            jitter(),
            Result = run(Pc, Vs1, []),
            Actions = wanted(),
            case {Result, erase(repeat_state), erase(next_state)} of
                {{stop, Reason, _, _, Vs2}, _, _} -> {stop, Reason, kept(Vs2)};
                {{_, _, _, _, Vs2}, true, _} -> {repeat_state, kept(Vs2), Actions};
                {{_, _, _, _, Vs2}, _, undefined} -> {keep_state, kept(Vs2), Actions};
                {{_, _, _, _, Vs2}, _, Next} -> {next_state, Next, kept(Vs2), Actions}
            end
    end.

want(Action) ->
    put(wanted, [Action | default(get_or_none(wanted), [])]),
    ok.

wanted() -> lists:reverse(default(case erase(wanted) of undefined -> none; L -> L end, [])).

get_or_none(Key) -> case get(Key) of undefined -> none; Value -> Value end.

statem_action(0, State, _, _) -> put(next_state, State), ok;
statem_action(1, _, _, _) -> want(postpone);
statem_action(2, Ms, Content, _) -> want({state_timeout, timed(make_ref(), Ms), Content});
statem_action(3, Ms, Name, Content) -> want({{timeout, Name}, timed(make_ref(), Ms), Content});
statem_action(4, Ms, Content, _) -> want({timeout, timed(make_ref(), Ms), Content});
statem_action(5, Content, _, _) -> want({next_event, internal, Content});
statem_action(6, _, _, _) -> put(repeat_state, true), ok.

%% --- supervisors ---------------------------------------------------------------------------------

supervisor_init({C, Random, Template, Arguments}) ->
    process_begins(C, Random),
    case run(code_of(Template), parameters(Template, Arguments), []) of
        {ignore, _, _, _, _} -> ignore;
        {_, _, _, _, Vs} ->
            T = template(Template),
            {Strategy, Auto, Intensity, Period, _} = element(10, T),
            Start = case Strategy of simple_one_for_one -> start_simple; _ -> start_child end,
            Children = lists:append([children(Child, Start, Vs) || Child <- element(9, T)]),
            {ok, {#{strategy => Strategy, auto_shutdown => Auto, intensity => Intensity,
                    period => Period * C#c.scale}, Children}}
    end.

dynamic_init({C, Random, Template, _}) ->
    process_begins(C, Random),
    put(template_kind, dynamic),
    {_, _, Intensity, Period, Max} = element(10, template(Template)),
    {ok, #{strategy => one_for_one, intensity => Intensity, period => Period * C#c.scale,
           max_children => default(Max, infinity), extra_arguments => []}}.

children({Template, Arguments, Id, Count, Restart, Significant, Type, Shutdown}, Start, Vs) ->
    Ids = case Count of
        none -> [eval(Id, Vs)];
        _ -> [{eval(Id, Vs), I} || I <- lists:seq(1, eval(Count, Vs))]
    end,
    Given = try eval(Arguments, Vs) catch error:unbound -> unsupported(index) end,
    [child(I, Start, Template, Given, Restart, Significant, Type, Shutdown)
     || I <- Ids].

child(Id, Start, Template, Arguments, Restart, Significant, Type, Shutdown) ->
    C = get(c),
    #{id => Id, start => {?MODULE, Start, [C, Template, Arguments]}, restart => Restart,
      significant => Significant, type => Type,
      shutdown => case Shutdown of N when is_integer(N) -> N * C#c.scale; _ -> Shutdown end}.

%% Called by the supervisor.
start_child(_, Template, Arguments) ->
    jitter(),
    start(Template, Arguments, start_link).
start_simple(C, Template, First, More) -> start_child(C, Template, First ++ More).

supervisor_call(To, Request) ->
    case (program())#program.dynamic andalso is_dynamic(holder(To)) of
        true -> dynamic_call(destination(To), Request);
        false -> plain_call(destination(To), Request)
    end.

is_dynamic(Pid) when is_pid(Pid) ->
    case process_info(Pid, dictionary) of
        {_, Dictionary} -> proplists:get_value(template_kind, Dictionary) =:= dynamic;
        undefined -> true
    end;
is_dynamic(_) -> true.

spec_of({child, Template, Arguments, Id, Restart, Shutdown, Type, Significant}) ->
    child(Id, start_child, Template, Arguments, Restart, Significant, Type, Shutdown).

plain_call(S, which_children) ->
    [{Id, Pid, Type} || {Id, Pid, Type, _} <- supervisor:which_children(S)];
plain_call(S, count_children) -> supervisor:count_children(S);
plain_call(S, {start_child, Child}) when is_tuple(Child) ->
    short(supervisor:start_child(S, spec_of(Child)));
plain_call(S, {start_child, Arguments}) -> short(supervisor:start_child(S, [Arguments]));
plain_call(S, {terminate_child, Id}) -> supervisor:terminate_child(S, Id);
plain_call(S, {restart_child, Id}) -> supervisor:restart_child(S, Id);
plain_call(S, {delete_child, Id}) -> supervisor:delete_child(S, Id);
plain_call(_, Other) -> unsupported({supervisor, Other}).

%% The child in an error is a long tuple of the supervisor's own; its id will do.
short({error, {Reason, Child}}) when is_tuple(Child), element(1, Child) =:= child ->
    {error, {Reason, {child, element(3, Child)}}};
short(Other) -> Other.

dynamic_call(S, {start_child, {child, Template, Arguments, _, Restart, Shutdown, Type, _}}) ->
    C = get(c),
    Spec = #{id => child, start => {?MODULE, start_child, [C, Template, Arguments]},
             restart => Restart, type => Type,
             shutdown => case Shutdown of N when is_integer(N) -> N * C#c.scale; _ -> Shutdown end},
    'Elixir.DynamicSupervisor':start_child(S, Spec);
dynamic_call(S, {terminate_child, Pid}) -> 'Elixir.DynamicSupervisor':terminate_child(S, Pid);
dynamic_call(S, which_children) ->
    [{Id, Pid, Type} || {Id, Pid, Type, _} <- 'Elixir.DynamicSupervisor':which_children(S)];
dynamic_call(S, count_children) ->
    Counts = 'Elixir.DynamicSupervisor':count_children(S),
    [{Key, maps:get(Key, Counts)} || Key <- [specs, active, supervisors, workers]];
dynamic_call(_, Other) -> unsupported({dynamic_supervisor, Other}).
