/* stale-async-message, triangle-order: messages whose time or order nobody checks. */
#include "base/base.h"
#include "classifiers/o_shared.h"

/* ---- stale-async-message ---- */

typedef struct {
    const model_effect *armed; /* a timer of the server for itself */
    callback_ix root;
    sym tag;
    uint32_t arity;
    bool reference; /* erlang:start_timer: the message carries the reference */
} timer;

/* The first variable of the message that the state pattern, or the body by comparison, uses too:
 * the clause tells old from new. */
typedef struct {
    const model *m;
    node_ix state, body;
    bool shared;
} share_query;

static bool visit_shared(const model *m, node_ix node, void *payload)
{
    share_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_PIN) q->shared = true;
    if (at->kind == NODE_VAR && sv_eq_c(model_text(m, at->name), "_")) return true;
    if (at->kind == NODE_VAR &&
        (node_uses(m, q->state, at->name) || (q->body && node_uses(m, q->body, at->name))))
        q->shared = true;
    return !q->shared;
}

/* Does the clause look at anything of the state or message that may have changed? */
static bool tells_old(const model *m, const protocol_rows *r, callback_ix handler)
{
    const model_callback *cb = &m->callbacks.items[handler];
    const model_clause *clause = &m->clauses.items[cb->clause];
    if (clause->guard) return true;
    share_query q = {m, cb->state, cb->node, false};
    if (cb->message) model_visit(m, cb->message, visit_shared, &q);
    if (q.shared) return true;
    for (uint32_t i = 0; i < r->use_count; i++) {
        const model_field_use *u = &m->field_uses.items[r->use_first + i];
        if (u->callback == handler && (u->kind == USE_REQUIRE || u->kind == USE_REFUSE))
            return true;
    }
    /* Any test of the state at the top: the old one is seen by it. */
    return node_count_kind(m, cb->node, NODE_CASE, 1) + node_count_kind(m, cb->node, NODE_IF, 1) +
               node_count_kind(m, cb->node, NODE_COND, 1) +
               node_count_kind(m, cb->node, NODE_WITH, 1) >
           0;
}

/* What an old message does that cannot be taken back; NULL: nothing. */
static const char *harm_of(classify *c, callback_ix handler)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[handler];
    const char *told = NULL;
    if (node_has_atom(m, cb->node, "stop")) return "stops the server";
    for (uint32_t k = 0; k < cb->effect_count; k++) {
        const model_effect *e = &m->effects.items[cb->effect_first + k];
        switch (e->kind) {
        case API_REPLY: return "answers a caller";
        case API_STOP:
        case API_EXIT: return "stops another process";
        case API_SEND:
        case API_CAST:
            /* tells an owner or a client about it */
            if (e->id.kind != ID_SELF && !(e->ctx & CTX_BRANCH)) told = "tells another process";
            break;
        default: break;
        }
    }
    return told;
}

static bool function_receives(const model *m, function_ix function)
{
    const model_function *fn = &m->functions.items[function];
    for (uint32_t j = 0; j < fn->clause_count; j++)
        if (node_count_kind(m, m->clauses.items[fn->clause_first + j].body, NODE_RECEIVE, 1))
            return true;
    return false;
}

/* Does the function that cancels, or one that it calls, take the message out of the mailbox? */
static bool flushes(const model *m, function_ix function)
{
    if (function_receives(m, function)) return true;
    const model_function *fn = &m->functions.items[function];
    for (uint32_t k = 0; k < fn->op_count; k++) {
        const model_op *op = &m->ops.items[fn->op_first + k];
        if (op->kind == OP_FUNCTION && function_receives(m, op->target)) return true;
    }
    return false;
}

/* Does the clause start the same timer again: a tick, one more of which does no harm? */
static bool rearms(const model *m, callback_ix handler, sym tag)
{
    const model_callback *cb = &m->callbacks.items[handler];
    for (uint32_t k = 0; k < cb->effect_count; k++) {
        const model_effect *e = &m->effects.items[cb->effect_first + k];
        uint32_t arity = 0;
        if (e->kind == API_TIMER && value_tag(m, e->message, &arity) == tag) return true;
    }
    return false;
}

/* The call of a cancel function in a callback of the server, for a timer with this message, that
 * nothing flushes behind. */
static const model_effect *cancel_of(const model *m, server_ix server, const timer *t,
                                     uint32_t timers, callback_ix handler)
{
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        callback_ix ix = s->callback_first + i;
        const model_callback *cb = &m->callbacks.items[ix];
        if (ix == handler || !callback_takes_messages(cb)) continue;
        for (uint32_t k = 0; k < cb->effect_count; k++) {
            const model_effect *e = &m->effects.items[cb->effect_first + k];
            if (e->kind != API_CANCEL || !effect_in_process(e)) continue;
            if (flushes(m, m->frames.items[e->frame].function)) continue;
            val_ix ref = e->arg_count ? m->effect_args.items[e->arg_first] : 0;
            const model_val *v = model_value(m, ref);
            if (v->kind == VAL_TIMER && v->number == (int64_t)t->armed->node) return e;
            if (timers == 1) return e;
        }
    }
    return NULL;
}

/* Timers of the server for itself, one for each message. */
static uint32_t timers_of(const model *m, server_ix server, timer *out, uint32_t max)
{
    const model_server *s = &m->servers.items[server];
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        for (uint32_t k = 0; k < cb->effect_count; k++) {
            const model_effect *e = &m->effects.items[cb->effect_first + k];
            if (e->kind != API_TIMER || e->id.kind != ID_SELF || !effect_in_process(e)) continue;
            uint32_t arity = 0;
            sym tag = value_tag(m, e->message, &arity);
            if (!tag) continue;
            bool known = false;
            for (uint32_t j = 0; j < count && !known; j++)
                known = out[j].tag == tag && out[j].arity == arity;
            if (known || count == max) continue;
            bool reference = e->api != NO_IX && api_flag(api_get(e->api), "timeout_tuple");
            out[count++] = (timer){e, s->callback_first + i, tag, arity, reference};
        }
    }
    return count;
}

void rule_stale_async_message(classify *c)
{
    const model *m = c->m;
    const protocol_rows *rows = protocol_rows_of(c);
    for (server_ix server = 0; server < m->servers.count; server++) {
        server_kind kind = (server_kind)m->servers.items[server].kind;
        if (kind != SERVER_GENSERVER && kind != SERVER_STAGE) continue;
        timer timers[16];
        uint32_t count = timers_of(m, server, timers, ARRAY_LEN(timers));
        for (uint32_t i = 0; i < count; i++) {
            const timer *t = &timers[i];
            match_result result = MATCH_NO;
            if (t->reference) continue; /* the clause's pattern names the reference */
            callback_ix handler =
                model_clause_for(m, server, CB_INFO, t->armed->message, 0, &result);
            if (handler == NO_IX || m->callbacks.items[handler].catch_all) continue;
            if (tells_old(m, &rows[server], handler)) continue;
            const model_effect *cancel = cancel_of(m, server, t, count, handler);
            if (!cancel) continue;
            const char *harm = harm_of(c, handler);
            const char *label = model_callback_label(m, handler, &c->scratch);
            const char *by = model_callback_label(m, cancel->root, &c->scratch);
            bool lasting = harm && !rearms(m, handler, t->tag);
            finding_add(c, lasting ? CONF_LIKELY : CONF_POSSIBLE, callback_head(m, handler), server,
                        callback_key(c, handler),
                        "%s cannot tell an old timer from the present one: when the timer has "
                        "fired just before %s cancels it, its message is still in the mailbox, "
                        "and %s %s",
                        label, by, label, harm ? harm : "acts on it");
            finding_callback(c, handler);
            finding_path_add(c, t->armed, "the timer is started");
            finding_path_add(c, cancel, "cancelled, but the mailbox is not flushed");
            finding_step_add(c, m->callbacks.items[handler].node,
                             "compares nothing with the state");
        }
    }
}

/* ---- triangle-order ---- */

static bool is_message(const model_effect *e)
{
    return e->kind == API_SEND || e->kind == API_CAST;
}

/* Do two clauses write a common field? Unknown when either writes none that is known. */
static match_result common_field(const model *m, const protocol_rows *r, callback_ix a,
                                 callback_ix b)
{
    bool any_a = false, any_b = false;
    for (uint32_t i = 0; i < r->use_count; i++) {
        const model_field_use *u = &m->field_uses.items[r->use_first + i];
        if (u->kind != USE_WRITE) continue;
        any_a |= u->callback == a;
        any_b |= u->callback == b;
        if (u->callback != a) continue;
        for (uint32_t k = 0; k < r->use_count; k++) {
            const model_field_use *o = &m->field_uses.items[r->use_first + k];
            if (o->callback == b && o->field == u->field &&
                (o->kind == USE_WRITE || o->kind == USE_READ))
                return MATCH_YES;
        }
    }
    return any_a && any_b ? MATCH_NO : MATCH_MAYBE;
}

static callback_ix clause_of(const model *m, const model_effect *e)
{
    match_result result = MATCH_NO;
    callback_kind kind = e->kind == API_CAST ? CB_CAST : e->kind == API_CALL ? CB_CALL : CB_INFO;
    if (e->id.server == NO_IX || !e->message) return NO_IX;
    return model_clause_for(m, e->id.server, kind, e->message, 0, &result);
}

static void judge_triangle(classify *c, const protocol_rows *rows, const model_effect *direct,
                           const model_effect *round, map64 *seen)
{
    const model *m = c->m;
    server_ix b = direct->id.server, middle = round->id.server;
    callback_ix at_middle = clause_of(m, round), at_b = clause_of(m, direct);
    if (at_middle == NO_IX || at_b == NO_IX) return;
    const model_callback *mid = &m->callbacks.items[at_middle];
    for (uint32_t k = 0; k < mid->effect_count; k++) {
        const model_effect *second = &m->effects.items[mid->effect_first + k];
        if (!is_message(second) || second->id.server != b || !effect_in_process(second)) continue;
        callback_ix other = clause_of(m, second);
        if (other == NO_IX || other == at_b) continue;
        match_result common = common_field(m, &rows[b], at_b, other);
        if (common == MATCH_NO || !seen_first(seen, direct->node, second->node)) continue;
        bool certain = direct->id.kind == ID_NAMED && second->id.kind == ID_NAMED;
        const char *to = server_label(c, b), *via = server_label(c, middle);
        finding_add(
            c, common == MATCH_YES && certain ? CONF_LIKELY : CONF_POSSIBLE, direct->node,
            m->callbacks.items[direct->root].server,
            arena_printf(&c->scratch, "%s->%s via %s", callback_key(c, direct->root), to, via),
            "%s sends to %s and makes %s send to it too; nothing orders the two at %s",
            model_callback_label(m, direct->root, &c->scratch), to, via, to);
        finding_callback(c, direct->root);
        finding_path_add(c, direct, "the message that goes straight");
        finding_path_add(c, round, "the message that goes round");
        finding_step_add(c, second->node, "%s passes it on", via);
        finding_step_add(c, m->callbacks.items[other].node, "either may come first here");
        return;
    }
}

void rule_triangle_order(classify *c)
{
    const model *m = c->m;
    const protocol_rows *rows = protocol_rows_of(c);
    map64 seen = {0};
    for (callback_ix i = 0; i < m->callbacks.count; i++) {
        const model_callback *cb = &m->callbacks.items[i];
        uint32_t count = MIN(cb->effect_count, 200u);
        for (uint32_t a = 0; a < count; a++) {
            const model_effect *direct = &m->effects.items[cb->effect_first + a];
            if (!is_message(direct) || direct->id.server == NO_IX || !effect_in_process(direct) ||
                direct->id.server == cb->server)
                continue;
            for (uint32_t b = 0; b < count; b++) {
                const model_effect *round = &m->effects.items[cb->effect_first + b];
                if (a == b || !is_message(round) || round->id.server == NO_IX ||
                    !effect_in_process(round) || round->id.server == direct->id.server ||
                    round->id.server == cb->server)
                    continue;
                judge_triangle(c, rows, direct, round, &seen);
            }
        }
    }
    map64_release(&seen);
}
