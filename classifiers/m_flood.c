/* cast-without-backpressure, hot-supervisor: more messages than one process can work off. */
#include "base/base.h"
#include "classifiers/rules.h"
#include "classifiers/shared.h"

/* ---- cast-without-backpressure ---- */

typedef enum { COST_NOTHING, COST_SMALL, COST_SLOW } cost;
typedef enum { RATE_LOW, RATE_PUBLIC, RATE_HIGH } rate;

/* What a clause costs, and the effect that makes it slow. */
static cost cost_of(const model *m, callback_ix callback, const model_effect **because)
{
    const model_callback *cb = &m->callbacks.items[callback];
    cost worst = COST_NOTHING;
    *because = NULL;
    for (uint32_t i = 0; i < cb->effect_count; i++) {
        const model_effect *e = &m->effects.items[cb->effect_first + i];
        if (!effect_in_process(e) || e->api == NO_IX) continue;
        const api_row *row = api_get(e->api);
        bool waits = (row->kind == API_BLOCKING && !api_flag(row, "light")) ||
                     row->kind == API_CALL || row->kind == API_AWAIT || row->kind == API_SUP_CALL;
        if (waits) {
            *because = e;
            return COST_SLOW;
        }
        if (row->kind != API_LOG && row->kind != API_PURE && row->kind != API_RAISE)
            worst = COST_SMALL;
    }
    return worst;
}

/* A clause that takes the message and does nothing with it. */
static bool ignores(const model *m, callback_ix callback)
{
    const model_callback *cb = &m->callbacks.items[callback];
    node_ix body = model_strip(m, cb->node);
    if (model_node(m, body)->kind != NODE_TUPLE || !cb->tag) return false;
    return model_kid_count(m, body) == 2 && model_is_atom(m, model_kid(m, body, 0), "noreply") &&
           model_node(m, model_strip(m, model_kid(m, body, 1)))->kind == NODE_VAR;
}

static bool is_recursive(const model *m, function_ix function)
{
    const model_function *f = &m->functions.items[function];
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (op->kind == OP_FUNCTION && op->target == function) return true;
    }
    return false;
}

/* How often a message is sent from here, by what surrounds the send. */
static rate rate_of(const model *m, const model_edge *edge)
{
    const model_op *op = &m->ops.items[edge->op];
    const model_function *f = &m->functions.items[edge->function];
    if (op->ctx & CTX_LOOP || is_recursive(m, edge->function)) return RATE_HIGH;
    if (edge->callback != NO_IX) {
        const model_callback *cb = &m->callbacks.items[edge->callback];
        if (cb->kind == CB_INIT || cb->kind == CB_TERMINATE || cb->kind == CB_CONTINUE)
            return RATE_LOW;
        return server_is_per_client(m, cb->server) ? RATE_HIGH : RATE_LOW;
    }
    return f->exported && f->kind == FUNCTION_PUBLIC ? RATE_PUBLIC : RATE_LOW;
}

/* One (server, tag, arity) and who sends it. */
typedef struct {
    server_ix server;
    sym tag;
    uint16_t arity;
    bool by_tag; /* the receiver is unknown; this is the only server with such a clause */
    rate highest;
    uint32_t best_edge;
    uint32_t senders;
} flow;

/* The only server that has a cast clause for a tag; NO_IX when several do, or none. */
static server_ix only_taker(const model *m, map64 *memo, sym tag, uint16_t arity)
{
    uint64_t key = pair64(tag, arity);
    uint32_t known = map64_get(memo, key, UINT32_MAX);
    if (known != UINT32_MAX) return known == UINT32_MAX - 2 ? NO_IX : known;
    server_ix found = NO_IX;
    bool several = false;
    for (vec_each(&m->callbacks, cb)) {
        if (cb->kind != CB_CAST || cb->tag != tag || cb->tag_arity != arity) continue;
        if (found != NO_IX && found != cb->server) several = true;
        found = cb->server;
    }
    if (several) found = NO_IX;
    map64_set(memo, key, found == NO_IX ? UINT32_MAX - 2 : found);
    return found;
}

typedef struct {
    VEC(flow) items;
    map64 index;
    map64 takers;
} flows;

static void flow_add(const model *m, flows *all, uint32_t row)
{
    const model_edge *edge = &m->edges.items[row];
    bool cast = edge->kind == EDGE_CAST;
    if ((!cast && edge->kind != EDGE_SEND) || !edge->tag) return;
    if (edge->id == ID_SELF || edge->id == ID_OWN_KIND || edge->id == ID_CALLER) return;
    server_ix server = edge->server;
    bool by_tag = false;
    if (server == NO_IX && cast && edge->tag_arity > 1) {
        server = only_taker(m, &all->takers, edge->tag, edge->tag_arity);
        by_tag = true;
    }
    if (server == NO_IX) return;
    if (edge->callback != NO_IX && m->callbacks.items[edge->callback].server == server) return;
    if (m->files.items[m->functions.items[edge->function].file].is_test) return;
    rate often = rate_of(m, edge);
    uint64_t key = hash64_mix(pair64(server, edge->tag) ^ ((uint64_t)edge->tag_arity << 48));
    uint32_t at = all->items.count;
    if (map64_add(&all->index, key, &at))
        vec_push(&all->items, (flow){server, edge->tag, edge->tag_arity, by_tag, often, row, 1});
    else {
        flow *f = &all->items.items[at];
        f->senders++;
        f->by_tag = f->by_tag && by_tag;
        if (often > f->highest) {
            f->highest = often;
            f->best_edge = row;
        }
    }
}

static void judge_flow(classify *c, const flow *f)
{
    const model *m = c->m;
    const model_server *s = &m->servers.items[f->server];
    const model_edge *edge = &m->edges.items[f->best_edge];
    const model_effect *because = NULL;
    callback_ix taker = NO_IX, ignoring = NO_IX;
    cost worst = COST_NOTHING;
    callback_kind kind = edge->kind == EDGE_CAST ? CB_CAST : CB_INFO;
    if (f->highest == RATE_LOW || server_is_per_client(m, f->server)) return;
    for (uint32_t i = 0; i < s->callback_count; i++) {
        callback_ix at = s->callback_first + i;
        const model_callback *cb = &m->callbacks.items[at];
        if (callback_event(cb) != kind || cb->tag != f->tag || cb->tag_arity != f->arity) continue;
        const model_effect *found = NULL;
        cost here = cost_of(m, at, &found);
        if (ignores(m, at)) ignoring = at;
        if (taker == NO_IX || here > worst) {
            taker = at;
            worst = here;
            because = found;
        }
    }
    if (taker == NO_IX) return;
    bool wasted = ignoring != NO_IX && f->highest >= RATE_PUBLIC && server_is_shared(m, f->server);
    bool loaded = server_is_shared(m, f->server) || f->highest == RATE_HIGH;
    if (!wasted && worst == COST_NOTHING && f->highest != RATE_HIGH) return;
    if (!wasted && worst != COST_SLOW && (!loaded || f->arity < 3)) return;
    confidence conf = CONF_POSSIBLE;
    if (worst == COST_SLOW && f->highest == RATE_HIGH && !f->by_tag &&
        server_is_shared(m, f->server))
        conf = CONF_LIKELY;
    const char *label = model_callback_label(m, taker, &c->scratch);
    const char *from = model_function_label(m, edge->function, &c->scratch);
    const char *key = arena_printf(&c->scratch, "%s", callback_key(c, taker));
    node_ix at = m->ops.items[edge->op].node;
    if (worst == COST_SLOW)
        finding_add(
            c, conf, at, f->server, key,
            "%s sends without waiting%s, and %s waits in %s for each message: nothing slows "
            "the senders down, the mailbox grows",
            from, f->highest == RATE_HIGH ? ", again and again" : "", label,
            call_label(c, because->node));
    else if (wasted)
        finding_add(c, conf, at, f->server, key,
                    "%s sends a message that a clause of %s only drops: a busy server collects "
                    "messages for nothing",
                    from, server_label(c, f->server));
    else
        finding_add(
            c, conf, at, f->server, key,
            "%s sends without waiting%s to %s: nothing slows the senders down when it falls "
            "behind",
            from, f->highest == RATE_HIGH ? ", again and again" : "", label);
    if (worst != COST_SLOW) finding_level(c, LEVEL_NOTE);
    finding_callback(c, taker);
    finding_step_add(c, at,
                     f->highest == RATE_HIGH ? "sent in a loop or by many processes"
                                             : "sent by whoever calls this");
    finding_step_add(c, m->callbacks.items[wasted && worst != COST_SLOW ? ignoring : taker].message,
                     "the clause that takes it");
    if (because) finding_path_add(c, because, "works slowly");
}

void rule_cast_without_backpressure(classify *c)
{
    const model *m = c->m;
    flows all = {0};
    for (uint32_t i = 0; i < m->edges.count; i++) flow_add(m, &all, i);
    for (vec_each(&all.items, f)) judge_flow(c, f);
    vec_release(&all.items);
    map64_release(&all.index);
    map64_release(&all.takers);
}

/* ---- hot-supervisor ---- */

/* A callback that requests of clients run. */
static bool on_request_path(const model *m, const model_callback *cb)
{
    if (cb->kind == CB_CLIENT_IN) return true;
    uint8_t kind = m->servers.items[cb->server].kind;
    if (kind != SERVER_GENSERVER && kind != SERVER_CHANNEL && kind != SERVER_STATEM) return false;
    callback_kind event = callback_event(cb);
    return event == CB_CALL || event == CB_CAST ||
           (event == CB_INFO && server_is_per_client(m, cb->server));
}

static bool reads_children(const api_row *row)
{
    return api_flag(row, "which_children") || api_flag(row, "count_children");
}

static void judge_supervisor_call(classify *c, const model_effect *e)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[e->root];
    const api_row *row = api_get(e->api);
    bool reads = reads_children(row);
    bool many = server_is_per_client(m, cb->server) || e->ctx & CTX_LOOP;
    finding_add(
        c, reads && (many || callback_event(cb) == CB_CALL) ? CONF_LIKELY : CONF_POSSIBLE, e->node,
        cb->server, arena_printf(&c->scratch, "%s %s", callback_key(c, e->root), row->name),
        reads ? "%s asks a supervisor for its children on each request: the supervisor walks "
                "all of them, and every start and restart waits behind"
              : "%s goes to one supervisor (%s) on each request: its mailbox is the "
                "bottleneck of all",
        model_callback_label(m, e->root, &c->scratch), row->name);
    finding_callback(c, e->root);
    if (cb->message) finding_step_add(c, cb->message, "runs on each request");
    finding_path_add(c, e, "one process answers for all children");
}

/* Reads of all children in client functions: whoever calls them goes to the one supervisor. */
static void judge_client_read(classify *c, const model_op *op)
{
    const model *m = c->m;
    const model_function *f = &m->functions.items[op->function];
    if (!f->exported || !reads_children(api_get(op->api))) return;
    finding_add(c, CONF_POSSIBLE, op->node, NO_IX,
                arena_printf(&c->scratch, "client %s", function_key(c, op->function)),
                "%s asks a supervisor for all its children each time it is called: the supervisor "
                "is the bottleneck of its callers",
                model_function_label(m, op->function, &c->scratch));
    finding_level(c, LEVEL_NOTE);
    finding_step_add(c, op->node, "one process answers for all children");
}

void rule_hot_supervisor(classify *c)
{
    const model *m = c->m;
    map64 seen = {0}, told = {0};
    for (vec_each(&m->effects, e)) {
        if (e->kind != API_SUP_CALL || e->api == NO_IX || !effect_in_process(e)) continue;
        const model_callback *cb = &m->callbacks.items[e->root];
        const api_row *row = api_get(e->api);
        if (!reads_children(row) && !api_flag(row, "start_child")) continue;
        if (!on_request_path(m, cb) || !callback_in_server(m, cb)) continue;
        seen_first(&told, e->node, 0);
        if (seen_first(&seen, cb->server, e->node)) judge_supervisor_call(c, e);
    }
    for (vec_each(&m->ops, op)) {
        if (op->kind != OP_API || api_get(op->api)->kind != API_SUP_CALL) continue;
        if (!(op->ctx & CTX_SPAWNED) && seen_first(&told, op->node, 0)) judge_client_read(c, op);
    }
    map64_release(&seen);
    map64_release(&told);
}
