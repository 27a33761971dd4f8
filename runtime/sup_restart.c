#include "base/base.h"

#include "runtime/sup.h"

void sup_remove(sup *s, uint32_t index)
{
    for (uint32_t i = index + 1; i < s->children.count; i++)
        s->children.items[i - 1] = s->children.items[i];
    s->children.count--;
}

void sup_forget(sup *s, uint32_t index)
{
    sup_child *c = &s->children.items[index];
    if (s->simple || c->restart == RESTART_TEMPORARY) sup_remove(s, index);
    else c->pid = A(undefined);
}

term sup_start_result(rt_ctx *ctx, term result, term *reason)
{
    const term_heap *h = &ctx->heap;
    if (result == A(ignore)) return A(undefined);
    bool ok = term_is_tagged(h, result, 2, ATOM_ok) || term_is_tagged(h, result, 3, ATOM_ok);
    if (ok && term_tag(term_at(h, result, 1)) == T_PID) return term_at(h, result, 1);
    *reason = term_is_tagged(h, result, 2, ATOM_error) ? term_at(h, result, 1) : result;
    return TERM_NONE;
}

void sup_start_one(rt_ctx *ctx, rt_proc *p, rt_frame *f, const sup_child *c, uint8_t then)
{
    f->step = then;
    uint32_t tmpl = c->tmpl;
    rt_start_push(ctx, p, tmpl, c->args, SPAWN_LINK, -1);
}

rt_step sup_start_from(rt_frame *f, sup *s, uint32_t low)
{
    s->low = s->at = low;
    f->step = SUP_START;
    return RT_CONT;
}

rt_step sup_stop_from(rt_ctx *ctx, rt_frame *f, sup *s, uint32_t low)
{
    s->low = low;
    s->at = s->children.count;
    s->stop_began_ms = ctx->host->now_ms(ctx);
    f->step = s->simple ? SUP_STOP_ALL : SUP_STOP;
    return RT_CONT;
}

rt_step sup_end(rt_ctx *ctx, rt_frame *f, sup *s, term reason)
{
    s->purpose = SUP_FOR_END;
    f->r[4] = reason;
    return sup_stop_from(ctx, f, s, 0);
}

/* One child of a sequence did not start. */
static rt_step start_failed(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s, term reason)
{
    term_heap *h = &ctx->heap;
    sup_child *c = &s->children.items[s->at];
    if (s->purpose == SUP_FOR_INIT) {
        term failed = TUPLE(h, A(failed_to_start_child), c->id, reason);
        f->r[4] = TUPLE(h, A(shutdown), failed);
        s->purpose = SUP_FOR_FAILED_INIT;
        return sup_stop_from(ctx, f, s, 0);
    }
    /* A restart is never tried twice in a row: the supervisor tells itself to try again, so that
     * other messages get their turn. */
    term old = term_eq(h, c->id, s->failed_id) ? s->failed_pid : A(undefined);
    c->pid = term_tag(old) == T_TUPLE ? old : TUPLE(h, A(restarting), old);
    term again = TUPLE(h, A(try_again_restart), c->id);
    rt_signal_send(ctx, p->pid, p->pid, SIG_MESSAGE, TUPLE(h, A(gen_cast), again), TERM_NONE);
    f->step = SUP_LOOP;
    return RT_CONT;
}

static rt_step started(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s)
{
    term reason = TERM_NONE;
    term pid = sup_start_result(ctx, p->result, &reason);
    sup_child *c = &s->children.items[s->at];
    if (pid == TERM_NONE) return start_failed(ctx, p, f, s, reason);
    f->step = SUP_START;
    if (pid == A(undefined) && c->restart == RESTART_TEMPORARY) {
        sup_remove(s, s->at);
        return RT_CONT;
    }
    c->pid = pid;
    s->at++;
    return RT_CONT;
}

static rt_step stopped_all(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s)
{
    switch ((sup_purpose)s->purpose) {
    case SUP_FOR_RESTART: return sup_start_from(f, s, s->low);
    case SUP_FOR_FAILED_INIT:
        return rt_init_end(ctx, p, f, TUPLE(&ctx->heap, A(error), f->r[4]), f->r[4]);
    default: return rt_exit_soon(ctx, p, f->r[4]);
    }
}

static rt_step stop_next(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s)
{
    if (s->at <= s->low) return stopped_all(ctx, p, f, s);
    const sup_child *c = &s->children.items[--s->at];
    f->step = SUP_STOPPED;
    if (!sup_child_runs(c)) return RT_CONT;
    term pid = c->pid;
    int64_t ms = c->shutdown_ms;
    rt_frame *g = rt_push(ctx, p, FRAME_SHUTDOWN);
    g->r[0] = pid;
    g->ms = ms;
    return RT_CONT;
}

/* Temporary children are stopped with their siblings but not kept for a restart. */
static rt_step stopped(rt_frame *f, sup *s)
{
    sup_forget(s, s->at);
    f->step = SUP_STOP;
    return RT_CONT;
}

static void shutdown_signal(rt_ctx *ctx, rt_proc *p, term pid, int64_t ms, term ref)
{
    uint32_t target = term_pid_value(pid);
    term reason = ms == SHUTDOWN_BRUTAL ? A(kill) : A(shutdown);
    rt_note(ctx, p, NOTE_EXIT_SIGNAL, pid, reason);
    rt_monitor_add(ctx, p, ref, target, pid, ALIAS_NONE);
    rt_signal_send(ctx, p->pid, target, SIG_EXIT, reason, TERM_NONE);
}

/* Dynamic children are told to stop all at once and then awaited; the one with the shortest
 * shutdown time first, so that each is killed at its own deadline. */
static rt_step stop_all(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->children.count; i++)
        if (sup_child_runs(&s->children.items[i])) s->children.items[kept++] = s->children.items[i];
    s->children.count = kept;
    if (kept && !rt_permit(ctx, p)) return RT_WANT;
    for (uint32_t i = 0; i < kept; i++) {
        sup_child *c = &s->children.items[i];
        c->ref = rt_ref_new(p);
        shutdown_signal(ctx, p, c->pid, c->shutdown_ms, c->ref);
    }
    for (uint32_t i = 1; i < kept; i++) { /* stable: equal times stay in start order */
        sup_child c = s->children.items[i];
        uint32_t at = i;
        for (; at && (uint32_t)s->children.items[at - 1].shutdown_ms > (uint32_t)c.shutdown_ms;
             at--)
            s->children.items[at] = s->children.items[at - 1];
        s->children.items[at] = c;
    }
    f->step = SUP_STOP_EACH;
    s->at = 0;
    return RT_CONT;
}

static rt_step stop_each(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s)
{
    if (s->at >= s->children.count) {
        vec_clear(&s->children);
        return stopped_all(ctx, p, f, s);
    }
    const sup_child c = s->children.items[s->at++];
    int64_t left = c.shutdown_ms;
    if (left >= 0) {
        left = s->stop_began_ms + left - ctx->host->now_ms(ctx);
        if (left < 0) left = 0;
    }
    rt_frame *g = rt_push(ctx, p, FRAME_SHUTDOWN);
    g->r[0] = c.pid;
    g->r[1] = c.ref;
    g->ms = left;
    g->step = 1;
    p->server = term_pid_value(c.pid);
    p->wait_ref = TERM_NONE;
    return RT_CONT;
}

/* supervisor:shutdown/1: monitor, exit signal, 'DOWN' within the time or kill, unlink and flush. */
rt_step rt_shutdown_step(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    uint32_t pid = term_pid_value(f->r[0]);
    switch (f->step) {
    case 0:
        if (!rt_permit(ctx, p)) return RT_WANT;
        f->r[1] = rt_ref_new(p);
        shutdown_signal(ctx, p, f->r[0], f->ms, f->r[1]);
        p->server = pid;
        p->wait_ref = TERM_NONE;
        f->step = 1;
        return RT_CONT;
    case 2:
        if (!rt_permit(ctx, p)) return RT_WANT;
        rt_note(ctx, p, NOTE_EXIT_SIGNAL, f->r[0], A(kill));
        rt_signal_send(ctx, p->pid, pid, SIG_EXIT, A(kill), TERM_NONE);
        f->ms = SHUTDOWN_BRUTAL;
        f->step = 1;
        return RT_CONT;
    default: {
        rt_signal *got;
        rt_recv spec = {.kind = RECV_DOWN, .key = f->r[1]};
        rt_step step = rt_receive(ctx, p, &spec, f->ms < 0 ? -1 : f->ms, &got);
        if (step != RT_CONT) return step;
        if (!got) {
            f->step = 2;
            return RT_CONT;
        }
        p->server = 0;
        ctx->host->signal_free(ctx, got);
        rt_unlink(ctx, p, pid);
        got = rt_take(ctx, p, &(rt_recv){.kind = RECV_EXIT, .key = f->r[0]});
        if (got) ctx->host->signal_free(ctx, got);
        rt_pop(p, A(ok));
        return RT_CONT;
    }
    }
}

/* The restart window of supervisor.erl: whole seconds, both ends inclusive. True if one more
 * restart is allowed. */
static bool count_restart(rt_ctx *ctx, sup *s)
{
    int64_t now_s = ctx->host->now_ms(ctx) / 1000;
    uint32_t kept = 0;
    vec_push(&s->restarts, now_s);
    for (uint32_t i = 0; i < s->restarts.count; i++)
        if (s->restarts.items[i] >= now_s - (int64_t)s->period_s)
            s->restarts.items[kept++] = s->restarts.items[i];
    s->restarts.count = kept;
    return kept <= s->intensity;
}

rt_step sup_restart(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s, uint32_t index)
{
    sup_child *c = &s->children.items[index];
    if (!count_restart(ctx, s)) {
        rt_note(ctx, p, NOTE_INTENSITY, c->id, term_int(s->intensity));
        sup_forget(s, index);
        return sup_end(ctx, f, s, A(shutdown));
    }
    rt_note(ctx, p, NOTE_RESTART, c->id, TERM_NONE);
    s->failed_id = c->id;
    s->failed_pid = c->pid;
    s->one = index;
    if (s->simple || s->strategy == STRATEGY_ONE_FOR_ONE) {
        sup_start_one(ctx, p, f, c, SUP_RESTARTED);
        return RT_CONT;
    }
    c->pid = A(undefined);
    s->purpose = SUP_FOR_RESTART;
    return sup_stop_from(ctx, f, s, s->strategy == STRATEGY_REST_FOR_ONE ? index : 0);
}

static rt_step restarted(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s)
{
    term_heap *h = &ctx->heap;
    term reason = TERM_NONE;
    term pid = sup_start_result(ctx, p->result, &reason);
    sup_child *c = &s->children.items[s->one];
    f->step = SUP_LOOP;
    if (pid != TERM_NONE) {
        c->pid = pid;
        if (!s->simple) return RT_CONT;
        sup_child again = *c; /* its pid is the latest now */
        sup_remove(s, s->one);
        if (pid != A(undefined)) vec_push(&s->children, again);
        return RT_CONT;
    }
    c->pid = sup_child_restarting(c) ? c->pid : TUPLE(h, A(restarting), c->pid);
    term again = TUPLE(h, A(try_again_restart), s->simple ? c->pid : c->id);
    rt_signal_send(ctx, p->pid, p->pid, SIG_MESSAGE, TUPLE(h, A(gen_cast), again), TERM_NONE);
    return RT_CONT;
}

static bool significant_left(const sup *s)
{
    for (uint32_t i = 0; i < s->children.count; i++)
        if (s->children.items[i].significant && s->children.items[i].pid != A(undefined))
            return true;
    return false;
}

rt_step sup_child_exited(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s, uint32_t index, term reason)
{
    const sup_child *c = &s->children.items[index];
    bool normal = rt_reason_is_normal(ctx, reason);
    if (c->restart == RESTART_PERMANENT || (c->restart == RESTART_TRANSIENT && !normal))
        return sup_restart(ctx, p, f, s, index);
    bool significant = c->significant;
    sup_forget(s, index);
    if (!significant || s->auto_shutdown == AUTO_NEVER) return RT_CONT;
    if (s->auto_shutdown == AUTO_ALL && (s->simple ? s->children.count > 0 : significant_left(s)))
        return RT_CONT;
    return sup_end(ctx, f, s, A(shutdown));
}

rt_step sup_sequence_step(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s)
{
    switch (f->step) {
    case SUP_START:
        if (s->at < s->children.count) {
            sup_start_one(ctx, p, f, &s->children.items[s->at], SUP_STARTED);
            return RT_CONT;
        }
        f->step = s->purpose == SUP_FOR_INIT ? SUP_ACK : SUP_LOOP;
        return RT_CONT;
    case SUP_STARTED: return started(ctx, p, f, s);
    case SUP_STOP: return stop_next(ctx, p, f, s);
    case SUP_STOPPED: return stopped(f, s);
    case SUP_STOP_ALL: return stop_all(ctx, p, f, s);
    case SUP_STOP_EACH: return stop_each(ctx, p, f, s);
    default: return restarted(ctx, p, f, s);
    }
}
