#include "base/base.h"

#include "runtime/proc.h"

/* Registers of a server frame: r0 the starter, r1 the parent, r2 its name, r3 an answer still to
 * be sent, r4 the reason it ends with, r5 the caller whose request is handled. ms: the timeout
 * that the last callback returned. j: suspended. The first steps are INIT_*; then: */
enum { SERVER_LOOP = INIT_DONE + 1, SERVER_RAN, SERVER_TERMINATED };

rt_step rt_init_name(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    const template_def *t = &ctx->program->templates.items[f->tmpl];
    if (t->registered == NONE) {
        f->step = INIT_RUN;
        return RT_CONT;
    }
    if (!rt_eval(ctx, p->pid, f->vars, t->registered, &f->r[2])) return rt_fail(ctx, p, f->r[2]);
    if (rt_resolve(ctx, p, f->r[2]) == NONE) return rt_fail(ctx, p, A(badarg));
    if (!rt_permit(ctx, p)) return RT_WANT;
    rt_note(ctx, p, NOTE_REGISTER, f->r[2], term_pid(p->pid));
    uint32_t holder = ctx->host->name_claim(ctx, f->r[2], p->pid);
    if (holder == p->pid) {
        f->step = INIT_RUN;
        return RT_CONT;
    }
    term taken = TUPLE(&ctx->heap, A(already_started), term_pid(holder));
    return rt_init_end(ctx, p, f, TUPLE(&ctx->heap, A(error), taken), A(normal));
}

rt_step rt_init_end(rt_ctx *ctx, rt_proc *p, rt_frame *f, term answer, term reason)
{
    (void)ctx;
    f->r[3] = answer;
    f->r[4] = reason;
    f->step = p->names.count ? INIT_FREE_NAME : INIT_ACK_END;
    return RT_CONT;
}

/* The name is free when the starter hears of the failure. */
rt_step rt_init_end_step(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    if (!rt_permit(ctx, p)) return RT_WANT;
    if (f->step == INIT_FREE_NAME) {
        (void)ctx->host->name_release(ctx, f->r[2]);
        f->step = INIT_ACK_END;
        return RT_CONT;
    }
    if (f->r[0] != TERM_NONE)
        (void)rt_message(ctx, p, f->r[0], TUPLE(&ctx->heap, A(ack), term_pid(p->pid), f->r[3]));
    return rt_exit_soon(ctx, p, f->r[4]);
}

static rt_step terminate(rt_ctx *ctx, rt_proc *p, rt_frame *f, term reason)
{
    f->r[4] = reason;
    f->step = SERVER_TERMINATED;
    uint32_t c = rt_clause_find(ctx, p, f->tmpl, f->vars, CLAUSE_TERMINATE, reason, TERM_NONE);
    if (c == NONE) return RT_CONT;
    rt_note(ctx, p, NOTE_TERMINATE, reason, TERM_NONE);
    rt_code_push(ctx, p, f->tmpl, f->vars, ctx->program->clauses.items[c].code, false);
    return RT_CONT;
}

static rt_step terminated(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    if (f->r[3] != TERM_NONE) { /* {stop, Reason, Reply, State}: the reply goes out last */
        if (!rt_permit(ctx, p)) return RT_WANT;
        rt_reply(ctx, p, f->r[5], f->r[3]);
    }
    return rt_exit_soon(ctx, p, f->r[4]);
}

bool rt_server_catch(rt_ctx *ctx, rt_proc *p, rt_frame *f, term reason)
{
    switch (f->step) {
    case INIT_NAME:
    case INIT_RUN:
    case INIT_RAN:
        (void)rt_init_end(ctx, p, f, TUPLE(&ctx->heap, A(error), reason), reason);
        return true;
    case SERVER_RAN:
        f->r[3] = TERM_NONE;
        rt_state_restore(ctx, f);
        (void)terminate(ctx, p, f, reason);
        return true;
    case SERVER_TERMINATED: f->r[4] = reason; return true;
    default: return false;
    }
}

static rt_step crash(rt_ctx *ctx, rt_proc *p, rt_frame *f, term what, term detail)
{
    term_heap *h = &ctx->heap;
    p->line = p->place = 0;
    rt_state_restore(ctx, f);
    if (what == A(function_clause)) detail = TUPLE(h, A(gen_server), detail);
    return terminate(ctx, p, f, TUPLE(h, what, detail));
}

static rt_step handle(rt_ctx *ctx, rt_proc *p, rt_frame *f, clause_kind kind, term message,
                      term from)
{
    f->vars[0] = from;
    f->r[5] = from;
    p->handling = from;
    rt_state_keep(ctx, f);
    uint32_t c = rt_clause_find(ctx, p, f->tmpl, f->vars, kind, message, TERM_NONE);
    f->step = SERVER_RAN;
    if (c == NONE) return crash(ctx, p, f, A(function_clause), message);
    const clause *cl = &ctx->program->clauses.items[c];
    p->line = cl->line;
    p->place = cl->place;
    rt_code_push(ctx, p, f->tmpl, f->vars, cl->code, false);
    return RT_CONT;
}

static bool has_clause(rt_ctx *ctx, uint32_t tmpl, clause_kind kind)
{
    const template_def *t = &ctx->program->templates.items[tmpl];
    for (uint32_t i = 0; i < t->clause_count; i++)
        if (ctx->program->clauses.items[t->clause_first + i].kind == kind) return true;
    return false;
}

/* A reply to a request that this process no longer waits for. */
static bool is_late_reply(rt_ctx *ctx, rt_proc *p, term message)
{
    const term_heap *h = &ctx->heap;
    if (term_tag(message) != T_TUPLE || term_count(h, message) != 2) return false;
    term tag = term_at(h, message, 0);
    if (term_is_tagged(h, tag, 2, ATOM_alias)) tag = term_at(h, tag, 1);
    return term_tag(tag) == T_REF && term_ref_pid(tag) == p->pid && !rt_monitor_find(p, tag);
}

static rt_step handle_info(rt_ctx *ctx, rt_proc *p, rt_frame *f, term message)
{
    if (is_late_reply(ctx, p, message)) rt_note(ctx, p, NOTE_LATE_REPLY, message, TERM_NONE);
    if (!has_clause(ctx, f->tmpl, CLAUSE_INFO)) {
        /* Without any handle_info the message is logged and dropped. */
        rt_note(ctx, p, NOTE_UNHANDLED, message, TERM_NONE);
        f->ms = -1;
        return RT_CONT;
    }
    return handle(ctx, p, f, CLAUSE_INFO, message, TERM_NONE);
}

static rt_step dispatch(rt_ctx *ctx, rt_proc *p, rt_frame *f, term message)
{
    const term_heap *h = &ctx->heap;
    if (term_is_tagged(h, message, 3, ATOM_gen_call))
        return handle(ctx, p, f, CLAUSE_CALL, term_at(h, message, 2), term_at(h, message, 1));
    if (term_is_tagged(h, message, 2, ATOM_gen_cast))
        return handle(ctx, p, f, CLAUSE_CAST, term_at(h, message, 1), TERM_NONE);
    if (term_is_tagged(h, message, 3, ATOM_system)) {
        term what = term_at(h, message, 2);
        if (term_is_tagged(h, what, 2, ATOM_terminate)) {
            rt_stop_heard(ctx, p, term_at(h, message, 1));
            return terminate(ctx, p, f, term_at(h, what, 1));
        }
        rt_system_push(ctx, p, f, term_at(h, message, 1), what, NULL);
        return RT_CONT;
    }
    if (term_is_tagged(h, message, 3, ATOM_EXIT) && term_at(h, message, 1) == f->r[1])
        return terminate(ctx, p, f, term_at(h, message, 2));
    return handle_info(ctx, p, f, message);
}

static rt_step loop(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    rt_signal *got;
    rt_recv spec = {.kind = f->j ? RECV_SYSTEM : RECV_ANY, .key = f->r[1]};
    rt_step step = rt_receive(ctx, p, &spec, f->j ? -1 : f->ms, &got);
    if (step != RT_CONT) return step;
    if (!got) {
        f->ms = -1;
        return handle_info(ctx, p, f, A(timeout));
    }
    term message = got->body;
    ctx->host->signal_free(ctx, got);
    return dispatch(ctx, p, f, message);
}

/* What the callback asked for besides its answer. */
static rt_step go_on(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    term timeout = p->ret[1], more = p->ret[2];
    p->handling = TERM_NONE;
    f->ms = term_tag(timeout) == T_INT ? term_int_value(timeout) : -1;
    f->step = SERVER_LOOP;
    if (p->ret_kind != RET_STOP && more != TERM_NONE)
        return handle(ctx, p, f, CLAUSE_CONTINUE, more, TERM_NONE);
    return RT_CONT;
}

static rt_step ran(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    switch ((return_kind)p->ret_kind) {
    case RET_NONE:
    case RET_NOREPLY: return go_on(ctx, p, f);
    case RET_REPLY:
        if (f->r[5] == TERM_NONE) return crash(ctx, p, f, A(bad_return_value), p->ret[0]);
        if (!rt_permit(ctx, p)) return RT_WANT;
        rt_reply(ctx, p, f->r[5], p->ret[0]);
        return go_on(ctx, p, f);
    case RET_STOP:
        f->r[3] = f->r[5] == TERM_NONE ? TERM_NONE : p->ret[2];
        return terminate(ctx, p, f, p->ret[0]);
    default: return crash(ctx, p, f, A(bad_return_value), p->ret[0]);
    }
}

static rt_step init_ran(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    term_heap *h = &ctx->heap;
    switch ((return_kind)p->ret_kind) {
    case RET_NONE:
    case RET_NOREPLY: break;
    case RET_IGNORE: return rt_init_end(ctx, p, f, A(ignore), A(normal));
    case RET_STOP: return rt_init_end(ctx, p, f, TUPLE(h, A(error), p->ret[0]), p->ret[0]);
    default: {
        term bad = TUPLE(h, A(bad_return_value), p->ret[0]);
        return rt_init_end(ctx, p, f, TUPLE(h, A(error), bad), bad);
    }
    }
    if (!rt_permit(ctx, p)) return RT_WANT;
    rt_note(ctx, p, NOTE_STARTED, TERM_NONE, TERM_NONE);
    if (f->r[0] != TERM_NONE) {
        term answer = TUPLE(h, A(ok), term_pid(p->pid));
        (void)rt_message(ctx, p, f->r[0], TUPLE(h, A(ack), term_pid(p->pid), answer));
    }
    return go_on(ctx, p, f);
}

rt_step rt_server_step(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    switch (f->step) {
    case INIT_NAME: return rt_init_name(ctx, p, f);
    case INIT_RUN:
        f->step = INIT_RAN;
        f->r[3] = TERM_NONE;
        rt_code_push(ctx, p, f->tmpl, f->vars, f->pc, false);
        return RT_CONT;
    case INIT_RAN: return init_ran(ctx, p, f);
    case INIT_FREE_NAME:
    case INIT_ACK_END: return rt_init_end_step(ctx, p, f);
    case SERVER_LOOP: return loop(ctx, p, f);
    case SERVER_RAN: return ran(ctx, p, f);
    default: return terminated(ctx, p, f);
    }
}
