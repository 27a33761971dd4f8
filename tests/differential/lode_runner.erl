%% Runs scenarios on real OTP, many at a time, and prints what came of each.
%%
%% Reads lines `FILE SEED COUNT SCALE` from standard input: FILE holds scenarios as terms, each is
%% run COUNT times with seeds from SEED on, a virtual millisecond taking SCALE real ones. Prints for
%% each run `NUMBER SEED STATE TEXT`, then `end`. NUMBER counts the file's scenarios from 0. STATE is
%% ok, or late (the machine was too slow for the times of the run to mean anything), long (not over
%% in time), unsupported. TEXT is what the processes logged and how they ended, lines joined by
%% "\n" written out, in the form of `lode run --seen`.
-module(lode_runner).
-include("lode.hrl").
-export([main/0]).

-define(WORKERS, 100).
-define(LONGEST_MS, 20000).
-define(LATE_MS, 15). % a sleeper may be woken so much too late; times are farther apart

main() ->
    logger:set_primary_config(level, none),
    [code:ensure_loaded(M) || M <- [lode_interp, gen, gen_server, gen_statem, supervisor, proc_lib,
                                    sys, rand, lists, maps, proplists, string, io_lib, re]],
    {ok, _} = 'Elixir.Registry':start_link([{keys, unique}, {name, lode}]),
    Lateness = atomics:new(1, []),
    spawn(fun() ->
        process_flag(priority, max),
        watch_lateness(Lateness, erlang:monotonic_time(millisecond))
    end),
    lines(Lateness).

%% Remembers when a sleeper was last woken too late.
watch_lateness(Lateness, Before) ->
    receive after 5 -> ok end,
    Now = erlang:monotonic_time(millisecond),
    Now - Before > 5 + ?LATE_MS andalso atomics:put(Lateness, 1, Now),
    watch_lateness(Lateness, Now).

lines(Lateness) ->
    case io:get_line("") of
        eof -> halt(0);
        Line ->
            [File, Seed, Count, Scale] = string:lexemes(string:trim(Line), " "),
            {ok, Scenarios} = file:consult(File),
            batch(Scenarios, list_to_integer(Seed), list_to_integer(Count),
                  list_to_integer(Scale), Lateness),
            io:put_chars("end\n"),
            lines(Lateness)
    end.

batch(Scenarios, First, Count, Scale, Lateness) ->
    persistent_term:put(lode_programs,
                        list_to_tuple([lode_interp:prepare(S) || S <- Scenarios])),
    Jobs = list_to_tuple([{Number, Seed} || Number <- lists:seq(1, length(Scenarios)),
                                            Seed <- lists:seq(First, First + Count - 1)]),
    Next = atomics:new(1, []),
    Workers = [spawn_monitor(fun() -> worker(Slot, 0, Jobs, Next, Scale, Lateness) end)
               || Slot <- lists:seq(1, min(?WORKERS, tuple_size(Jobs)))],
    [receive
         {'DOWN', Ref, process, _, normal} -> ok;
         {'DOWN', Ref, process, _, Reason} ->
             io:format(standard_error, "worker: ~p~n", [Reason]),
             halt(1)
     end || {_, Ref} <- Workers].

worker(Slot, Round, Jobs, Next, Scale, Lateness) ->
    case atomics:add_get(Next, 1, 1) of
        N when N > tuple_size(Jobs) -> ok;
        N ->
            {Number, Seed} = element(N, Jobs),
            %% A name is free only some time after the end of its holder was traced.
            Prefix = lists:flatten(io_lib:format("s~b_~b_", [Slot, Round rem 8])),
            {State, Text} = run(Number, Seed, Scale, Prefix, Lateness),
            io:put_chars(io_lib:format("~b ~b ~s ~ts~n", [Number - 1, Seed, State, Text])),
            worker(Slot, Round + 1, Jobs, Next, Scale, Lateness)
    end.

%% --- one run -------------------------------------------------------------------------------------

%% The collector: hears of each process's birth and end (by tracing) and of what is logged.
%% What different processes did comes in no order, a child of a child before the child itself.
-record(s, {paths, % pid -> root, {Parent, N}, or hidden: OTP's own helper
            children = #{}, logs = #{}, ends = #{}, wrong = none}).

run(Number, Seed, Scale, Prefix, Lateness) ->
    Mode = (element(Number, persistent_term:get(lode_programs)))#program.mode,
    case Mode of
        reply_by_alias -> run_it(Number, Seed, Scale, Prefix, Lateness);
        _ -> {unsupported, atom_to_list(Mode)}
    end.

run_it(Number, Seed, Scale, Prefix, Lateness) ->
    Timers = ets:new(timers, [public]),
    Began = erlang:monotonic_time(millisecond),
    Random = rand:seed_s(exsss, {Seed, 1, 1}),
    C = #c{number = Number, collector = self(), timers = Timers, prefix = Prefix, scale = Scale,
           began = Began, jitter = Seed rem 6},
    Root = spawn(fun() -> receive go -> lode_interp:root(C, Random) end end),
    1 = erlang:trace(Root, true, [procs, set_on_spawn]),
    Root ! go,
    S = collect(#s{paths = #{Root => root}}, C, nothing, 1),
    Late = ets:member(Timers, used) andalso atomics:get(Lateness, 1) >= Began,
    Text = text(S),
    clean(S),
    ets:delete(Timers),
    case S#s.wrong of
        none when Late -> {late, Text};
        none -> {ok, Text};
        {State, What} -> {State, io_lib:format("~0p", [What])}
    end.

%% Until nothing can happen any more: two looks in a row saw all processes wait and no time to come.
%% Each message that comes meanwhile is heard first; Pause is the time of silence before a look.
collect(S, C, Seen, Pause) ->
    receive
        Message -> collect(heard(Message, S), C, nothing, min(Pause, 2))
    after Pause ->
        Now = erlang:monotonic_time(millisecond),
        case S#s.wrong =/= none orelse look(S, C, Now) of
            true -> S;
            over -> settle(S);
            {waits, Infos} when Seen =:= Infos -> settle(S);
            {waits, Infos} -> collect(S, C, Infos, 1);
            _ when Now - C#c.began > ?LONGEST_MS -> S#s{wrong = {long, []}};
            {busy, Ms} -> collect(S, C, nothing, Ms)
        end
    end.

heard({trace, Parent, spawn, Child, MFA}, S = #s{paths = Paths, children = Children}) ->
    case helper(MFA) of
        true -> S#s{paths = Paths#{Child => hidden}};
        false ->
            N = maps:get(Parent, Children, 0) + 1,
            S#s{paths = Paths#{Child => {Parent, N}}, children = Children#{Parent => N}}
    end;
heard({trace, Pid, exit, Reason}, S = #s{ends = Ends}) -> S#s{ends = Ends#{Pid => Reason}};
heard({log, Pid, Value}, S = #s{logs = Logs}) ->
    S#s{logs = Logs#{Pid => [Value | maps:get(Pid, Logs, [])]}};
heard({unsupported, What}, S) -> S#s{wrong = {unsupported, What}};
heard(_, S) -> S.

%% gen_server:stop and others have a process do the waiting.
helper({erlang, apply, [Fun, _]}) when is_function(Fun) ->
    {module, Module} = erlang:fun_info(Fun, module),
    Module =/= lode_interp;
helper({proc_lib, init_p, [_, _ | _]}) -> false;
helper({proc_lib, _, _}) -> false;
helper(_) -> false.

living(#s{paths = Paths, ends = Ends}) -> [P || P <- maps:keys(Paths), not is_map_key(P, Ends)].

look(S, C, Now) ->
    case living(S) of
        [] -> over;
        Pids ->
            Infos = [process_info(P, [status, message_queue_len, current_function])
                     || P <- lists:sort(Pids)],
            %% What a process waits for ends with it; a timer that sends a message does not.
            Ahead = [At || {Key, P, At} <- ets:tab2list(C#c.timers), At + C#c.scale >= Now,
                           is_reference(Key) orelse lists:member(P, Pids)],
            Stopping = [1 || [_, _, {_, {Module, _, _}}] <- Infos,
                             lists:member(Module, [supervisor, 'Elixir.DynamicSupervisor'])],
            case lists:all(fun waits/1, Infos) of
                false -> {busy, 2};
                true when Stopping =/= [] -> {busy, 10};
                true when Ahead =:= [] -> {waits, Infos};
                true -> {busy, max(2, lists:min(Ahead) - Now + 1)}
            end
    end.

%% A process that has its code loaded waits too, for the code server.
waits([{status, waiting}, _, {_, {Module, _, _}}]) ->
    not lists:member(Module, [code_server, code, error_handler]);
waits(_) -> false.

settle(S) ->
    Ref = erlang:trace_delivered(all),
    settle(S, Ref).

settle(S, Ref) ->
    receive
        {trace_delivered, all, Ref} -> drain(S);
        Message -> settle(heard(Message, S), Ref)
    end.

drain(S) ->
    receive Message -> drain(heard(Message, S)) after 0 -> S end.

clean(S) ->
    case living(S) of
        [] -> [erlang:trace(P, false, [all]) || P <- maps:keys(S#s.paths), is_process_alive(P)];
        Pids ->
            [exit(P, kill) || P <- Pids],
            receive Message -> clean(heard(Message, S)) after 1000 -> clean(S) end
    end.

%% --- text ----------------------------------------------------------------------------------------

text(#s{paths = Places, logs = Logs, ends = Ends}) ->
    Paths = maps:map(fun(Pid, _) -> path_of(Pid, Places) end, Places),
    Order = lists:sort([{lists:reverse(Path), Pid} || {Pid, Path} <- maps:to_list(Paths),
                                                      Path =/= hidden]),
    [[[path(Path), " log ", term(Value, Paths), "\\n"]
      || Value <- lists:reverse(maps:get(Pid, Logs, []))] ++
     case Ends of
         #{Pid := Reason} -> [path(Path), " exit ", reason(Reason, Paths), "\\n"];
         _ -> []
     end || {Path, Pid} <- Order].

%% [N | path of the parent], or hidden.
path_of(Pid, Places) ->
    case maps:get(Pid, Places, hidden) of
        root -> [0];
        hidden -> hidden;
        {Parent, N} ->
            case path_of(Parent, Places) of
                hidden -> hidden;
                Path -> [N | Path]
            end
    end.

path(Path) -> lists:join($., [integer_to_list(N) || N <- Path]).

reason({shutdown, Reason}, Paths) -> ["{shutdown, ", reason(Reason, Paths), "}"];
reason(Reason, Paths) when is_tuple(Reason), tuple_size(Reason) > 0 ->
    reason(element(1, Reason), Paths);
reason(Reason, Paths) -> term(Reason, Paths).

term(N, _) when is_integer(N) -> integer_to_list(N);
term(Atom, _) when is_atom(Atom) -> atom(plain(Atom));
term(Pid, Paths) when is_pid(Pid) ->
    case Paths of
        #{Pid := Path} when Path =/= hidden -> ["<", path(lists:reverse(Path)), ">"];
        _ -> "<?>"
    end;
term(Ref, _) when is_reference(Ref) -> "#ref";
term([alias | Ref], Paths) -> term({alias, Ref}, Paths);
term(Tuple, Paths) when is_tuple(Tuple) ->
    ["{", lists:join(", ", [term(T, Paths) || T <- tuple_to_list(Tuple)]), "}"];
term(List, Paths) when is_list(List) ->
    case List =/= [] andalso lists:all(fun is_frame/1, List) of
        true -> "[]";
        false -> ["[", lists:join(", ", [term(T, Paths) || T <- List]), "]"]
    end;
term(_, _) -> "?".

is_frame({Module, Function, _, Where}) ->
    is_atom(Module) andalso is_atom(Function) andalso is_list(Where);
is_frame(_) -> false.

%% Without the prefix of the run.
plain(nonode@nohost) -> "nonode";
plain(Atom) ->
    Text = atom_to_list(Atom),
    case re:run(Text, "^s[0-9]+_[0-9]_(.*)$", [{capture, all_but_first, list}]) of
        {match, [Name]} -> Name;
        nomatch -> Text
    end.

atom("EXIT") -> "EXIT";
atom("DOWN") -> "DOWN";
atom(Text) ->
    case re:run(Text, "^[a-z][a-zA-Z0-9_]*$") of
        nomatch -> ["\"", Text, "\""];
        _ -> Text
    end.
