#include "base/base.h"

#include "runtime/proc.h"

/* gen_server:send_request and the ways to wait for its response (gen.erl), system messages
 * (sys.erl), and a process that becomes a server by itself (proc_lib:init_ack, enter_loop). */

#define EVAL(n, name)                                                                              \
    term name;                                                                                     \
    if (!rt_operand(ctx, p, f, in, (n), &name, &step)) return step

rt_step rt_op_request(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    rt_step step;
    EVAL(0, to);
    EVAL(1, request);
    if (!rt_permit(ctx, p)) return RT_WANT;
    term_heap *h = &ctx->heap;
    uint32_t pid = rt_resolve(ctx, p, to);
    if (pid == NONE) return rt_fail(ctx, p, A(badarg));
    rt_note(ctx, p, NOTE_CALL, to, request);
    term ref = rt_ref_new(p);
    if (pid == 0) { /* nobody: the answer is there at once */
        rt_monitor_add(ctx, p, ref, p->pid, to, ALIAS_DEMONITOR);
        rt_signal_send(ctx, p->pid, p->pid, SIG_DOWN, A(noproc), ref);
        return rt_op_done(ctx, p, f, in, ref);
    }
    rt_monitor_add(ctx, p, ref, pid, term_pid(pid), ALIAS_DEMONITOR);
    term from = TUPLE(h, term_pid(p->pid), TUPLE(h, A(alias), ref));
    rt_signal_send(ctx, p->pid, pid, SIG_MESSAGE, TUPLE(h, A(gen_call), from, request), TERM_NONE);
    return rt_op_done(ctx, p, f, in, ref);
}

/* The label of a request in a list of {Request, Label}; *rest is the list without it. */
static term label_of(rt_ctx *ctx, term list, term ref, term *rest)
{
    term_heap *h = &ctx->heap;
    uint32_t count = term_count(h, list), kept = 0;
    term *items = base_calloc(count + 1, sizeof *items);
    term label = TERM_NONE;
    for (uint32_t i = 0; i < count; i++) {
        term pair = term_at(h, list, i);
        if (term_at(h, pair, 0) == ref) label = term_at(h, pair, 1);
        else items[kept++] = pair;
    }
    *rest = term_list(h, items, kept);
    free(items);
    return label;
}

/* What a reply or 'DOWN' says about the request: {reply, V} or {error, {Reason, Server}}; for a
 * list with its label and what is still waited for. TERM_NONE: nothing. */
static term response(rt_ctx *ctx, rt_proc *p, term message, term asked, uint32_t flags)
{
    term_heap *h = &ctx->heap;
    term tag, value;
    if (term_is_tagged(h, message, 5, ATOM_DOWN)) {
        tag = term_at(h, message, 1);
        term why = TUPLE(h, term_at(h, message, 4), term_at(h, message, 3));
        value = TUPLE(h, A(error), why);
    } else if (term_tag(message) == T_TUPLE && term_count(h, message) == 2 &&
               term_is_tagged(h, term_at(h, message, 0), 2, ATOM_alias)) {
        tag = term_at(h, term_at(h, message, 0), 1);
        value = TUPLE(h, A(reply), term_at(h, message, 1));
    } else {
        return TERM_NONE;
    }
    if (term_tag(asked) != T_LIST) {
        if (tag != asked) return TERM_NONE;
    } else {
        term rest = TERM_NONE, label = label_of(ctx, asked, tag, &rest);
        if (label == TERM_NONE) return TERM_NONE;
        value = TUPLE(h, value, label, flags & RESPONSE_KEEP ? asked : rest);
    }
    (void)rt_demonitor(ctx, p, tag, true);
    rt_note(ctx, p, NOTE_REPLIED, tag, value);
    return value;
}

static bool is_requests(rt_ctx *ctx, term asked)
{
    const term_heap *h = &ctx->heap;
    if (term_tag(asked) == T_REF) return true;
    for (uint32_t i = 0; i < term_count(h, asked); i++)
        if (term_tag(term_at(h, term_at(h, asked, i), 0)) != T_REF ||
            term_count(h, term_at(h, asked, i)) != 2)
            return false;
    return term_tag(asked) == T_LIST;
}

rt_step rt_op_response(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    rt_step step;
    EVAL(0, asked);
    EVAL(2, timeout);
    int64_t ms;
    if (term_is_tagged(&ctx->heap, timeout, 2, ATOM_abs)) { /* a deadline */
        ms = term_int_value(term_at(&ctx->heap, timeout, 1)) - ctx->host->now_ms(ctx);
        timeout = term_int(ms < 0 ? 0 : ms);
    }
    if (!rt_timeout_value(timeout, -1, &ms) || !is_requests(ctx, asked))
        return rt_fail(ctx, p, A(badarg));
    if (term_tag(asked) == T_LIST && term_count(&ctx->heap, asked) == 0)
        return rt_op_done(ctx, p, f, in, A(no_request));
    f->waiting = true;
    uint32_t flags = in->b;
    rt_frame *g = rt_push(ctx, p, FRAME_RESPONSE);
    g->r[0] = asked;
    g->ms = ms;
    g->j = flags;
    const rt_monitor *m = rt_monitor_find(p, asked);
    p->server = m && m->monitors && m->target != p->pid ? m->target : 0;
    p->wait_ref = asked;
    return RT_CONT;
}

/* The time is up: the requests are given up, and what slipped in is dropped, but for the reply to
 * a single one. */
static rt_step give_up(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    if (!rt_permit(ctx, p)) return RT_WANT;
    term_heap *h = &ctx->heap;
    term asked = f->r[0], value = A(timeout);
    term alone[] = {TUPLE(h, asked, A(undefined))};
    term list = term_tag(asked) == T_LIST ? asked : term_list(h, alone, 1);
    for (uint32_t i = 0; i < term_count(h, list); i++)
        (void)rt_demonitor(ctx, p, term_at(h, term_at(h, list, i), 0), true);
    rt_signal *s;
    while ((s = rt_take(ctx, p, &(rt_recv){.kind = RECV_REPLIES, .key = list}))) {
        if (asked != list) value = TUPLE(h, A(reply), term_at(h, s->body, 1));
        ctx->host->signal_free(ctx, s);
    }
    if (value == A(timeout)) rt_note(ctx, p, NOTE_CALL_TIMEOUT, asked, A(reply));
    rt_pop(p, value);
    return RT_CONT;
}

rt_step rt_response_step(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    if (f->step == 1) return give_up(ctx, p, f);
    term_heap *h = &ctx->heap;
    term asked = f->r[0];
    rt_recv spec = {.kind = RECV_REPLIES, .key = asked};
    if (term_tag(asked) != T_LIST)
        spec = (rt_recv){.kind = RECV_REPLY, .key = asked, .key2 = TUPLE(h, A(alias), asked)};
    rt_signal *got;
    rt_step step = rt_receive(ctx, p, &spec, f->ms, &got);
    if (step != RT_CONT) return step;
    p->server = 0;
    if (!got) {
        f->step = 1;
        if (!(f->j & RESPONSE_ABANDON)) rt_pop(p, A(timeout));
        return RT_CONT;
    }
    term body = got->body;
    ctx->host->signal_free(ctx, got);
    rt_pop(p, response(ctx, p, body, asked, f->j));
    return RT_CONT;
}

rt_step rt_op_check_response(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    rt_step step;
    EVAL(0, message);
    EVAL(1, asked);
    if (!is_requests(ctx, asked)) return rt_fail(ctx, p, A(badarg));
    if (!rt_permit(ctx, p)) return RT_WANT;
    if (term_tag(asked) == T_LIST && term_count(&ctx->heap, asked) == 0)
        return rt_op_done(ctx, p, f, in, A(no_request));
    term value = response(ctx, p, message, asked, in->b);
    return rt_op_done(ctx, p, f, in, value == TERM_NONE ? A(no_reply) : value);
}

rt_step rt_op_system(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    rt_step step;
    EVAL(0, to);
    EVAL(1, fun);
    term what = term_atom(in->b);
    if (fun != TERM_NONE) what = TUPLE(&ctx->heap, what, fun);
    f->waiting = true;
    rt_call_push(ctx, p, to, A(system), what, 5000);
    return RT_CONT;
}

/* The variables that last, in the order they are written, as a tuple. */
static term state_get(rt_ctx *ctx, const rt_frame *f)
{
    const template_def *t = &ctx->program->templates.items[f->tmpl];
    term items[PROGRAM_VARS_MAX];
    uint32_t count = 0;
    for (uint32_t i = 1; i < t->var_count && f->vars; i++)
        if (t->var_is_state[i]) items[count++] = f->vars[i] ? f->vars[i] : A(undefined);
    return term_tuple(&ctx->heap, items, count);
}

static bool state_set(rt_ctx *ctx, rt_frame *f, term state)
{
    const template_def *t = &ctx->program->templates.items[f->tmpl];
    uint32_t count = 0, at = 0;
    for (uint32_t i = 1; i < t->var_count; i++) count += t->var_is_state[i];
    if (term_tag(state) != T_TUPLE || term_count(&ctx->heap, state) != count) return false;
    for (uint32_t i = 1; i < t->var_count; i++)
        if (t->var_is_state[i]) f->vars[i] = term_at(&ctx->heap, state, at++);
    return true;
}

/* Registers: r0 whom to answer, r1 what, r2 the answer once it is known; data: see rt_system_push;
 * i: index of the frame that is asked. */
void rt_system_push(rt_ctx *ctx, rt_proc *p, rt_frame *f, term from, term what, term *state)
{
    uint32_t index = p->frame_count - 1;
    term now = state_get(ctx, f), answer = A(ok), fun = TERM_NONE;
    if (state) now = TUPLE(&ctx->heap, *state, now);
    if (what == A(suspend)) f->j = 1;
    else if (what == A(resume)) f->j = 0;
    else if (what == A(get_state)) answer = now;
    else fun = term_at(&ctx->heap, what, 1);
    rt_frame *g = rt_push(ctx, p, FRAME_SYSTEM);
    g->r[0] = from;
    g->r[1] = what;
    g->r[2] = answer;
    g->i = index;
    g->data = state;
    if (fun == TERM_NONE) return;
    uint32_t tmpl, pc, param;
    term *vars;
    g->step = 1;
    if (!rt_fun_parts(ctx, fun, &tmpl, &pc, &param, &vars)) {
        (void)rt_system_catch(ctx, p, g, A(badarg));
        return;
    }
    if (param < PROGRAM_VARS_MAX) vars[param] = now;
    rt_code_push(ctx, p, tmpl, vars, pc, false);
}

bool rt_system_catch(rt_ctx *ctx, rt_proc *p, rt_frame *f, term reason)
{
    (void)p;
    if (f->step != 1) return false;
    f->r[2] = TUPLE(&ctx->heap, A(error), TUPLE(&ctx->heap, A(callback_failed), reason));
    f->step = 0;
    return true;
}

rt_step rt_system_step(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    if (f->step == 1) { /* the function has run */
        const term_heap *h = &ctx->heap;
        term given = p->result, state = given;
        bool fits = true;
        if (f->data) {
            fits = term_tag(given) == T_TUPLE && term_count(h, given) == 2;
            state = term_at(h, given, 1);
        }
        fits = fits && state_set(ctx, &p->frames[f->i], state);
        if (fits && f->data) *(term *)f->data = term_at(h, given, 0);
        if (!fits) return rt_system_catch(ctx, p, f, A(badarg)), RT_CONT;
        f->r[2] = given;
        f->step = 0;
    }
    if (!rt_permit(ctx, p)) return RT_WANT;
    rt_reply(ctx, p, f->r[0], f->r[2]);
    rt_pop(p, A(ok));
    return RT_CONT;
}

rt_step rt_op_init_ack(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    rt_step step;
    EVAL(0, value);
    term_heap *h = &ctx->heap;
    if (value == TERM_NONE) value = TUPLE(h, A(ok), term_pid(p->pid));
    if (!rt_permit(ctx, p)) return RT_WANT;
    term starter = p->frames[0].r[0];
    rt_note(ctx, p, NOTE_STARTED, TERM_NONE, TERM_NONE);
    if (term_tag(starter) == T_PID)
        (void)rt_message(ctx, p, starter, TUPLE(h, A(ack), term_pid(p->pid), value));
    return rt_op_done(ctx, p, f, in, A(ok));
}

rt_step rt_op_enter_loop(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    rt_step step;
    EVAL(1, args);
    const template_def *t = &ctx->program->templates.items[in->a];
    if ((t->kind != TEMPLATE_SERVER && t->kind != TEMPLATE_STATEM) ||
        term_count(&ctx->heap, args) != t->param_count)
        return rt_fail(ctx, p, A(badarg));
    term name = p->names.count ? p->names.items[0] : TERM_NONE;
    p->frame_count = 0;
    p->tmpl = in->a;
    rt_frame *g = rt_push(ctx, p, t->kind == TEMPLATE_SERVER ? FRAME_SERVER : FRAME_STATEM);
    g->step = INIT_RUN;
    g->tmpl = in->a;
    g->pc = t->init_code;
    g->vars = ARENA_ARRAY(ctx->memory, term, t->var_count);
    for (uint32_t i = 0; i < t->param_count; i++) g->vars[1 + i] = term_at(&ctx->heap, args, i);
    g->r[1] = term_pid(p->parent); /* who spawned it, as proc_lib's $ancestors says */
    g->r[2] = name;
    return RT_CONT;
}

rt_step rt_op_check_specs(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    rt_step step;
    EVAL(0, list);
    EVAL(2, auto_shutdown);
    return rt_op_done(ctx, p, f, in, rt_check_childspecs(ctx, list, auto_shutdown));
}

rt_step rt_op_binary(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in)
{
    rt_step step;
    EVAL(0, size);
    term_heap *h = &ctx->heap;
    if (in->b == 1 && term_is_tagged(h, size, 4, ATOM_binary)) size = term_at(h, size, 2);
    if (term_tag(size) != T_INT || term_int_value(size) < 0 || term_int_value(size) > INT32_MAX)
        return rt_fail(ctx, p, A(badarg));
    return rt_op_done(ctx, p, f, in, TUPLE(h, A(binary), rt_ref_new(p), size, size));
}
