/* Patterns: can a value match, does one pattern cover another, which clause takes a message. */
#include "base/base.h"
#include "model/internal.h"

enum { MATCH_DEPTH_MAX = 24 };

static match_result both(match_result a, match_result b)
{
    return a < b ? a : b;
}

/* Values of which nothing is known but that they are a pid, reference, fun and so on. */
static bool opaque_kind(val_kind kind)
{
    switch (kind) {
    case VAL_SELF:
    case VAL_SPAWNED:
    case VAL_FROM:
    case VAL_CALLER:
    case VAL_PID:
    case VAL_REF:
    case VAL_TIMER:
    case VAL_FN:
    case VAL_FUN_REF: return true;
    default: return false;
    }
}

static match_result match(const model *m, node_ix pattern, val_ix value, int depth);

static match_result match_elements(const model *m, node_ix pattern, val_ix value, int depth)
{
    match_result result = MATCH_YES;
    uint32_t count = model_kid_count(m, pattern);
    for (uint32_t i = 0; i < count && result != MATCH_NO; i++)
        result = both(result,
                      match(m, model_kid(m, pattern, i), model_value_kid(m, value, i), depth + 1));
    return result;
}

static match_result match_map(const model *m, node_ix pattern, val_ix value, int depth)
{
    const model_val *v = model_value(m, value);
    match_result result = MATCH_YES;
    for (uint32_t i = 0; i + 1 < model_kid_count(m, pattern) && result != MATCH_NO; i += 2) {
        const fact_node *key = model_node(m, model_strip(m, model_kid(m, pattern, i)));
        bool found = false;
        uint32_t first = v->number == 1 ? 1 : 0;
        for (uint32_t k = first; k + 1 < v->kid_count && !found; k += 2) {
            const model_val *have = model_value(m, model_value_kid(m, value, k));
            if (key->kind != NODE_ATOM || have->kind != VAL_ATOM || have->name != key->name)
                continue;
            found = true;
            result = both(result, match(m, model_kid(m, pattern, i + 1),
                                        model_value_kid(m, value, k + 1), depth + 1));
        }
        if (!found) result = both(result, MATCH_MAYBE);
    }
    return result;
}

static match_result match_list(const model *m, node_ix pattern, val_ix value, int depth)
{
    const fact_node *p = model_node(m, pattern);
    const model_val *v = model_value(m, value);
    bool tail = p->flags & NODE_FLAG_TAIL;
    uint32_t fixed = tail ? p->kid_count - 1 : p->kid_count;
    if (v->number == 0 && (tail ? v->kid_count < fixed : v->kid_count != fixed)) return MATCH_NO;
    match_result result = v->number || tail ? MATCH_MAYBE : MATCH_YES;
    for (uint32_t i = 0; i < fixed && i < v->kid_count && result != MATCH_NO; i++)
        result = both(result,
                      match(m, model_kid(m, pattern, i), model_value_kid(m, value, i), depth + 1));
    return result;
}

static match_result match(const model *m, node_ix pattern, val_ix value, int depth)
{
    pattern = model_strip(m, pattern);
    const fact_node *p = model_node(m, pattern);
    const model_val *v = model_value(m, value);
    if (depth > MATCH_DEPTH_MAX) return MATCH_MAYBE;
    if (p->kind == NODE_VAR) return MATCH_YES;
    if (p->kind == NODE_MATCH)
        return both(match(m, model_kid(m, pattern, 0), value, depth + 1),
                    match(m, model_kid(m, pattern, 1), value, depth + 1));
    if (p->kind == NODE_OP && sv_eq_c(model_text(m, p->name), "\\\\"))
        return match(m, model_kid(m, pattern, 0), value, depth + 1);
    if (v->kind == VAL_UNION) {
        uint32_t can = 0, surely = 0;
        for (uint32_t i = 0; i < v->kid_count; i++) {
            match_result one = match(m, pattern, model_value_kid(m, value, i), depth + 1);
            can += one != MATCH_NO;
            surely += one == MATCH_YES;
        }
        if (can == 0) return MATCH_NO;
        return surely == v->kid_count ? MATCH_YES : MATCH_MAYBE;
    }
    if (v->kind == VAL_UNKNOWN || v->kind == VAL_FIELD || v->kind == VAL_ELEMENT ||
        v->kind == VAL_PARAM || v->kind == VAL_RESULT || v->kind == VAL_STATE ||
        v->kind == VAL_MESSAGE || v->kind == VAL_BINARY_PART || v->kind == VAL_NAME ||
        v->kind == VAL_TABLE || v->kind == VAL_TASK)
        return MATCH_MAYBE;
    switch ((node_kind)p->kind) {
    case NODE_ATOM:
        return v->kind == VAL_ATOM ? (v->name == p->name ? MATCH_YES : MATCH_NO) : MATCH_NO;
    case NODE_INT: {
        int64_t number;
        if (v->kind != VAL_INT) return MATCH_NO;
        if (!sv_to_i64(model_text(m, p->name), &number)) return MATCH_MAYBE;
        return number == v->number ? MATCH_YES : MATCH_NO;
    }
    case NODE_STRING:
        if (v->kind == VAL_STRING) return v->name == p->name ? MATCH_YES : MATCH_NO;
        return opaque_kind(v->kind) || v->kind == VAL_ATOM || v->kind == VAL_TUPLE ? MATCH_NO
                                                                                   : MATCH_MAYBE;
    case NODE_TUPLE:
        if (v->kind != VAL_TUPLE)
            return v->kind == VAL_FROM && p->kid_count == 2 ? MATCH_MAYBE : MATCH_NO;
        return v->kid_count == p->kid_count ? match_elements(m, pattern, value, depth) : MATCH_NO;
    case NODE_LIST: return v->kind == VAL_LIST ? match_list(m, pattern, value, depth) : MATCH_NO;
    case NODE_MAP: return v->kind == VAL_MAP ? match_map(m, pattern, value, depth) : MATCH_NO;
    case NODE_STRUCT:
    case NODE_RECORD:
        if (v->kind != VAL_MAP) return MATCH_NO;
        if (v->name && p->name && v->name != p->name && v->number == 0) return MATCH_NO;
        return both(v->name == p->name ? MATCH_YES : MATCH_MAYBE,
                    match_map(m, pattern, value, depth));
    case NODE_PIN: return MATCH_MAYBE;
    case NODE_BINARY:
    case NODE_OP:
        return opaque_kind(v->kind) || v->kind == VAL_ATOM || v->kind == VAL_TUPLE ||
                       v->kind == VAL_MAP
                   ? MATCH_NO
                   : MATCH_MAYBE;
    default: return MATCH_MAYBE;
    }
}

match_result model_match(const model *m, node_ix pattern, node_ix guard, val_ix value)
{
    match_result result = pattern ? match(m, pattern, value, 0) : MATCH_MAYBE;
    return guard && result == MATCH_YES ? MATCH_MAYBE : result;
}

static bool covers(const model *m, node_ix wide, node_ix narrow, int depth)
{
    wide = model_strip(m, wide);
    narrow = model_strip(m, narrow);
    const fact_node *w = model_node(m, wide), *n = model_node(m, narrow);
    if (depth > MATCH_DEPTH_MAX || w->kind == NODE_NONE || n->kind == NODE_NONE) return false;
    if (w->kind == NODE_VAR) return true;
    if (w->kind == NODE_MATCH)
        return covers(m, model_kid(m, wide, 0), narrow, depth + 1) &&
               covers(m, model_kid(m, wide, 1), narrow, depth + 1);
    if (n->kind == NODE_MATCH)
        return covers(m, wide, model_kid(m, narrow, 0), depth + 1) ||
               covers(m, wide, model_kid(m, narrow, 1), depth + 1);
    if (w->kind == NODE_MAP) {
        /* A map pattern takes every map that has its keys. */
        if (n->kind != NODE_MAP && n->kind != NODE_STRUCT) return false;
        for (uint32_t i = 0; i + 1 < w->kid_count; i += 2) {
            bool found = false;
            const fact_node *key = model_node(m, model_strip(m, model_kid(m, wide, i)));
            for (uint32_t k = 0; k + 1 < n->kid_count && !found; k += 2) {
                const fact_node *other = model_node(m, model_strip(m, model_kid(m, narrow, k)));
                found =
                    key->kind == other->kind && key->name == other->name &&
                    (key->kind == NODE_ATOM || key->kind == NODE_STRING) &&
                    covers(m, model_kid(m, wide, i + 1), model_kid(m, narrow, k + 1), depth + 1);
            }
            if (!found) return false;
        }
        return true;
    }
    if (w->kind != n->kind) return false;
    switch ((node_kind)w->kind) {
    case NODE_ATOM:
    case NODE_INT:
    case NODE_FLOAT:
    case NODE_STRING: return w->name == n->name;
    case NODE_TUPLE:
    case NODE_LIST:
        if (w->kid_count != n->kid_count ||
            (w->flags & NODE_FLAG_TAIL) != (n->flags & NODE_FLAG_TAIL))
            return false;
        for (uint32_t i = 0; i < w->kid_count; i++)
            if (!covers(m, model_kid(m, wide, i), model_kid(m, narrow, i), depth + 1)) return false;
        return true;
    case NODE_STRUCT:
    case NODE_RECORD:
        if (w->name != n->name) return false;
        for (uint32_t i = 0; i + 1 < w->kid_count; i += 2) {
            /* Every value of the type has the field: a variable takes whatever is there. */
            node_ix part = model_strip(m, model_kid(m, wide, i + 1));
            bool found = model_node(m, part)->kind == NODE_VAR;
            sym key = model_node(m, model_kid(m, wide, i))->name;
            for (uint32_t k = 0; k + 1 < n->kid_count && !found; k += 2)
                found = model_node(m, model_kid(m, narrow, k))->name == key &&
                        covers(m, part, model_kid(m, narrow, k + 1), depth + 1);
            if (!found) return false;
        }
        return true;
    default: return false;
    }
}

/* A variable that stands twice in a pattern is a test that the rest of this file ignores. */
typedef struct {
    sym seen[64];
    uint32_t count;
    bool repeated;
} var_scan;

static bool scan_var(const model *m, node_ix node, void *payload)
{
    var_scan *s = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind != NODE_VAR || at->name == m->index->s_underscore) return true;
    for (uint32_t i = 0; i < s->count; i++)
        if (s->seen[i] == at->name) s->repeated = true;
    if (s->count < ARRAY_LEN(s->seen)) s->seen[s->count++] = at->name;
    return true;
}

bool model_pattern_covers(const model *m, node_ix wide, node_ix narrow)
{
    var_scan s = {.count = 0};
    model_visit(m, wide, scan_var, &s);
    return !s.repeated && covers(m, wide, narrow, 0);
}

callback_ix model_clause_for(const model *m, server_ix server, callback_kind kind, val_ix message,
                             callback_ix from_clause, match_result *result)
{
    const model_server *s = &m->servers.items[server];
    callback_ix end = s->callback_first + s->callback_count;
    callback_ix at = MAX(from_clause, s->callback_first);
    for (; at < end; at++) {
        const model_callback *cb = &m->callbacks.items[at];
        uint8_t takes = cb->kind == CB_EVENT ? cb->event : cb->kind;
        if (takes != kind && !(cb->kind == CB_EVENT && takes == CB_NONE)) continue;
        node_ix guard = cb->clause == NO_IX ? 0 : m->clauses.items[cb->clause].guard;
        match_result found = model_match(m, cb->message, guard, message);
        if (found == MATCH_NO) continue;
        /* A clause that also looks at the state may not be the one. */
        if (found == MATCH_YES && cb->state &&
            model_node(m, model_strip(m, cb->state))->kind != NODE_VAR)
            found = MATCH_MAYBE;
        *result = found;
        return at;
    }
    *result = MATCH_NO;
    return NO_IX;
}
