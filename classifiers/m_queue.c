/* unbounded-state-queue: a collection in the state that grows with each message. */
#include "base/base.h"
#include "classifiers/rules.h"
#include "classifiers/shared.h"

/* ---- growth of a field ---- */

/* The field of the state that an expression reads: `state.items`, `S#st.items`, or a variable that
 * the state pattern of the clause binds to the field. 0: none. */
typedef struct {
    sym variable;
    sym field;
} bound_field;

static bool visit_bound_field(const model *m, node_ix node, void *payload)
{
    bound_field *q = payload;
    const fact_node *at = model_node(m, node);
    uint32_t first =
        at->kind == NODE_MAP || at->kind == NODE_STRUCT || at->kind == NODE_RECORD ? 0 : 9;
    for (uint32_t i = first; i + 1 < at->kid_count; i += 2) {
        const fact_node *key = model_node(m, model_kid(m, node, i));
        const fact_node *value = model_node(m, model_kid(m, node, i + 1));
        if (key->kind == NODE_ATOM && value->kind == NODE_VAR && value->name == q->variable)
            q->field = key->name;
    }
    return q->field == 0;
}

static sym field_read(const model *m, const model_callback *cb, node_ix node)
{
    node = model_strip(m, node);
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_FIELD) return at->name;
    if (at->kind != NODE_VAR || !cb->state) return 0;
    bound_field q = {at->name, 0};
    model_visit(m, cb->state, visit_bound_field, &q);
    return q.field;
}

/* Is it an insertion into a collection; which one? [x | rest], rest ++ [x], :queue.in(x, rest). */
static node_ix insertion_base(const model *m, node_ix node)
{
    node = model_strip(m, node);
    const fact_node *at = model_node(m, node);
    sv name = model_text(m, at->name);
    if (at->kind == NODE_LIST && at->flags & NODE_FLAG_TAIL && at->kid_count >= 2)
        return model_kid(m, node, at->kid_count - 1);
    if (at->kind == NODE_OP && sv_eq(name, SV("++"))) {
        bool left_new = model_node(m, model_strip(m, model_kid(m, node, 0)))->kind == NODE_LIST;
        return model_kid(m, node, left_new ? 1 : 0);
    }
    if (at->kind == NODE_CALL_REMOTE && model_is_atom(m, model_kid(m, node, 0), "queue")) {
        if (sv_eq(name, SV("in")) || sv_eq(name, SV("in_r")) || sv_eq(name, SV("snoc")))
            return model_arg(m, node, sv_eq(name, SV("snoc")) ? 0 : 1);
    }
    return 0;
}

typedef struct {
    const model_callback *cb;
    sym field;      /* looked for, when not 0 */
    sym grown;      /* found: the field that grows */
    node_ix at;     /* where */
    uint32_t other; /* writes of the field that are no insertion */
} growth_query;

static uint32_t first_pair(const fact_node *at)
{
    switch (at->kind) {
    case NODE_MAP_UPDATE:
    case NODE_STRUCT_UPDATE:
    case NODE_RECORD_UPDATE: return 1;
    case NODE_MAP:
    case NODE_STRUCT:
    case NODE_RECORD: return 0;
    default: return UINT32_MAX;
    }
}

static bool visit_growth(const model *m, node_ix node, void *payload)
{
    growth_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (q->at || at->kind == NODE_FN) return false;
    if (first_pair(at) != 1) return true;
    for (uint32_t i = 1; i + 1 < at->kid_count; i += 2) {
        const fact_node *key = model_node(m, model_kid(m, node, i));
        node_ix base = insertion_base(m, model_kid(m, node, i + 1));
        if (key->kind != NODE_ATOM || !base) continue;
        if (field_read(m, q->cb, base) != key->name) continue;
        q->grown = key->name;
        q->at = model_kid(m, node, i + 1);
        return false;
    }
    return true;
}

/* Writes of the field anywhere in a body that are no insertion: it shrinks or is set anew. */
static bool visit_writes(const model *m, node_ix node, void *payload)
{
    growth_query *q = payload;
    const fact_node *at = model_node(m, node);
    uint32_t first = first_pair(at);
    for (uint32_t i = first; first != UINT32_MAX && i + 1 < at->kid_count; i += 2) {
        const fact_node *key = model_node(m, model_kid(m, node, i));
        if (key->kind != NODE_ATOM || key->name != q->field) continue;
        if (!insertion_base(m, model_kid(m, node, i + 1))) q->other++;
    }
    /* Map.put(state, :items, []), update_in(state.items, ..), put_elem: some function writes it. */
    if ((at->kind == NODE_CALL || at->kind == NODE_CALL_REMOTE)) {
        sv name = model_text(m, at->name);
        bool writes = sv_starts(name, SV("put")) || sv_starts(name, SV("update")) ||
                      sv_starts(name, SV("pop")) || sv_eq(name, SV("set")) ||
                      sv_eq(name, SV("replace")) || sv_eq(name, SV("get_and_update")) ||
                      sv_eq(name, SV("struct")) || sv_eq(name, SV("setelement"));
        if (writes) q->other++;
    }
    return q->other == 0;
}

static bool shrinks(const model *m, server_ix server, sym field)
{
    const model_server *s = &m->servers.items[server];
    const model_module *mod = &m->modules.items[s->module];
    growth_query q = {.field = field};
    for (uint32_t i = 0; i < mod->function_count && q.other == 0; i++) {
        const model_function *f = &m->functions.items[mod->function_first + i];
        if (sv_eq(model_text(m, f->name), SV("init"))) continue;
        for (uint32_t k = 0; k < f->clause_count && q.other == 0; k++)
            model_visit(m, m->clauses.items[f->clause_first + k].body, visit_writes, &q);
    }
    return q.other > 0;
}

/* Does the clause look at the size of what it inserts into? */
typedef struct {
    node_ix base;
    bool found;
} size_query;

static bool visit_size(const model *m, node_ix node, void *payload)
{
    static const char *const NAMES[] = {"length", "len",    "count",   "map_size",
                                        "size",   "take",   "sublist", "drop",
                                        "slice",  "member", "member?", "is_member"};
    size_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (q->found || (at->kind != NODE_CALL && at->kind != NODE_CALL_REMOTE)) return !q->found;
    bool named = false;
    for (size_t i = 0; i < ARRAY_LEN(NAMES) && !named; i++)
        named = sv_eq_c(model_text(m, at->name), NAMES[i]);
    const fact_node *base = model_node(m, model_strip(m, q->base));
    for (uint32_t i = 0; named && i < model_arg_count(m, node); i++) {
        node_ix arg = model_strip(m, model_arg(m, node, i));
        const fact_node *of = model_node(m, arg);
        if (base->kind == NODE_VAR) q->found = q->found || node_uses(m, arg, base->name);
        if (base->kind == NODE_FIELD)
            q->found = q->found || (of->kind == NODE_FIELD && of->name == base->name);
        /* [x | list] |> Enum.take(n): what is cut has just been built. */
        if (of->kind == NODE_LIST || of->kind == NODE_OP) q->found = true;
    }
    return !q->found;
}

static bool looks_at_size(const model *m, const model_callback *cb, node_ix base)
{
    size_query q = {base, false};
    model_visit(m, cb->node, visit_size, &q);
    node_ix guard = cb->clause == NO_IX ? 0 : m->clauses.items[cb->clause].guard;
    if (guard) model_visit(m, guard, visit_size, &q);
    return q.found;
}

static void judge_growth(classify *c, callback_ix callback)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[callback];
    growth_query q = {.cb = cb};
    model_visit(m, cb->node, visit_growth, &q);
    if (!q.at || looks_at_size(m, cb, insertion_base(m, q.at)) || shrinks(m, cb->server, q.grown))
        return;
    sv field = model_text(m, q.grown);
    finding_add(c, server_is_shared(m, cb->server) ? CONF_LIKELY : CONF_POSSIBLE, q.at, cb->server,
                arena_printf(&c->scratch, "grows %.*s", SV_FMT(field)),
                "%s adds to %.*s with each message, and nothing in %s ever takes from it",
                model_callback_label(m, callback, &c->scratch), SV_FMT(field),
                server_label(c, cb->server));
    finding_callback(c, callback);
    finding_step_add(c, q.at, "one more entry");
}

/* ---- callers that wait in a queue ---- */

typedef struct {
    const model_callback *cb;
    node_ix at;
} waiter_query;

static bool uses_from(const model *m, const model_callback *cb, node_ix node)
{
    const fact_node *from = model_node(m, model_strip(m, cb->from));
    if (from->kind == NODE_VAR) return node_uses(m, node, from->name);
    for (uint32_t i = 0; from->kind == NODE_MATCH && i < 2; i++) {
        const fact_node *side = model_node(m, model_kid(m, model_strip(m, cb->from), i));
        if (side->kind == NODE_VAR && node_uses(m, node, side->name)) return true;
    }
    return false;
}

static bool visit_waiter(const model *m, node_ix node, void *payload)
{
    waiter_query *q = payload;
    if (q->at || model_node(m, node)->kind == NODE_FN) return false;
    node_ix base = insertion_base(m, node);
    if (base && field_read(m, q->cb, base) && uses_from(m, q->cb, node) &&
        !uses_from(m, q->cb, base))
        q->at = node;
    return true;
}

/* The insertion of the caller in the clause, or in a function that is given the caller. */
static node_ix waiter_in(const model *m, const model_callback *cb)
{
    waiter_query q = {.cb = cb};
    model_visit(m, cb->node, visit_waiter, &q);
    return q.at;
}

static bool server_has_effect(const model *m, server_ix server, api_kind kind)
{
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        for (uint32_t k = 0; k < cb->effect_count; k++)
            if (m->effects.items[cb->effect_first + k].kind == kind) return true;
    }
    return false;
}

/* Is a monitor set in a call clause, so that it may be for the caller? */
static bool monitors_callers(const model *m, server_ix server)
{
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        for (uint32_t k = 0; callback_event(cb) == CB_CALL && k < cb->effect_count; k++) {
            const model_effect *e = &m->effects.items[cb->effect_first + k];
            if (e->kind != API_MONITOR) continue;
            if (value_may_be_client(m, e->receiver)) return true;
        }
    }
    return false;
}

/* Does the module look whether a process is alive? Then who left is passed over. */
static bool looks_alive(const model *m, server_ix server)
{
    const model_module *mod = &m->modules.items[m->servers.items[server].module];
    for (uint32_t f = 0; f < mod->function_count; f++) {
        const model_function *function = &m->functions.items[mod->function_first + f];
        for (uint32_t i = 0; i < function->op_count; i++) {
            const model_op *op = &m->ops.items[function->op_first + i];
            sv name = model_text(m, model_node(m, op->node)->name);
            if (sv_eq(name, SV("alive?")) || sv_eq(name, SV("is_process_alive"))) return true;
        }
    }
    return false;
}

/* Does every request that is known wait without a limit? Then nobody gives up, short of dying. */
static bool nobody_gives_up(const model *m, const model_callback *cb)
{
    bool known = false;
    for (vec_each(&m->edges, e)) {
        if (e->server != cb->server || e->kind != EDGE_CALL || e->tag != cb->tag) continue;
        if (e->timeout_ms != TIMEOUT_NEVER) return false;
        known = true;
    }
    return known;
}

static void judge_waiters(classify *c, callback_ix callback)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[callback];
    if (!cb->from) return;
    node_ix at = waiter_in(m, cb);
    if (!at || looks_at_size(m, cb, insertion_base(m, at))) return;
    if (monitors_callers(m, cb->server) || looks_alive(m, cb->server)) return;
    bool queue = model_node(m, model_strip(m, at))->kind != NODE_LIST;
    /* A timer in the server may be a time limit of its own. */
    if (server_has_effect(m, cb->server, API_TIMER) || nobody_gives_up(m, cb)) queue = false;
    finding_add(c, queue ? CONF_LIKELY : CONF_POSSIBLE, at, cb->server,
                arena_printf(&c->scratch, "waiters %s", callback_key(c, callback)),
                "%s keeps its callers in a collection without a limit and does not monitor them: "
                "who timed out stays in it and is served for nothing",
                model_callback_label(m, callback, &c->scratch));
    finding_callback(c, callback);
    finding_step_add(c, cb->from, "the caller");
    finding_step_add(c, at, "waits here, without a limit");
    const model_server *s = &m->servers.items[cb->server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *other = &m->callbacks.items[s->callback_first + i];
        for (uint32_t k = 0; k < other->effect_count; k++) {
            const model_effect *e = &m->effects.items[other->effect_first + k];
            if (e->kind != API_REPLY) continue;
            finding_path_add(c, e, "answered later, alive or not");
            return;
        }
    }
}

void rule_unbounded_state_queue(classify *c)
{
    const model *m = c->m;
    for (callback_ix i = 0; i < m->callbacks.count; i++) {
        const model_callback *cb = &m->callbacks.items[i];
        callback_kind event = callback_event(cb);
        if (event != CB_CALL && event != CB_CAST && event != CB_INFO) continue;
        if (!callback_in_server(m, cb)) continue;
        judge_growth(c, i);
        if (event == CB_CALL) judge_waiters(c, i);
    }
}
