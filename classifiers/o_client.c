/* documented-order, client-breaks-order, subscribe-after-read: orders that callers keep or break.
 */
#include "base/base.h"
#include "classifiers/o_shared.h"

/* ---- documented-order ---- */

static node_ix body_of(const model *m, function_ix function)
{
    const model_function *fn = &m->functions.items[function];
    for (uint32_t i = 0; i < fn->clause_count; i++) {
        node_ix body = m->clauses.items[fn->clause_first + i].body;
        if (body) return body;
    }
    return 0;
}

static node_ix operation_body(const model *m, module_ix module, sym name)
{
    const model_module *mod = &m->modules.items[module];
    for (uint32_t i = 0; i < mod->function_count; i++) {
        const model_function *fn = &m->functions.items[mod->function_first + i];
        if (fn->name == name && fn->kind == FUNCTION_PUBLIC)
            return body_of(m, mod->function_first + i);
    }
    return 0;
}

/* The module whose documentation it is. */
static module_ix module_of_order(const model *m, const model_order *o)
{
    if (o->function != NO_IX) return m->functions.items[o->function].module;
    const model_file *file = &m->files.items[o->file];
    for (uint32_t i = 0; i < file->module_count; i++)
        if (operation_body(m, file->module_first + i, o->first)) return file->module_first + i;
    return NO_IX;
}

void rule_documented_order(classify *c)
{
    const model *m = c->m;
    for (vec_each(&m->orders, o)) {
        if (o->status != ORDER_NOT_ENFORCED && o->status != ORDER_CONTRADICTED) continue;
        if (o->server == NO_IX) continue;
        module_ix module = module_of_order(m, o);
        if (module == NO_IX) continue;
        node_ix first = operation_body(m, module, o->first);
        node_ix then = operation_body(m, module, o->then);
        node_ix at = then ? then : first;
        if (!at || !first) continue;
        bool against = o->status == ORDER_CONTRADICTED;
        sv a = model_text(m, o->first), b = model_text(m, o->then);
        finding_add(c, CONF_LIKELY, at, o->server,
                    arena_printf(&c->scratch, "%.*s before %.*s", SV_FMT(a), SV_FMT(b)),
                    against ? "the documentation (line %u) says that %.*s comes before %.*s, but "
                              "the server refuses it in that order"
                            : "the documentation (line %u) says that %.*s comes before %.*s; "
                              "nothing in the server refuses the other order",
                    o->line, SV_FMT(a), SV_FMT(b));
        if (against) finding_level(c, LEVEL_WARNING);
        finding_step_add(c, first, "%.*s, which has to come first", SV_FMT(a));
        if (then) finding_step_add(c, then, "%.*s", SV_FMT(b));
    }
}

/* ---- client-breaks-order ---- */

/* The message that an operation of a server's module sends to the server, from the edges. */
typedef struct {
    map64 of_function; /* function -> edge */
} operations;

static void operations_open(const model *m, operations *o)
{
    for (uint32_t i = 0; i < m->edges.count; i++) {
        const model_edge *e = &m->edges.items[i];
        if (e->server == NO_IX || !e->tag || (e->kind != EDGE_CALL && e->kind != EDGE_CAST))
            continue;
        if (m->functions.items[e->function].module != m->servers.items[e->server].module) continue;
        if (e->callback != NO_IX) continue;
        uint32_t mark = i;
        map64_add(&o->of_function, e->function, &mark);
    }
}

/* What the automaton does with a message in a state. */
typedef struct {
    bool accepts, refuses, crashes;
    uint32_t to;
    callback_ix by;
} answer;

static answer ask(const model *m, const protocol_rows *r, uint32_t state, const model_edge *e)
{
    answer a = {.to = state, .by = NO_IX};
    for (uint32_t i = 0; i < r->transition_count; i++) {
        const model_transition *t = &m->transitions.items[r->transition_first + i];
        if (t->from != state || t->tag != e->tag || t->tag_arity != e->tag_arity) continue;
        if (t->event != (e->kind == EDGE_CALL ? CB_CALL : CB_CAST) && t->event != CB_NONE) continue;
        a.accepts |= t->kind == TRANSITION_ACCEPT;
        a.refuses |= t->kind == TRANSITION_REFUSE;
        a.crashes |= t->kind == TRANSITION_CRASH;
        if (t->kind != TRANSITION_ACCEPT) a.by = t->callback;
        if (t->kind == TRANSITION_ACCEPT && t->to != state) a.to = t->to;
    }
    return a;
}

/* Does op start this server? */
static bool starts_server(const model *m, const model_op *op, server_ix server)
{
    module_ix module = m->servers.items[server].module;
    if (op->kind == OP_FUNCTION) {
        const model_function *fn = &m->functions.items[op->target];
        return fn->module == module && sv_starts(model_text(m, fn->name), SV("start"));
    }
    if (op->kind != OP_API || api_get(op->api)->kind != API_START) return false;
    for (uint32_t a = 0; a < 2; a++) {
        const fact_node *arg = model_node(m, model_strip(m, model_arg(m, op->node, a)));
        if (arg->kind == NODE_ATOM && arg->name == m->modules.items[module].name) return true;
    }
    return false;
}

static void follow_client(classify *c, const protocol_rows *rows, const operations *known,
                          function_ix function, uint32_t from, server_ix server)
{
    const model *m = c->m;
    const model_function *fn = &m->functions.items[function];
    const protocol_rows *r = &rows[server];
    clause_ix clause = m->ops.items[fn->op_first + from].clause;
    for (uint32_t s = 0; s < r->state_count; s++) {
        uint32_t state = r->state_first + s;
        if (!m->states.items[state].initial) continue;
        uint32_t initials = 0;
        for (uint32_t k = 0; k < r->state_count; k++)
            initials += m->states.items[r->state_first + k].initial &&
                        m->states.items[r->state_first + k].field == m->states.items[state].field;
        if (initials != 1) continue;
        for (uint32_t k = from + 1; k < fn->op_count; k++) {
            const model_op *op = &m->ops.items[fn->op_first + k];
            if (op->clause != clause) break;
            if (op->kind != OP_FUNCTION) continue;
            if (m->functions.items[op->target].module != m->servers.items[server].module) continue;
            uint32_t edge = map64_get(&known->of_function, op->target, NO_IX);
            if (op->ctx & (CTX_SPAWNED | CTX_CLOSURE | CTX_BRANCH | CTX_LOOP)) break;
            if (edge == NO_IX) break; /* an operation that is not understood may do anything */
            answer a = ask(m, r, state, &m->edges.items[edge]);
            if (a.accepts || (!a.refuses && !a.crashes)) {
                state = a.to;
                continue;
            }
            const char *label = model_function_label(m, op->target, &c->scratch);
            const char *by = model_callback_label(m, a.by, &c->scratch);
            finding_add(c, CONF_LIKELY, op->node, server,
                        arena_printf(&c->scratch, "%s:%s", function_key(c, function), label),
                        "%s calls %s while the server is in %.*s: %s %s",
                        model_function_label(m, function, &c->scratch), label,
                        SV_FMT(model_text(m, m->states.items[state].name)), by,
                        a.crashes ? "fails there" : "answers with an error");
            finding_step_add(c, m->ops.items[fn->op_first + from].node, "starts the server");
            finding_step_add(c, op->node, "too early, or too late");
            if (a.by != NO_IX) finding_step_add(c, m->callbacks.items[a.by].node, "%s", by);
            return;
        }
    }
}

void rule_client_breaks_order(classify *c)
{
    const model *m = c->m;
    const protocol_rows *rows = protocol_rows_of(c);
    operations known = {0};
    operations_open(m, &known);
    for (function_ix f = 0; f < m->functions.count; f++) {
        const model_function *fn = &m->functions.items[f];
        for (uint32_t k = 0; k < fn->op_count; k++) {
            const model_op *op = &m->ops.items[fn->op_first + k];
            module_ix target = NO_IX;
            if (op->kind == OP_FUNCTION) target = m->functions.items[op->target].module;
            if (op->kind == OP_API && api_get(op->api)->kind == API_START) {
                for (uint32_t a = 0; a < 2 && target == NO_IX; a++) {
                    const fact_node *arg = model_node(m, model_strip(m, model_arg(m, op->node, a)));
                    if (arg->kind == NODE_ATOM) target = model_module_named(m, arg->name);
                }
            }
            if (target == NO_IX) continue;
            server_ix server = m->modules.items[target].server;
            if (server == NO_IX || rows[server].state_count == 0) continue;
            if (!starts_server(m, op, server)) continue;
            follow_client(c, rows, &known, f, k, server);
        }
    }
    map64_release(&known.of_function);
}

/* ---- subscribe-after-read ---- */

typedef enum { STEP_OTHER, STEP_READ, STEP_SUBSCRIBE } step_kind;

static bool starts_with_any(sv name, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (sv_starts(name, sv_from(words[i]))) return true;
    return false;
}

/* Does a function of the snapshot subscribe, directly? */
static bool subscribes(const model *m, function_ix function)
{
    const model_function *fn = &m->functions.items[function];
    for (uint32_t k = 0; k < fn->op_count; k++) {
        const model_op *op = &m->ops.items[fn->op_first + k];
        if (op->kind != OP_API) continue;
        const api_row *row = api_get(op->api);
        if (row->kind == API_SUBSCRIBE || api_flag(row, "subscribe")) return true;
    }
    return false;
}

static step_kind step_of(const model *m, const model_op *op)
{
    static const char *const reads[] = {"get",   "fetch",  "list", "read",  "lookup", "meta",
                                        "nodes", "status", "info", "state", "which_"};
    static const char *const subscriptions[] = {"subscribe", "register", "watch", "monitor",
                                                "listen"};
    if (op->kind == OP_API) {
        const api_row *row = api_get(op->api);
        if (row->kind == API_SUBSCRIBE || api_flag(row, "subscribe")) return STEP_SUBSCRIBE;
        if (row->kind == API_OPEN_SOURCE && api_flag(row, "nodeup")) return STEP_SUBSCRIBE;
        if (row->kind == API_ETS_READ || row->kind == API_CALL) return STEP_READ;
    }
    sv name = op->kind == OP_FUNCTION ? model_text(m, m->functions.items[op->target].name)
                                      : model_text(m, model_node(m, op->node)->name);
    if (op->kind == OP_FUNCTION && starts_with_any(name, subscriptions, ARRAY_LEN(subscriptions)) &&
        subscribes(m, op->target))
        return STEP_SUBSCRIBE;
    if (!starts_with_any(name, reads, ARRAY_LEN(reads))) return STEP_OTHER;
    if (op->kind == OP_FUNCTION) return STEP_READ;
    static const char *const sources[] = {"Registry", "pg",     "pg2", "Phoenix.Tracker",
                                          "Node",     "erlang", "ets", "global"};
    const fact_node *module = model_node(m, model_kid(m, op->node, 0));
    if (model_node(m, op->node)->kind == NODE_CALL) return STEP_READ;
    for (size_t i = 0; i < ARRAY_LEN(sources); i++)
        if (sv_eq_c(model_text(m, module->name), sources[i])) return STEP_READ;
    return STEP_OTHER;
}

typedef struct {
    sym names[24];
    uint32_t count;
} variables;

static bool visit_variables(const model *m, node_ix node, void *payload)
{
    variables *v = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_VAR && v->count < ARRAY_LEN(v->names)) v->names[v->count++] = at->name;
    return true;
}

static bool arguments_share(const model *m, node_ix a, node_ix b)
{
    variables left = {0};
    for (uint32_t i = 0; i < model_arg_count(m, a); i++)
        model_visit(m, model_arg(m, a, i), visit_variables, &left);
    for (uint32_t i = 0; i < left.count; i++)
        for (uint32_t k = 0; k < model_arg_count(m, b); k++)
            if (node_uses(m, model_arg(m, b, k), left.names[i])) return true;
    return false;
}

static bool same_module(const model *m, const model_op *a, const model_op *b)
{
    return a->kind == OP_FUNCTION && b->kind == OP_FUNCTION &&
           m->functions.items[a->target].module == m->functions.items[b->target].module;
}

static bool about_nodes(const model *m, const model_op *read, const model_op *subscribe)
{
    sv r = model_text(m, model_node(m, read->node)->name);
    sv s = model_text(m, model_node(m, subscribe->node)->name);
    const fact_node *module = model_node(m, model_kid(m, read->node, 0));
    bool listed =
        sv_eq_c(r, "nodes") || (sv_eq_c(r, "list") && sv_eq_c(model_text(m, module->name), "Node"));
    return listed && sv_eq_c(s, "monitor_nodes");
}

typedef struct {
    node_ix wanted;
    bool found;
} in_query;

static bool visit_in(const model *m, node_ix node, void *payload)
{
    in_query *q = payload;
    (void)m;
    q->found |= node == q->wanted;
    return !q->found;
}

/* Is a node below another? */
static bool stands_in(const model *m, node_ix outer, node_ix inner)
{
    in_query q = {inner, false};
    model_visit(m, outer, visit_in, &q);
    return q.found;
}

/* One clause: a read of a source, later a subscription to it, and no second read behind. */
static void judge_clause(classify *c, const model_function *fn, uint32_t first, uint32_t end)
{
    const model *m = c->m;
    for (uint32_t s = first; s < end; s++) {
        const model_op *subscribe = &m->ops.items[fn->op_first + s];
        if (step_of(m, subscribe) != STEP_SUBSCRIBE) continue;
        if (subscribe->ctx & (CTX_SPAWNED | CTX_CLOSURE)) continue;
        const model_op *before = NULL;
        bool again = false, waits = false;
        for (uint32_t k = first; k < end; k++) {
            const model_op *op = &m->ops.items[fn->op_first + k];
            if (k > s && op->kind == OP_RECEIVE) waits = true;
            if (k == s || step_of(m, op) != STEP_READ) continue;
            if (stands_in(m, subscribe->node, op->node)) continue;
            bool nodes = about_nodes(m, op, subscribe);
            if (!nodes && !arguments_share(m, op->node, subscribe->node)) continue;
            if (k > s) again = true;
            else if (nodes || waits || same_module(m, op, subscribe) || op->kind == OP_API ||
                     op->kind == OP_FUNCTION)
                before = op;
        }
        if (!before || again) continue;
        bool nodes = about_nodes(m, before, subscribe);
        confidence conf =
            nodes || waits || same_module(m, before, subscribe) ? CONF_LIKELY : CONF_POSSIBLE;
        function_ix at = before->function;
        finding_add(
            c, conf, subscribe->node, NO_IX,
            arena_printf(&c->scratch, "%s:%s", function_key(c, at), call_label(c, subscribe->node)),
            "%s asks with %s and subscribes with %s only then: what happens in between is "
            "neither in the answer nor announced",
            model_function_label(m, at, &c->scratch), call_label(c, before->node),
            call_label(c, subscribe->node));
        finding_step_add(c, before->node, "reads the present state");
        finding_step_add(c, subscribe->node, "subscribes to what comes");
        return;
    }
}

void rule_subscribe_after_read(classify *c)
{
    const model *m = c->m;
    for (function_ix f = 0; f < m->functions.count; f++) {
        const model_function *fn = &m->functions.items[f];
        if (fn->inherited) continue;
        uint32_t first = 0;
        while (first < fn->op_count) {
            clause_ix clause = m->ops.items[fn->op_first + first].clause;
            uint32_t end = first;
            while (end < fn->op_count && m->ops.items[fn->op_first + end].clause == clause) end++;
            if (end - first <= 400) judge_clause(c, fn, first, end);
            first = end;
        }
    }
}
