/* Message edges of the population: every request, message, start ... wherever it stands. */
#include "base/base.h"
#include "model/walk.h"

const char *edge_kind_name(edge_kind kind)
{
    static const char *const names[] = {"call",  "cast", "send",  "reply",    "monitor",
                                        "start", "stop", "timer", "sup_call", "app_call"};
    return names[kind];
}

static int edge_of(const api_row *row)
{
    switch ((api_kind)row->kind) {
    case API_CALL:
    case API_RUN_IN_SERVER: return api_flag(row, "async") ? EDGE_CAST : EDGE_CALL;
    case API_CAST: return EDGE_CAST;
    case API_SEND: return EDGE_SEND;
    case API_REPLY: return EDGE_REPLY;
    case API_MONITOR: return EDGE_MONITOR;
    case API_START: return EDGE_START;
    case API_STOP: return EDGE_STOP;
    case API_TIMER:
    case API_INTERVAL: return EDGE_TIMER;
    case API_SUP_CALL: return EDGE_SUP_CALL;
    case API_APP_CALL: return EDGE_APP_CALL;
    default: return -1;
    }
}

typedef struct {
    const uint32_t *callback_of; /* clause -> callback + 1 */
    clause_ix clause;
    server_ix own;
    map64 seen; /* calls of the clause that have their edge */
    starts *started;
    requests *sent;
    bool test; /* the clause belongs to a test */
} edge_scan;

static void tag_of_value(const model *m, val_ix message, sym *tag, uint16_t *arity)
{
    const model_val *v = model_value(m, message);
    *tag = 0;
    *arity = 0;
    if (v->kind == VAL_UNION && v->kid_count) {
        tag_of_value(m, model_value_kid(m, message, 0), tag, arity);
    } else if (v->kind == VAL_ATOM) {
        *tag = v->name;
    } else if (v->kind == VAL_TUPLE && v->kid_count) {
        const model_val *head = model_value(m, model_value_kid(m, message, 0));
        *arity = (uint16_t)v->kid_count;
        if (head->kind == VAL_ATOM) *tag = head->name;
    } else if (v->kind == VAL_MAP && v->name) {
        *tag = v->name;
        *arity = 1;
    }
}

/* Names made of parts: register(Key, Pid), start_link(Key, Module, ..), start_link(.., name: Key).
 */
static void note_keys(walk *w, const api_row *row, const val_ix *args, uint32_t count)
{
    model *m = w->m;
    if (row->kind == API_REGISTER && row->message >= 0 && (uint32_t)row->message < count) {
        server_ix server = w->module == NO_IX ? NO_IX : m->modules.items[w->module].server;
        if (row->receiver >= 0 && (uint32_t)row->receiver < count) {
            const model_val *pid = model_value(m, args[row->receiver]);
            if (pid->kind == VAL_PID) server = (server_ix)pid->number;
            else if (pid->kind != VAL_SELF) server = NO_IX;
        }
        identity_note_key(m, args[row->message], server);
    } else if (row->kind == API_START && row->message >= 0 && (uint32_t)row->message < count) {
        const model_val *module = model_value(m, args[row->message]);
        module_ix target = module->kind == VAL_ATOM ? model_module_named(m, module->name) : NO_IX;
        if (target == NO_IX) return;
        server_ix server = m->modules.items[target].server;
        if (api_flag(row, "named")) identity_note_key(m, args[0], server);
        if (count)
            identity_note_key(m, model_list_key(m, args[count - 1], m->index->s_name), server);
    }
}

static void add_edge(walk *w, node_ix call, api_ix api, const val_ix *args, uint32_t count,
                     void *payload)
{
    edge_scan *scan = payload;
    model *m = w->m;
    const api_row *row = api_get(api);
    note_keys(w, row, args, count);
    starts_note_op(w, scan->started, api, args, count);
    if (!scan->test) requests_note_op(w, scan->sent, call, api, args, count);
    int kind = edge_of(row);
    uint32_t op = m->index->op_of_node.items[MIN(call, m->index->op_of_node.count - 1)];
    /* Only what stands in this clause itself, funs included, and once; callees have their own turn.
     * Inherited functions share their nodes with the function they come from. */
    bool own = m->functions.items[w->function].inherited
                   ? w->depth == 0
                   : op && m->ops.items[op - 1].clause == scan->clause;
    uint32_t mark = 0;
    if (kind < 0 || !own || !map64_add(&scan->seen, call, &mark)) return;
    uint32_t callback = scan->callback_of[scan->clause];
    model_edge e = {.function = w->function,
                    .callback = callback ? callback - 1 : NO_IX,
                    .op = op ? op - 1 : NO_IX,
                    .kind = (uint8_t)kind,
                    .server = NO_IX};
    val_ix receiver = row->receiver >= 0 && (uint32_t)row->receiver < count ? args[row->receiver]
                      : api_flag(row, "self") ? val_make(&w->vals, VAL_SELF, 0, 0, NULL, 0)
                                              : 0;
    if (row->message >= 0 && (uint32_t)row->message < count) e.message = args[row->message];
    e.timeout_ms = walk_timeout(w, row, args, count, &e.timeout_stated);
    if (kind == EDGE_START) {
        const model_val *module = model_value(m, e.message);
        module_ix target = module->kind == VAL_ATOM ? model_module_named(m, module->name) : NO_IX;
        if (target != NO_IX) e.server = m->modules.items[target].server;
        e.id = e.server == NO_IX ? ID_UNKNOWN : ID_MODULE;
    } else if (kind == EDGE_APP_CALL) {
        e.id = ID_CONTROLLER;
    } else {
        node_ix receiver_node = row->receiver >= 0 ? model_arg(m, call, (uint8_t)row->receiver) : 0;
        identity id = model_identify(m, NULL, 0, callback ? scan->own : NO_IX, w->function,
                                     receiver_node, receiver, row->kind, e.message);
        e.id = id.kind;
        e.server = id.server;
        tag_of_value(m, e.message, &e.tag, &e.tag_arity);
    }
    bool asks_or_tells = kind == EDGE_CALL || kind == EDGE_CAST || kind == EDGE_SEND;
    if (asks_or_tells && e.id == ID_UNKNOWN) m->unresolved[UNRESOLVED_RECEIVER]++;
    if (asks_or_tells && !e.tag) m->unresolved[UNRESOLVED_MESSAGE]++;
    vec_push(&m->edges, e);
}

static bool has_edges(const model *m, const model_function *f)
{
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (op->kind == OP_API && edge_of(api_get(op->api)) >= 0) return true;
    }
    return false;
}

void model_edges_with(model *m, const bool *interesting, val_interner *vals, starts *started,
                      requests *sent)
{
    uint32_t *callback_of = base_calloc(m->clauses.count + 1, sizeof *callback_of);
    for (callback_ix i = 0; i < m->callbacks.count; i++)
        if (m->callbacks.items[i].clause != NO_IX && m->callbacks.items[i].kind != CB_AGENT_FUN)
            callback_of[m->callbacks.items[i].clause] = i + 1;
    edge_scan scan = {.callback_of = callback_of, .started = started, .sent = sent};
    walk w = {.m = m,
              .vals = *vals,
              .interesting = interesting,
              .root = NO_IX,
              .steps_max = WALK_STEPS_MAX,
              .on_op = add_edge,
              .payload = &scan};
    for (function_ix i = 0; i < m->functions.count; i++) {
        const model_function f = m->functions.items[i];
        bool code = f.kind == FUNCTION_PUBLIC || f.kind == FUNCTION_PRIVATE;
        if (!code || m->modules.items[f.module].kind == MODULE_USING) continue;
        if (!has_edges(m, &f) && !requests_in_ops(m, interesting, &f)) continue;
        scan.own = m->modules.items[f.module].server;
        scan.test = m->modules.items[f.module].is_test;
        w.function = i;
        w.module = f.module;
        for (uint32_t k = 0; k < f.clause_count; k++) {
            scan.clause = f.clause_first + k;
            const model_clause *c = &m->clauses.items[scan.clause];
            uint32_t callback = callback_of[scan.clause];
            w.env.count = w.env_base = w.depth = w.steps = w.ctx = 0;
            w.process = 0;
            w.frame = NO_IX;
            map64_clear(&w.memo);
            map64_clear(&w.entries);
            map64_clear(&scan.seen);
            vec_clear(&w.memo_rows);
            for (uint32_t p = 0; p < f.arity; p++) {
                node_ix pattern = m->kids.items[c->param_first + p];
                val_ix value = val_make(&w.vals, VAL_PARAM, 0, p, NULL, 0);
                if (callback && pattern == m->callbacks.items[callback - 1].from)
                    value = val_make(&w.vals, VAL_FROM, 0, 0, NULL, 0);
                if (callback && pattern == m->callbacks.items[callback - 1].state)
                    value = val_make(&w.vals, VAL_STATE, 0, 0, NULL, 0);
                walk_bind(&w, pattern, value);
            }
            walk_eval(&w, m->clauses.items[scan.clause].body);
        }
    }
    *vals = w.vals;
    map64_release(&w.memo);
    map64_release(&w.entries);
    vec_release(&w.memo_rows);
    vec_release(&w.awaited);
    vec_release(&w.env);
    map64_release(&scan.seen);
    free(callback_of);
}
