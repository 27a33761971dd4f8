/* monitor-leak, binary-retention: memory that stays behind. */
#include "base/base.h"
#include "classifiers/rules.h"
#include "classifiers/shared.h"

/* ---- monitor-leak ---- */

static const char *const REMOVERS[] = {"delete",        "remove",       "pop",     "pop!",
                                       "drop",          "without",      "take",    "keydelete",
                                       "delete_object", "match_delete", "keytake", "del_element",
                                       "pop_in",        "filter",       "reject"};

static bool is_remover(sv name)
{
    for (size_t i = 0; i < ARRAY_LEN(REMOVERS); i++)
        if (sv_eq_c(name, REMOVERS[i])) return true;
    return false;
}

/* The first call in a clause, or in functions of the same module that it calls, that takes an
 * entry out of a collection. */
static node_ix removal(const model *m, function_ix function, clause_ix clause, uint32_t depth)
{
    const model_function *f = &m->functions.items[function];
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (clause != NO_IX && op->clause != clause) continue;
        if (op->kind == OP_FUNCTION) {
            if (depth == 0 || op->target == function) continue;
            node_ix found = removal(m, op->target, NO_IX, depth - 1);
            if (found) return found;
            continue;
        }
        if (is_remover(model_text(m, model_node(m, op->node)->name))) return op->node;
    }
    return 0;
}

static bool server_demonitors(const model *m, server_ix server)
{
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        for (uint32_t k = 0; k < cb->effect_count; k++)
            if (m->effects.items[cb->effect_first + k].kind == API_DEMONITOR) return true;
    }
    return false;
}

static bool is_request(const model_callback *cb)
{
    return cb->kind == CB_CALL || cb->kind == CB_CAST;
}

/* Is it looked up first whether the process is known already? */
static bool tests_membership(const model *m, node_ix body)
{
    static const char *const NAMES[] = {"has_key?", "is_key",  "find",
                                        "member",   "member?", "is_element"};
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
        if (node_calls(m, body, NAMES[i])) return true;
    return false;
}

/* What a call works on: the names of the variables and fields among its arguments. Do two calls,
 * or a call and a clause, share one? */
typedef struct {
    node_ix in;
    bool shared;
} share_query;

static bool visit_share(const model *m, node_ix node, void *payload)
{
    share_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_VAR && node_uses(m, q->in, at->name)) q->shared = true;
    return !q->shared;
}

/* The first field (`state.takeovers`) among the arguments of a call; 0: none. */
typedef struct {
    sym field;
    bool found;
} field_query;

static bool visit_field(const model *m, node_ix node, void *payload)
{
    field_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_FIELD && !q->field) q->field = at->name;
    return q->field == 0;
}

/* Is the field read or set at or below node? */
static bool visit_same_field(const model *m, node_ix node, void *payload)
{
    field_query *q = payload;
    const fact_node *at = model_node(m, node);
    if ((at->kind == NODE_FIELD || at->kind == NODE_ATOM) && at->name == q->field) q->found = true;
    return !q->found;
}

/* May the entry that is removed be one that the clause has put in? */
static bool same_collection(const model *m, node_ix removed, const model_callback *cb)
{
    field_query q = {0};
    for (uint32_t k = 0; k < model_arg_count(m, removed); k++)
        model_visit(m, model_arg(m, removed, k), visit_field, &q);
    if (!q.field) return true;
    model_visit(m, cb->node, visit_same_field, &q);
    return q.found;
}

static void judge_monitor(classify *c, const model_effect *e)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[e->root];
    const model_server *s = &m->servers.items[cb->server];
    val_kind watched = (val_kind)model_value(m, e->receiver)->kind;
    if (!value_may_be_client(m, e->receiver)) return;
    bool from_client = watched == VAL_CALLER || watched == VAL_MESSAGE || watched == VAL_ELEMENT ||
                       watched == VAL_FIELD || watched == VAL_FROM;
    if (server_demonitors(m, cb->server)) return;
    for (uint32_t i = 0; i < s->callback_count; i++) {
        callback_ix other_ix = s->callback_first + i;
        const model_callback *other = &m->callbacks.items[other_ix];
        if (!is_request(other) || other_ix == e->root) continue;
        node_ix removed = removal(m, other->function, other->clause, 2);
        if (!removed) continue;
        /* Sure only if both stand in their clauses, and the removal is from the state itself. */
        bool local =
            effect_depth(m, e) == 0 && removal(m, other->function, other->clause, 0) == removed;
        share_query q = {other->state, false};
        for (uint32_t k = 0; k < model_arg_count(m, removed) && local; k++)
            model_visit(m, model_arg(m, removed, k), visit_share, &q);
        bool sure = from_client && local && q.shared && same_collection(m, removed, cb) &&
                    !tests_membership(m, cb->node);
        finding_add(c, sure ? CONF_LIKELY : CONF_POSSIBLE, e->node, cb->server,
                    arena_printf(&c->scratch, "%s", callback_key(c, e->root)),
                    "%s monitors the process of each request; %s lets go of an entry without "
                    "demonitor: monitors pile up while the process lives",
                    model_callback_label(m, e->root, &c->scratch),
                    model_callback_label(m, other_ix, &c->scratch));
        finding_callback(c, e->root);
        finding_path_add(c, e, "sets a monitor");
        finding_step_add(c, removed, "takes the entry out, not the monitor");
        return;
    }
}

void rule_monitor_leak(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (vec_each(&m->effects, e)) {
        const model_callback *cb = &m->callbacks.items[e->root];
        if (e->kind != API_MONITOR || !effect_in_process(e) || !is_request(cb)) continue;
        if (callback_in_server(m, cb) && seen_first(&seen, cb->server, e->node))
            judge_monitor(c, e);
    }
    map64_release(&seen);
}

/* ---- binary-retention ---- */

enum { COPIED_BYTES_MAX = 64, VALUE_DEPTH_MAX = 12 };

/* Is a binary part held somewhere in the value? */
static val_ix binary_part(const model *m, val_ix value, uint32_t depth)
{
    const model_val *v = model_value(m, value);
    if (v->kind == VAL_BINARY_PART) return value;
    if (depth == 0 || (v->kind != VAL_TUPLE && v->kind != VAL_LIST && v->kind != VAL_MAP)) return 0;
    for (uint32_t i = 0; i < v->kid_count; i++) {
        val_ix found = binary_part(m, model_value_kid(m, value, i), depth - 1);
        if (found) return found;
    }
    return 0;
}

typedef struct {
    node_ix body;
    node_ix pattern; /* where a slice is matched out */
    sym slice;
} slice_query;

/* The size in bytes that a segment states; -1 when it is not a number. */
static int64_t segment_bytes(const model *m, node_ix segment)
{
    node_ix size = model_strip(m, model_kid(m, segment, 1));
    const fact_node *at = model_node(m, size);
    int64_t value = -1;
    if (at->kind != NODE_INT || !sv_to_i64(model_text(m, at->name), &value)) return -1;
    return value;
}

static bool is_binary_segment(const model *m, node_ix segment)
{
    const fact_node *at = model_node(m, segment);
    if (at->kind != NODE_SEGMENT) return false;
    sv types = model_text(m, at->name);
    return sv_has(types, SV("binary")) || sv_has(types, SV("bytes"));
}

/* Finds the pattern that gives a slice and is not the rest of a stream: not the last segment, not
 * known to be small. */
static bool visit_slice(const model *m, node_ix node, void *payload)
{
    slice_query *q = payload;
    if (q->pattern) return false;
    const fact_node *at = model_node(m, node);
    if (at->kind != NODE_BINARY || at->kid_count < 2) return true;
    for (uint32_t i = 0; i < at->kid_count; i++) {
        node_ix segment = model_kid(m, node, i);
        if (!is_binary_segment(m, segment)) continue;
        int64_t bytes = segment_bytes(m, segment);
        if (bytes >= 0 && bytes <= COPIED_BYTES_MAX) continue;
        if (i + 1 == at->kid_count && !model_kid(m, segment, 1)) continue;
        const fact_node *name = model_node(m, model_kid(m, segment, 0));
        if (name->kind != NODE_VAR || !node_uses(m, q->body, name->name)) continue;
        q->pattern = node;
        q->slice = name->name;
        return false;
    }
    return true;
}

/* Looks at patterns only: a binary that is built keeps nothing. */
static bool visit_patterns(const model *m, node_ix node, void *payload)
{
    slice_query *q = payload;
    if (q->pattern) return false;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_MATCH || at->kind == NODE_GENERATOR || at->kind == NODE_WITH_STEP)
        model_visit(m, model_kid(m, node, 0), visit_slice, q);
    if (at->kind == NODE_ARM)
        for (uint32_t i = 2; i < at->kid_count && !q->pattern; i++)
            model_visit(m, model_kid(m, node, i), visit_slice, q);
    return true;
}

static slice_query slice_of_clause(const model *m, clause_ix clause)
{
    const model_clause *at = &m->clauses.items[clause];
    slice_query q = {.body = at->body};
    for (uint32_t k = 0; k < m->functions.items[at->function].arity && !q.pattern; k++)
        model_visit(m, m->kids.items[at->param_first + k], visit_slice, &q);
    if (!q.pattern && at->body) model_visit(m, at->body, visit_patterns, &q);
    return q;
}

/* The matching of a slice in a clause, or in functions that it calls; with the function. */
static node_ix slice_in(const model *m, function_ix function, clause_ix only, uint32_t depth,
                        function_ix *where)
{
    const model_function *f = &m->functions.items[function];
    for (uint32_t i = 0; i < f->clause_count; i++) {
        clause_ix clause = f->clause_first + i;
        if (only != NO_IX && clause != only) continue;
        const model_clause *at = &m->clauses.items[clause];
        slice_query q = slice_of_clause(m, clause);
        if (q.pattern && !node_calls(m, at->body, "copy")) {
            *where = function;
            return q.pattern;
        }
    }
    for (uint32_t i = 0; i < f->op_count && depth > 0; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (only != NO_IX && op->clause != only) continue;
        if (op->kind != OP_FUNCTION || op->target == function) continue;
        node_ix found = slice_in(m, op->target, NO_IX, depth - 1, where);
        if (found) return found;
    }
    return 0;
}

typedef struct {
    sym name;
    uint32_t count;
} variable_count;

static bool visit_count(const model *m, node_ix node, void *payload)
{
    variable_count *q = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_VAR && at->name == q->name) q->count++;
    return true;
}

/* Is the last part of the pattern, without a size, used anywhere in the function? */
static bool uses_rest(const model *m, function_ix function, node_ix pattern)
{
    node_ix last = model_kid(m, pattern, model_kid_count(m, pattern) - 1);
    const fact_node *name = model_node(m, model_kid(m, last, 0));
    if (!is_binary_segment(m, last) || name->kind != NODE_VAR) return false;
    const model_function *f = &m->functions.items[function];
    for (uint32_t i = 0; i < f->clause_count; i++) {
        const model_clause *clause = &m->clauses.items[f->clause_first + i];
        variable_count q = {name->name, 0};
        model_visit(m, clause->body, visit_count, &q);
        for (uint32_t k = 0; k < f->arity; k++)
            model_visit(m, m->kids.items[clause->param_first + k], visit_count, &q);
        if (q.count > 1) return true;
    }
    return false;
}

/* The part of a return value that becomes the state: the last element that can be one. */
static val_ix state_of_return(const model *m, val_ix value)
{
    const model_val *v = model_value(m, value);
    if (v->kind != VAL_TUPLE || v->kid_count < 2) return 0;
    const model_val *head = model_value(m, model_value_kid(m, value, 0));
    if (head->kind != VAL_ATOM) return 0;
    sv name = model_text(m, head->name);
    if (sv_eq(name, SV("noreply")) || sv_eq(name, SV("ok"))) return model_value_kid(m, value, 1);
    if (sv_eq(name, SV("reply")) && v->kid_count > 2) return model_value_kid(m, value, 2);
    if (sv_eq(name, SV("next_state")) && v->kid_count > 2) return model_value_kid(m, value, 2);
    if (sv_eq(name, SV("keep_state"))) return model_value_kid(m, value, 1);
    return 0;
}

static void report_slice(classify *c, confidence conf, callback_ix callback, node_ix pattern,
                         function_ix where, node_ix kept)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[callback];
    finding_add(
        c, conf, pattern, cb->server,
        arena_printf(&c->scratch, "%s %s", callback_key(c, callback), function_key(c, where)),
        "%s keeps a slice matched out of a bigger binary: the whole of it stays in memory "
        "as long as the slice",
        model_callback_label(m, callback, &c->scratch));
    finding_callback(c, callback);
    finding_step_add(c, pattern, "the slice shares the memory of the original");
    finding_step_add(c, kept, "it is kept");
}

/* Map.put, maps:put, :queue.in and their like: what they build is most often the next state. */
static bool puts_into(const model *m, const model_op *op)
{
    if (op->kind == OP_FUNCTION || op->kind == OP_RECEIVE) return false;
    sv name = model_text(m, model_node(m, op->node)->name);
    return sv_eq(name, SV("put")) || sv_eq(name, SV("put_new")) || sv_eq(name, SV("store")) ||
           sv_eq(name, SV("put_in")) || sv_eq(name, SV("in")) || sv_eq(name, SV("keystore"));
}

typedef struct {
    function_ix in;
    sym slice;       /* variable of a slice in the clause; 0 */
    node_ix pattern; /* found: where the slice is matched */
    function_ix where;
    node_ix own_pattern;
} put_query;

/* A slice of this clause, or a call of a function whose last value is a slice. */
static bool visit_put(const model *m, node_ix node, void *payload)
{
    put_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (q->pattern || at->kind == NODE_FN) return false;
    if (at->kind == NODE_VAR && q->slice && at->name == q->slice) {
        q->pattern = q->own_pattern;
        q->where = q->in;
        return false;
    }
    if (at->kind != NODE_CALL && at->kind != NODE_CALL_REMOTE) return true;
    function_ix target = model_call_target(m, q->in, node);
    if (target == NO_IX) return false; /* what a foreign function makes of it is not known */
    const model_function *f = &m->functions.items[target];
    for (uint32_t i = 0; i < f->clause_count; i++) {
        const model_clause *clause = &m->clauses.items[f->clause_first + i];
        slice_query slice = slice_of_clause(m, f->clause_first + i);
        const fact_node *last = model_node(m, node_last(m, clause->body));
        if (!slice.pattern || last->kind != NODE_VAR || last->name != slice.slice) continue;
        q->pattern = slice.pattern;
        q->where = target;
    }
    return false;
}

/* The put of a slice in the clause itself; its slice and function go to *pattern and *where. */
static node_ix put_slice(const model *m, const model_callback *cb, node_ix *pattern,
                         function_ix *where)
{
    if (cb->clause == NO_IX) return 0;
    const model_function *f = &m->functions.items[cb->function];
    slice_query slice = slice_of_clause(m, cb->clause);
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (op->clause != cb->clause || op->ctx & CTX_SPAWNED || !puts_into(m, op)) continue;
        put_query q = {cb->function, slice.slice, 0, NO_IX, slice.pattern};
        for (uint32_t k = 0; k < model_arg_count(m, op->node); k++)
            model_visit(m, model_arg(m, op->node, k), visit_put, &q);
        if (!q.pattern) continue;
        *pattern = q.pattern;
        *where = q.where;
        return op->node;
    }
    return 0;
}

static void judge_kept_slice(classify *c, callback_ix callback)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[callback];
    function_ix where = NO_IX;
    node_ix kept = 0;
    if (!callback_in_server(m, cb) || server_is_per_client(m, cb->server)) return;
    for (uint32_t i = 0; i < cb->return_count && !kept; i++)
        if (binary_part(m, state_of_return(m, m->returns.items[cb->return_first + i]),
                        VALUE_DEPTH_MAX))
            kept = cb->node;
    for (uint32_t i = 0; i < cb->effect_count && !kept; i++) {
        const model_effect *e = &m->effects.items[cb->effect_first + i];
        if (e->kind != API_ETS_WRITE) continue;
        for (uint32_t k = 0; k < e->arg_count && !kept; k++)
            if (binary_part(m, m->effect_args.items[e->arg_first + k], VALUE_DEPTH_MAX))
                kept = e->node;
    }
    node_ix pattern = 0;
    if (!kept) {
        kept = put_slice(m, cb, &pattern, &where);
        if (kept) report_slice(c, CONF_LIKELY, callback, pattern, where, kept);
        return;
    }
    pattern = slice_in(m, cb->function, cb->clause, 2, &where);
    if (!pattern) return;
    /* Which part is kept is not known when the rest of the stream is in use as well. */
    report_slice(c, uses_rest(m, where, pattern) ? CONF_POSSIBLE : CONF_LIKELY, callback, pattern,
                 where, kept);
}

/* Big binaries that are collected in a list, until it is flushed: the process's own heap stays
 * small, so that it seldom collects, and what was flushed stays in memory until it does. */
static bool measures(const model *m, node_ix body)
{
    static const char *const NAMES[] = {"byte_size", "iolist_size", "size", "iodata_length"};
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
        if (node_calls(m, body, NAMES[i])) return true;
    return false;
}

typedef struct {
    const model_callback *cb;
    node_ix at;
} buffer_query;

static bool visit_buffer(const model *m, node_ix node, void *payload)
{
    buffer_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (q->at || at->kind == NODE_FN) return false;
    if (at->kind != NODE_LIST || !(at->flags & NODE_FLAG_TAIL) || at->kid_count != 2) return true;
    const fact_node *head = model_node(m, model_kid(m, node, 0));
    if (head->kind == NODE_VAR && node_uses(m, q->cb->message, head->name) &&
        measures(m, q->cb->node))
        q->at = node;
    return true;
}

static void judge_buffer(classify *c, callback_ix callback)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[callback];
    sym hibernate = model_sym(m, "hibernate"), after = model_sym(m, "hibernate_after");
    if (!is_request(cb) && cb->kind != CB_INFO) return;
    if (!callback_in_server(m, cb)) return;
    buffer_query q = {.cb = cb};
    model_visit(m, cb->node, visit_buffer, &q);
    if (!q.at) return;
    const model_module *mod = &m->modules.items[m->servers.items[cb->server].module];
    for (uint32_t i = 0; i < mod->function_count; i++) {
        const model_function *f = &m->functions.items[mod->function_first + i];
        for (uint32_t k = 0; k < f->clause_count; k++) {
            node_ix body = m->clauses.items[f->clause_first + k].body;
            if (node_names_atom(m, body, hibernate) || node_names_atom(m, body, after)) return;
        }
    }
    finding_add(c, CONF_POSSIBLE, q.at, cb->server,
                arena_printf(&c->scratch, "buffer %s", callback_key(c, callback)),
                "%s collects binaries in its state, and the server never hibernates: what it has "
                "flushed stays in memory until its small heap is collected",
                model_callback_label(m, callback, &c->scratch));
    finding_callback(c, callback);
    finding_step_add(c, q.at, "a binary of the message is kept");
    finding_step_add(c, node_last(m, cb->node), "returns without hibernate");
}

/* <<char, rest/binary>> matched in a head and built anew in the body is a copy of all the rest. */
typedef struct {
    node_ix pattern;
    bool rebuilt;
    node_ix at;
} rebuild_query;

static bool same_text(const model *m, node_ix a, node_ix b)
{
    const fact_node *x = model_node(m, a), *y = model_node(m, b);
    if (x->kind != y->kind || x->name != y->name || x->kid_count != y->kid_count) return false;
    for (uint32_t i = 0; i < x->kid_count; i++)
        if (!same_text(m, model_kid(m, a, i), model_kid(m, b, i))) return false;
    return true;
}

static bool visit_rebuild(const model *m, node_ix node, void *payload)
{
    rebuild_query *q = payload;
    if (q->at) return false;
    if (model_node(m, node)->kind == NODE_BINARY && same_text(m, node, q->pattern)) q->at = node;
    return true;
}

static void judge_rebuilt(classify *c, clause_ix clause)
{
    const model *m = c->m;
    const model_clause *at = &m->clauses.items[clause];
    const model_function *f = &m->functions.items[at->function];
    for (uint32_t i = 0; i < f->arity; i++) {
        node_ix pattern = model_strip(m, m->kids.items[at->param_first + i]);
        const fact_node *head = model_node(m, pattern);
        if (head->kind != NODE_BINARY || head->kid_count < 2 || !at->body) continue;
        node_ix last = model_kid(m, pattern, head->kid_count - 1);
        if (!is_binary_segment(m, last) || model_kid(m, last, 1)) continue;
        rebuild_query q = {.pattern = pattern};
        model_visit(m, at->body, visit_rebuild, &q);
        if (!q.at) continue;
        finding_add(c, CONF_POSSIBLE, q.at, NO_IX,
                    arena_printf(&c->scratch, "rebuilt %s", function_key(c, at->function)),
                    "%s builds the binary that it has just matched anew: each time it runs it "
                    "copies all the rest",
                    model_function_label(m, at->function, &c->scratch));
        finding_step_add(c, pattern, "matched here");
        finding_step_add(c, q.at, "built anew here");
        return;
    }
}

void rule_binary_retention(classify *c)
{
    const model *m = c->m;
    for (callback_ix i = 0; i < m->callbacks.count; i++) {
        judge_kept_slice(c, i);
        judge_buffer(c, i);
    }
    for (clause_ix i = 0; i < m->clauses.count; i++) judge_rebuilt(c, i);
}
