#include "base/base.h"

#include "runtime/proc.h"

enum { CALL_SEND, CALL_WAIT, CALL_TIMED_OUT, CALL_STOPPING };

/* {Reason, {gen_server, call, [To, Request, Timeout]}}: how a failed call exits its caller. */
static rt_step call_exit(rt_ctx *ctx, rt_proc *p, const rt_frame *f, term reason)
{
    term_heap *h = &ctx->heap;
    if (f->j) return rt_raise(ctx, p, reason); /* proc_lib:stop adds nothing */
    term timeout = f->ms < 0 ? A(infinity) : term_int(f->ms);
    term args[] = {f->r[0], f->r[2], timeout};
    term mfa =
        TUPLE(h, f->r[1] == A(system) ? A(sys) : A(gen_server), A(call), term_list(h, args, 3));
    rt_note(ctx, p, NOTE_CALL_EXIT, reason, f->r[0]);
    return rt_raise(ctx, p, TUPLE(h, reason, mfa));
}

void rt_call_push(rt_ctx *ctx, rt_proc *p, term to, term label, term request, int64_t timeout_ms)
{
    rt_frame *f = rt_push(ctx, p, FRAME_CALL);
    f->r[0] = to;
    f->r[1] = label;
    f->r[2] = request;
    f->ms = timeout_ms;
}

void rt_stop_push(rt_ctx *ctx, rt_proc *p, term to, term reason, int64_t timeout_ms)
{
    rt_call_push(ctx, p, to, A(system), reason, timeout_ms);
    rt_top(p)->j = 1;
}

static rt_step call_send(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    if (!rt_permit(ctx, p)) return RT_WANT;
    uint32_t pid = rt_resolve(ctx, p, f->r[0]);
    bool stop = f->j;
    rt_note(ctx, p, stop ? NOTE_STOP_CHILD : NOTE_CALL, f->r[0], f->r[2]);
    if (pid == p->pid) return call_exit(ctx, p, f, A(calling_self));
    if (pid == 0) return call_exit(ctx, p, f, A(noproc));
    if (pid == NONE) return rt_fail(ctx, p, A(badarg));
    /* Since OTP 24 a call that may time out replies to an alias, so that a late reply is dropped;
     * one that waits for ever needs none. */
    bool alias = f->ms >= 0 && !ctx->reply_by_ref && !stop;
    f->data = rt_mark(p);
    term ref = rt_ref_new(p);
    f->r[3] = ref;
    f->r[4] = alias ? TUPLE(&ctx->heap, A(alias), ref) : ref;
    rt_monitor_add(ctx, p, ref, pid, term_pid(pid), alias ? ALIAS_DEMONITOR : ALIAS_NONE);
    term from = TUPLE(&ctx->heap, term_pid(p->pid), f->r[4]);
    term request = stop ? TUPLE(&ctx->heap, A(terminate), f->r[2]) : f->r[2];
    rt_signal_send(ctx, p->pid, pid, SIG_MESSAGE, TUPLE(&ctx->heap, f->r[1], from, request),
                   TERM_NONE);
    p->server = pid;
    p->wait_ref = ref;
    f->i = pid;
    f->r[5] = term_int(ctx->host->now_ms(ctx));
    f->step = CALL_WAIT;
    return RT_CONT;
}

/* {Reason, {sys, terminate, [Pid, Wanted, infinity]}}: it ended before it heard of the stop. */
static rt_step stop_exit(rt_ctx *ctx, rt_proc *p, const rt_frame *f, term reason)
{
    term_heap *h = &ctx->heap;
    if (reason == A(noproc)) return rt_raise(ctx, p, reason);
    term args[] = {term_pid(f->i), f->r[2], A(infinity)};
    return rt_raise(ctx, p,
                    TUPLE(h, reason, TUPLE(h, A(sys), A(terminate), term_list(h, args, 3))));
}

void rt_stop_heard(rt_ctx *ctx, rt_proc *p, term from)
{
    (void)rt_message(ctx, p, term_at(&ctx->heap, from, 0),
                     TUPLE(&ctx->heap, term_at(&ctx->heap, from, 1), A(ok)));
}

static rt_step call_wait(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    bool stop = f->j;
    rt_recv spec = {.kind = RECV_REPLY, .key = f->r[3], .key2 = f->r[4]};
    rt_signal *got;
    rt_step step = rt_receive_marked(ctx, p, &spec, f->ms, f->data, &got);
    if (step != RT_CONT) return step;
    if (!got) {
        f->step = CALL_TIMED_OUT;
        return RT_CONT;
    }
    term body = got->body;
    ctx->host->signal_free(ctx, got);
    if (term_count(&ctx->heap, body) == 5) {
        term reason = term_at(&ctx->heap, body, 4);
        p->server = 0;
        (void)rt_demonitor(ctx, p, f->r[3], true);
        return stop ? stop_exit(ctx, p, f, reason) : call_exit(ctx, p, f, reason);
    }
    if (stop) {
        if (f->ms >= 0) f->ms = MAX(0, term_int_value(f->r[5]) + f->ms - ctx->host->now_ms(ctx));
        f->step = CALL_STOPPING;
        return RT_CONT;
    }
    p->server = 0;
    term reply = term_at(&ctx->heap, body, 1);
    (void)rt_demonitor(ctx, p, f->r[3], true);
    rt_note(ctx, p, NOTE_REPLIED, f->r[0], reply);
    if (f->r[1] == A(system) && term_is_tagged(&ctx->heap, reply, 2, ATOM_error) &&
        term_is_tagged(&ctx->heap, term_at(&ctx->heap, reply, 1), 2, ATOM_callback_failed))
        return rt_fail(ctx, p, term_at(&ctx->heap, reply, 1)); /* sys:replace_state */
    rt_pop(p, reply);
    return RT_CONT;
}

/* It has heard of the stop and is on its way. */
static rt_step stop_wait(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    rt_signal *got;
    rt_recv spec = {.kind = RECV_DOWN, .key = f->r[3]};
    rt_step step = rt_receive_marked(ctx, p, &spec, f->ms, f->data, &got);
    if (step != RT_CONT) return step;
    if (!got) {
        f->step = CALL_TIMED_OUT;
        return RT_CONT;
    }
    p->server = 0;
    term reason = term_at(&ctx->heap, got->body, 4);
    ctx->host->signal_free(ctx, got);
    (void)rt_demonitor(ctx, p, f->r[3], true);
    if (!term_eq(&ctx->heap, reason, f->r[2])) return call_exit(ctx, p, f, reason);
    rt_pop(p, A(ok));
    return RT_CONT;
}

static rt_step call_timed_out(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    if (!rt_permit(ctx, p)) return RT_WANT;
    (void)rt_demonitor(ctx, p, f->r[3], true);
    p->server = 0;
    if (!ctx->reply_by_ref && !f->j) {
        /* gen:call looks once more for a reply that slipped in. */
        rt_signal *s = rt_take(ctx, p, &(rt_recv){.kind = RECV_TAGGED, .key = f->r[4]});
        if (s) {
            term reply = term_at(&ctx->heap, s->body, 1);
            ctx->host->signal_free(ctx, s);
            rt_pop(p, reply);
            return RT_CONT;
        }
    }
    rt_note(ctx, p, NOTE_CALL_TIMEOUT, f->r[0], f->r[2]);
    return call_exit(ctx, p, f, A(timeout));
}

rt_step rt_call_step(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    static rt_step (*const steps[])(rt_ctx *, rt_proc *,
                                    rt_frame *) = {[CALL_SEND] = call_send,
                                                   [CALL_WAIT] = call_wait,
                                                   [CALL_TIMED_OUT] = call_timed_out,
                                                   [CALL_STOPPING] = stop_wait};
    return steps[f->step](ctx, p, f);
}

void rt_reply(rt_ctx *ctx, rt_proc *p, term from, term value)
{
    term_heap *h = &ctx->heap;
    term to = term_at(h, from, 0), tag = term_at(h, from, 1);
    rt_note(ctx, p, NOTE_REPLY, to, value);
    term message = TUPLE(h, tag, value);
    /* {alias, Ref}, which may carry more behind it. */
    term alias = term_tag(term_at(h, tag, 0)) == T_TUPLE ? term_at(h, tag, 0) : tag;
    if (term_is_tagged(h, alias, 2, ATOM_alias) && term_tag(term_at(h, alias, 1)) == T_REF)
        (void)rt_message(ctx, p, term_at(h, alias, 1), message);
    else (void)rt_message(ctx, p, to, message);
}

void rt_start_push(rt_ctx *ctx, rt_proc *p, uint32_t tmpl, term args, uint32_t flags,
                   int64_t timeout_ms)
{
    const template_def *t = &ctx->program->templates.items[tmpl];
    if (t->kind == TEMPLATE_FUNCTION) {
        if (term_count(&ctx->heap, args) != t->param_count) {
            (void)rt_fail(ctx, p, TUPLE(&ctx->heap, A(badarity), args));
            return;
        }
        term *vars = ARENA_ARRAY(ctx->memory, term, t->var_count);
        for (uint32_t i = 0; i < t->param_count; i++) vars[1 + i] = term_at(&ctx->heap, args, i);
        rt_code_push(ctx, p, tmpl, vars, t->init_code, false);
        return;
    }
    rt_frame *f = rt_push(ctx, p, FRAME_START);
    f->tmpl = tmpl;
    f->r[1] = args;
    f->j = flags;
    f->ms = timeout_ms;
}

/* The name the template registers under, given these arguments. */
static bool start_name(rt_ctx *ctx, rt_proc *p, const template_def *t, term args, term *name)
{
    *name = TERM_NONE;
    if (t->registered == NONE || t->kind == TEMPLATE_PROCESS) return true;
    term vars[PROGRAM_VARS_MAX] = {TERM_NONE};
    for (uint32_t i = 0; i < t->param_count; i++) vars[1 + i] = term_at(&ctx->heap, args, i);
    return rt_eval(ctx, p->pid, vars, t->registered, name);
}

/* start_monitor answers {ok, {Pid, Ref}} and leaves the monitor; the others end it. */
static void start_end(rt_ctx *ctx, rt_proc *p, rt_frame *f, term result)
{
    term_heap *h = &ctx->heap;
    term ref = f->r[3];
    bool keep = (f->j & SPAWN_MONITOR) && term_is_tagged(h, result, 2, ATOM_ok);
    if (keep) result = TUPLE(h, A(ok), TUPLE(h, term_at(h, result, 1), ref));
    else if (ref != TERM_NONE) (void)rt_demonitor(ctx, p, ref, true);
    rt_pop(p, result);
}

static rt_step start_spawn(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    const template_def *t = &ctx->program->templates.items[f->tmpl];
    if (!rt_permit(ctx, p)) return RT_WANT;
    rt_proc *child = ctx->host->spawn(ctx, p, f->tmpl);
    bool plain = t->kind == TEMPLATE_PROCESS && !t->acks, linked = f->j & SPAWN_LINK;
    f->i = child->pid;
    f->r[3] = TERM_NONE;
    if (linked) {
        vec_push(&p->links, child->pid);
        vec_push(&child->links, p->pid);
    } else if (!plain || (f->j & SPAWN_MONITOR)) {
        term ref = rt_ref_new(p);
        f->r[3] = ref;
        term object = term_pid(child->pid);
        vec_push(&p->monitors, (rt_monitor){.n = term_ref_n(ref),
                                            .target = child->pid,
                                            .object = object,
                                            .monitors = true});
        vec_push(&child->watchers, (rt_watcher){.watcher = p->pid, .ref = ref, .object = object});
    }
    rt_proc_setup(ctx, child, f->tmpl, f->r[1], plain ? 0 : p->pid, linked);
    rt_note(ctx, p, NOTE_START, term_pid(child->pid), TERM_NONE);
    if (plain) {
        start_end(ctx, p, f, TUPLE(&ctx->heap, A(ok), term_pid(child->pid)));
        return RT_CONT;
    }
    p->server = child->pid;
    p->wait_ref = TERM_NONE;
    f->step = 3;
    return RT_CONT;
}

static rt_step start_wait(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    rt_recv spec = {.kind = RECV_ACK, .key = term_pid(f->i), .key2 = f->r[3]};
    rt_signal *got;
    rt_step step = rt_receive(ctx, p, &spec, f->ms, &got);
    if (step != RT_CONT) return step;
    if (!got) {
        f->step = 4;
        return RT_CONT;
    }
    p->server = 0;
    term_heap *h = &ctx->heap;
    term body = got->body;
    ctx->host->signal_free(ctx, got);
    bool ack = term_is_tagged(h, body, 3, ATOM_ack);
    start_end(ctx, p, f,
              ack ? term_at(h, body, 2)
                  : TUPLE(h, A(error), term_at(h, body, term_count(h, body) - 1)));
    return RT_CONT;
}

/* proc_lib: the start took too long. The new process is killed; its end is not waited for. */
static rt_step start_timed_out(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    if (!rt_permit(ctx, p)) return RT_WANT;
    term pid = term_pid(f->i);
    p->server = 0;
    rt_note(ctx, p, NOTE_EXIT_SIGNAL, pid, A(kill));
    rt_unlink(ctx, p, f->i);
    rt_signal_send(ctx, p->pid, f->i, SIG_EXIT, A(kill), TERM_NONE);
    rt_signal *s = rt_take(ctx, p, &(rt_recv){.kind = RECV_EXIT, .key = pid});
    if (s) ctx->host->signal_free(ctx, s);
    start_end(ctx, p, f, TUPLE(&ctx->heap, A(error), A(timeout)));
    return RT_CONT;
}

/* gen:start: look for the name, spawn, wait for the answer of the new process. */
rt_step rt_start_step(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    const template_def *t = &ctx->program->templates.items[f->tmpl];
    switch (f->step) {
    case 0:
        if (!start_name(ctx, p, t, f->r[1], &f->r[0])) return rt_fail(ctx, p, f->r[0]);
        f->step = f->r[0] == TERM_NONE ? 2 : 1;
        return RT_CONT;
    case 1: {
        if (!rt_permit(ctx, p)) return RT_WANT;
        uint32_t pid = rt_resolve(ctx, p, f->r[0]);
        if (pid == NONE) return rt_fail(ctx, p, A(badarg));
        f->step = 2;
        if (pid)
            rt_pop(p, TUPLE(&ctx->heap, A(error),
                            TUPLE(&ctx->heap, A(already_started), term_pid(pid))));
        return RT_CONT;
    }
    case 2: return start_spawn(ctx, p, f);
    case 4: return start_timed_out(ctx, p, f);
    default: return start_wait(ctx, p, f);
    }
}

void rt_await_push(rt_ctx *ctx, rt_proc *p, term task, int64_t timeout_ms, bool yield)
{
    rt_frame *f = rt_push(ctx, p, FRAME_AWAIT);
    f->r[0] = term_at(&ctx->heap, task, 1);
    f->r[1] = term_at(&ctx->heap, task, 2);
    f->ms = timeout_ms;
    f->j = yield;
    p->server = term_tag(f->r[0]) == T_PID ? term_pid_value(f->r[0]) : 0;
    p->wait_ref = TERM_NONE;
}

static rt_step await_exit(rt_ctx *ctx, rt_proc *p, const rt_frame *f, term reason)
{
    term mfa = TUPLE(&ctx->heap, A(task), A(await), f->r[0]);
    rt_note(ctx, p, reason == A(timeout) ? NOTE_CALL_TIMEOUT : NOTE_CALL_EXIT,
            reason == A(timeout) ? f->r[0] : reason, reason == A(timeout) ? A(await) : f->r[0]);
    return rt_raise(ctx, p, TUPLE(&ctx->heap, reason, mfa));
}

/* Task.await and Task.yield. */
rt_step rt_await_step(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    term_heap *h = &ctx->heap;
    if (f->step == 1) {
        if (!rt_permit(ctx, p)) return RT_WANT;
        (void)rt_demonitor(ctx, p, f->r[1], true);
        return await_exit(ctx, p, f, A(timeout));
    }
    rt_recv spec = {.kind = RECV_REPLY, .key = f->r[1], .key2 = f->r[1]};
    rt_signal *got;
    rt_step step = rt_receive(ctx, p, &spec, f->ms, &got);
    if (step != RT_CONT) return step;
    p->server = 0;
    if (!got) {
        f->step = 1;
        if (f->j) rt_pop(p, A(nil));
        return RT_CONT;
    }
    term body = got->body;
    ctx->host->signal_free(ctx, got);
    bool down = term_count(h, body) == 5;
    term value = term_at(h, body, down ? 4 : 1);
    (void)rt_demonitor(ctx, p, f->r[1], true);
    if (down && !f->j) return await_exit(ctx, p, f, value);
    rt_pop(p, f->j ? TUPLE(h, down ? A(exit) : A(ok), value) : value);
    return RT_CONT;
}

/* Below a task's code: sends what it returned to the owner. */
rt_step rt_task_step(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    if (!rt_permit(ctx, p)) return RT_WANT;
    term ref = f->r[0];
    rt_note(ctx, p, NOTE_REPLY, term_pid(term_ref_pid(ref)), p->result);
    (void)rt_message(ctx, p, ref, TUPLE(&ctx->heap, ref, p->result));
    rt_pop(p, A(ok));
    return RT_CONT;
}
