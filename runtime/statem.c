#include "base/base.h"

#include "runtime/proc.h"

/* gen_statem with one function per event kind: postponed events come back when the state changes,
 * a state timeout ends with its state, an event timeout with the next event. Registers of the
 * frame as in server.c. */
enum { STATEM_NEXT_EVENT = INIT_DONE + 1, STATEM_RAN, STATEM_ENTERED, STATEM_TERMINATED };

typedef struct {
    uint8_t kind; /* clause_kind */
    term content;
    term from;
    term zero; /* a timeout of no time: its name; TERM_NONE: another event */
} sm_event;

typedef struct {
    uint8_t kind; /* CLAUSE_STATE_TIMEOUT, CLAUSE_GENERIC_TIMEOUT, CLAUSE_TIMEOUT */
    term name;
    term ref;
    term content; /* of the event */
} sm_timer;

typedef struct {
    term state;
    sm_event current;
    VEC(sm_event) queue;     /* goes before the mailbox */
    VEC(sm_event) postponed; /* oldest first */
    VEC(sm_event) inserted;  /* next_event of the running callback */
    VEC(sm_timer) timers;
    VEC(sm_timer) wanted; /* set by the running callback: ref is the content, name the name */
    VEC(int64_t) wanted_ms;
    term next; /* TERM_NONE: keep */
    bool repeat, postpone;
} statem;

/* Instead of a time: the timer ends; the running one gets a new content. */
enum { WANTED_CANCEL = -1, WANTED_UPDATE = -2 };

static void statem_release(void *owned)
{
    statem *m = owned;
    vec_release(&m->queue);
    vec_release(&m->postponed);
    vec_release(&m->inserted);
    vec_release(&m->timers);
    vec_release(&m->wanted);
    vec_release(&m->wanted_ms);
}

bool rt_statem_action(rt_ctx *ctx, rt_proc *p, statem_action action, const term *e)
{
    statem *m = p->owned;
    if (!m || p->frames[0].kind != FRAME_STATEM) return false;
    sm_timer timer = {.name = A(undefined), .ref = e[1] == TERM_NONE ? A(undefined) : e[1]};
    switch (action) {
    case STATEM_NEXT: m->next = e[0]; return true;
    case STATEM_POSTPONE: m->postpone = true; return true;
    case STATEM_REPEAT: m->repeat = true; return true;
    case STATEM_INTERNAL:
        vec_push(&m->inserted, (sm_event){.kind = CLAUSE_INTERNAL, .content = e[0]});
        return true;
    case STATEM_TIMEOUT: timer.kind = CLAUSE_STATE_TIMEOUT; break;
    case STATEM_EVENT: timer.kind = CLAUSE_TIMEOUT; break;
    case STATEM_GENERIC:
        timer.kind = CLAUSE_GENERIC_TIMEOUT;
        timer.name = e[1];
        timer.ref = e[2] == TERM_NONE ? A(undefined) : e[2];
        break;
    }
    int64_t ms = term_int_value(e[0]);
    if (e[0] == A(infinity) || e[0] == A(cancel)) {
        ms = WANTED_CANCEL;
    } else if (e[0] == A(update)) {
        ms = WANTED_UPDATE;
    } else if (term_is_tagged(&ctx->heap, e[0], 2, ATOM_abs)) {
        ms = term_int_value(term_at(&ctx->heap, e[0], 1)) - ctx->host->now_ms(ctx);
        if (ms < 0) ms = 0;
    } else if (term_tag(e[0]) != T_INT || ms < 0) {
        return false;
    }
    vec_push(&m->wanted, timer);
    vec_push(&m->wanted_ms, ms);
    return true;
}

static void cancel(rt_ctx *ctx, rt_proc *p, statem *m, uint8_t kind, term name)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < m->timers.count; i++) {
        sm_timer t = m->timers.items[i];
        if (t.kind != kind || !term_eq(&ctx->heap, t.name, name)) m->timers.items[kept++] = t;
        else (void)ctx->host->timer_left(ctx, p, t.ref, true);
    }
    m->timers.count = kept;
    kept = 0;
    for (uint32_t i = 0; i < m->queue.count; i++) { /* those of no time wait in the queue */
        sm_event e = m->queue.items[i];
        if (e.zero == TERM_NONE || e.kind != kind || !term_eq(&ctx->heap, e.zero, name))
            m->queue.items[kept++] = e;
    }
    m->queue.count = kept;
}

/* Gives a running timer a new content; false: there is none. */
static bool update(rt_ctx *ctx, statem *m, const sm_timer *w, term content)
{
    for (uint32_t i = 0; i < m->timers.count; i++) {
        sm_timer *t = &m->timers.items[i];
        if (t->kind != w->kind || !term_eq(&ctx->heap, t->name, w->name)) continue;
        t->content = content;
        return true;
    }
    for (uint32_t i = 0; i < m->queue.count; i++) {
        sm_event *e = &m->queue.items[i];
        if (e->zero == TERM_NONE || e->kind != w->kind || !term_eq(&ctx->heap, e->zero, w->name))
            continue;
        e->content = content;
        return true;
    }
    return false;
}

/* A newly set timer replaces the one of its kind and name; of zero time it is an event at once. */
static void start_wanted(rt_ctx *ctx, rt_proc *p, statem *m)
{
    for (uint32_t i = 0; i < m->wanted.count; i++) {
        sm_timer w = m->wanted.items[i];
        int64_t ms = m->wanted_ms.items[i];
        term content = w.kind == CLAUSE_GENERIC_TIMEOUT ? TUPLE(&ctx->heap, w.name, w.ref) : w.ref;
        if (ms == WANTED_UPDATE && update(ctx, m, &w, content)) continue;
        cancel(ctx, p, m, w.kind, w.name);
        if (ms == WANTED_CANCEL) continue;
        if (ms <= 0) { /* comes when all that is queued is handled; to update none is the same */
            vec_push(&m->queue, (sm_event){.kind = w.kind, .content = content, .zero = w.name});
            continue;
        }
        w.ref = rt_ref_new(p);
        w.content = content;
        term tagged = TUPLE(&ctx->heap, A(gen_statem), content);
        ctx->host->message_after(ctx, p, w.ref, ctx->host->now_ms(ctx) + ms, term_pid(p->pid),
                                 TUPLE(&ctx->heap, A(timeout), w.ref, tagged));
        vec_push(&m->timers, w);
    }
    vec_clear(&m->wanted);
    vec_clear(&m->wanted_ms);
}

static rt_step terminate(rt_ctx *ctx, rt_proc *p, rt_frame *f, term reason)
{
    statem *m = f->data;
    f->r[4] = reason;
    f->step = STATEM_TERMINATED;
    uint32_t c = rt_clause_find(ctx, p, f->tmpl, f->vars, CLAUSE_TERMINATE, reason, m->state);
    if (c == NONE) return RT_CONT;
    rt_note(ctx, p, NOTE_TERMINATE, reason, TERM_NONE);
    rt_code_push(ctx, p, f->tmpl, f->vars, ctx->program->clauses.items[c].code, false);
    return RT_CONT;
}

static rt_step run_clause(rt_ctx *ctx, rt_proc *p, rt_frame *f, clause_kind kind, term content,
                          uint8_t then)
{
    statem *m = f->data;
    rt_state_keep(ctx, f);
    uint32_t c = rt_clause_find(ctx, p, f->tmpl, f->vars, kind, content, m->state);
    f->step = then;
    if (c == NONE) {
        if (kind ==
            CLAUSE_ENTER) { /* written for some states only: the others have nothing to do */
            p->ret_kind = RET_NONE;
            return RT_CONT;
        }
        term_heap *h = &ctx->heap;
        return terminate(ctx, p, f,
                         TUPLE(h, A(function_clause), TUPLE(h, A(gen_statem), m->state, content)));
    }
    rt_code_push(ctx, p, f->tmpl, f->vars, ctx->program->clauses.items[c].code, false);
    return RT_CONT;
}

static rt_step handle(rt_ctx *ctx, rt_proc *p, rt_frame *f, sm_event event)
{
    statem *m = f->data;
    m->current = event;
    m->next = TERM_NONE;
    m->repeat = m->postpone = false;
    f->vars[0] = event.from;
    f->r[5] = event.from;
    p->handling = event.from;
    if (event.kind != CLAUSE_TIMEOUT) cancel(ctx, p, m, CLAUSE_TIMEOUT, A(undefined));
    return run_clause(ctx, p, f, (clause_kind)event.kind, event.content, STATEM_RAN);
}

static rt_step enter(rt_ctx *ctx, rt_proc *p, rt_frame *f, term old)
{
    statem *m = f->data;
    f->vars[0] = TERM_NONE;
    m->next = TERM_NONE;
    m->repeat = m->postpone = false;
    return run_clause(ctx, p, f, CLAUSE_ENTER, old, STATEM_ENTERED);
}

/* What came out of the mailbox, as an event; false: nothing to handle. */
static bool to_event(rt_ctx *ctx, statem *m, term message, sm_event *out)
{
    const term_heap *h = &ctx->heap;
    *out = (sm_event){.kind = CLAUSE_INFO, .content = message, .from = TERM_NONE};
    if (term_is_tagged(h, message, 3, ATOM_gen_call)) {
        out->kind = CLAUSE_CALL;
        out->content = term_at(h, message, 2);
        out->from = term_at(h, message, 1);
    } else if (term_is_tagged(h, message, 2, ATOM_gen_cast)) {
        out->kind = CLAUSE_CAST;
        out->content = term_at(h, message, 1);
    } else if (term_is_tagged(h, message, 3, ATOM_timeout) &&
               term_is_tagged(h, term_at(h, message, 2), 2, ATOM_gen_statem)) {
        for (uint32_t i = 0; i < m->timers.count; i++) {
            if (m->timers.items[i].ref != term_at(h, message, 1)) continue;
            out->kind = m->timers.items[i].kind;
            out->content = m->timers.items[i].content;
            m->timers.items[i] = vec_pop(&m->timers);
            return true;
        }
        return false; /* cancelled after it fired */
    }
    return true;
}

static rt_step next_event(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    statem *m = f->data;
    const term_heap *h = &ctx->heap;
    sm_event event;
    p->handling = TERM_NONE;
    if (m->queue.count && !f->j) {
        event = m->queue.items[0];
        for (uint32_t i = 1; i < m->queue.count; i++) m->queue.items[i - 1] = m->queue.items[i];
        m->queue.count--;
        return handle(ctx, p, f, event);
    }
    rt_signal *got;
    rt_recv spec = {.kind = f->j ? RECV_SYSTEM : RECV_ANY, .key = f->r[1]};
    rt_step step = rt_receive(ctx, p, &spec, -1, &got);
    if (step != RT_CONT) return step;
    term message = got->body;
    ctx->host->signal_free(ctx, got);
    if (term_is_tagged(h, message, 3, ATOM_EXIT) && term_at(h, message, 1) == f->r[1])
        return terminate(ctx, p, f, term_at(h, message, 2));
    if (term_is_tagged(h, message, 3, ATOM_system)) {
        term what = term_at(h, message, 2);
        if (term_is_tagged(h, what, 2, ATOM_terminate)) {
            rt_stop_heard(ctx, p, term_at(h, message, 1));
            return terminate(ctx, p, f, term_at(h, what, 1));
        }
        rt_system_push(ctx, p, f, term_at(h, message, 1), what, &m->state);
        return RT_CONT;
    }
    return to_event(ctx, m, message, &event) ? handle(ctx, p, f, event) : RT_CONT;
}

static void prepend(statem *m, const sm_event *events, uint32_t count)
{
    if (count == 0) return;
    for (uint32_t i = 0; i < count; i++) vec_push(&m->queue, (sm_event){0});
    memmove(m->queue.items + count, m->queue.items, (m->queue.count - count) * sizeof *events);
    memcpy(m->queue.items, events, count * sizeof *events);
}

/* The callback asked for what it may not: an error, with a stack trace. */
static rt_step faulty(rt_ctx *ctx, rt_proc *p, rt_frame *f, sym what, term value)
{
    term_heap *h = &ctx->heap;
    term reason = TUPLE(h, term_atom(what), value);
    return terminate(ctx, p, f, TUPLE(h, reason, term_list(h, NULL, 0)));
}

static rt_step transition(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    statem *m = f->data;
    term old = m->state;
    if (p->ret_kind == RET_STOP) return terminate(ctx, p, f, p->ret[0]);
    if (p->ret_kind == RET_BAD)
        return faulty(ctx, p, f, ATOM_bad_return_from_state_function, p->ret[0]);
    if (f->step == STATEM_ENTERED && (m->next != TERM_NONE || m->postpone || m->inserted.count)) {
        vec_clear(&m->inserted);
        return faulty(ctx, p, f, ATOM_bad_state_enter_return_from_state_function,
                      m->next != TERM_NONE ? m->next : A(postpone));
    }
    bool changed = m->next != TERM_NONE && !term_eq(&ctx->heap, m->next, m->state);
    bool again = m->repeat;
    if (m->postpone) vec_push(&m->postponed, m->current);
    if (changed) {
        m->state = m->next;
        cancel(ctx, p, m, CLAUSE_STATE_TIMEOUT, A(undefined));
        prepend(m, m->postponed.items, m->postponed.count);
        vec_clear(&m->postponed);
    }
    prepend(m, m->inserted.items, m->inserted.count);
    vec_clear(&m->inserted);
    start_wanted(ctx, p, m);
    f->step = STATEM_NEXT_EVENT;
    const template_def *t = &ctx->program->templates.items[f->tmpl];
    if (t->enter_calls && (changed || again)) return enter(ctx, p, f, old);
    return RT_CONT;
}

static rt_step init_ran(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    term_heap *h = &ctx->heap;
    statem *m = f->data;
    const template_def *t = &ctx->program->templates.items[f->tmpl];
    if (p->ret_kind == RET_IGNORE) return rt_init_end(ctx, p, f, A(ignore), A(normal));
    if (p->ret_kind == RET_STOP)
        return rt_init_end(ctx, p, f, TUPLE(h, A(error), p->ret[0]), p->ret[0]);
    if (!rt_eval(ctx, p->pid, f->vars, t->state_initial, &m->state))
        return rt_fail(ctx, p, m->state);
    if (!rt_permit(ctx, p)) return RT_WANT;
    rt_note(ctx, p, NOTE_STARTED, TERM_NONE, TERM_NONE);
    if (f->r[0] != TERM_NONE) {
        term answer = TUPLE(h, A(ok), term_pid(p->pid));
        (void)rt_message(ctx, p, f->r[0], TUPLE(h, A(ack), term_pid(p->pid), answer));
    }
    prepend(m, m->inserted.items, m->inserted.count);
    vec_clear(&m->inserted);
    start_wanted(ctx, p, m);
    f->step = STATEM_NEXT_EVENT;
    return t->enter_calls ? enter(ctx, p, f, m->state) : RT_CONT;
}

bool rt_statem_catch(rt_ctx *ctx, rt_proc *p, rt_frame *f, term reason)
{
    switch (f->step) {
    case INIT_NAME:
    case INIT_RUN:
    case INIT_RAN:
        (void)rt_init_end(ctx, p, f, TUPLE(&ctx->heap, A(error), reason), reason);
        return true;
    case STATEM_RAN:
    case STATEM_ENTERED:
        rt_state_restore(ctx, f);
        (void)terminate(ctx, p, f, reason);
        return true;
    case STATEM_TERMINATED: f->r[4] = reason; return true;
    default: return false;
    }
}

rt_step rt_statem_step(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    switch (f->step) {
    case INIT_NAME: return rt_init_name(ctx, p, f);
    case INIT_RUN:
        f->step = INIT_RAN;
        f->data = p->owned = ARENA_NEW(ctx->memory, statem);
        p->owned_release = statem_release;
        rt_code_push(ctx, p, f->tmpl, f->vars, f->pc, false);
        return RT_CONT;
    case INIT_RAN: return init_ran(ctx, p, f);
    case INIT_FREE_NAME:
    case INIT_ACK_END: return rt_init_end_step(ctx, p, f);
    case STATEM_NEXT_EVENT: return next_event(ctx, p, f);
    case STATEM_RAN:
    case STATEM_ENTERED: return transition(ctx, p, f);
    default: return rt_exit_soon(ctx, p, f->r[4]);
    }
}
