/* Work in step: unjittered-timer and reconnect-without-backoff. */
#include "base/base.h"
#include "classifiers/r_tree.h"
#include "classifiers/rules.h"

static bool about_connecting(sv name)
{
    static const char *const words[] = {"connect",     "reopen", "redial",
                                        "resubscribe", "retry",  "backoff"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (sv_has(name, sv_from(words[i]))) return true;
    return false;
}

/* ---- unjittered-timer ------------------------------------------------------------------------ */

static bool to_self(const model_effect *e, const model *m)
{
    const model_val *receiver = model_value(m, e->receiver);
    return e->id.kind == ID_SELF || receiver->kind == VAL_SELF ||
           (e->api != NO_IX && api_flag(api_get(e->api), "self"));
}

/* The first network or database effect of a callback, in its own process or one it spawns. */
static effect_ix io_of(const model *m, const model_callback *cb)
{
    for (effect_ix k = cb->effect_first; k < cb->effect_first + cb->effect_count; k++) {
        block_class block = effect_block(m, &m->effects.items[k]);
        if (block == BLOCK_NET || block == BLOCK_DB || block == BLOCK_RPC) return k;
    }
    return NO_IX;
}

/* Whether the callback does anything that reaches beyond the server; the first such effect. */
static effect_ix outside_of(const model *m, const model_callback *cb)
{
    for (effect_ix k = cb->effect_first; k < cb->effect_first + cb->effect_count; k++) {
        uint8_t kind = m->effects.items[k].kind;
        if (kind == API_CALL || kind == API_TASK || kind == API_SPAWN || kind == API_BLOCKING ||
            kind == API_PUBLISH)
            return k;
    }
    return NO_IX;
}

static bool is_call_of(const model *m, node_ix node, const char *module, const char *name)
{
    return sv_eq_c(call_module(m, node), module) &&
           sv_eq_c(model_text(m, model_node(m, node)->name), name);
}

static bool visit_unknown(const model *m, const model_op *op, const reach_path *path, void *payload)
{
    (void)path;
    const model_op **found = payload;
    bool timed = is_call_of(m, op->node, "timer", "tc");
    if ((op->kind != OP_UNRESOLVED && !timed) || model_node(m, op->node)->kind != NODE_CALL_REMOTE)
        return true;
    *found = op;
    return false;
}

/* A number, attribute, variable or field, and no calculation with the time of now. */
static bool delay_is_fixed(const model *m, const model_effect *e)
{
    if (e->api == NO_IX) return false;
    const api_row *row = api_get(e->api);
    node_ix delay = row->timeout >= 0 ? model_arg(m, e->node, (uint32_t)row->timeout) : 0;
    switch (model_node(m, delay)->kind) {
    case NODE_INT:
    case NODE_ATTR:
    case NODE_MACRO:
    case NODE_VAR:
    case NODE_FIELD:
    case NODE_INDEX: return true;
    case NODE_CALL_REMOTE: return sv_eq_c(call_module(m, delay), "timer");
    case NODE_OP: return sv_eq_c(model_text(m, model_node(m, delay)->name), "*");
    default: return false;
    }
}

/* Does something random stand in a function that the delay is computed by? */
static bool delay_is_random(const model *m, const model_effect *e)
{
    if (clause_has_jitter(m, e)) return true;
    if (e->api == NO_IX) return false;
    const api_row *row = api_get(e->api);
    node_ix delay = row->timeout >= 0 ? model_arg(m, e->node, (uint32_t)row->timeout) : 0;
    function_ix in = m->frames.items[e->frame].function;
    uint8_t kind = model_node(m, delay)->kind;
    if (kind != NODE_CALL && kind != NODE_CALL_REMOTE) return false;
    function_ix target = model_call_target(m, in, delay);
    if (target == NO_IX) return false;
    const model_function *f = &m->functions.items[target];
    for (uint32_t i = 0; i < f->clause_count; i++) {
        node_ix body = m->clauses.items[f->clause_first + i].body;
        static const char *const names[] = {"uniform", "rand", "random", "jitter"};
        for (size_t k = 0; k < ARRAY_LEN(names); k++)
            if (node_calls(m, body, names[k])) return true;
    }
    return false;
}

static bool rearms(const model *m, const model_callback *cb, const model_effect *timer)
{
    for (effect_ix k = cb->effect_first; k < cb->effect_first + cb->effect_count; k++) {
        const model_effect *e = &m->effects.items[k];
        if (e->kind == API_TIMER && to_self(e, m) && e->message == timer->message) return true;
    }
    return false;
}

/* May the server's process be one of several with the same start? */
static bool one_of_several(const model *m, server_ix server, confidence *conf)
{
    const model_server *s = &m->servers.items[server];
    *conf = CONF_LIKELY;
    if (server_is_many(m, server)) return true;
    *conf = CONF_POSSIBLE;
    return !s->registered && s->instances != INSTANCES_ONE;
}

void rule_unjittered_timer(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (effect_ix k = 0; k < m->effects.count; k++) {
        const model_effect *e = &m->effects.items[k];
        if (e->kind != API_TIMER && e->kind != API_INTERVAL) continue;
        if (!effect_in_process(e) || !to_self(e, m)) continue;
        server_ix server = m->callbacks.items[e->root].server;
        confidence conf;
        if (!callback_in_server(m, &m->callbacks.items[e->root]) ||
            !one_of_several(m, server, &conf))
            continue;
        match_result result;
        callback_ix to = model_clause_for(m, server, CB_INFO, e->message, 0, &result);
        if (to == NO_IX) continue;
        const model_callback *tick = &m->callbacks.items[to];
        if (e->kind == API_TIMER && !rearms(m, tick, e)) continue;
        effect_ix io = io_of(m, tick);
        const model_op *unknown = NULL;
        if (io == NO_IX) {
            conf = CONF_POSSIBLE;
            io = outside_of(m, tick);
        }
        if (io == NO_IX) reach_calls(m, tick->clause, visit_unknown, &unknown);
        if ((io == NO_IX && !unknown) || delay_is_random(m, e)) continue;
        if (about_connecting(model_text(m, tick->tag))) continue; /* reconnect-without-backoff */
        if (!delay_is_fixed(m, e)) conf = CONF_POSSIBLE;
        if (!seen_first(&seen, server, to)) continue;
        if (result != MATCH_YES || tick->catch_all) conf = CONF_POSSIBLE;
        block_class block = io == NO_IX ? BLOCK_NONE : effect_block(m, &m->effects.items[io]);
        finding_add(c, conf, e->node, server, callback_key(c, to),
                    "each %s does %s at a fixed interval (%s): processes that started together "
                    "stay in step and hit %s all at once",
                    server_label(c, server), model_callback_label(m, to, &c->scratch),
                    call_label(c, e->node),
                    block == BLOCK_NONE ? "what they all use" : block_label(block));
        finding_callback(c, to);
        finding_path_add(c, e, "armed without a random part");
        if (io != NO_IX) finding_path_add(c, &m->effects.items[io], "what they all do at once");
        else finding_step_add(c, unknown->node, "what they all do at once");
        /* The other places where the same timer is armed. */
        for (effect_ix n = tick->effect_first; n < tick->effect_first + tick->effect_count; n++)
            if (m->effects.items[n].kind == API_TIMER && n != k && to_self(&m->effects.items[n], m))
                finding_step_add(c, m->effects.items[n].node, "armed again here");
    }
    map64_release(&seen);
}

/* ---- reconnect-without-backoff ----------------------------------------------------------------
 */

/* The atom that names a message: itself or the head of a tuple. */
static sym tag_of_node(const model *m, node_ix node)
{
    node = model_strip(m, node);
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_TUPLE && at->kid_count) {
        node = model_strip(m, model_kid(m, node, 0));
        at = model_node(m, node);
    }
    return at->kind == NODE_ATOM ? at->name : 0;
}

typedef struct {
    const model *m;
    sym variable;
    bool varies;
} delay_query;

static bool visit_delay(const model *m, node_ix node, void *payload)
{
    delay_query *q = payload;
    const fact_node *at = model_node(m, node);
    static const char *const words[] = {"rand",    "jitter",  "uniform",     "backoff", "Backoff",
                                        "attempt", "retries", "retry_count", "fails",   "failures",
                                        "tries",   "next",    "delay_for",   "exp"};
    if (q->varies) return false;
    sv name = model_text(m, at->name);
    for (size_t i = 0; i < ARRAY_LEN(words) && at->kind != NODE_STRING; i++)
        q->varies |= sv_has(name, sv_from(words[i]));
    if (at->kind == NODE_ATTR || at->kind == NODE_MACRO) return false;
    return !q->varies;
}

/* A delay that is the same each time: a number, attribute, macro or configured value. */
static bool constant_delay(const model *m, node_ix delay, confidence *conf)
{
    delay_query q = {.m = m};
    *conf = CONF_LIKELY;
    if (model_node(m, model_strip(m, delay))->kind == NODE_INT) return true;
    model_visit(m, delay, visit_delay, &q);
    if (q.varies) return false;
    const fact_node *at = model_node(m, model_strip(m, delay));
    const fact_node *written = model_node(m, delay);
    *conf = at->kind == NODE_INT || written->kind == NODE_ATTR || written->kind == NODE_MACRO ||
                    at->kind == NODE_OP ||
                    (at->kind == NODE_CALL_REMOTE &&
                     model_is_atom(m, model_kid(m, model_strip(m, delay), 0), "timer"))
                ? CONF_LIKELY
                : CONF_POSSIBLE;
    return written->kind != NODE_NONE;
}

static bool server_connects(const model *m, const model_server *s)
{
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        for (effect_ix k = cb->effect_first; k < cb->effect_first + cb->effect_count; k++) {
            const model_effect *e = &m->effects.items[k];
            block_class block = effect_block(m, e);
            if (block == BLOCK_NET || block == BLOCK_DB || block == BLOCK_RPC) return true;
            if (e->kind == EFFECT_FOREIGN &&
                about_connecting(model_text(m, model_node(m, e->node)->name)))
                return true;
        }
    }
    return false;
}

static void reconnect_finding(classify *c, server_ix server, node_ix at, node_ix delay, sym tag,
                              confidence conf)
{
    const model *m = c->m;
    sv text = model_text(m, tag);
    int64_t ms = -1;
    const fact_node *number = model_node(m, model_strip(m, delay));
    if (number->kind == NODE_INT) sv_to_i64(model_text(m, number->name), &ms);
    finding_add(c, conf, at, server, arena_printf(&c->scratch, "reconnect %.*s", SV_FMT(text)),
                "%s tries again %s (%.*s), however often it has failed: when the other side is "
                "away or restarts, all its clients come back at the same moment and for ever",
                server_label(c, server),
                ms == 0  ? "at once"
                : ms > 0 ? arena_printf(&c->scratch, "after a fixed %s",
                                        timeout_label(c, (int32_t)MIN(ms, (int64_t)INT32_MAX)))
                         : "after a fixed time",
                SV_FMT(text));
}

typedef struct {
    classify *c;
    server_ix server;
    map64 *seen;
} action_search;

/* {state_timeout, Delay, connect}, {{timeout, reconnect}, Delay, _} in what a state returns. */
static bool visit_action(const model *m, node_ix node, void *payload)
{
    action_search *q = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_FN || at->kind == NODE_QUOTE) return false;
    if (at->kind != NODE_TUPLE || at->kid_count < 3) return true;
    node_ix kind = model_strip(m, model_kid(m, node, 0));
    sym tag = 0;
    if (model_is_atom(m, kind, "state_timeout") || model_is_atom(m, kind, "timeout")) {
        tag = tag_of_node(m, model_kid(m, node, 2));
    } else if (model_node(m, kind)->kind == NODE_TUPLE &&
               model_is_atom(m, model_kid(m, kind, 0), "timeout")) {
        tag = tag_of_node(m, model_kid(m, kind, 1));
    }
    confidence conf;
    node_ix delay = model_kid(m, node, 1);
    if (!tag || !about_connecting(model_text(m, tag)) || !constant_delay(m, delay, &conf))
        return true;
    /* A timeout of 0 is how a state machine says "next step". */
    if (sv_eq_c(model_text(m, model_node(m, model_strip(m, delay))->name), "0")) return true;
    if (seen_first(q->seen, q->server, tag))
        reconnect_finding(q->c, q->server, node, delay, tag, conf);
    return true;
}

/* A message to itself, at once or after a constant, that leads to the clause that connects. */
static void timed_reconnects(classify *c, map64 *seen)
{
    const model *m = c->m;
    for (effect_ix k = 0; k < m->effects.count; k++) {
        const model_effect *e = &m->effects.items[k];
        const model_callback *root = &m->callbacks.items[e->root];
        if (!effect_in_process(e) || root->kind == CB_INIT || !callback_in_server(m, root))
            continue;
        bool timer = e->kind == API_TIMER, now = e->kind == API_SEND || e->kind == API_CAST;
        if ((!timer && !now) || !to_self(e, m)) continue;
        const model_val *v = model_value(m, e->message);
        if (v->kind == VAL_TUPLE && v->kid_count)
            v = model_value(m, model_value_kid(m, e->message, 0));
        if (v->kind != VAL_ATOM || !about_connecting(model_text(m, v->name))) continue;
        const model_server *s = &m->servers.items[root->server];
        if (!server_connects(m, s)) continue;
        confidence conf = CONF_LIKELY;
        node_ix delay = 0;
        if (timer) {
            const api_row *row = api_get(e->api);
            delay = row->timeout >= 0 ? model_arg(m, e->node, (uint32_t)row->timeout) : 0;
            if (!constant_delay(m, delay, &conf)) continue;
            /* The delay may be computed above, in the clause that arms it. */
            if (clause_has_jitter(m, e)) continue;
        } else if (!(e->ctx & CTX_BRANCH)) {
            conf = CONF_POSSIBLE;
        }
        if (now && root->tag != v->name) conf = CONF_POSSIBLE;
        if (!seen_first(seen, root->server, v->name)) continue;
        reconnect_finding(c, root->server, e->node, delay, v->name, conf);
        finding_callback(c, e->root);
        finding_path_add(c, e, "tries again from here");
    }
}

/* A continue clause that returns {continue, the same} after a failed request. */
static void continued_retries(classify *c)
{
    const model *m = c->m;
    for (callback_ix i = 0; i < m->callbacks.count; i++) {
        const model_callback *cb = &m->callbacks.items[i];
        if (cb->kind != CB_CONTINUE || !cb->tag || cb->return_count < 2) continue;
        effect_ix request = outside_of(m, cb);
        for (uint32_t k = 0; k < cb->return_count; k++) {
            val_ix v = m->returns.items[cb->return_first + k];
            const model_val *at = model_value(m, v);
            if (at->kind != VAL_TUPLE || at->kid_count != 3) continue;
            val_ix action = model_value_kid(m, v, 2);
            const model_val *what = model_value(m, action);
            if (what->kind != VAL_TUPLE || what->kid_count != 2) continue;
            const model_val *next = model_value(m, model_value_kid(m, action, 1));
            if (next->kind == VAL_TUPLE && next->kid_count)
                next = model_value(m, model_value_kid(m, model_value_kid(m, action, 1), 0));
            if (next->kind != VAL_ATOM || next->name != cb->tag) continue;
            bool waits = false;
            for (effect_ix n = cb->effect_first; n < cb->effect_first + cb->effect_count; n++)
                waits |= m->effects.items[n].kind == API_BLOCKING &&
                         m->effects.items[n].api != NO_IX &&
                         api_get(m->effects.items[n].api)->block == BLOCK_SLEEP;
            if (waits) break;
            finding_add(c, CONF_POSSIBLE, cb->node, cb->server,
                        arena_printf(&c->scratch, "continue %s", callback_key(c, i)),
                        "%s goes straight on with itself after a request that failed: it asks "
                        "again without a pause for as long as the other side is away",
                        model_callback_label(m, i, &c->scratch));
            finding_callback(c, i);
            if (request != NO_IX) finding_path_add(c, &m->effects.items[request], "the request");
            break;
        }
    }
}

void rule_reconnect_without_backoff(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    timed_reconnects(c, &seen);
    for (server_ix i = 0; i < m->servers.count; i++) {
        const model_server *s = &m->servers.items[i];
        if (s->kind != SERVER_STATEM && s->kind != SERVER_GENSERVER) continue;
        action_search q = {c, i, &seen};
        for (uint32_t k = 0; k < s->callback_count; k++)
            model_visit(m, m->callbacks.items[s->callback_first + k].node, visit_action, &q);
    }
    continued_retries(c);
    map64_release(&seen);
}
