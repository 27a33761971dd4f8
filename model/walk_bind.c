/* The walk, variables: environments, patterns, closures. */
#include "base/base.h"
#include "model/walk.h"

enum { CAPTURES_MAX = 31, PATTERN_DEPTH_MAX = 24 };

val_ix walk_lookup(const walk *w, sym name, bool *found)
{
    for (uint32_t i = w->env.count; i-- > w->env_base;) {
        if (w->env.items[i].name != name) continue;
        *found = true;
        return w->env.items[i].value;
    }
    *found = false;
    return 0;
}

void walk_unbind(walk *w, uint32_t count)
{
    w->env.count = count;
}

/* The value a pattern stands for when it is matched with `base`, its literal parts filled in. */
static val_ix refine(walk *w, node_ix pattern, val_ix base, int depth)
{
    model *m = w->m;
    pattern = model_strip(m, pattern);
    const fact_node *at = model_node(m, pattern);
    if (depth > 3) return base;
    if (at->kind == NODE_ATOM) return val_atom(&w->vals, model_atom_in(m, w->module, pattern));
    if (at->kind != NODE_TUPLE || at->kid_count > 16) return base;
    val_ix kids[16];
    uint32_t count = at->kid_count;
    for (uint32_t i = 0; i < count; i++) {
        val_ix part = val_make(&w->vals, VAL_ELEMENT, 0, i, &base, 1);
        kids[i] = refine(w, model_kid(m, pattern, i), part, depth + 1);
    }
    return val_make(&w->vals, VAL_TUPLE, 0, 0, kids, count);
}

val_ix model_list_key(const model *m, val_ix options, sym name)
{
    const model_val *list = model_value(m, options);
    for (uint32_t i = 0; list->kind == VAL_LIST && i < list->kid_count; i++) {
        val_ix pair = model_value_kid(m, options, i);
        const model_val *key = model_value(m, model_value_kid(m, pair, 0));
        if (model_value(m, pair)->kind == VAL_TUPLE && key->kind == VAL_ATOM && key->name == name)
            return model_value_kid(m, pair, 1);
    }
    return 0;
}

val_ix model_key(const model *m, val_ix container, sym name, val_ix *rest)
{
    *rest = 0;
    for (int guard = 0; guard < 64; guard++) {
        const model_val *v = model_value(m, container);
        if (v->kind == VAL_LIST) return model_list_key(m, container, name);
        if (v->kind != VAL_MAP) {
            *rest = container;
            return 0;
        }
        bool update = v->number == 1;
        for (uint32_t i = update; i + 1 < v->kid_count; i += 2) {
            const model_val *key = model_value(m, model_value_kid(m, container, i));
            if (key->kind == VAL_ATOM && key->name == name)
                return model_value_kid(m, container, i + 1);
        }
        if (!update) return 0;
        container = model_value_kid(m, container, 0);
    }
    return 0;
}

/* Element `index` of a tuple or list value. */
val_ix walk_element(walk *w, val_ix value, uint32_t index)
{
    const model_val *v = model_value(w->m, value);
    switch ((val_kind)v->kind) {
    case VAL_TUPLE: return model_value_kid(w->m, value, index);
    case VAL_LIST: return index < v->kid_count ? model_value_kid(w->m, value, index) : 0;
    case VAL_FROM: return index == 0 ? val_make(&w->vals, VAL_CALLER, 0, 0, NULL, 0) : 0;
    case VAL_MESSAGE:
    case VAL_STATE:
    case VAL_FIELD:
    case VAL_ELEMENT:
    case VAL_RESULT:
    case VAL_PARAM: return val_make(&w->vals, VAL_ELEMENT, 0, index, &value, 1);
    default: return 0;
    }
}

static void bind_pattern(walk *w, node_ix pattern, val_ix value, int depth);

static void bind_pairs(walk *w, node_ix pattern, uint32_t first, val_ix value, int depth)
{
    model *m = w->m;
    for (uint32_t i = first; i + 1 < model_kid_count(m, pattern); i += 2) {
        const fact_node *key = model_node(m, model_strip(m, model_kid(m, pattern, i)));
        val_ix part = key->kind == NODE_ATOM ? walk_field(w, value, key->name) : 0;
        bind_pattern(w, model_kid(m, pattern, i + 1), part, depth + 1);
    }
}

static val_ix alternative(const model *m, node_ix pattern, val_ix value)
{
    const model_val *v = model_value(m, value);
    if (v->kind != VAL_UNION) return value;
    for (uint32_t i = 0; i < v->kid_count; i++)
        if (model_match(m, pattern, 0, model_value_kid(m, value, i)) != MATCH_NO)
            return model_value_kid(m, value, i);
    return 0;
}

static void bind_pattern(walk *w, node_ix pattern, val_ix value, int depth)
{
    model *m = w->m;
    pattern = model_strip(m, pattern);
    const fact_node at = *model_node(m, pattern);
    if (depth > PATTERN_DEPTH_MAX) return;
    if (at.kind != NODE_VAR && at.kind != NODE_MATCH) value = alternative(m, pattern, value);
    switch ((node_kind)at.kind) {
    case NODE_VAR: {
        if (at.name == m->index->s_underscore) return;
        /* In Erlang a bound variable in a pattern is a test. */
        bool found;
        val_ix held = walk_lookup(w, at.name, &found);
        bool erlang = at.reserved && m->files.items[at.reserved - 1].lang == LANG_ERLANG;
        if (found && erlang && held) return;
        vec_push(&w->env, (binding){at.name, value});
        return;
    }
    case NODE_MATCH: {
        node_ix left = model_kid(m, pattern, 0), right = model_kid(m, pattern, 1);
        const model_val *v = model_value(m, value);
        val_ix whole =
            v->kind == VAL_MESSAGE || v->kind == VAL_ELEMENT
                ? refine(w, model_node(m, left)->kind == NODE_VAR ? right : left, value, 0)
                : value;
        bind_pattern(w, left, model_node(m, left)->kind == NODE_VAR ? whole : value, depth + 1);
        bind_pattern(w, right, model_node(m, right)->kind == NODE_VAR ? whole : value, depth + 1);
        return;
    }
    case NODE_TUPLE:
        for (uint32_t i = 0; i < at.kid_count; i++)
            bind_pattern(w, model_kid(m, pattern, i), walk_element(w, value, i), depth + 1);
        return;
    case NODE_LIST: {
        bool tail = at.flags & NODE_FLAG_TAIL;
        for (uint32_t i = 0; i < at.kid_count; i++) {
            bool rest = tail && i + 1 == at.kid_count;
            bind_pattern(w, model_kid(m, pattern, i), rest ? 0 : walk_element(w, value, i),
                         depth + 1);
        }
        return;
    }
    case NODE_MAP:
    case NODE_STRUCT:
    case NODE_RECORD: bind_pairs(w, pattern, 0, value, depth); return;
    case NODE_OP:
        if (sv_eq_c(model_text(m, at.name), "\\\\")) {
            bind_pattern(w, model_kid(m, pattern, 0), value, depth + 1);
            return;
        }
        for (uint32_t i = 0; i < at.kid_count; i++)
            bind_pattern(w, model_kid(m, pattern, i), 0, depth + 1);
        return;
    case NODE_BINARY: {
        val_ix part = val_make(&w->vals, VAL_BINARY_PART, 0, 0, NULL, 0);
        for (uint32_t i = 0; i < at.kid_count; i++) {
            node_ix segment = model_kid(m, pattern, i);
            if (model_node(m, segment)->kind == NODE_SEGMENT) {
                bool binary = sv_has(model_text(m, model_node(m, segment)->name), SV("bin")) ||
                              sv_has(model_text(m, model_node(m, segment)->name), SV("bytes"));
                bind_pattern(w, model_kid(m, segment, 0), binary ? part : 0, depth + 1);
            } else {
                bind_pattern(w, segment, 0, depth + 1);
            }
        }
        return;
    }
    default: return;
    }
}

void walk_bind(walk *w, node_ix pattern, val_ix value)
{
    bind_pattern(w, pattern, value, 0);
}

typedef struct {
    walk *w;
    val_ix kids[2 * CAPTURES_MAX];
    uint32_t count;
} capture;

static bool capture_var(const model *m, node_ix node, void *payload)
{
    capture *c = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind != NODE_VAR || c->count + 2 > ARRAY_LEN(c->kids)) return true;
    for (uint32_t i = 0; i < c->count; i += 2)
        if (model_value(m, c->kids[i])->name == at->name) return true;
    bool found;
    val_ix value = walk_lookup(c->w, at->name, &found);
    if (!found || !value) return true;
    c->kids[c->count++] = val_atom(&c->w->vals, at->name);
    c->kids[c->count++] = value;
    return true;
}

val_ix walk_closure(walk *w, node_ix fn)
{
    capture c = {.w = w};
    model_visit(w->m, fn, capture_var, &c);
    /* The name carries the function whose text it is: local calls are resolved there. */
    return val_make(&w->vals, VAL_FN, w->function, fn, c.kids, c.count);
}
