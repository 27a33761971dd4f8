/* blocking-callback, timeout-chain, timeout-retry-storm: who waits while others wait for it. */
#include "base/base.h"
#include "classifiers/rules.h"
#include "classifiers/shared.h"

/* ---- blocking-callback ---- */

typedef enum { SLOW_NO, SLOW_MAYBE, SLOW_YES } slow;

static slow slowness(const model *m, const model_effect *e)
{
    if (e->api == NO_IX) return SLOW_NO;
    const api_row *row = api_get(e->api);
    switch (row->kind) {
    case API_BLOCKING:
        if (api_flag(row, "light") || effect_is_async(m, e)) return SLOW_NO;
        if (row->block == BLOCK_FILE) return e->ctx & CTX_LOOP ? SLOW_MAYBE : SLOW_NO;
        if (row->block == BLOCK_SLEEP)
            return e->timeout_ms >= 0 && e->timeout_ms < 100 ? SLOW_NO : SLOW_YES;
        if (row->block == BLOCK_NET && sv_eq(sv_from(row->name), SV("send"))) return SLOW_MAYBE;
        /* Tables in memory; a program that is started and not waited for. */
        if (sv_eq(sv_from(row->module), SV("mnesia")) || sv_eq(sv_from(row->module), SV("exec")))
            return SLOW_MAYBE;
        /* A cache in memory, but for what it asks where it holds nothing. */
        if (api_flag(row, "cache") && !sv_eq(sv_from(row->name), SV("fetch"))) return SLOW_MAYBE;
        return SLOW_YES;
    case API_AWAIT:
        return api_flag(row, "await") || api_flag(row, "await_many") || e->timeout_ms != 0
                   ? SLOW_YES
                   : SLOW_NO;
    case API_TASK: return api_flag(row, "awaited") ? SLOW_MAYBE : SLOW_NO;
    case API_CALL:
    case API_RUN_IN_SERVER:
        if (!(e->ctx & CTX_LOOP) || api_flag(row, "async")) return SLOW_NO;
        return e->timeout_ms > 5000 ? SLOW_YES : SLOW_MAYBE;
    case API_STOP: return api_flag(row, "async") ? SLOW_NO : SLOW_MAYBE;
    case API_SUP_CALL: return api_flag(row, "terminate_child") ? SLOW_MAYBE : SLOW_NO;
    default: return SLOW_NO;
    }
}

static const char *what_waits(classify *c, const model_effect *e)
{
    static const char *const CLASSES[] = {[BLOCK_NONE] = "",
                                          [BLOCK_SLEEP] = " (sleeps)",
                                          [BLOCK_NET] = " (network)",
                                          [BLOCK_DB] = " (database)",
                                          [BLOCK_FILE] = " (disk)",
                                          [BLOCK_CMD] = " (external program)",
                                          [BLOCK_RPC] = " (another node)",
                                          [BLOCK_WAIT] = " (another process)"};
    const api_row *row = api_get(e->api);
    const char *label = call_label(c, e->node);
    if (row->kind == API_CALL || row->kind == API_RUN_IN_SERVER)
        return arena_printf(&c->scratch, "%s for each element (up to %s each)", label,
                            timeout_label(c, e->timeout_ms));
    return arena_printf(&c->scratch, "%s%s", label, CLASSES[row->block]);
}

/* Does anybody wait for the server in calls? */
static bool server_answers(const model *m, server_ix server)
{
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++)
        if (callback_event(&m->callbacks.items[s->callback_first + i]) == CB_CALL &&
            !m->callbacks.items[s->callback_first + i].catch_all)
            return true;
    return false;
}

static bool is_worker_kind(const model *m, server_ix server)
{
    uint8_t kind = m->servers.items[server].kind;
    return kind == SERVER_GENSERVER || kind == SERVER_STATEM || kind == SERVER_EVENT ||
           kind == SERVER_AGENT;
}

static void judge_blocking(classify *c, const model_effect *e)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[e->root];
    server_ix server = cb->server;
    bool answers = server_answers(m, server);
    confidence conf = CONF_LIKELY;
    if (!server_is_shared(m, server) && e->kind == API_BLOCKING && slowness(m, e) == SLOW_MAYBE)
        return;
    if (!server_is_shared(m, server) || !answers) conf = CONF_POSSIBLE;
    if (slowness(m, e) == SLOW_MAYBE || e->ctx & CTX_CLOSURE) conf = CONF_POSSIBLE;
    if (m->servers.items[server].kind == SERVER_EVENT) conf = CONF_POSSIBLE;
    /* A state machine that goes through a job by events of its own: who calls asks how far it is.
     */
    if (m->servers.items[server].kind == SERVER_STATEM && callback_event(cb) == CB_EVENT)
        conf = CONF_POSSIBLE;
    conf = effect_trust(m, e, conf);
    finding_add(
        c, conf, e->node, server,
        arena_printf(&c->scratch, "%s %s", callback_key(c, e->root), call_label(c, e->node)),
        "%s waits in %s; meanwhile %s answers nobody%s",
        model_callback_label(m, e->root, &c->scratch), what_waits(c, e), server_label(c, server),
        answers ? ", and its callers' time runs out" : " and its mailbox grows");
    finding_callback(c, e->root);
    if (cb->message) finding_step_add(c, cb->message, "the clause");
    finding_path_add(c, e, "waits here");
    finding_clients_add(c, e->root, 4);
}

void rule_blocking_callback(classify *c)
{
    const model *m = c->m;
    map64 seen = {0}, said = {0};
    for (vec_each(&m->effects, e)) {
        const model_callback *cb = &m->callbacks.items[e->root];
        if (e->ctx & (CTX_SPAWNED | CTX_IN_SERVER) || slowness(m, e) == SLOW_NO) continue;
        if (!callback_takes_messages(cb) || !callback_in_server(m, cb)) continue;
        if (!is_worker_kind(m, cb->server) || server_is_per_client(m, cb->server)) continue;
        /* A call for each element is the element's own affair when it is a channel. */
        if (!seen_first(&seen, cb->server, e->node)) continue;
        /* One a clause and kind of wait: the first sure one, else the first. */
        if (!seen_first(&said, e->root, (uint32_t)e->kind * 4 + slowness(m, e))) continue;
        judge_blocking(c, e);
    }
    map64_release(&seen);
    map64_release(&said);
}

/* ---- timeout-chain ---- */

typedef struct {
    int32_t timeout_ms; /* the shortest time that a caller waits; TIMEOUT_UNKNOWN_MS */
    op_ix op;           /* of which call */
    bool known;
} outer_wait;

/* The least patient caller of a clause. */
static outer_wait outer_of(const model *m, const map64 *first_edge, callback_ix callback)
{
    const model_callback *cb = &m->callbacks.items[callback];
    outer_wait best = {TIMEOUT_UNKNOWN_MS, 0, false};
    uint32_t first = map64_get(first_edge, cb->server, NO_IX);
    if (first == NO_IX) return best;
    for (uint32_t i = first; i < m->edges.count; i++) {
        const model_edge *edge = &m->edges.items[i];
        if (edge->kind != EDGE_CALL || edge->server != cb->server) continue;
        if (cb->tag && (edge->tag != cb->tag || edge->tag_arity != cb->tag_arity)) continue;
        if (edge->timeout_ms < 0 || edge->op == NO_IX) continue;
        if (m->files.items[m->functions.items[edge->function].file].is_test) continue;
        if (best.known && best.timeout_ms <= edge->timeout_ms) continue;
        best = (outer_wait){edge->timeout_ms, edge->op, true};
    }
    return best;
}

/* What the clause that takes an inner call waits for itself; NULL: nothing that is known. */
static const model_effect *inner_slow(const model *m, const model_effect *e, callback_ix *taker)
{
    if (e->id.server == NO_IX) return NULL;
    match_result result;
    callback_ix at = model_clause_for(m, e->id.server, CB_CALL, e->message, 0, &result);
    if (at == NO_IX) return NULL;
    const model_callback *cb = &m->callbacks.items[at];
    for (uint32_t i = 0; i < cb->effect_count; i++) {
        const model_effect *inner = &m->effects.items[cb->effect_first + i];
        if (!effect_in_process(inner)) continue;
        bool waits =
            slowness(m, inner) == SLOW_YES ||
            (inner->kind == API_CALL && inner->timeout_ms != 0 && inner->id.kind != ID_SELF);
        if (!waits) continue;
        *taker = at;
        return inner;
    }
    return NULL;
}

static void judge_chain(classify *c, const map64 *first_edge, const model_effect *e)
{
    const model *m = c->m;
    outer_wait outer = outer_of(m, first_edge, e->root);
    const model_callback *cb = &m->callbacks.items[e->root];
    int32_t outer_ms = outer.known ? outer.timeout_ms : 5000;
    if (e->timeout_ms < outer_ms) return;
    if (!outer.known && e->timeout_ms == outer_ms) return;
    callback_ix taker = NO_IX;
    const model_effect *slow_inner = inner_slow(m, e, &taker);
    bool longer = e->timeout_ms > outer_ms;
    if (!slow_inner && !longer && e->id.server != NO_IX) return; /* answers at once */
    if (!slow_inner && !longer) return;
    confidence conf = slow_inner && outer.known ? CONF_LIKELY
                      : longer && outer.known   ? CONF_LIKELY
                                                : CONF_POSSIBLE;
    if (e->ctx & CTX_CAUGHT && !longer) conf = CONF_POSSIBLE;
    conf = effect_trust(m, e, conf);
    finding_add(
        c, conf, e->node, cb->server,
        arena_printf(&c->scratch, "%s %s", callback_key(c, e->root), call_label(c, e->node)),
        "%s waits up to %s in %s, its own caller only %s: the caller gives up first and the "
        "work goes on for nobody",
        model_callback_label(m, e->root, &c->scratch), timeout_label(c, e->timeout_ms),
        call_label(c, e->node), timeout_label(c, outer_ms));
    finding_callback(c, e->root);
    if (outer.known)
        finding_step_add(c, m->ops.items[outer.op].node, "waits %s for this clause",
                         timeout_label(c, outer_ms));
    if (cb->message) finding_step_add(c, cb->message, "the clause");
    finding_path_add(c, e,
                     arena_printf(&c->scratch, "waits up to %s", timeout_label(c, e->timeout_ms)));
    if (slow_inner) {
        finding_step_add(c, m->callbacks.items[taker].message, "the clause that answers");
        finding_step_add(c, slow_inner->node, "waits in turn");
    }
}

void rule_timeout_chain(classify *c)
{
    const model *m = c->m;
    map64 first_edge = {0}, seen = {0};
    for (uint32_t i = 0; i < m->edges.count; i++) {
        uint32_t row = i;
        const model_edge *edge = &m->edges.items[i];
        if (edge->kind == EDGE_CALL && edge->server != NO_IX)
            map64_add(&first_edge, edge->server, &row);
    }
    for (vec_each(&m->effects, e)) {
        const model_callback *cb = &m->callbacks.items[e->root];
        bool call = e->kind == API_CALL || e->kind == API_RUN_IN_SERVER;
        if (!call || e->timeout_ms < 0 || !effect_in_process(e)) continue;
        if (callback_event(cb) != CB_CALL || !callback_in_server(m, cb)) continue;
        /* self-call says more; one of its own kind is another process, or none at all. */
        if (e->id.kind == ID_SELF || e->id.server == cb->server) continue;
        if (seen_first(&seen, cb->server, e->node)) judge_chain(c, &first_edge, e);
    }
    map64_release(&first_edge);
    map64_release(&seen);
}

/* ---- timeout-retry-storm ---- */

typedef struct {
    sym name;
    uint32_t arity;
    node_ix again; /* the recursive call in a handler */
    bool named;    /* the handler names the time-out */
} retry_query;

/* Does the retry pass on just what it was given? Anything else may be a count, a shorter time or a
 * smaller task. */
static bool is_bounded(const model *m, node_ix call, const model_clause *clause)
{
    uint32_t arity = m->functions.items[clause->function].arity;
    for (uint32_t i = 0; i < model_arg_count(m, call); i++) {
        const fact_node *arg = model_node(m, model_strip(m, model_arg(m, call, i)));
        bool given = arg->kind == NODE_ATOM || arg->kind == NODE_STRING;
        for (uint32_t k = 0; k < arity && !given; k++)
            given = arg->kind == NODE_VAR &&
                    node_uses(m, m->kids.items[clause->param_first + k], arg->name);
        if (!given) return true;
    }
    return false;
}

static bool visit_again(const model *m, node_ix node, void *payload)
{
    retry_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (q->again || at->kind == NODE_FN) return false;
    if (at->kind == NODE_CALL && at->name == q->name && model_arg_count(m, node) == q->arity)
        q->again = node;
    return true;
}

/* What an arm takes: a time-out by name, anything, or something else. */
static void visit_arm(const model *m, node_ix arm, uint32_t first_pattern, retry_query *q)
{
    sym timeout = model_sym(m, "timeout");
    bool named = false, open = false;
    uint32_t count = model_kid_count(m, arm);
    for (uint32_t i = first_pattern; i < count; i++) {
        node_ix pattern = model_strip(m, model_kid(m, arm, i));
        named = named || (timeout && node_names_atom(m, pattern, timeout));
        if (i + 1 < count) continue;
        const fact_node *last = model_node(m, pattern);
        open = last->kind == NODE_VAR || last->kind == NODE_NONE;
        if (last->kind == NODE_TUPLE && last->kid_count == 2)
            open = model_node(m, model_strip(m, model_kid(m, pattern, 1)))->kind == NODE_VAR;
    }
    if (!named && !open) return;
    model_visit(m, model_kid(m, arm, 1), visit_again, q);
    if (q->again && named) q->named = true;
}

/* The arms that run after a time-out: catch and rescue arms, {'EXIT', ..} arms of `case catch`. */
static bool visit_handlers(const model *m, node_ix node, void *payload)
{
    retry_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (q->again) return false;
    if (at->kind == NODE_CASE) {
        const fact_node *subject = model_node(m, model_strip(m, model_kid(m, node, 0)));
        for (uint32_t i = 1; subject->kind == NODE_CATCH && i < at->kid_count; i++) {
            node_ix pattern = model_strip(m, model_kid(m, model_kid(m, node, i), 2));
            if (model_node(m, pattern)->kind == NODE_TUPLE &&
                model_is_atom(m, model_kid(m, pattern, 0), "EXIT"))
                visit_arm(m, model_kid(m, node, i), 2, q);
        }
    }
    if (at->kind == NODE_ARM) {
        int arm = at->flags & NODE_FLAG_ARM;
        if (arm == ARM_CATCH || arm == ARM_RESCUE) visit_arm(m, node, 2, q);
    }
    return true;
}

static void judge_retry(classify *c, const model_op *op)
{
    const model *m = c->m;
    const model_function *f = &m->functions.items[op->function];
    const model_clause *clause = &m->clauses.items[op->clause];
    retry_query q = {.name = f->name, .arity = f->arity};
    model_visit(m, clause->body, visit_handlers, &q);
    if (!q.again || is_bounded(m, q.again, clause)) return;
    bool waits = node_calls(m, clause->body, "sleep") || node_calls(m, clause->body, "send_after");
    finding_add(c, q.named && !waits ? CONF_LIKELY : CONF_POSSIBLE, q.again, NO_IX,
                function_key(c, op->function),
                "%s catches the time-out of %s and asks again%s: the server works through requests "
                "that nobody waits for any more, and falls further behind",
                model_function_label(m, op->function, &c->scratch), call_label(c, op->node),
                waits ? " for ever" : " at once and for ever");
    finding_step_add(c, op->node, "waits with a time limit");
    finding_step_add(c, q.again, "asks again");
}

void rule_timeout_retry_storm(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (vec_each(&m->ops, op)) {
        if (op->kind != OP_API || !(op->ctx & CTX_CAUGHT)) continue;
        const api_row *row = api_get(op->api);
        if (row->kind != API_CALL && row->kind != API_AWAIT) continue;
        if (seen_first(&seen, op->function, op->clause)) judge_retry(c, op);
    }
    map64_release(&seen);
}
