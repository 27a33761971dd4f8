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
    s->dynamic = t->kind == TEMPLATE_DYNAMIC;
    s->max_children = t->max_children;
    s->purpose = SUP_FOR_INIT;
    s->from = TERM_NONE;
    term fault = sup_flags(ctx, p, f, s);
    if (fault == TERM_NONE) fault = sup_children(ctx, p, f, s);
    if (fault != TERM_NONE)
        return rt_init_end(ctx, p, f, TUPLE(&ctx->heap, A(error), fault), fault);
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
        term fault = sup_child_check(ctx, what, s->dynamic ? A(undefined) : sup_auto_term(s), &c);
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
    /* The arguments of what is never started again are not kept. */
    if (s->fresh.restart == RESTART_TEMPORARY) s->fresh.args = A(undefined);
    if (keep) vec_push(&s->children, s->fresh);
    if (pid != A(undefined)) return answer(f, s, result);
    return answer(f, s, s->dynamic ? A(ignore) : TUPLE(h, A(ok), A(undefined)));
}

/* A dynamic child by its pid, also while its restart fails. */
static uint32_t find_dynamic(rt_ctx *ctx, const sup *s, term pid)
{
    uint32_t index = sup_find_pid(ctx, s, pid);
    return index == NONE ? sup_find_pid(ctx, s, TUPLE(&ctx->heap, A(restarting), pid)) : index;
}

/* supervisor:find_child: under simple_one_for_one any dead process may have been a child. */
static bool knows_dead(rt_ctx *ctx, const sup *s, term pid)
{
    if (!s->simple || s->dynamic || term_tag(pid) != T_PID) return false;
    rt_touch(ctx, OBJECT_DEAD, term_pid_value(pid), 0, false);
    return !ctx->host->alive(ctx, term_pid_value(pid));
}

static rt_step terminate_child(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s, term id)
{
    if (s->simple && term_tag(id) != T_PID)
        return answer_error(ctx, f, s, s->dynamic ? A(badarg) : A(simple_one_for_one));
    uint32_t index = s->simple ? find_dynamic(ctx, s, id) : sup_find_id(ctx, s, id);
    if (index == NONE && knows_dead(ctx, s, id)) return answer(f, s, A(ok));
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

static rt_step get_childspec(rt_ctx *ctx, rt_frame *f, sup *s, term id)
{
    term_heap *h = &ctx->heap;
    const sup_child *c = NULL;
    bool by_pid = s->simple && term_tag(id) == T_PID;
    uint32_t index = by_pid ? find_dynamic(ctx, s, id) : sup_find_id(ctx, s, id);
    if (index != NONE) c = &s->children.items[index];
    if (s->simple && !s->dynamic && (c || term_eq(h, id, s->spec.id) || knows_dead(ctx, s, id)))
        c = &s->spec;
    if (!c) return answer_error(ctx, f, s, A(not_found));
    return answer(f, s, TUPLE(h, A(ok), sup_child_term(ctx, c)));
}

static term which_children(rt_ctx *ctx, const sup *s)
{
    term_heap *h = &ctx->heap;
    term *items = base_calloc(s->children.count + 1, sizeof *items);
    uint32_t n = 0;
    uint32_t count = s->children.count;
    for (uint32_t i = 0; i < count; i++) {
        /* Last started first; dynamic ones are in a map, so by their pids. */
        const sup_child *c = &s->children.items[s->simple ? i : count - 1 - i];
        items[n++] = TUPLE(h, s->simple ? A(undefined) : c->id,
                           sup_child_restarting(c) ? A(restarting) : c->pid,
                           c->is_supervisor ? A(supervisor) : A(worker));
    }
    term list = term_list(h, items, n);
    free(items);
    return list;
}

static bool child_alive(rt_ctx *ctx, const sup_child *c)
{
    rt_touch(ctx, OBJECT_DEAD, term_pid_value(c->pid), 0, false);
    return ctx->host->alive(ctx, term_pid_value(c->pid));
}

static term count_children(rt_ctx *ctx, const sup *s)
{
    term_heap *h = &ctx->heap;
    uint32_t active = 0, supervisors = 0;
    for (uint32_t i = 0; i < s->children.count; i++) {
        const sup_child *c = &s->children.items[i];
        /* A simple_one_for_one counts those it knows of, the others look whether they live. */
        active += sup_child_runs(c) && (s->simple || child_alive(ctx, c));
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
    if (tag == A(get_childspec)) return get_childspec(ctx, f, s, arg);
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
    if (term_is_tagged(h, message, 3, ATOM_system)) {
        term what_asked = term_at(h, message, 2);
        if (term_is_tagged(h, what_asked, 2, ATOM_terminate)) {
            rt_stop_heard(ctx, p, term_at(h, message, 1));
            return sup_end(ctx, f, s, term_at(h, what_asked, 1));
        }
        rt_system_push(ctx, p, f, term_at(h, message, 1), what_asked, NULL);
        return RT_CONT;
    }
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
    rt_recv spec = {.kind = f->j ? RECV_SYSTEM : RECV_ANY, .key = f->r[1]};
    rt_step step = rt_receive(ctx, p, &spec, -1, &got);
    if (step != RT_CONT) return step;
    term message = got->body;
    ctx->host->signal_free(ctx, got);
    return dispatch(ctx, p, f, s, message);
}

bool rt_sup_catch(rt_ctx *ctx, rt_proc *p, rt_frame *f, term reason)
{
    term_heap *h = &ctx->heap;
    if (f->step == SUP_STARTED || f->step == SUP_CHILD_STARTED || f->step == SUP_AGAIN_STARTED ||
        f->step == SUP_RESTARTED) { /* a start function failed, which is caught there */
        const sup *s = f->data;
        p->result = TUPLE(h, A(error), s->dynamic ? reason : TUPLE(h, A(EXIT), reason));
        return true;
    }
    if (f->step > INIT_RAN) return false;
    (void)rt_init_end(ctx, p, f, TUPLE(h, A(error), reason), reason);
    return true;
}

rt_step rt_sup_step(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    sup *s = f->data;
    switch (f->step) {
    case INIT_NAME: return rt_init_name(ctx, p, f);
    case INIT_RUN:
        /* supervisor:init/1 begins with this, before the callback's init. */
        p->trap_exit = true;
        rt_touch(ctx, OBJECT_TRAP, p->pid, 0, true);
        f->step = INIT_RAN;
        rt_code_push(ctx, p, f->tmpl, f->vars, f->pc, false);
        return RT_CONT;
    case INIT_RAN:
        if (p->ret_kind == RET_IGNORE) return rt_init_end(ctx, p, f, A(ignore), A(normal));
        if (p->ret_kind == RET_BAD || p->ret_kind == RET_STOP) {
            term_heap *h = &ctx->heap;
            term name = term_atom(ctx->program->templates.items[f->tmpl].name);
            term bad = TUPLE(h, A(bad_return), TUPLE(h, name, A(init), p->ret[0]));
            return rt_init_end(ctx, p, f, TUPLE(h, A(error), bad), bad);
        }
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
