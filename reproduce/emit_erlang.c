/* A story as an escript that needs nothing but OTP. All actors are one module: its callbacks tell
 * them apart by the role in their state. Explored choices take their first way, which is the one
 * that fails; times are a twentieth. What happens is told to the judge, a process that ends the
 * program with one line. */
#include "base/base.h"
#include "reproduce/story.h"

typedef struct {
    buf *out;
    uint32_t names;
    bool driver, in_init;
} emitter;

static int64_t scaled(int64_t ms)
{
    return ms <= 0 ? ms : MAX(ms / 20, 1);
}

static void add_time(buf *out, int64_t ms)
{
    if (ms == FOREVER_MS) buf_add_c(out, "infinity");
    else buf_printf(out, "%" PRId64, scaled(ms));
}

static bool opens(const deed *d)
{
    return d->kind == DO_CHOOSE || d->kind == DO_TRY || d->kind == DO_SPAWN || d->kind == DO_TASK ||
           d->kind == DO_REPEAT;
}

static bool ends_clause(const deed *d)
{
    return d->kind == DO_REPLY || d->kind == DO_NOREPLY || d->kind == DO_AT_ONCE ||
           d->kind == DO_STOP;
}

static void emit_end(emitter *e, const deed *d)
{
    buf *out = e->out;
    switch ((do_kind)d->kind) {
    case DO_REPLY: buf_printf(out, "    {reply, %s, S}", d->text); break;
    case DO_AT_ONCE:
        buf_printf(out, e->in_init ? "    {ok, S, " : "    {noreply, S, ");
        if (d->text) buf_printf(out, "{continue, %s}}", d->text);
        else buf_add_c(out, "0}");
        break;
    case DO_STOP: buf_printf(out, "    {stop, %s, S}", d->text); break;
    default: buf_add_c(out, e->in_init ? "    {ok, S}" : "    {noreply, S}"); break;
    }
}

static const char *who_of(const deed *d)
{
    return d->who && strcmp(d->who, "@caller") == 0 ? "element(1, From)" : d->who;
}

static void emit_deed(emitter *e, const deed *d)
{
    buf *out = e->out;
    const char *who = who_of(d);
    buf_add_c(out, "    ");
    switch ((do_kind)d->kind) {
    case DO_CALL:
        buf_printf(out, "gen_server:call(%s, %s, ", who, d->text);
        add_time(out, d->ms);
        buf_add_char(out, ')');
        break;
    case DO_CAST: buf_printf(out, "gen_server:cast(%s, %s)", who, d->text); break;
    case DO_SEND: buf_printf(out, "catch %s ! %s", who, d->text); break;
    case DO_SEND_SELF: buf_printf(out, "self() ! %s", d->text); break;
    case DO_SEND_AFTER:
        buf_printf(out, "erlang:send_after(%" PRId64 ", self(), %s)", scaled(d->ms), d->text);
        break;
    case DO_SLEEP:
        buf_add_c(out, "timer:sleep(");
        add_time(out, d->ms);
        buf_add_char(out, ')');
        break;
    case DO_REPLY_TO: buf_printf(out, "gen_server:reply(From, %s)", d->text); break;
    case DO_CRASH: buf_printf(out, "erlang:error(%s)", d->text); break;
    case DO_SET: buf_printf(out, "put('%s', %s)", who, d->text); break;
    case DO_NEED: buf_printf(out, "{_, %s} = {%s, get('%s')}", d->text, d->text, who); break;
    case DO_ASSERT:
        buf_printf(out, "get('%s') =:= true orelse (judge ! {bad, {does_not_hold, '%s'}})", who,
                   who);
        break;
    case DO_ASSERT_GONE:
        buf_printf(out, "whereis(%s) =:= undefined orelse (judge ! {bad, {still_there, %s}})", who,
                   who);
        break;
    case DO_TRY: buf_add_c(out, "try\n    ok"); break;
    case DO_SPAWN:
        buf_add_c(out, e->driver ? "client(fun() ->\n    ok" : "apart(fun() ->\n    ok");
        break;
    case DO_TASK: buf_add_c(out, "put(task, task(fun() ->\n    ok"); break;
    case DO_REPEAT: buf_printf(out, "repeat(%" PRId64 ", fun() ->\n    ok", d->ms); break;
    case DO_AWAIT:
        buf_printf(out, "await(get(task), ");
        add_time(out, d->ms);
        buf_add_char(out, ')');
        break;
    case DO_RECEIVE:
        buf_printf(out, "receive %s -> ok", d->text ? d->text : "_");
        if (d->ms != FOREVER_MS) buf_printf(out, " after %" PRId64 " -> ok", scaled(d->ms));
        buf_add_c(out, " end");
        break;
    case DO_START: buf_printf(out, "start(start, %s)", who); break;
    case DO_START_LINK: buf_printf(out, "start(start_link, %s)", who); break;
    case DO_STOP_SERVER:
        buf_printf(out, "gen_server:stop(%s, normal, ", who);
        add_time(out, d->ms);
        buf_add_char(out, ')');
        break;
    case DO_START_CHILD:
        buf_printf(out, "supervisor:start_child(%s, child(%s, permanent, 5000))", who, d->text);
        break;
    case DO_TERMINATE_CHILD:
        buf_printf(out, "supervisor:terminate_child(%s, %s)", who, d->text);
        break;
    case DO_WHICH_CHILDREN: buf_printf(out, "supervisor:which_children(%s)", who); break;
    case DO_MONITOR: buf_printf(out, "erlang:monitor(process, %s)", who); break;
    case DO_KILL: buf_printf(out, "exit(whereis(%s), %s)", who, d->text); break;
    case DO_AWAIT_NAME: buf_printf(out, "await_name(%s)", who); break;
    case DO_TRAP_EXIT: buf_add_c(out, "process_flag(trap_exit, true)"); break;
    case DO_GATE:
        if (!e->driver) buf_add_c(out, "at_gate()");
        else if (strcmp(d->text, "open") == 0) buf_add_c(out, "open_gate()");
        else buf_add_c(out, "await_gate()");
        break;
    default: buf_add_c(out, "ok"); break;
    }
}

/* Statements up to the one that ends the clause; then what the callback returns. */
static void emit_body(emitter *e, const deeds *list, bool returns)
{
    uint8_t open[32];
    uint32_t depth = 0, skip_from = 0;
    bool skipping = false;
    const deed *end = NULL;
    for (vec_each(list, d)) {
        if (opens(d)) {
            if (depth < ARRAY_LEN(open)) open[depth] = d->kind;
            depth++;
            if (skipping || d->kind == DO_CHOOSE) continue;
        } else if (d->kind == DO_OR) {
            if (!skipping) {
                skipping = true;
                skip_from = depth;
            }
            continue;
        } else if (d->kind == DO_END) {
            uint8_t kind = depth && depth <= ARRAY_LEN(open) ? open[depth - 1] : (uint8_t)DO_CHOOSE;
            if (skipping && depth == skip_from) skipping = false;
            depth -= depth > 0;
            if (skipping || kind == DO_CHOOSE) continue;
            if (kind == DO_TRY) buf_add_c(e->out, "\n    catch _:_ -> ok end");
            else if (kind == DO_TASK) buf_add_c(e->out, "\n    end))");
            else buf_add_c(e->out, "\n    end)");
            continue;
        }
        if (skipping || end) continue;
        if (ends_clause(d)) {
            end = d;
            continue;
        }
        buf_add_c(e->out, ",\n");
        if (d->line) buf_printf(e->out, "    %% %.*s:%u\n", SV_FMT(d->path), d->line);
        emit_deed(e, d);
    }
    if (!returns) return;
    buf_add_c(e->out, ",\n");
    deed none = {.kind = DO_NOREPLY};
    emit_end(e, end ? end : &none);
}

static void emit_init(emitter *e, const actor *a)
{
    buf *out = e->out;
    buf_printf(out, "init(%s) ->\n", a->name);
    if (a->kind != ACTOR_SERVER) {
        buf_printf(
            out, "    {ok, {#{strategy => %s, intensity => %" PRId64 ", period => %" PRId64 "}, [",
            a->kind == ACTOR_DYNAMIC ? "one_for_one" : a->strategy, a->intensity, a->period_s);
        bool first = true;
        for (vec_each(&a->children, c))
            for (int64_t i = 0; i < c->count && a->kind == ACTOR_SUPERVISOR; i++) {
                buf_printf(out, "%s\n        ", first ? "" : ",");
                char shutdown[24];
                snprintf(shutdown, sizeof shutdown, "%d",
                         c->shutdown_ms > 0 ? c->shutdown_ms : 5000);
                const char *time = c->shutdown_ms == SHUTDOWN_INFINITY ? "infinity"
                                   : c->shutdown_ms == SHUTDOWN_BRUTAL ? "brutal_kill"
                                                                       : shutdown;
                if (c->count > 1)
                    buf_printf(out, "child({%s, %" PRId64 "}, %s, %s)", c->name, i + 1, c->restart,
                               time);
                else buf_printf(out, "child(%s, %s, %s)", c->name, c->restart, time);
                first = false;
            }
        buf_add_c(out, "]}}");
        return;
    }
    buf_printf(out, "    S = %s", a->name);
    for (uint32_t i = 0; i < a->variables.count; i++)
        buf_printf(out, ",\n    put('%s', %s)", a->variables.items[i], a->initials.items[i]);
    e->in_init = true;
    emit_body(e, &a->init, true);
    e->in_init = false;
}

static void emit_callback(emitter *e, const story *s, const char *kind, const char *head,
                          const char *fallback, const char *args)
{
    buf *out = e->out;
    for (vec_each(&s->actors, a)) {
        bool has_any = false, takes_all = false;
        for (vec_each(&a->clauses, c)) {
            if (strcmp(c->kind, kind) != 0) continue;
            has_any = true;
            takes_all |= strcmp(c->pattern, "_") == 0;
            bool last = strcmp(kind, "terminate") == 0;
            buf_printf(out, "%s(%s, %s = S) ->\n", head, last ? "Reason" : c->pattern, a->name);
            /* From is a parameter of handle_call alone. */
            if (strcmp(kind, "call") == 0) {
                out->size -= strlen(a->name) + strlen(" = S) ->\n");
                buf_printf(out, "From, %s = S) ->\n    _ = From", a->name);
            } else {
                buf_add_c(out, "    ok");
            }
            emit_body(e, &c->body, !last);
            if (last) buf_add_c(out, ",\n    ended(Reason, S)");
            buf_add_c(out, ";\n");
        }
        /* The default of a server without the callback logs and goes on; one with it crashes. */
        if (has_any && !takes_all && strcmp(kind, "info") == 0)
            buf_printf(out, "%s(Message, %s) -> erlang:error({function_clause, Message});\n", head,
                       a->name);
    }
    buf_printf(out, "%s(%s) -> %s.\n\n", head, args, fallback);
}

static const char helpers[] =
    "start(How, Name) ->\n"
    "    Module = case lists:member(Name, supervisors()) of true -> supervisor; _ -> gen_server "
    "end,\n"
    "    Result = case {Module, How} of\n"
    "        {supervisor, _} ->\n"
    "            Former = process_flag(trap_exit, true),\n"
    "            Started = supervisor:start_link({local, Name}, ?MODULE, Name),\n"
    "            case Started of\n"
    "                {ok, Pid} -> unlink(Pid);\n"
    "                {error, _} -> receive {'EXIT', _, _} -> ok end\n"
    "            end,\n"
    "            process_flag(trap_exit, Former),\n"
    "            Started;\n"
    "        _ -> gen_server:How({local, Name}, ?MODULE, Name, [])\n"
    "    end,\n"
    "    case Result of {error, Reason} -> judge ! {bad, {Name, Reason}}; _ -> ok end,\n"
    "    case {Module, Result} of\n"
    "        {supervisor, {ok, Sup}} -> judge ! {watch, Name, Sup};\n"
    "        _ -> ok\n"
    "    end,\n"
    "    Result.\n\n"
    "child(Id, Restart, Shutdown) ->\n"
    "    #{id => Id, start => {?MODULE, start_child, [Id]}, restart => Restart,\n"
    "      shutdown => Shutdown}.\n\n"
    "start_child({Name, _}) -> gen_server:start_link(?MODULE, Name, []);\n"
    "start_child(Name) ->\n"
    "    case lists:member(Name, supervisors()) of\n"
    "        true -> supervisor:start_link({local, Name}, ?MODULE, Name);\n"
    "        false -> gen_server:start_link({local, Name}, ?MODULE, Name, [])\n"
    "    end.\n\n"
    "client(Fun) ->\n"
    "    Pid = spawn(fun() ->\n"
    "        Result = try Fun(), ok catch _:Reason -> {bad, Reason} end,\n"
    "        catch judge ! {ended, self(), Result}\n"
    "    end),\n"
    "    judge ! {begun, Pid},\n"
    "    Pid.\n\n"
    "%% Whether it fails is no concern of the one that starts it.\n"
    "apart(Fun) -> spawn(fun() -> catch Fun() end).\n\n"
    "task(Fun) ->\n"
    "    Owner = self(),\n"
    "    {Pid, Ref} = spawn_monitor(fun() -> receive {go, R} -> Owner ! {R, Fun()} end end),\n"
    "    Pid ! {go, Ref},\n"
    "    Ref.\n\n"
    "await(Ref, Time) ->\n"
    "    receive {Ref, Result} -> demonitor(Ref, [flush]), Result after Time -> exit(timeout) "
    "end.\n\n"
    "repeat(0, _) -> ok;\n"
    "repeat(N, Fun) -> Fun(), repeat(N - 1, Fun).\n\n"
    "await_name(Name) ->\n"
    "    case whereis(Name) of undefined -> erlang:yield(), await_name(Name); Pid -> Pid end.\n\n"
    "at_gate() ->\n"
    "    await_name(driver) ! {at_gate, self()},\n"
    "    receive open_gate -> ok end.\n\n"
    "await_gate() -> receive {at_gate, Pid} -> put(gate, Pid) end.\n\n"
    "open_gate() ->\n"
    "    case process_info(get(gate), message_queue_len) of\n"
    "        {_, 0} -> erlang:yield(), open_gate();\n"
    "        _ -> get(gate) ! open_gate\n"
    "    end.\n\n"
    "ended(Reason, Name) ->\n"
    "    case Reason of\n"
    "        normal -> ok;\n"
    "        shutdown -> ok;\n"
    "        {shutdown, _} -> ok;\n"
    "        _ -> crash_counts() andalso (judge ! {bad, {Name, Reason}})\n"
    "    end.\n\n"
    "mailboxes() ->\n"
    "    [{N, L} || N <- servers(), is_pid(whereis(N)),\n"
    "               {_, L} <- [process_info(whereis(N), message_queue_len)], L > bound()].\n\n"
    "mailboxes_hold() ->\n"
    "    case mailboxes() of\n"
    "        [] -> ok;\n"
    "        [{Long, _} | _] -> verdict({mailbox_grows, Long})\n"
    "    end.\n\n"
    "judge(Open, Deadline) ->\n"
    "    Now = erlang:monotonic_time(millisecond),\n"
    "    Quiet = case Open of [] -> 400; _ -> 100 end,\n"
    "    mailboxes_hold(),\n"
    "    receive\n"
    "        {begun, Pid} -> judge([Pid | Open], Deadline);\n"
    "        {ended, Pid, ok} -> judge(lists:delete(Pid, Open), Deadline);\n"
    "        {ended, _, {bad, What}} -> verdict(What);\n"
    "        {bad, What} -> verdict(What);\n"
    "        {watch, Name, Pid} ->\n"
    "            Ref = monitor(process, Pid),\n"
    "            put(Ref, Name),\n"
    "            judge(Open, Deadline);\n"
    "        {'DOWN', Ref, process, _, Reason} ->\n"
    "            case lists:member(Reason, [normal, noproc]) orelse not end_counts() of\n"
    "                true -> judge(Open, Deadline);\n"
    "                false -> verdict({supervisor_ended, get(Ref), Reason})\n"
    "            end\n"
    "    after Quiet ->\n"
    "        mailboxes_hold(),\n"
    "        if\n"
    "            Open =:= [] -> verdict(none);\n"
    "            Now >= Deadline -> verdict(waits_for_ever);\n"
    "            true -> judge(Open, Deadline)\n"
    "        end\n"
    "    end.\n\n"
    "verdict(none) -> io:format(\"no failure~n\"), halt(1);\n"
    "verdict(What) -> io:format(\"failure: ~0p~n\", [What]), halt(0).\n\n";

static void emit_names(buf *out, const story *s, const char *function, bool servers)
{
    bool first = true;
    buf_printf(out, "%s() -> [", function);
    for (vec_each(&s->actors, a)) {
        if ((a->kind == ACTOR_SERVER) != servers || (servers && a->unnamed)) continue;
        buf_printf(out, "%s%s", first ? "" : ", ", a->name);
        first = false;
    }
    buf_add_c(out, "].\n");
}

void story_emit_erlang(const story *s, uint32_t predicted, buf *out)
{
    emitter e = {.out = out};
    bool planned = predicted == 1u << RT_INTENSITY_REACHED || predicted == 1u << RT_ASSERTION;
    buf_printf(out, "#!/usr/bin/env escript\n%%%% %s\n", s->title);
    for (vec_each(&s->assumed, text)) buf_printf(out, "%%%% supposed: %s\n", *text);
    if (s->control) buf_printf(out, "%%%% control: %s\n", s->control_text);
    buf_add_c(out, "%% Exits with 0 when the failure shows, 1 when not.\n"
                   "-mode(compile).\n"
                   "-compile([export_all, nowarn_export_all, nowarn_unused_vars]).\n\n"
                   "main(_) ->\n"
                   "    logger:set_primary_config(level, none),\n"
                   "    register(judge, self()),\n"
                   "    client(fun driver/0),\n"
                   "    judge([], erlang:monotonic_time(millisecond) + 2000).\n\n");
    buf_add_c(out, "driver() ->\n    register(driver, self())");
    e.driver = true;
    emit_body(&e, &s->driver, false);
    e.driver = false;
    buf_add_c(out, ".\n\n");
    bool first = true;
    for (vec_each(&s->actors, a)) {
        buf_add_c(out, first ? "" : ";\n");
        emit_init(&e, a);
        first = false;
    }
    buf_add_c(out, ".\n\n");
    emit_callback(&e, s, "call", "handle_call", "erlang:error({function_clause, Message})",
                  "Message, _, _");
    emit_callback(&e, s, "cast", "handle_cast", "erlang:error({function_clause, Message})",
                  "Message, _");
    emit_callback(&e, s, "info", "handle_info", "judge ! {bad, {unhandled, Message}}, {noreply, S}",
                  "Message, S");
    emit_callback(&e, s, "continue", "handle_continue", "erlang:error({function_clause, Message})",
                  "Message, _");
    emit_callback(&e, s, "terminate", "terminate", "ended(Reason, S)", "Reason, S");
    emit_names(out, s, "servers", true);
    emit_names(out, s, "supervisors", false);
    /* Where children are meant to crash, that is not the failure. */
    buf_printf(out, "crash_counts() -> %s.\n", planned ? "false" : "true");
    buf_printf(out, "end_counts() -> %s.\n", predicted == 1u << RT_ASSERTION ? "false" : "true");
    buf_printf(out, "bound() -> %u.\n\n", s->mailbox_max ? s->mailbox_max : 1000000);
    buf_add_c(out, helpers);
}
