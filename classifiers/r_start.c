/* lookup-or-start-race: two callers that both find nobody both start. */
#include "base/base.h"
#include "classifiers/r_tree.h"
#include "classifiers/rules.h"

/* ---- a misspelt answer ------------------------------------------------------------------------
 */

/* Edit distance of two short words, at most `limit` + 1. */
static uint32_t distance(sv a, sv b, uint32_t limit)
{
    uint32_t row[40];
    if (a.size >= ARRAY_LEN(row) || b.size >= ARRAY_LEN(row)) return limit + 1;
    for (uint32_t j = 0; j <= b.size; j++) row[j] = j;
    for (uint32_t i = 1; i <= a.size; i++) {
        uint32_t corner = row[0];
        row[0] = i;
        for (uint32_t j = 1; j <= b.size; j++) {
            uint32_t above = row[j];
            uint32_t change = corner + (a.data[i - 1] != b.data[j - 1]);
            row[j] = MIN(change, MIN(above, row[j - 1]) + 1);
            corner = above;
        }
    }
    return MIN(row[b.size], limit + 1);
}

static void misspelt(classify *c)
{
    static const char *const right[] = {"already_started", "already_present"};
    const model *m = c->m;
    for (node_ix i = 1; i < m->nodes.count; i++) {
        const fact_node *at = model_node(m, i);
        if (at->kind != NODE_ATOM || at->flags & NODE_FLAG_MODULE) continue;
        sv name = model_text(m, at->name);
        if (name.size < 12 || name.size > 18) continue;
        for (size_t k = 0; k < ARRAY_LEN(right); k++) {
            if (distance(name, sv_from(right[k]), 1) != 1) continue;
            if (!at->reserved || m->files.items[at->reserved - 1].is_test) continue;
            finding_add(c, CONF_LIKELY, i, NO_IX,
                        arena_printf(&c->scratch, "misspelt %.*s", SV_FMT(name)),
                        "%.*s is no answer of any start function (%s is): the clause never "
                        "matches, and a second start is taken for an error",
                        SV_FMT(name), right[k]);
        }
    }
}

/* ---- looked up, then started ------------------------------------------------------------------
 */

typedef struct {
    node_ix lookup, start;
    bool start_named; /* start_child, start_link */
    bool handles;     /* says already_started somewhere */
    bool hard_match;  /* {ok, _} = start */
} race_shape;

static bool visit_answer(const model *m, node_ix node, void *payload)
{
    race_shape *r = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_ATOM) {
        sv name = model_text(m, at->name);
        r->handles |= sv_eq_c(name, "already_started") || sv_eq_c(name, "already_present") ||
                      sv_eq_c(name, "already_registered") || sv_eq_c(name, "already_exists");
    }
    if (at->kind == NODE_MATCH) {
        node_ix pattern = model_strip(m, model_kid(m, node, 0));
        if (model_node(m, pattern)->kind == NODE_TUPLE &&
            model_is_atom(m, model_kid(m, pattern, 0), "ok") && model_kid(m, node, 1) == r->start)
            r->hard_match = true;
    }
    return true;
}

static void visit_function(const model *m, function_ix function, race_shape *r)
{
    const model_function *f = &m->functions.items[function];
    for (uint32_t i = 0; i < f->clause_count; i++)
        model_visit(m, m->clauses.items[f->clause_first + i].body, visit_answer, r);
}

static bool is_lookup(const model *m, const model_op *op)
{
    if (op->kind == OP_API && api_get(op->api)->kind == API_WHEREIS) return true;
    static const char *const names[] = {"whereis",        "whereis_name", "whereis_child",
                                        "get_pid",        "find_pid",     "lookup_pid",
                                        "get_connection", "lookup",       "pick"};
    const fact_node *at = model_node(m, op->node);
    if (at->kind != NODE_CALL && at->kind != NODE_CALL_REMOTE) return false;
    sv name = model_text(m, at->name);
    if (at->kind == NODE_CALL_REMOTE) {
        sv module = model_text(m, model_node(m, model_kid(m, op->node, 0))->name);
        static const char *const tables[] = {"ets",  "dets", "mnesia", "Cachex", "persistent_term",
                                             "maps", "dict", "orddict"};
        for (size_t i = 0; i < ARRAY_LEN(tables); i++)
            if (sv_eq_c(module, tables[i])) return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (sv_eq_c(name, names[i])) return true;
    return false;
}

/* A function of the snapshot that does nothing but look up: its name may be anything. */
static bool leads_to_lookup(const model *m, const model_op *op)
{
    if (op->kind != OP_FUNCTION || op->target == NO_IX) return false;
    const model_function *f = &m->functions.items[op->target];
    if (f->op_count > 4 || f->op_count == 0) return false;
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *inner = &m->ops.items[f->op_first + i];
        if (inner->kind == OP_API && api_get(inner->api)->kind == API_WHEREIS) return true;
    }
    return false;
}

static bool is_start(const model *m, const model_op *op)
{
    const fact_node *at = model_node(m, op->node);
    if (at->kind != NODE_CALL && at->kind != NODE_CALL_REMOTE) return false;
    if (op->ctx & (CTX_SPAWNED | CTX_CLOSURE)) return false;
    sv name = model_text(m, at->name);
    if (sv_eq_c(name, "start_child") || sv_eq_c(name, "start_link") || sv_eq_c(name, "start"))
        return op->kind != OP_API || api_get(op->api)->kind != API_APP_CALL;
    static const char *const names[] = {"connect",       "start_supervised", "start_worker",
                                        "start_server",  "start_session",    "start_connection",
                                        "start_process", "create_child"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (sv_eq_c(name, names[i])) return true;
    return sv_starts(name, SV("start_")) && op->kind == OP_FUNCTION;
}

/* Does the target of the start, a function of the snapshot, handle the answer? */
static bool start_handles(const model *m, const model_op *op, uint32_t depth)
{
    if (op->kind != OP_FUNCTION || op->target == NO_IX) return false;
    race_shape r = {0};
    visit_function(m, op->target, &r);
    if (r.handles) return true;
    const model_function *f = &m->functions.items[op->target];
    for (uint32_t i = 0; i < f->op_count && depth < 2; i++)
        if (start_handles(m, &m->ops.items[f->op_first + i], depth + 1)) return true;
    return false;
}

/* Does a callback of a server call this function or is it one: then one process does it all. */
static bool in_one_process(const model *m, function_ix function)
{
    server_ix server = m->modules.items[m->functions.items[function].module].server;
    if (server == NO_IX) return false;
    const model_server *s = &m->servers.items[server];
    if (s->kind != SERVER_GENSERVER && s->kind != SERVER_STATEM) return false;
    if (m->functions.items[function].kind == FUNCTION_PRIVATE) return true;
    for (uint32_t i = 0; i < s->callback_count; i++)
        if (m->callbacks.items[s->callback_first + i].function == function) return true;
    return !m->functions.items[function].exported;
}

static bool names_started(const model *m, const model_op *start)
{
    const fact_node *at = model_node(m, start->node);
    return sv_eq_c(model_text(m, at->name), "start_child");
}

static void looked_up(classify *c, function_ix function)
{
    const model *m = c->m;
    const model_function *f = &m->functions.items[function];
    if (f->is_test || m->files.items[f->file].is_test || m->files.items[f->file].is_script) return;
    const model_op *lookup = NULL, *start = NULL;
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (!lookup && (is_lookup(m, op) || leads_to_lookup(m, op))) {
            lookup = op;
        } else if (lookup && !start && op->clause == lookup->clause && is_start(m, op) &&
                   op->ctx & CTX_BRANCH) {
            start = op;
        }
    }
    if (!start) return;
    race_shape r = {.lookup = lookup->node, .start = start->node};
    visit_function(m, function, &r);
    if (r.handles || start_handles(m, start, 0)) return;
    if (in_one_process(m, function)) return;
    confidence conf = r.hard_match ? CONF_LIKELY : CONF_POSSIBLE;
    if (!names_started(m, start) && start->kind != OP_FUNCTION && !r.hard_match)
        conf = CONF_POSSIBLE;
    finding_add(
        c, conf, start->node, NO_IX,
        arena_printf(&c->scratch, "%s %s", function_key(c, function), call_label(c, start->node)),
        "%s looks for the process and starts it when there is none: two callers at once "
        "both start it, and the second gets {error, {already_started, _}}, which %s",
        model_function_label(m, function, &c->scratch),
        r.hard_match ? "does not match" : "nobody here expects");
    finding_step_add(c, lookup->node, "looked up here");
    finding_step_add(c, start->node, "started here when not found");
}

void rule_lookup_or_start_race(classify *c)
{
    misspelt(c);
    for (function_ix i = 0; i < c->m->functions.count; i++) looked_up(c, i);
}
