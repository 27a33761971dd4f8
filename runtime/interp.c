#include "base/base.h"

#include "runtime/proc.h"

/* One function per instruction. Each evaluates its operands afresh until its permit is there;
 * expressions have no effects, so that is the same as once. */

#define EVAL(n, name)                                                                              \
    term name = TERM_NONE;                                                                         \
    if (in->e[n] != NONE && !rt_eval(ctx, p->pid, f->vars, in->e[n], &name))                       \
    return rt_fail(ctx, p, name)
#define PERMIT()                                                                                   \
    if (!rt_permit(ctx, p)) return RT_WANT

rt_step rt_op_done(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in, term value)
{
    f->pc++;
    if (in->dst != NONE && !rt_match(ctx, p->pid, f->vars, in->dst, value))
        return rt_fail(ctx, p, TUPLE(&ctx->heap, A(badmatch), value));
    return RT_CONT;
}

bool rt_operand(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in, uint32_t i, term *out,
                rt_step *step)
{
    *out = TERM_NONE;
    if (in->e[i] == NONE || rt_eval(ctx, p->pid, f->vars, in->e[i], out)) return true;
    *step = rt_fail(ctx, p, *out);
    return false;
}

bool rt_timeout_value(term t, int64_t absent, int64_t *ms)
{
    if (t == TERM_NONE) {
        *ms = absent;
        return true;
    }
    if (t == A(infinity)) {
        *ms = -1;
        return true;
    }
    *ms = term_int_value(t);
    return term_tag(t) == T_INT && *ms >= 0 && *ms <= INT64_MAX / 16;
}

static rt_step op_end(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    (void)ctx, (void)f, (void)in;
    p->ret_kind = RET_NONE;
    p->ret[0] = p->ret[1] = p->ret[2] = TERM_NONE;
    rt_pop(p, A(ok));
    return RT_CONT;
}

static rt_step op_return(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, value);
    EVAL(1, timeout);
    EVAL(2, more);
    p->ret_kind = (uint8_t)in->b;
    p->ret[0] = value;
    p->ret[1] = timeout;
    p->ret[2] = more;
    rt_pop(p, value);
    return RT_CONT;
}

static rt_step op_let(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, value);
    return rt_op_done(ctx, p, f, in, value);
}

static rt_step op_jump(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    (void)ctx, (void)p;
    f->pc = in->a;
    return RT_CONT;
}

static rt_step op_jump_if_not(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, value);
    if (value != A(true) && value != A(false)) return rt_fail(ctx, p, A(badarg));
    f->pc = value == A(true) ? f->pc + 1 : in->a;
    return RT_CONT;
}

static rt_step op_count(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    term left = f->vars[in->b];
    if (term_tag(left) != T_INT) return rt_fail(ctx, p, A(badarg));
    if (term_int_value(left) <= 0) {
        f->pc = in->a;
    } else {
        f->vars[in->b] = term_int(term_int_value(left) - 1);
        f->pc++;
    }
    return RT_CONT;
}

static rt_step op_choose(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    PERMIT();
    uint32_t k = ctx->host->choose(ctx, p, in->b);
    rt_note(ctx, p, NOTE_CHOICE, term_int(k + 1), term_int(in->b));
    f->pc = ctx->program->kids.items[in->a + k];
    return RT_CONT;
}

static rt_step op_try(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    if (f->try_count == TRIES_MAX) return rt_fail(ctx, p, A(system_limit));
    f->tries[f->try_count++] = (rt_try){.target = in->a, .pattern = in->dst};
    f->pc++;
    return RT_CONT;
}

static rt_step op_try_end(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    (void)ctx, (void)p, (void)in;
    if (f->try_count) f->try_count--;
    f->pc++;
    return RT_CONT;
}

static rt_step op_send(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, to);
    EVAL(1, message);
    PERMIT();
    rt_note(ctx, p, NOTE_SEND, to, message);
    /* Sending to a name that nobody has is an error for an atom and for via, not for a pid. */
    if (!rt_message(ctx, p, to, message)) return rt_fail(ctx, p, A(badarg));
    return rt_op_done(ctx, p, f, in, message);
}

static rt_step op_cast(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, to);
    EVAL(1, message);
    PERMIT();
    rt_note(ctx, p, NOTE_CAST, to, message);
    if (rt_resolve(ctx, p, to) == NONE) return rt_fail(ctx, p, A(badarg));
    rt_message(ctx, p, to, TUPLE(&ctx->heap, A(gen_cast), message));
    return rt_op_done(ctx, p, f, in, A(ok));
}

static rt_step op_call(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, to);
    EVAL(1, request);
    EVAL(2, timeout);
    int64_t ms;
    if (!rt_timeout_value(timeout, in->b == CALL_SUPERVISOR ? -1 : 5000, &ms))
        return rt_fail(ctx, p, A(timeout_value));
    f->waiting = true;
    rt_call_push(ctx, p, to, A(gen_call), request, ms);
    return RT_CONT;
}

static rt_step op_stop_proc(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, to);
    EVAL(1, reason);
    EVAL(2, timeout);
    int64_t ms;
    if (!rt_timeout_value(timeout, -1, &ms)) return rt_fail(ctx, p, A(badarg));
    f->waiting = true;
    rt_stop_push(ctx, p, to, reason == TERM_NONE ? A(normal) : reason, ms);
    return RT_CONT;
}

static rt_step op_reply_to(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, from);
    EVAL(1, value);
    if (term_tag(from) != T_TUPLE || term_count(&ctx->heap, from) != 2)
        return rt_fail(ctx, p, A(function_clause));
    PERMIT();
    rt_reply(ctx, p, from, value);
    return rt_op_done(ctx, p, f, in, A(ok));
}

/* A receive in the middle of a callback may take what only the server loop knows to handle. */
static void note_if_stolen(rt_ctx *ctx, rt_proc *p, const rt_signal *s)
{
    term_heap *h = &ctx->heap;
    bool in_server = false;
    for (uint32_t i = 0; i + 1 < p->frame_count; i++) {
        uint8_t kind = p->frames[i].kind;
        in_server = in_server || kind == FRAME_SERVER || kind == FRAME_STATEM;
    }
    if (!in_server) return;
    if (term_is_tagged(h, s->body, 3, ATOM_gen_call) ||
        term_is_tagged(h, s->body, 2, ATOM_gen_cast) ||
        term_is_tagged(h, s->body, 3, ATOM_system) ||
        (term_is_tagged(h, s->body, 3, ATOM_EXIT) && term_at(h, s->body, 1) == p->frames[0].r[1]))
        rt_note(ctx, p, NOTE_STOLEN, s->body, term_pid(s->from));
}

static rt_step op_receive(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, after);
    int64_t ms;
    if (!rt_timeout_value(after, -1, &ms)) return rt_fail(ctx, p, A(timeout_value));
    rt_recv spec = {.kind = RECV_CLAUSES,
                    .clause_first = in->a,
                    .clause_count = in->b,
                    .vars = f->vars,
                    .var_count = ctx->program->templates.items[f->tmpl].var_count};
    rt_signal *got;
    rt_step step = rt_receive(ctx, p, &spec, ms, &got);
    if (step != RT_CONT) return step;
    if (!got) {
        f->pc = in->e[1];
        return RT_CONT;
    }
    note_if_stolen(ctx, p, got);
    f->pc = ctx->program->clauses.items[p->found_clause].code;
    ctx->host->signal_free(ctx, got);
    return RT_CONT;
}

static rt_step sleep_for(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in, int64_t ms)
{
    rt_signal *got;
    rt_step step = rt_receive(ctx, p, &(rt_recv){.kind = RECV_NOTHING}, ms, &got);
    return step == RT_CONT ? rt_op_done(ctx, p, f, in, A(ok)) : step;
}

static rt_step op_sleep(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, time);
    int64_t ms;
    if (!rt_timeout_value(time, -1, &ms)) return rt_fail(ctx, p, A(timeout_value));
    return sleep_for(ctx, p, f, in, ms);
}

static rt_step op_until(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, time);
    if (term_tag(time) != T_INT) return rt_fail(ctx, p, A(badarg));
    int64_t left = term_int_value(time) - ctx->host->now_ms(ctx);
    if (left <= 0 && !p->receiving) return rt_op_done(ctx, p, f, in, A(ok));
    return sleep_for(ctx, p, f, in, left);
}

/* The pid behind an operand. link/1 and exit/2 take pids only, so that a name is looked up first,
 * as an operation of its own, and its holder may change meanwhile. False: *step is what comes of
 * it. */
static bool pid_of(rt_ctx *ctx, rt_proc *p, rt_frame *f, term to, uint32_t *pid, rt_step *step)
{
    *pid = term_tag(to) == T_PID ? term_pid_value(to) : f->i;
    if (term_tag(to) == T_PID || f->step == 1) return true;
    *step = RT_WANT;
    if (!rt_permit(ctx, p)) return false;
    *pid = rt_resolve(ctx, p, to);
    if (*pid == 0 || *pid == NONE) {
        *step = rt_fail(ctx, p, A(badarg));
        return false;
    }
    f->i = *pid;
    f->step = 1;
    return true;
}

static rt_step op_link(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, other);
    uint32_t pid;
    rt_step step;
    if (!pid_of(ctx, p, f, other, &pid, &step)) return step;
    PERMIT();
    f->step = 0;
    rt_note(ctx, p, in->kind == I_LINK ? NOTE_LINK : NOTE_UNLINK, term_pid(pid), TERM_NONE);
    if (in->kind == I_UNLINK) rt_unlink(ctx, p, pid);
    else if (!rt_link(ctx, p, pid)) return rt_fail(ctx, p, A(noproc));
    return rt_op_done(ctx, p, f, in, A(true));
}

static rt_step op_monitor(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, other);
    EVAL(1, tag);
    PERMIT();
    uint32_t pid = rt_resolve(ctx, p, other);
    if (pid == NONE) return rt_fail(ctx, p, A(badarg));
    term object = term_tag(other) == T_PID ? other : TUPLE(&ctx->heap, other, A(nonode));
    term ref = rt_ref_new(p);
    rt_note(ctx, p, NOTE_MONITOR, other, ref);
    /* A name that nobody has: 'DOWN' with noproc, from ourselves. */
    rt_monitor_add(ctx, p, ref, pid ? pid : p->pid, object, (alias_kind)in->b);
    rt_monitor_find(p, ref)->tag = tag;
    if (pid == 0) rt_signal_send(ctx, p->pid, p->pid, SIG_DOWN, A(noproc), ref);
    return rt_op_done(ctx, p, f, in, ref);
}

static rt_step op_demonitor(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, ref);
    if (term_tag(ref) != T_REF) return rt_fail(ctx, p, A(badarg));
    PERMIT();
    /* Also with a flush: an earlier receive might have taken 'DOWN', had it come in time. */
    const rt_monitor *m = rt_monitor_find(p, ref);
    rt_touch(ctx, OBJECT_REF, p->pid, term_ref_n(ref), true);
    if (m && m->monitors) rt_touch(ctx, OBJECT_DEAD, m->target, 0, false);
    rt_note(ctx, p, NOTE_DEMONITOR, ref, TERM_NONE);
    bool there = rt_demonitor(ctx, p, ref, in->b & DEMONITOR_FLUSH);
    return rt_op_done(ctx, p, f, in, term_bool(there || !(in->b & DEMONITOR_INFO)));
}

static rt_step op_alias(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    PERMIT();
    term ref = rt_ref_new(p);
    rt_monitor_add(ctx, p, ref, 0, TERM_NONE, (alias_kind)in->b);
    return rt_op_done(ctx, p, f, in, ref);
}

static rt_step op_unalias(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, ref);
    PERMIT();
    return rt_op_done(ctx, p, f, in, term_bool(rt_unalias(ctx, p, ref)));
}

static rt_step op_exit(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, reason);
    return in->kind == I_CRASH ? rt_fail(ctx, p, reason) : rt_raise(ctx, p, reason);
}

static rt_step op_exit_signal(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, to);
    EVAL(1, reason);
    uint32_t pid;
    rt_step step;
    if (!pid_of(ctx, p, f, to, &pid, &step)) return step;
    PERMIT();
    f->step = 0;
    rt_note(ctx, p, NOTE_EXIT_SIGNAL, term_pid(pid), reason);
    step = rt_op_done(ctx, p, f, in, A(true));
    if (pid != p->pid) {
        rt_signal_send(ctx, p->pid, pid, SIG_EXIT, reason, TERM_NONE);
        return step;
    }
    /* To oneself it works before exit/2 returns. */
    rt_signal *s = ctx->host->signal_new(ctx);
    *s = (rt_signal){.kind = SIG_EXIT, .from = pid, .to = pid, .body = reason};
    rt_deliver(ctx, p, s);
    return RT_CONT;
}

static rt_step op_trap_exit(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, flag);
    if (flag != A(true) && flag != A(false)) return rt_fail(ctx, p, A(badarg));
    PERMIT();
    rt_touch(ctx, OBJECT_TRAP, p->pid, 0, true);
    bool before = p->trap_exit;
    p->trap_exit = flag == A(true);
    rt_note(ctx, p, NOTE_TRAP, flag, TERM_NONE);
    return rt_op_done(ctx, p, f, in, term_bool(before));
}

/* {fun, Template, Code, Parameter, Variables} */
bool rt_fun_parts(rt_ctx *ctx, term fun, uint32_t *tmpl, uint32_t *pc, uint32_t *param, term **vars)
{
    const term_heap *h = &ctx->heap;
    if (!term_is_tagged(h, fun, 5, ATOM_fun)) return false;
    *tmpl = (uint32_t)term_int_value(term_at(h, fun, 1));
    *pc = (uint32_t)term_int_value(term_at(h, fun, 2));
    *param = (uint32_t)term_int_value(term_at(h, fun, 3));
    term env = term_at(h, fun, 4);
    if (*tmpl >= ctx->program->templates.count || *pc >= ctx->program->insns.count) return false;
    uint32_t count = ctx->program->templates.items[*tmpl].var_count;
    if (term_count(h, env) != count) return false;
    *vars = ARENA_ARRAY(ctx->memory, term, count);
    for (uint32_t i = 0; i < count; i++) (*vars)[i] = term_at(h, env, i);
    return true;
}

static rt_step op_fun(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    term env = term_list(&ctx->heap, f->vars, ctx->program->templates.items[f->tmpl].var_count);
    term fun = TUPLE(&ctx->heap, A(fun), term_int(f->tmpl), term_int(in->a), term_int(in->b), env);
    return rt_op_done(ctx, p, f, in, fun);
}

static rt_step op_apply(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, fun);
    EVAL(1, argument);
    uint32_t tmpl, pc, param;
    term *vars;
    if (!rt_fun_parts(ctx, fun, &tmpl, &pc, &param, &vars)) return rt_fail(ctx, p, A(badarg));
    if (param < PROGRAM_VARS_MAX) vars[param] = argument;
    f->waiting = true;
    rt_frame *code = rt_push(ctx, p, FRAME_CODE);
    code->tmpl = tmpl;
    code->pc = pc;
    code->vars = vars;
    return RT_CONT;
}

static rt_step op_spawn(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(1, args);
    EVAL(2, fun);
    uint32_t tmpl = in->a, pc = 0, param = 0;
    term *vars = NULL;
    if (tmpl == NONE && !rt_fun_parts(ctx, fun, &tmpl, &pc, &param, &vars))
        return rt_fail(ctx, p, A(badarg));
    PERMIT();
    rt_proc *child = ctx->host->spawn(ctx, p, tmpl);
    bool task = in->b & SPAWN_TASK, linked = in->b & SPAWN_LINK;
    term ref = TERM_NONE;
    if (linked) {
        vec_push(&p->links, child->pid);
        vec_push(&child->links, p->pid);
    }
    if (in->b & (SPAWN_TASK | SPAWN_MONITOR | SPAWN_REQUEST)) ref = rt_ref_new(p);
    if (task || (in->b & SPAWN_MONITOR)) {
        vec_push(&p->monitors, (rt_monitor){.n = term_ref_n(ref),
                                            .target = child->pid,
                                            .object = term_pid(child->pid),
                                            .monitors = true,
                                            .alias = task,
                                            .alias_by_demonitor = true});
        vec_push(&child->watchers,
                 (rt_watcher){.watcher = p->pid, .ref = ref, .object = term_pid(child->pid)});
    }
    if (vars) rt_proc_setup_code(ctx, child, tmpl, vars, pc, task ? ref : TERM_NONE);
    else rt_proc_setup(ctx, child, tmpl, args, 0, false);
    if (task && !vars) { /* a task of a template: what it returns is the result */
        rt_frame code = *rt_top(child);
        *rt_top(child) = (rt_frame){.kind = FRAME_TASK, .r = {ref}};
        *rt_push(ctx, child, FRAME_CODE) = code;
    }
    rt_note(ctx, p, NOTE_SPAWN, term_pid(child->pid), TERM_NONE);
    term pid = term_pid(child->pid);
    if (in->b & SPAWN_REQUEST) {
        term answer = TUPLE(&ctx->heap, A(spawn_reply), ref, A(ok), pid);
        rt_signal_send(ctx, child->pid, p->pid, SIG_MESSAGE, answer, TERM_NONE);
        return rt_op_done(ctx, p, f, in, ref);
    }
    term value = task                      ? TUPLE(&ctx->heap, A(task), pid, ref)
                 : (in->b & SPAWN_MONITOR) ? TUPLE(&ctx->heap, pid, ref)
                                           : pid;
    return rt_op_done(ctx, p, f, in, value);
}

static rt_step op_start(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, timeout);
    EVAL(1, args);
    int64_t ms;
    if (!rt_timeout_value(timeout, -1, &ms)) return rt_fail(ctx, p, A(badarg));
    f->waiting = true;
    rt_start_push(ctx, p, in->a, args, in->b, ms);
    return RT_CONT;
}

static rt_step op_register(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, name);
    EVAL(1, who);
    if (who == TERM_NONE) who = term_pid(p->pid);
    bool is_name = term_tag(name) == T_ATOM || term_is_tagged(&ctx->heap, name, 3, ATOM_via) ||
                   term_is_tagged(&ctx->heap, name, 2, ATOM_global);
    if (term_tag(who) != T_PID || !is_name) return rt_fail(ctx, p, A(badarg));
    PERMIT();
    uint32_t pid = term_pid_value(who);
    rt_note(ctx, p, NOTE_REGISTER, name, who);
    bool via = term_tag(name) == T_TUPLE;
    if (!ctx->host->alive(ctx, pid)) return rt_fail(ctx, p, A(badarg));
    bool free_name = ctx->host->name_get(ctx, name) == 0;
    if (!free_name || ctx->host->name_claim(ctx, name, pid) != pid)
        return via ? rt_op_done(ctx, p, f, in, A(no)) : rt_fail(ctx, p, A(badarg));
    return rt_op_done(ctx, p, f, in, via ? A(yes) : A(true));
}

static rt_step op_unregister(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, name);
    PERMIT();
    rt_note(ctx, p, NOTE_UNREGISTER, name, TERM_NONE);
    if (!ctx->host->name_release(ctx, name) && term_tag(name) == T_ATOM)
        return rt_fail(ctx, p, A(badarg));
    return rt_op_done(ctx, p, f, in, A(true));
}

static rt_step op_whereis(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, name);
    PERMIT();
    uint32_t pid = rt_resolve(ctx, p, name);
    if (pid == NONE) return rt_fail(ctx, p, A(badarg));
    rt_note(ctx, p, NOTE_WHEREIS, name, pid ? term_pid(pid) : A(undefined));
    return rt_op_done(ctx, p, f, in, pid ? term_pid(pid) : A(undefined));
}

static rt_step op_alive(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, who);
    if (term_tag(who) != T_PID) return rt_fail(ctx, p, A(badarg));
    PERMIT();
    rt_touch(ctx, OBJECT_DEAD, term_pid_value(who), 0, false);
    return rt_op_done(ctx, p, f, in, term_bool(ctx->host->alive(ctx, term_pid_value(who))));
}

static rt_step op_send_after(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, time);
    EVAL(1, to);
    EVAL(2, message);
    int64_t ms;
    if (!rt_timeout_value(time, -1, &ms) || ms < 0) return rt_fail(ctx, p, A(badarg));
    if (term_tag(to) != T_PID && term_tag(to) != T_ATOM) return rt_fail(ctx, p, A(badarg));
    PERMIT();
    term ref = rt_ref_new(p);
    if (in->b == 1) message = TUPLE(&ctx->heap, A(timeout), ref, message);
    rt_note(ctx, p, NOTE_TIMER_SET, message, time);
    ctx->host->message_after(ctx, p, ref, ctx->host->now_ms(ctx) + ms, to, message);
    return rt_op_done(ctx, p, f, in, ref);
}

static rt_step op_timer_left(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, ref);
    if (term_tag(ref) != T_REF) return rt_fail(ctx, p, A(badarg));
    PERMIT();
    bool cancel = in->kind == I_CANCEL_TIMER;
    int64_t left = ctx->host->timer_left(ctx, p, ref, cancel);
    if (cancel) rt_note(ctx, p, NOTE_TIMER_CANCEL, ref, TERM_NONE);
    return rt_op_done(ctx, p, f, in, left < 0 ? A(false) : term_int(left));
}

static rt_step op_log(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, value);
    PERMIT();
    rt_note(ctx, p, NOTE_LOG, value, TERM_NONE);
    return rt_op_done(ctx, p, f, in, A(ok));
}

static rt_step op_assert(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, value);
    if (value == A(true)) return rt_op_done(ctx, p, f, in, A(ok));
    PERMIT();
    rt_note(ctx, p, NOTE_ASSERT_FAILED, value, TERM_NONE);
    return rt_fail(ctx, p, A(assertion_failed));
}

static rt_step op_await(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, task);
    EVAL(2, timeout);
    int64_t ms;
    if (!rt_timeout_value(timeout, 5000, &ms) || !term_is_tagged(&ctx->heap, task, 3, ATOM_task))
        return rt_fail(ctx, p, A(badarg));
    if (term_ref_pid(term_at(&ctx->heap, task, 2)) != p->pid)
        return rt_fail(ctx, p, A(badarg)); /* another one's task */
    f->waiting = true;
    rt_await_push(ctx, p, task, ms, in->b == 1);
    return RT_CONT;
}

static rt_step op_statem(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    EVAL(0, e0);
    EVAL(1, e1);
    EVAL(2, e2);
    if (!rt_statem_action(ctx, p, (statem_action)in->b, (const term[]){e0, e1, e2}))
        return rt_fail(ctx, p, TUPLE(&ctx->heap, A(bad_action_from_state_function), e0));
    return rt_op_done(ctx, p, f, in, A(ok));
}

typedef rt_step (*op_fn)(rt_ctx *, rt_proc *, rt_frame *, const insn *);
static const op_fn op_of[] = {
    [I_END] = op_end,
    [I_LET] = op_let,
    [I_JUMP] = op_jump,
    [I_JUMP_IF_NOT] = op_jump_if_not,
    [I_COUNT] = op_count,
    [I_CHOOSE] = op_choose,
    [I_TRY] = op_try,
    [I_TRY_END] = op_try_end,
    [I_SEND] = op_send,
    [I_CAST] = op_cast,
    [I_CALL] = op_call,
    [I_STOP_PROC] = op_stop_proc,
    [I_REPLY_TO] = op_reply_to,
    [I_RETURN] = op_return,
    [I_RECEIVE] = op_receive,
    [I_SLEEP] = op_sleep,
    [I_UNTIL] = op_until,
    [I_LINK] = op_link,
    [I_UNLINK] = op_link,
    [I_MONITOR] = op_monitor,
    [I_DEMONITOR] = op_demonitor,
    [I_ALIAS] = op_alias,
    [I_UNALIAS] = op_unalias,
    [I_EXIT] = op_exit,
    [I_CRASH] = op_exit,
    [I_EXIT_SIGNAL] = op_exit_signal,
    [I_TRAP_EXIT] = op_trap_exit,
    [I_SPAWN] = op_spawn,
    [I_START] = op_start,
    [I_REGISTER] = op_register,
    [I_UNREGISTER] = op_unregister,
    [I_WHEREIS] = op_whereis,
    [I_ALIVE] = op_alive,
    [I_SEND_AFTER] = op_send_after,
    [I_CANCEL_TIMER] = op_timer_left,
    [I_READ_TIMER] = op_timer_left,
    [I_LOG] = op_log,
    [I_ASSERT] = op_assert,
    [I_AWAIT] = op_await,
    [I_FUN] = op_fun,
    [I_APPLY] = op_apply,
    [I_STATEM] = op_statem,
    [I_INIT_ACK] = rt_op_init_ack,
    [I_ENTER_LOOP] = rt_op_enter_loop,
    [I_REQUEST] = rt_op_request,
    [I_RESPONSE] = rt_op_response,
    [I_CHECK_RESPONSE] = rt_op_check_response,
    [I_SYSTEM] = rt_op_system,
    [I_CHECK_SPECS] = rt_op_check_specs,
    [I_BINARY] = rt_op_binary,
};

rt_step rt_code_step(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    const insn *in = &ctx->program->insns.items[f->pc];
    p->line = in->line;
    ctx->work++;
    p->place = in->place;
    if (f->waiting) {
        f->waiting = false;
        return rt_op_done(ctx, p, f, in, p->result);
    }
    return op_of[in->kind](ctx, p, f, in);
}

static void unset_locals(const template_def *t, term *vars)
{
    for (uint32_t i = 1 + t->param_count; i < t->var_count; i++)
        if (!t->var_is_state[i]) vars[i] = TERM_NONE;
}

void rt_code_push(rt_ctx *ctx, rt_proc *p, uint32_t tmpl, term *vars, uint32_t pc, bool fresh)
{
    if (fresh) unset_locals(&ctx->program->templates.items[tmpl], vars);
    rt_frame *f = rt_push(ctx, p, FRAME_CODE);
    f->tmpl = tmpl;
    f->vars = vars;
    f->pc = pc;
}

void rt_state_keep(rt_ctx *ctx, rt_frame *f)
{
    uint32_t count = ctx->program->templates.items[f->tmpl].var_count;
    if (!f->before) f->before = ARENA_ARRAY(ctx->memory, term, count);
    memcpy(f->before, f->vars, count * sizeof *f->vars);
}

void rt_state_restore(rt_ctx *ctx, rt_frame *f)
{
    uint32_t count = ctx->program->templates.items[f->tmpl].var_count;
    if (f->before) memcpy(f->vars, f->before, count * sizeof *f->vars);
}

uint32_t rt_clause_find(rt_ctx *ctx, rt_proc *p, uint32_t tmpl, term *vars, clause_kind kind,
                        term value, term state)
{
    const template_def *t = &ctx->program->templates.items[tmpl];
    for (uint32_t i = 0; i < t->clause_count; i++) {
        const clause *c = &ctx->program->clauses.items[t->clause_first + i];
        if (c->kind != kind) continue;
        unset_locals(t, vars);
        if (c->state != NONE && !rt_match(ctx, p->pid, vars, c->state, state)) continue;
        if (!rt_match(ctx, p->pid, vars, c->pattern, value)) continue;
        term holds = A(true);
        if (c->guard != NONE && (!rt_eval(ctx, p->pid, vars, c->guard, &holds) || holds != A(true)))
            continue;
        return t->clause_first + i;
    }
    return NONE;
}
