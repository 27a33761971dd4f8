#include "base/base.h"

#include "runtime/sup.h"

uint32_t sup_find_pid(const rt_ctx *ctx, const sup *s, term pid)
{
    for (uint32_t i = 0; i < s->children.count; i++)
        if (term_eq(&ctx->heap, s->children.items[i].pid, pid)) return i;
    return NONE;
}

uint32_t sup_find_id(const rt_ctx *ctx, const sup *s, term id)
{
    for (uint32_t i = 0; i < s->children.count; i++)
        if (term_eq(&ctx->heap, s->children.items[i].id, id)) return i;
    return NONE;
}

/* A specification that contradicts itself, as supervisor:check_childspec/2 names it; TERM_NONE if
 * all is well. */
static term spec_fault(rt_ctx *ctx, const sup *s, const sup_child *c)
{
    term_heap *h = &ctx->heap;
    if (!c->significant) return TERM_NONE;
    if (c->restart == RESTART_PERMANENT)
        return TUPLE(h, A(bad_combination), A(permanent), A(significant));
    if (s->auto_shutdown == AUTO_NEVER)
        return TUPLE(h, A(bad_combination), A(never), A(significant));
    return TERM_NONE;
}

static bool child_of_term(rt_ctx *ctx, term t, sup_child *out)
{
    const term_heap *h = &ctx->heap;
    if (!term_is_tagged(h, t, 8, ATOM_child)) return false;
    int64_t tmpl = term_int_value(term_at(h, t, 1));
    term restart = term_at(h, t, 4), shutdown = term_at(h, t, 5);
    *out = (sup_child){.tmpl = (uint32_t)tmpl, .args = term_at(h, t, 2), .id = term_at(h, t, 3)};
    out->restart = restart == A(permanent)   ? RESTART_PERMANENT
                   : restart == A(transient) ? RESTART_TRANSIENT
                                             : RESTART_TEMPORARY;
    out->is_supervisor = term_at(h, t, 6) == A(supervisor);
    out->significant = term_at(h, t, 7) == A(true);
    out->shutdown_ms = shutdown == A(infinity)      ? SHUTDOWN_INFINITY
                       : shutdown == A(brutal_kill) ? SHUTDOWN_BRUTAL
                                                    : (int32_t)term_int_value(shutdown);
    out->pid = A(undefined);
    return term_tag(term_at(h, t, 1)) == T_INT && (uint64_t)tmpl < ctx->program->templates.count &&
           (restart == A(permanent) || restart == A(transient) || restart == A(temporary)) &&
           (shutdown == A(infinity) || shutdown == A(brutal_kill) ||
            (term_tag(shutdown) == T_INT && term_int_value(shutdown) >= 0 &&
             term_int_value(shutdown) <= INT32_MAX));
}

static bool add_def(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s, const child_def *d, term *fault)
{
    term_heap *h = &ctx->heap;
    sup_child c = {.tmpl = d->tmpl,
                   .restart = d->restart,
                   .significant = d->significant,
                   .is_supervisor = d->is_supervisor,
                   .shutdown_ms = d->shutdown_ms,
                   .pid = A(undefined)};
    term count = term_int(1);
    if (!rt_eval(ctx, p->pid, f->vars, d->args, &c.args) ||
        !rt_eval(ctx, p->pid, f->vars, d->id, &c.id) ||
        (d->count != NONE && !rt_eval(ctx, p->pid, f->vars, d->count, &count)) ||
        term_tag(count) != T_INT || term_int_value(count) > TERM_COUNT_MAX) {
        *fault = A(badarg);
        return false;
    }
    term wrong = spec_fault(ctx, s, &c);
    term id = c.id;
    for (int64_t i = 1; i <= term_int_value(count) && wrong == TERM_NONE; i++) {
        if (d->count != NONE) c.id = TUPLE(h, id, term_int(i));
        if (sup_find_id(ctx, s, c.id) != NONE) wrong = TUPLE(h, A(duplicate_child_name), c.id);
        if (s->simple) s->spec = c;
        else vec_push(&s->children, c);
    }
    if (wrong != TERM_NONE) *fault = TUPLE(h, A(start_spec), wrong);
    return wrong == TERM_NONE;
}

static void sup_release(void *owned)
{
    sup *s = owned;
    vec_release(&s->children);
    vec_release(&s->restarts);
}

static rt_step init(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    const template_def *t = &ctx->program->templates.items[f->tmpl];
    sup *s = ARENA_NEW(ctx->memory, sup);
    f->data = s;
    p->owned = s;
    p->owned_release = sup_release;
    s->strategy = t->strategy;
    s->auto_shutdown = t->auto_shutdown;
    s->dynamic = t->kind == TEMPLATE_DYNAMIC;
    s->simple = s->dynamic || t->strategy == STRATEGY_SIMPLE;
    s->intensity = t->intensity;
    s->period_s = t->period_s;
    s->max_children = t->max_children;
    s->purpose = SUP_FOR_INIT;
    s->from = TERM_NONE;
    /* gen_server:init_it traps exits for a supervisor before its children start. */
    p->trap_exit = true;
    rt_touch(ctx, OBJECT_TRAP, p->pid, 0, true);
    term fault = TERM_NONE;
    for (uint32_t i = 0; i < t->child_count; i++) {
        const child_def *d = &ctx->program->children.items[t->child_first + i];
        if (add_def(ctx, p, f, s, d, &fault)) continue;
        return rt_init_end(ctx, p, f, TUPLE(&ctx->heap, A(error), fault), fault);
    }
    return sup_start_from(f, s, 0);
}

static rt_step acknowledge(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    term_heap *h = &ctx->heap;
    if (!rt_permit(ctx, p)) return RT_WANT;
    rt_note(ctx, p, NOTE_STARTED, TERM_NONE, TERM_NONE);
    if (f->r[0] != TERM_NONE) {
        term answer = TUPLE(h, A(ok), term_pid(p->pid));
        (void)rt_message(ctx, p, f->r[0], TUPLE(h, A(ack), term_pid(p->pid), answer));
    }
    f->step = SUP_LOOP;
    return RT_CONT;
}

static rt_step answer(rt_frame *f, sup *s, term value)
{
    s->answer = value;
    f->step = SUP_REPLY;
    return RT_CONT;
}

static rt_step answer_error(rt_ctx *ctx, rt_frame *f, sup *s, term what)
{
    return answer(f, s, TUPLE(&ctx->heap, A(error), what));
}

static rt_step start_child(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s, term what)
{
    term_heap *h = &ctx->heap;
    sup_child c = s->spec;
    if (s->simple && !s->dynamic) {
        /* The arguments given now follow those of the specification. */
        uint32_t na = term_count(h, c.args), nb = term_count(h, what);
        term args[64];
        if (term_tag(what) != T_LIST || na + nb > ARRAY_LEN(args))
            return answer_error(ctx, f, s, A(badarg));
        for (uint32_t i = 0; i < na; i++) args[i] = term_at(h, c.args, i);
        for (uint32_t i = 0; i < nb; i++) args[na + i] = term_at(h, what, i);
        c.args = term_list(h, args, na + nb);
    } else {
        if (!child_of_term(ctx, what, &c)) return answer_error(ctx, f, s, A(bad_child));
        term fault = s->dynamic ? TERM_NONE : spec_fault(ctx, s, &c);
        if (fault != TERM_NONE) return answer_error(ctx, f, s, fault);
    }
    if (!s->simple) {
        uint32_t have = sup_find_id(ctx, s, c.id);
        if (have != NONE && sup_child_runs(&s->children.items[have]))
            return answer_error(ctx, f, s,
                                TUPLE(h, A(already_started), s->children.items[have].pid));
        if (have != NONE) return answer_error(ctx, f, s, A(already_present));
    }
    if (s->children.count >= s->max_children) return answer_error(ctx, f, s, A(max_children));
    s->fresh = c;
    sup_start_one(ctx, p, f, &s->fresh, SUP_CHILD_STARTED);
    return RT_CONT;
}

static rt_step child_started(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s)
{
    term_heap *h = &ctx->heap;
    term reason = TERM_NONE;
    term result = p->result, pid = sup_start_result(ctx, result, &reason);
    if (pid == TERM_NONE)
        return answer_error(ctx, f, s,
                            s->simple ? reason : TUPLE(h, reason, TUPLE(h, A(child), s->fresh.id)));
    s->fresh.pid = pid;
    bool keep = s->simple ? pid != A(undefined)
                          : pid != A(undefined) || s->fresh.restart != RESTART_TEMPORARY;
    if (keep) vec_push(&s->children, s->fresh);
    if (pid != A(undefined)) return answer(f, s, result);
    return answer(f, s, s->dynamic ? A(ignore) : TUPLE(h, A(ok), A(undefined)));
}

static rt_step terminate_child(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s, term id)
{
    if (s->simple && term_tag(id) != T_PID)
        return answer_error(ctx, f, s, s->dynamic ? A(badarg) : A(simple_one_for_one));
    uint32_t index = s->simple ? sup_find_pid(ctx, s, id) : sup_find_id(ctx, s, id);
    if (index == NONE) return answer_error(ctx, f, s, A(not_found));
    const sup_child *c = &s->children.items[index];
    s->one = index;
    f->step = SUP_CHILD_STOPPED;
    if (!sup_child_runs(c)) return RT_CONT;
    term pid = c->pid;
    int64_t ms = c->shutdown_ms;
    rt_frame *g = rt_push(ctx, p, FRAME_SHUTDOWN);
    g->r[0] = pid;
    g->ms = ms;
    return RT_CONT;
}

static rt_step restart_child(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s, term id, bool delete)
{
    if (s->simple) return answer_error(ctx, f, s, A(simple_one_for_one));
    uint32_t index = sup_find_id(ctx, s, id);
    if (index == NONE) return answer_error(ctx, f, s, A(not_found));
    const sup_child *c = &s->children.items[index];
    if (sup_child_restarting(c)) return answer_error(ctx, f, s, A(restarting));
    if (sup_child_runs(c)) return answer_error(ctx, f, s, A(running));
    if (delete) {
        sup_remove(s, index);
        return answer(f, s, A(ok));
    }
    s->one = index;
    sup_start_one(ctx, p, f, c, SUP_AGAIN_STARTED);
    return RT_CONT;
}

static rt_step again_started(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s)
{
    term reason = TERM_NONE;
    term result = p->result, pid = sup_start_result(ctx, result, &reason);
    if (pid == TERM_NONE) return answer_error(ctx, f, s, reason);
    s->children.items[s->one].pid = pid;
    return answer(f, s, pid == A(undefined) ? TUPLE(&ctx->heap, A(ok), pid) : result);
}

static term which_children(rt_ctx *ctx, const sup *s)
{
    term_heap *h = &ctx->heap;
    term *items = base_calloc(s->children.count + 1, sizeof *items);
    uint32_t n = 0;
    for (uint32_t i = s->children.count; i-- > 0;) { /* last started first */
        const sup_child *c = &s->children.items[i];
        items[n++] = TUPLE(h, s->simple ? A(undefined) : c->id,
                           sup_child_restarting(c) ? A(restarting) : c->pid,
                           c->is_supervisor ? A(supervisor) : A(worker));
    }
    term list = term_list(h, items, n);
    free(items);
    return list;
}

static term count_children(rt_ctx *ctx, const sup *s)
{
    term_heap *h = &ctx->heap;
    uint32_t active = 0, supervisors = 0;
    for (uint32_t i = 0; i < s->children.count; i++) {
        active += sup_child_runs(&s->children.items[i]);
        supervisors += s->children.items[i].is_supervisor;
    }
    uint32_t specs = s->simple && !s->dynamic ? 1 : s->children.count;
    term items[] = {TUPLE(h, A(specs), term_int(specs)), TUPLE(h, A(active), term_int(active)),
                    TUPLE(h, A(supervisors), term_int(supervisors)),
                    TUPLE(h, A(workers), term_int(s->children.count - supervisors))};
    return term_list(h, items, 4);
}

static rt_step request(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s, term what)
{
    term_heap *h = &ctx->heap;
    term tag = term_at(h, what, 0), arg = term_at(h, what, 1);
    if (what == A(which_children)) return answer(f, s, which_children(ctx, s));
    if (what == A(count_children)) return answer(f, s, count_children(ctx, s));
    if (tag == A(start_child)) return start_child(ctx, p, f, s, arg);
    if (tag == A(terminate_child)) return terminate_child(ctx, p, f, s, arg);
    if (tag == A(restart_child)) return restart_child(ctx, p, f, s, arg, false);
    if (tag == A(delete_child)) return restart_child(ctx, p, f, s, arg, true);
    /* Anything else is no clause of supervisor:handle_call/3. */
    return sup_end(ctx, f, s, TUPLE(h, A(function_clause), TUPLE(h, A(supervisor), what)));
}

static rt_step dispatch(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s, term message)
{
    term_heap *h = &ctx->heap;
    if (term_is_tagged(h, message, 3, ATOM_gen_call)) {
        s->from = term_at(h, message, 1);
        p->handling = s->from;
        return request(ctx, p, f, s, term_at(h, message, 2));
    }
    if (term_is_tagged(h, message, 3, ATOM_EXIT)) {
        term who = term_at(h, message, 1), reason = term_at(h, message, 2);
        if (who == f->r[1]) return sup_end(ctx, f, s, reason);
        uint32_t index = sup_find_pid(ctx, s, who);
        return index == NONE ? RT_CONT : sup_child_exited(ctx, p, f, s, index, reason);
    }
    if (term_is_tagged(h, message, 3, ATOM_system) &&
        term_is_tagged(h, term_at(h, message, 2), 2, ATOM_terminate))
        return sup_end(ctx, f, s, term_at(h, term_at(h, message, 2), 1));
    term again = term_is_tagged(h, message, 2, ATOM_gen_cast) ? term_at(h, message, 1) : TERM_NONE;
    if (term_is_tagged(h, again, 2, ATOM_try_again_restart)) {
        term id = term_at(h, again, 1);
        uint32_t index = s->simple ? sup_find_pid(ctx, s, id) : sup_find_id(ctx, s, id);
        if (index == NONE || !sup_child_restarting(&s->children.items[index])) return RT_CONT;
        return sup_restart(ctx, p, f, s, index);
    }
    rt_note(ctx, p, NOTE_UNHANDLED, message, TERM_NONE);
    return RT_CONT;
}

static rt_step loop(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s)
{
    rt_signal *got;
    p->handling = TERM_NONE;
    rt_step step = rt_receive(ctx, p, &(rt_recv){.kind = RECV_ANY}, -1, &got);
    if (step != RT_CONT) return step;
    term message = got->body;
    ctx->host->signal_free(ctx, got);
    return dispatch(ctx, p, f, s, message);
}

bool rt_sup_catch(rt_ctx *ctx, rt_proc *p, rt_frame *f, term reason)
{
    if (f->step > INIT_RAN) return false;
    (void)rt_init_end(ctx, p, f, TUPLE(&ctx->heap, A(error), reason), reason);
    return true;
}

rt_step rt_sup_step(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    sup *s = f->data;
    switch (f->step) {
    case INIT_NAME: return rt_init_name(ctx, p, f);
    case INIT_RUN:
        f->step = INIT_RAN;
        rt_code_push(ctx, p, f->tmpl, f->vars, f->pc, false);
        return RT_CONT;
    case INIT_RAN:
        if (p->ret_kind == RET_IGNORE) return rt_init_end(ctx, p, f, A(ignore), A(normal));
        return init(ctx, p, f);
    case INIT_FREE_NAME:
    case INIT_ACK_END: return rt_init_end_step(ctx, p, f);
    case SUP_ACK: return acknowledge(ctx, p, f);
    case SUP_LOOP: return loop(ctx, p, f, s);
    case SUP_CHILD_STARTED: return child_started(ctx, p, f, s);
    case SUP_AGAIN_STARTED: return again_started(ctx, p, f, s);
    case SUP_CHILD_STOPPED: sup_forget(s, s->one); return answer(f, s, A(ok));
    case SUP_REPLY:
        if (!rt_permit(ctx, p)) return RT_WANT;
        rt_reply(ctx, p, s->from, s->answer);
        f->step = SUP_LOOP;
        return RT_CONT;
    default: return sup_sequence_step(ctx, p, f, s);
    }
}
