#include "base/base.h"

#include "runtime/proc.h"

static bool clauses_match(rt_ctx *ctx, uint32_t pid, const rt_recv *spec, term message,
                          uint32_t *clause_index, term *vars)
{
    const program *pr = ctx->program;
    for (uint32_t i = 0; i < spec->clause_count; i++) {
        const clause *c = &pr->clauses.items[spec->clause_first + i];
        memcpy(vars, spec->vars, spec->var_count * sizeof *vars);
        if (!rt_match(ctx, pid, vars, c->pattern, message)) continue;
        term holds = A(true);
        if (c->guard != NONE && (!rt_eval(ctx, pid, vars, c->guard, &holds) || holds != A(true)))
            continue;
        *clause_index = spec->clause_first + i;
        return true;
    }
    return false;
}

bool rt_recv_matches(rt_ctx *ctx, uint32_t pid, const rt_recv *spec, term message,
                     uint32_t *clause_index, term *vars)
{
    const term_heap *h = &ctx->heap;
    switch ((recv_kind)spec->kind) {
    case RECV_NOTHING: return false;
    case RECV_ANY: return true;
    case RECV_CLAUSES: return clauses_match(ctx, pid, spec, message, clause_index, vars);
    case RECV_TAGGED:
        return term_tag(message) == T_TUPLE && term_count(h, message) == 2 &&
               term_eq(h, term_at(h, message, 0), spec->key);
    case RECV_REPLY:
        if (term_tag(message) != T_TUPLE) return false;
        if (term_count(h, message) == 2) return term_eq(h, term_at(h, message, 0), spec->key2);
        return term_is_tagged(h, message, 5, ATOM_DOWN) && term_at(h, message, 1) == spec->key;
    case RECV_ACK:
        if (term_is_tagged(h, message, 3, ATOM_ack) || term_is_tagged(h, message, 3, ATOM_EXIT))
            return term_at(h, message, 1) == spec->key;
        return term_is_tagged(h, message, 5, ATOM_DOWN) && term_at(h, message, 1) == spec->key2;
    case RECV_DOWN:
        return term_is_tagged(h, message, 5, ATOM_DOWN) && term_at(h, message, 1) == spec->key;
    case RECV_REPLIES: {
        term tag = term_at(h, message, term_is_tagged(h, message, 5, ATOM_DOWN) ? 1 : 0);
        if (term_tag(message) != T_TUPLE) return false;
        if (term_count(h, message) == 2 && term_is_tagged(h, tag, 2, ATOM_alias))
            tag = term_at(h, tag, 1);
        for (uint32_t i = 0; i < term_count(h, spec->key); i++)
            if (term_at(h, term_at(h, spec->key, i), 0) == tag) return true;
        return false;
    }
    case RECV_SYSTEM:
        if (term_is_tagged(h, message, 3, ATOM_system)) return true;
        return term_is_tagged(h, message, 3, ATOM_EXIT) && term_at(h, message, 1) == spec->key;
    case RECV_EXIT:
        return term_is_tagged(h, message, 3, ATOM_EXIT) && term_at(h, message, 1) == spec->key;
    }
    return false;
}

static void unchain(rt_ctx *ctx, rt_proc *p, rt_signal *s)
{
    if (s->prev) s->prev->next = s->next;
    else p->mail_first = s->next;
    if (s->next) s->next->prev = s->prev;
    else p->mail_last = s->prev;
    s->next = s->prev = NULL;
    p->mail_count--;
    p->mail_words -= term_words(&ctx->heap, s->body);
}

rt_signal *rt_mark(const rt_proc *p)
{
    return p->mail_last;
}

static void receive_end(rt_proc *p)
{
    p->receiving = false;
    p->timed_out = false;
    p->nonblocking = false;
    p->deadline_ms = -1;
    p->found = p->scanned = NULL;
}

rt_step rt_receive_marked(rt_ctx *ctx, rt_proc *p, const rt_recv *spec, int64_t timeout_ms,
                          rt_signal *mark, rt_signal **got)
{
    if (!p->receiving) {
        receive_end(p);
        p->receiving = true;
        p->scanned = mark;
        p->nonblocking = timeout_ms == 0;
        p->deadline_ms = timeout_ms > 0 ? ctx->host->now_ms(ctx) + timeout_ms : -1;
    }
    *got = NULL;
    if (p->timed_out) {
        receive_end(p);
        return RT_CONT;
    }
    term vars[PROGRAM_VARS_MAX];
    if (!p->found) {
        rt_signal *s = p->scanned ? p->scanned->next : p->mail_first;
        for (; s; s = s->next) {
            p->scanned = s;
            ctx->work++;
            if (!rt_recv_matches(ctx, p->pid, spec, s->body, &p->found_clause, vars)) continue;
            p->found = s;
            break;
        }
    }
    if (!p->found && !p->nonblocking) return RT_BLOCK;
    if (!rt_permit(ctx, p)) return RT_WANT;
    rt_signal *s = p->found;
    bool may_give_up = p->nonblocking;
    ctx->host->received(ctx, p, s, spec, may_give_up);
    rt_note(ctx, p, s ? NOTE_RECEIVE : NOTE_AFTER, s ? s->body : TERM_NONE,
            s ? term_pid(s->from) : TERM_NONE);
    if (s && spec->kind == RECV_CLAUSES &&
        rt_recv_matches(ctx, p->pid, spec, s->body, &p->found_clause, vars))
        memcpy(spec->vars, vars, spec->var_count * sizeof *vars);
    if (s) unchain(ctx, p, s);
    receive_end(p);
    *got = s;
    return RT_CONT;
}

rt_step rt_receive(rt_ctx *ctx, rt_proc *p, const rt_recv *spec, int64_t timeout_ms,
                   rt_signal **got)
{
    return rt_receive_marked(ctx, p, spec, timeout_ms, NULL, got);
}

rt_signal *rt_take(rt_ctx *ctx, rt_proc *p, const rt_recv *spec)
{
    uint32_t ignored;
    term vars[PROGRAM_VARS_MAX];
    for (rt_signal *s = p->mail_first; s; s = s->next) {
        ctx->work++;
        if (!rt_recv_matches(ctx, p->pid, spec, s->body, &ignored, vars)) continue;
        unchain(ctx, p, s);
        return s;
    }
    return NULL;
}
