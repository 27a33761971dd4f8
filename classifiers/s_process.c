/* process-for-code-organisation, single-process-bottleneck: one process where none, or many, are
 * wanted. */
#include "base/base.h"
#include "classifiers/rules.h"
#include "classifiers/shared.h"

/* ---- how a clause uses its state ---- */

typedef struct {
    sym state;
    uint32_t results;    /* tuples that end a clause */
    uint32_t in_results; /* ... that pass the state on as it is */
    uint32_t constants;  /* ... that pass on a literal */
    uint32_t anywhere;
    bool rebound;
} state_query;

static bool is_result_word(sv name)
{
    return sv_eq(name, SV("reply")) || sv_eq(name, SV("noreply")) || sv_eq(name, SV("stop")) ||
           sv_eq(name, SV("ok"));
}

static bool visit_state(const model *m, node_ix node, void *payload)
{
    state_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_VAR && q->state && at->name == q->state) q->anywhere++;
    if (at->kind == NODE_MATCH && q->state && node_uses(m, model_kid(m, node, 0), q->state))
        q->rebound = true;
    if (at->kind != NODE_TUPLE || at->kid_count < 2) return true;
    const fact_node *head = model_node(m, model_kid(m, node, 0));
    if (head->kind != NODE_ATOM || !is_result_word(model_text(m, head->name))) return true;
    /* {reply, Reply, State}, {noreply, State}, {stop, Reason, State} and what may follow. */
    sv word = model_text(m, head->name);
    if (sv_eq(word, SV("ok"))) return true;
    uint32_t position = sv_eq(word, SV("noreply"))                     ? 1
                        : sv_eq(word, SV("stop")) && at->kid_count > 3 ? 3
                                                                       : 2;
    if (position >= at->kid_count) return true;
    node_ix next = model_strip(m, model_kid(m, node, position));
    const fact_node *state = model_node(m, next);
    bool empty =
        (state->kind == NODE_LIST || state->kind == NODE_MAP || state->kind == NODE_TUPLE) &&
        state->kid_count == 0;
    q->results++;
    if (state->kind == NODE_VAR && q->state && state->name == q->state) q->in_results++;
    if (state->kind == NODE_ATOM || state->kind == NODE_INT || empty) q->constants++;
    return true;
}

typedef enum { STATE_UNUSED, STATE_READ, STATE_WRITTEN } state_use;

static bool same_state(const model *m, const model_callback *cb)
{
    for (uint32_t i = 0; i < cb->return_count; i++) {
        val_ix value = m->returns.items[cb->return_first + i];
        const model_val *v = model_value(m, value);
        if (v->kind != VAL_TUPLE || v->kid_count < 2) return false;
        const model_val *head = model_value(m, model_value_kid(m, value, 0));
        if (head->kind != VAL_ATOM) return false;
        sv name = model_text(m, head->name);
        if (sv_eq(name, SV("stop"))) continue;
        if (!is_result_word(name)) return false;
        uint32_t position = sv_eq(name, SV("reply")) ? 2 : 1;
        if (position >= v->kid_count) return false;
        if (model_value(m, model_value_kid(m, value, position))->kind != VAL_STATE) return false;
    }
    return cb->return_count > 0;
}

/* The variable that is the whole state in the clause's head; 0: none. */
static sym state_variable(const model *m, node_ix pattern)
{
    pattern = model_strip(m, pattern);
    const fact_node *at = model_node(m, pattern);
    if (at->kind == NODE_VAR) return at->name;
    for (uint32_t i = 0; at->kind == NODE_MATCH && i < 2; i++) {
        const fact_node *side = model_node(m, model_kid(m, pattern, i));
        if (side->kind == NODE_VAR) return side->name;
    }
    return 0;
}

static state_use use_of_state(const model *m, const model_callback *cb)
{
    node_ix pattern = model_strip(m, cb->state);
    const fact_node *at = model_node(m, pattern);
    state_query q = {.state = state_variable(m, pattern)};
    model_visit(m, cb->node, visit_state, &q);
    bool passes = q.results > 0 && q.in_results + q.constants == q.results && !q.rebound;
    bool blind = at->kind == NODE_VAR || at->kind == NODE_ATOM;
    if (passes && blind && q.anywhere == q.in_results) return STATE_UNUSED;
    if (passes && q.constants == 0) return STATE_READ;
    return same_state(m, cb) ? STATE_READ : STATE_WRITTEN;
}

/* ---- process-for-code-organisation ---- */

/* Something that needs a process of its own: messages come to it, others look it up or die with
 * it, or it holds a table, port or timer. */
static bool owns_something(const model *m, const model_server *s, bool *waits)
{
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        if (cb->kind == CB_TERMINATE && node_count_kind(m, cb->node, NODE_CALL_REMOTE, 1))
            return true;
        if (cb->kind == CB_CONTINUE) return true;
        for (uint32_t k = 0; k < cb->effect_count; k++) {
            const model_effect *e = &m->effects.items[cb->effect_first + k];
            if (!effect_in_process(e)) continue;
            switch (e->kind) {
            case API_ETS_NEW:
            case API_OPEN_SOURCE:
            case API_MONITOR:
            case API_TIMER:
            case API_INTERVAL:
            case API_SUBSCRIBE:
            case API_TRAP_EXIT:
            case API_LINK:
            case API_START:
            case API_SPAWN:
            case API_HIBERNATE: return true;
            case API_BLOCKING:
            case API_CALL:
            case API_AWAIT:
            case API_ETS_WRITE: *waits = true; break;
            default: break;
            }
        }
    }
    return false;
}

/* Does a clause run a fun that it is given, one at a time for all? */
static bool runs_given_code(const model *m, const model_server *s)
{
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        if (node_count_kind(m, cb->node, NODE_CALL_FUN, 1)) return true;
    }
    return false;
}

static void judge_organisation(classify *c, server_ix server)
{
    const model *m = c->m;
    const model_server *s = &m->servers.items[server];
    uint32_t messages = 0, requests = 0;
    callback_ix first = NO_IX;
    bool waits = false;
    if (s->kind != SERVER_GENSERVER) return;
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        if (cb->kind != CB_CALL && cb->kind != CB_CAST && cb->kind != CB_INFO) continue;
        if (use_of_state(m, cb) != STATE_UNUSED) return;
        messages++;
        if (cb->kind == CB_CALL || cb->kind == CB_CAST) requests += !cb->catch_all;
        if (first == NO_IX || (m->callbacks.items[first].catch_all && !cb->catch_all))
            first = s->callback_first + i;
    }
    if (messages == 0 || owns_something(m, s, &waits)) return;
    const model_callback *cb = &m->callbacks.items[first];
    node_ix at = cb->message ? cb->message : cb->node;
    const char *name = server_label(c, server);
    if (requests)
        finding_add(c,
                    waits || !s->registered || runs_given_code(m, s) ? CONF_POSSIBLE : CONF_LIKELY,
                    at, server, "stateless",
                    "%s is a process whose clauses neither read nor change its state, and it owns "
                    "nothing: its callers queue for work that each could do itself",
                    name);
    else
        finding_add(c, CONF_POSSIBLE, at, server, "idle",
                    "%s is a process that takes no request of its own and keeps no state: plain "
                    "functions, or a task, would do",
                    name);
    finding_callback(c, first);
    finding_step_add(c, at, "the state goes through unused");
    for (uint32_t i = 0; i < s->callback_count; i++) {
        callback_ix other = s->callback_first + i;
        if (other == first || m->callbacks.items[other].kind == CB_CODE_CHANGE) continue;
        finding_step_add(c, m->callbacks.items[other].node, "%s",
                         model_callback_label(m, other, &c->scratch));
        finding_clients_add(c, other, 2);
    }
    finding_clients_add(c, first, 4);
}

void rule_process_for_code_organisation(classify *c)
{
    for (server_ix i = 0; i < c->m->servers.count; i++) judge_organisation(c, i);
}

/* ---- single-process-bottleneck ---- */

typedef struct {
    const model_effect *read; /* of an ETS table */
    bool writes, waits;
} clause_work;

static clause_work work_of(const model *m, const model_callback *cb)
{
    clause_work work = {0};
    for (uint32_t i = 0; i < cb->effect_count; i++) {
        const model_effect *e = &m->effects.items[cb->effect_first + i];
        if (!effect_in_process(e)) continue;
        switch (e->kind) {
        case API_ETS_READ:
            if (!work.read) work.read = e;
            break;
        case API_LOG:
        case API_PURE:
        case API_TELEMETRY:
        case API_RUN:
        case API_LOOP:
        case API_RAISE:
        case API_SUBBINARY:
        case API_SELF:
        case API_COPY:
        case API_WHEREIS: break;
        case API_BLOCKING:
        case API_CALL:
        case API_AWAIT:
        case API_SUP_CALL: work.waits = true; break;
        default: work.writes = true; break;
        }
    }
    return work;
}

/* Does the clause call functions of other modules? */
static bool calls_out(const model *m, const model_callback *cb)
{
    const model_function *f = &m->functions.items[cb->function];
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (op->clause != cb->clause) continue;
        if (op->kind == OP_EXTERNAL || op->kind == OP_UNRESOLVED) return true;
        if (op->kind == OP_FUNCTION && m->functions.items[op->target].module != f->module)
            return true;
    }
    return false;
}

/* A read of a table of its own, not of settings. */
static bool is_lookup(const model *m, const model_effect *e)
{
    static const char *const NAMES[] = {"lookup",       "lookup_element", "member",  "match",
                                        "match_object", "select",         "tab2list"};
    if (!sv_eq(sv_from(api_get(e->api)->module), SV("ets"))) return false;
    sv name = model_text(m, model_node(m, e->node)->name);
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
        if (sv_eq_c(name, NAMES[i])) return true;
    return false;
}

/* Does the function read a table itself, and ask only where that fails? */
static bool reads_first(const model *m, function_ix function)
{
    const model_function *f = &m->functions.items[function];
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (op->kind == OP_API && api_get(op->api)->kind == API_ETS_READ) return true;
    }
    return false;
}

/* Does somebody on the same node ask with this message? A pair names a process of another node. */
static bool asked_here(classify *c, const model_callback *cb)
{
    const model *m = c->m;
    uint32_t count;
    const uint32_t *rows = edges_to(c, cb->server, &count);
    for (uint32_t i = 0; i < count; i++) {
        const model_edge *e = &m->edges.items[rows[i]];
        if (e->kind != EDGE_CALL || e->op == NO_IX) continue;
        if (e->tag != cb->tag || e->tag_arity != cb->tag_arity) continue;
        const api_row *row = api_get(m->ops.items[e->op].api);
        if (m->files.items[m->functions.items[e->function].file].is_test || row->receiver < 0 ||
            api_flag(row, "nodes") || reads_first(m, e->function))
            continue;
        node_ix to =
            model_strip(m, model_arg(m, m->ops.items[e->op].node, (uint32_t)row->receiver));
        if (model_node(m, to)->kind != NODE_TUPLE) return true;
    }
    return false;
}

/* A call clause that only reads, so that its caller could do so itself. */
static void judge_reader(classify *c, callback_ix callback)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[callback];
    const model_server *s = &m->servers.items[cb->server];
    if (cb->kind != CB_CALL || s->kind != SERVER_GENSERVER) return;
    state_use use = use_of_state(m, cb);
    if (use == STATE_WRITTEN) return;
    clause_work work = work_of(m, cb);
    bool reads = use == STATE_READ, works = reads || work.read || work.waits || calls_out(m, cb);
    if (cb->catch_all ? !work.read : work.writes || !works) return;
    if (node_calls(m, cb->node, "self")) return; /* it is about the process itself */
    const char *label = model_callback_label(m, callback, &c->scratch);
    bool table = work.read && !work.waits && !work.writes && !cb->catch_all &&
                 is_lookup(m, work.read) &&
                 (reads ? model_node(m, model_strip(m, cb->state))->kind == NODE_VAR &&
                              effect_depth(m, work.read) == 0
                        : effect_depth(m, work.read) <= 1);
    finding_add(
        c,
        table && server_is_shared(m, cb->server) && asked_here(c, cb) ? CONF_LIKELY : CONF_POSSIBLE,
        cb->message ? cb->message : cb->node, cb->server, callback_key(c, callback),
        table ? "%s only looks up a table that every process could read: all readers queue "
                "for one process"
        : work.waits
            ? "%s changes no state, yet works inside the process: all callers queue for what "
              "each could do itself"
            : "%s only reads what the process holds: all readers queue for one process, and "
              "each gets a copy",
        label);
    if (!table) finding_level(c, LEVEL_NOTE);
    finding_callback(c, callback);
    finding_step_add(c, cb->node, "answers from what is there");
    if (work.read) finding_path_add(c, work.read, "a lookup");
    finding_clients_add(c, callback, 6);
}

void rule_single_process_bottleneck(classify *c)
{
    for (callback_ix i = 0; i < c->m->callbacks.count; i++) judge_reader(c, i);
}
