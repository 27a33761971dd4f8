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
    const fact_node *next = model_node(m, model_strip(m, model_kid(m, body, 1)));
    return model_kid_count(m, body) == 2 && model_is_atom(m, model_kid(m, body, 0), "noreply") &&
           next->kind == NODE_VAR && node_uses(m, cb->state, next->name) &&
           !node_uses(m, cb->message, next->name);
}

/* Does the clause of the send go on to call its own function? *waits: it receives in between. */
static bool repeats(const model *m, const model_op *send, bool *waits)
{
    const model_function *f = &m->functions.items[send->function];
    bool again = false;
    *waits = false;
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (op->clause != send->clause) continue;
        if (op->kind == OP_RECEIVE) *waits = true;
        if (op->kind == OP_FUNCTION && op->target == send->function && op->order > send->order)
            again = true;
    }
    return again;
}

/* One message each to many processes is no flood: does the receiver vary with the loop? */
static bool fans_out(const model *m, const model_op *send)
{
    const api_row *row = api_get(send->api);
    if (row->receiver < 0) return false;
    return node_count_kind(m, model_arg(m, send->node, (uint32_t)row->receiver), NODE_VAR, 1) > 0;
}

/* A cast or plain send, wherever it stands. */
typedef struct {
    function_ix function;
    callback_ix callback; /* of whose clause it is part; NO_IX */
    op_ix op;
    server_ix server; /* NO_IX: not resolved */
    sym tag;
    uint16_t arity;
    bool cast;
    bool unsure; /* a loop that waits for messages itself may be slow */
} sending;

/* How often a message is sent from here, by what surrounds the send. */
static rate rate_of(const model *m, const bool *client_side, sending *s)
{
    const model_op *op = &m->ops.items[s->op];
    bool many = fans_out(m, op);
    const api_row *row = api_get(op->api);
    /* {Name, Node}: a process of the same name on each node. */
    bool nodes =
        many &&
        model_node(m, model_strip(m, model_arg(m, op->node, (uint32_t)row->receiver)))->kind ==
            NODE_TUPLE;
    if (op->ctx & CTX_LOOP && !many) return RATE_HIGH;
    if (!nodes && repeats(m, op, &s->unsure)) return RATE_HIGH;
    if (s->callback != NO_IX) {
        const model_callback *cb = &m->callbacks.items[s->callback];
        if (cb->kind == CB_INIT || cb->kind == CB_TERMINATE || cb->kind == CB_CONTINUE)
            return RATE_LOW;
        sv tag = model_text(m, cb->tag);
        if (sv_eq(tag, SV("DOWN")) || sv_eq(tag, SV("EXIT"))) return RATE_LOW;
        return server_is_per_client(m, cb->server) ? RATE_HIGH : RATE_LOW;
    }
    return client_side[s->function] ? RATE_PUBLIC : RATE_LOW;
}

/* One (server, tag, arity) and who sends it. */
typedef struct {
    sending most; /* the busiest sender */
    rate highest;
    bool by_tag; /* the receiver is unknown; this is the only server with such a clause */
} flow;

/* Servers by the tags of their cast clauses; TAKEN_BY_SEVERAL when a tag is not one server's. */
static const uint32_t TAKEN_BY_SEVERAL = UINT32_MAX - 2;

static void index_takers(const model *m, map64 *takers)
{
    for (vec_each(&m->callbacks, cb)) {
        if (cb->kind != CB_CAST || !cb->tag) continue;
        uint32_t server = cb->server;
        uint64_t key = pair64(cb->tag, cb->tag_arity);
        if (!map64_add(takers, key, &server) && server != cb->server)
            map64_set(takers, key, TAKEN_BY_SEVERAL);
    }
}

/* The only server that has a cast clause for a tag; NO_IX when several do, or none. */
static server_ix only_taker(const map64 *takers, sym tag, uint16_t arity)
{
    uint32_t server = map64_get(takers, pair64(tag, arity), TAKEN_BY_SEVERAL);
    return server == TAKEN_BY_SEVERAL ? NO_IX : server;
}

typedef struct {
    VEC(flow) items;
    map64 index, takers;
    map64 said;        /* op -> 1: has an edge */
    bool *client_side; /* for each function: public functions that are no callbacks reach it */
} flows;

/* Which functions run on behalf of whoever calls the module: its public functions, but for
 * callbacks, and what these call in the same module. */
static bool *client_functions(const model *m)
{
    bool *found = base_calloc((size_t)m->functions.count + 1, sizeof *found);
    bool *callback = base_calloc((size_t)m->functions.count + 1, sizeof *callback);
    VEC(function_ix) work = {0};
    for (vec_each(&m->callbacks, cb)) callback[cb->function] = true;
    for (function_ix i = 0; i < m->functions.count; i++) {
        const model_function *f = &m->functions.items[i];
        found[i] = f->exported && f->kind == FUNCTION_PUBLIC && !callback[i];
        if (found[i]) vec_push(&work, i);
    }
    while (work.count) {
        const model_function *f = &m->functions.items[vec_pop(&work)];
        for (uint32_t i = 0; i < f->op_count; i++) {
            const model_op *op = &m->ops.items[f->op_first + i];
            if (op->kind != OP_FUNCTION || found[op->target] || callback[op->target]) continue;
            if (m->functions.items[op->target].module != f->module) continue;
            found[op->target] = true;
            vec_push(&work, op->target);
        }
    }
    vec_release(&work);
    free(callback);
    return found;
}

static void flow_add(const model *m, flows *all, sending s)
{
    bool by_tag = false;
    if (!s.tag) return;
    if (s.server == NO_IX && s.cast && s.arity > 1) {
        s.server = only_taker(&all->takers, s.tag, s.arity);
        by_tag = true;
    }
    if (s.server == NO_IX) return;
    if (s.callback != NO_IX && m->callbacks.items[s.callback].server == s.server) return;
    if (m->files.items[m->functions.items[s.function].file].is_test) return;
    rate often = rate_of(m, all->client_side, &s);
    uint64_t key = hash64_mix(pair64(s.server, s.tag) ^ ((uint64_t)s.arity << 48));
    uint32_t at = all->items.count;
    if (map64_add(&all->index, key, &at)) {
        vec_push(&all->items, (flow){s, often, by_tag});
        return;
    }
    flow *f = &all->items.items[at];
    f->by_tag = f->by_tag && by_tag;
    if (often <= f->highest) return;
    f->highest = often;
    f->most = s;
}

static void flow_of_edge(const model *m, flows *all, const model_edge *e)
{
    uint32_t mark = 0;
    bool cast = e->kind == EDGE_CAST;
    if ((!cast && e->kind != EDGE_SEND) || e->op == NO_IX) return;
    map64_add(&all->said, e->op, &mark);
    if (e->id == ID_SELF || e->id == ID_OWN_KIND || e->id == ID_CALLER) return;
    flow_add(
        m, all,
        (sending){e->function, e->callback, e->op, e->server, e->tag, e->tag_arity, cast, false});
}

/* A cast within a fun: to a server named in place, with a message written in place. */
static void flow_of_op(const model *m, flows *all, op_ix row, const uint32_t *callback_of)
{
    const model_op *op = &m->ops.items[row];
    if (op->kind != OP_API || map64_get(&all->said, row, UINT32_MAX) != UINT32_MAX) return;
    const api_row *api = api_get(op->api);
    if (api->kind != API_CAST || api->receiver < 0 || api->message < 0) return;
    node_ix message = model_strip(m, model_arg(m, op->node, (uint32_t)api->message));
    node_ix receiver = model_strip(m, model_arg(m, op->node, (uint32_t)api->receiver));
    const fact_node *said = model_node(m, message), *to = model_node(m, receiver);
    uint16_t arity = 0;
    if (said->kind == NODE_TUPLE && said->kid_count) {
        arity = (uint16_t)MIN(said->kid_count, 65535u);
        said = model_node(m, model_strip(m, model_kid(m, message, 0)));
    }
    if (said->kind != NODE_ATOM) return;
    server_ix server = to->kind == NODE_ATOM ? model_server_named(m, to->name) : NO_IX;
    uint32_t callback = callback_of[op->clause];
    flow_add(m, all,
             (sending){op->function, callback ? callback - 1 : NO_IX, row, server, said->name,
                       arity, true, false});
}

static void judge_flow(classify *c, const flow *f)
{
    const model *m = c->m;
    const sending *most = &f->most;
    const model_server *s = &m->servers.items[most->server];
    const model_effect *because = NULL;
    callback_ix taker = NO_IX, ignoring = NO_IX;
    cost worst = COST_NOTHING;
    callback_kind kind = most->cast ? CB_CAST : CB_INFO;
    if (f->highest == RATE_LOW || s->kind == SERVER_CHANNEL) return;
    if (server_is_per_client(m, most->server) && f->highest != RATE_HIGH) return;
    for (uint32_t i = 0; i < s->callback_count; i++) {
        callback_ix at = s->callback_first + i;
        const model_callback *cb = &m->callbacks.items[at];
        if (callback_event(cb) != kind || cb->tag != most->tag || cb->tag_arity != most->arity)
            continue;
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
    bool wasted =
        ignoring != NO_IX && f->highest >= RATE_PUBLIC && server_is_shared(m, most->server);
    bool loaded = server_is_shared(m, most->server) || f->highest == RATE_HIGH;
    if (!wasted && worst == COST_NOTHING && f->highest != RATE_HIGH) return;
    if (!wasted && worst != COST_SLOW && (!loaded || most->arity < 3)) return;
    confidence conf = CONF_POSSIBLE;
    if (worst == COST_SLOW && f->highest == RATE_HIGH && !f->by_tag &&
        server_is_shared(m, most->server) && !most->unsure)
        conf = effect_trust(m, because, CONF_LIKELY);
    const char *label = model_callback_label(m, taker, &c->scratch);
    const char *from = model_function_label(m, most->function, &c->scratch);
    const char *key = arena_printf(&c->scratch, "%s", callback_key(c, taker));
    node_ix at = m->ops.items[most->op].node;
    if (worst == COST_SLOW)
        finding_add(
            c, conf, at, most->server, key,
            "%s sends without waiting%s, and %s waits in %s for each message: nothing slows "
            "the senders down, the mailbox grows",
            from, f->highest == RATE_HIGH ? ", again and again" : "", label,
            call_label(c, because->node));
    else if (wasted)
        finding_add(c, conf, at, most->server, key,
                    "%s sends a message that a clause of %s only drops: a busy server collects "
                    "messages for nothing",
                    from, server_label(c, most->server));
    else
        finding_add(
            c, conf, at, most->server, key,
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
    flows all = {.client_side = client_functions(m)};
    uint32_t *callback_of = base_calloc((size_t)m->clauses.count + 1, sizeof *callback_of);
    for (callback_ix i = 0; i < m->callbacks.count; i++)
        if (m->callbacks.items[i].clause != NO_IX)
            callback_of[m->callbacks.items[i].clause] = i + 1;
    index_takers(m, &all.takers);
    for (vec_each(&m->edges, e)) flow_of_edge(m, &all, e);
    for (op_ix i = 0; i < m->ops.count; i++) flow_of_op(m, &all, i, callback_of);
    for (vec_each(&all.items, f)) judge_flow(c, f);
    free(callback_of);
    free(all.client_side);
    vec_release(&all.items);
    map64_release(&all.index);
    map64_release(&all.takers);
    map64_release(&all.said);
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
    bool asked = many || callback_event(cb) == CB_CALL;
    /* A static supervisor has few children; listing those of a dynamic one is what hurts. */
    bool dynamic = sv_eq(sv_from(row->module), SV("DynamicSupervisor"));
    confidence conf = reads && asked && dynamic ? CONF_LIKELY : CONF_POSSIBLE;
    finding_add(c, effect_trust(m, e, conf), e->node, cb->server,
                arena_printf(&c->scratch, "%s %s", callback_key(c, e->root), row->name),
                reads
                    ? "%s asks a supervisor for its children on each request: the supervisor walks "
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
    map64 seen = {0}, told = {0}, callbacks = {0};
    for (vec_each(&m->callbacks, cb)) seen_first(&callbacks, cb->function, 0);
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
        if (map64_get(&callbacks, pair64(op->function, 0), UINT32_MAX) != UINT32_MAX) continue;
        if (!(op->ctx & CTX_SPAWNED) && seen_first(&told, op->node, 0)) judge_client_read(c, op);
    }
    map64_release(&callbacks);
    map64_release(&seen);
    map64_release(&told);
}
