/* The walk, expressions. See walk.h. */
#include "base/base.h"
#include "model/walk.h"

enum { UNION_MAX = 6 };

val_ix walk_union(walk *w, val_ix a, val_ix b)
{
    if (a == b) return a;
    if (!a || !b) return 0;
    val_ix kids[UNION_MAX];
    uint32_t count = 0;
    val_ix parts[2] = {a, b};
    for (int p = 0; p < 2; p++) {
        const model_val *v = model_value(w->m, parts[p]);
        uint32_t n = v->kind == VAL_UNION ? v->kid_count : 1;
        for (uint32_t i = 0; i < n; i++) {
            val_ix kid = v->kind == VAL_UNION ? model_value_kid(w->m, parts[p], i) : parts[p];
            bool seen = false;
            for (uint32_t k = 0; k < count && !seen; k++) seen = kids[k] == kid;
            if (seen) continue;
            if (count == UNION_MAX) return 0;
            kids[count++] = kid;
        }
    }
    return count == 1 ? kids[0] : val_make(&w->vals, VAL_UNION, 0, 0, kids, count);
}

static val_ix eval_sequence(walk *w, node_ix node)
{
    val_ix last = 0;
    uint32_t count = model_kid_count(w->m, node);
    for (uint32_t i = 0; i < count; i++) last = walk_eval(w, model_kid(w->m, node, i));
    return last;
}

static val_ix eval_kids(walk *w, node_ix node, val_kind kind, sym name)
{
    val_ix kids[WALK_ARGS_MAX];
    uint32_t count = model_kid_count(w->m, node);
    for (uint32_t i = 0; i < count; i++) {
        val_ix v = walk_eval(w, model_kid(w->m, node, i));
        if (i < WALK_ARGS_MAX) kids[i] = v;
    }
    if (count > WALK_ARGS_MAX) return 0;
    return val_make(&w->vals, kind, name, 0, kids, count);
}

static val_ix eval_list(walk *w, node_ix node)
{
    const fact_node *at = model_node(w->m, node);
    bool tail = at->flags & NODE_FLAG_TAIL;
    val_ix kids[WALK_ARGS_MAX];
    uint32_t count = at->kid_count, kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        val_ix v = walk_eval(w, model_kid(w->m, node, i));
        if (kept < WALK_ARGS_MAX && !(tail && i + 1 == count)) kids[kept++] = v;
    }
    bool open = tail || count > WALK_ARGS_MAX;
    return val_make(&w->vals, VAL_LIST, 0, open, kids, kept);
}

/* Maps, structs, records and their updates: kids are key, value...; an update has its base as
 * kid 0 and number 1. */
val_ix walk_map_value(walk *w, node_ix node)
{
    model *m = w->m;
    const fact_node at = *model_node(m, node);
    bool update = at.kind == NODE_MAP_UPDATE || at.kind == NODE_STRUCT_UPDATE ||
                  at.kind == NODE_RECORD_UPDATE;
    val_ix kids[2 * WALK_ARGS_MAX + 1];
    uint32_t count = 0;
    if (update) kids[count++] = walk_eval(w, model_kid(m, node, 0));
    for (uint32_t i = update; i + 1 < at.kid_count; i += 2) {
        val_ix key = walk_eval(w, model_kid(m, node, i));
        val_ix value = walk_eval(w, model_kid(m, node, i + 1));
        if (count + 2 > ARRAY_LEN(kids)) continue;
        kids[count++] = key;
        kids[count++] = value;
    }
    /* A struct that is not written out in full has its defaults: unknown here. */
    return val_make(&w->vals, VAL_MAP, at.name, update, kids, count);
}

val_ix walk_field(walk *w, val_ix base, sym name)
{
    model *m = w->m;
    val_ix rest, found = model_key(m, base, name, &rest);
    if (!rest) return found;
    const model_val *v = model_value(m, rest);
    if (v->kind == VAL_UNION) return walk_field(w, model_value_kid(m, rest, 0), name);
    switch ((val_kind)v->kind) {
    case VAL_STATE:
    case VAL_FIELD:
    case VAL_PARAM:
    case VAL_MESSAGE:
    case VAL_ELEMENT:
    case VAL_TASK: return val_make(&w->vals, VAL_FIELD, name, 0, &rest, 1);
    default: return 0;
    }
}

/* ---- branches ------------------------------------------------------------------------------- */

/* Does the condition compare something with self()? */
bool walk_tests_self(const model *m, node_ix node, int depth)
{
    node = model_strip(m, node);
    const fact_node *at = model_node(m, node);
    if (depth > 4) return false;
    if ((at->kind == NODE_CALL || at->kind == NODE_CALL_REMOTE) && at->name == m->index->s_self)
        return true;
    if (at->kind != NODE_OP && at->kind != NODE_MATCH) return false;
    for (uint32_t i = 0; i < at->kid_count; i++)
        if (walk_tests_self(m, model_kid(m, node, i), depth + 1)) return true;
    return false;
}

static bool erlang_scope(const walk *w)
{
    return w->function != NO_IX &&
           w->m->files.items[w->m->functions.items[w->function].file].lang == LANG_ERLANG;
}

/* Guard and body of an arm whose pattern is bound; what was bound from `mark` on ends with it. In
 * Erlang it is seen afterwards. */
static val_ix eval_body(walk *w, node_ix arm, uint32_t mark)
{
    walk_eval(w, model_kid(w->m, arm, 0));
    val_ix result = walk_eval(w, model_kid(w->m, arm, 1));
    if (!erlang_scope(w)) walk_unbind(w, mark);
    return result;
}

static val_ix eval_arm(walk *w, node_ix arm, uint32_t first_pattern, val_ix value)
{
    uint32_t mark = w->env.count;
    if (model_kid_count(w->m, arm) > first_pattern)
        walk_bind(w, model_kid(w->m, arm, first_pattern), value);
    return eval_body(w, arm, mark);
}

static val_ix eval_case(walk *w, node_ix node)
{
    model *m = w->m;
    uint16_t ctx = w->ctx;
    bool self_test = walk_tests_self(m, model_kid(m, node, 0), 0);
    val_ix subject = walk_eval(w, model_kid(m, node, 0)), result = 0;
    bool first = true;
    uint32_t count = model_kid_count(m, node);
    for (uint32_t i = 1; i < count; i++) {
        node_ix arm = model_kid(m, node, i);
        node_ix guard = model_kid(m, arm, 0);
        match_result can = model_match(m, model_kid(m, arm, 2), 0, subject);
        if (can == MATCH_NO) continue;
        uint32_t mark = w->env.count;
        walk_bind(w, model_kid(m, arm, 2), subject);
        can = MIN(can, walk_guard(w, guard));
        if (can == MATCH_NO) {
            walk_unbind(w, mark);
            continue;
        }
        w->ctx = can == MATCH_YES && first ? ctx : ctx | CTX_BRANCH;
        if (self_test || walk_tests_self(m, guard, 0)) w->ctx |= CTX_NOT_SELF;
        val_ix value = eval_body(w, arm, mark);
        result = first ? value : walk_union(w, result, value);
        first = false;
        if (can == MATCH_YES) break;
    }
    w->ctx = ctx;
    return result;
}

static val_ix eval_if(walk *w, node_ix node)
{
    model *m = w->m;
    uint16_t ctx = w->ctx;
    bool self_test = walk_tests_self(m, model_kid(m, node, 0), 0);
    val_ix condition = walk_eval(w, model_kid(m, node, 0));
    const model_val *c = model_value(m, condition);
    bool never =
        c->kind == VAL_ATOM && (c->name == m->index->s_false || c->name == m->index->s_nil);
    w->ctx = ctx | CTX_BRANCH | (self_test ? CTX_NOT_SELF : 0);
    uint32_t mark = w->env.count;
    val_ix yes = never ? 0 : walk_eval(w, model_kid(m, node, 1));
    walk_unbind(w, mark);
    val_ix no = model_kid(m, node, 2) ? walk_eval(w, model_kid(m, node, 2))
                                      : val_atom(&w->vals, m->index->s_nil);
    walk_unbind(w, mark);
    w->ctx = ctx;
    return never ? no : walk_union(w, yes, no);
}

static val_ix eval_arms(walk *w, node_ix node, uint32_t from, uint16_t extra)
{
    model *m = w->m;
    uint16_t ctx = w->ctx;
    val_ix result = 0;
    uint32_t count = model_kid_count(m, node);
    for (uint32_t i = from; i < count; i++) {
        node_ix arm = model_kid(m, node, i);
        w->ctx = ctx | CTX_BRANCH | extra;
        if (walk_tests_self(m, model_kid(m, arm, 0), 0)) w->ctx |= CTX_NOT_SELF;
        uint8_t kind = model_node(m, arm)->flags & NODE_FLAG_ARM;
        if (kind == ARM_AFTER) walk_eval(w, model_kid(m, arm, 2));
        val_ix value = eval_arm(w, arm, kind == ARM_AFTER ? UINT32_MAX : 2, 0);
        if (kind == ARM_FINALLY) continue;
        result = i == from ? value : walk_union(w, result, value);
    }
    w->ctx = ctx;
    return result;
}

static val_ix eval_try(walk *w, node_ix node)
{
    model *m = w->m;
    uint16_t ctx = w->ctx;
    uint32_t mark = w->env.count;
    if (model_catches_exit(m, node)) w->ctx |= CTX_CAUGHT;
    val_ix body = walk_eval(w, model_kid(m, node, 0));
    w->ctx = ctx;
    walk_unbind(w, mark);
    bool has_else = false;
    for (uint32_t i = 1; i < model_kid_count(m, node); i++) {
        uint8_t kind = model_node(m, model_kid(m, node, i))->flags & NODE_FLAG_ARM;
        has_else |= kind == ARM_ELSE;
    }
    val_ix result = has_else ? 0 : body;
    bool first = has_else;
    for (uint32_t i = 1; i < model_kid_count(m, node); i++) {
        node_ix arm = model_kid(m, node, i);
        uint8_t kind = model_node(m, arm)->flags & NODE_FLAG_ARM;
        w->ctx = kind == ARM_FINALLY ? ctx : ctx | CTX_BRANCH;
        if (kind != ARM_FINALLY && kind != ARM_ELSE) w->ctx |= CTX_HANDLER;
        val_ix value = eval_arm(w, arm, kind == ARM_ELSE ? 2 : UINT32_MAX, body);
        if (kind == ARM_FINALLY) continue;
        result = first ? value : walk_union(w, result, value);
        first = false;
    }
    w->ctx = ctx;
    walk_unbind(w, mark);
    return result;
}

static val_ix eval_with(walk *w, node_ix node)
{
    model *m = w->m;
    uint16_t ctx = w->ctx;
    uint32_t mark = w->env.count;
    val_ix result = 0;
    uint32_t count = model_kid_count(m, node);
    for (uint32_t i = 0; i < count; i++) {
        node_ix kid = model_kid(m, node, i);
        const fact_node *at = model_node(m, kid);
        if (at->kind == NODE_WITH_STEP) {
            val_ix value = walk_eval(w, model_kid(m, kid, 2));
            walk_bind(w, model_kid(m, kid, 0), value);
            w->ctx = ctx | CTX_BRANCH;
        } else if (at->kind == NODE_DO) {
            result = walk_eval(w, model_kid(m, kid, 0));
            walk_unbind(w, mark);
        } else if (at->kind == NODE_ARM) {
            w->ctx = ctx | CTX_BRANCH;
            result = walk_union(w, result, eval_arm(w, kid, 2, 0));
        } else {
            walk_eval(w, kid);
        }
    }
    walk_unbind(w, mark);
    w->ctx = ctx;
    return result;
}

static val_ix eval_for(walk *w, node_ix node)
{
    model *m = w->m;
    uint16_t ctx = w->ctx;
    uint32_t mark = w->env.count;
    uint32_t count = model_kid_count(m, node);
    for (uint32_t i = 0; i < count; i++) {
        node_ix kid = model_kid(m, node, i);
        const fact_node *at = model_node(m, kid);
        if (at->kind == NODE_GENERATOR) {
            walk_eval(w, model_kid(m, kid, 1));
            w->ctx = ctx | CTX_LOOP;
            walk_bind(w, model_kid(m, kid, 0), 0);
        } else if (at->kind == NODE_DO) {
            w->ctx = ctx | CTX_LOOP;
            val_ix body = walk_eval(w, model_kid(m, kid, 0));
            /* `reduce: x do acc -> ... end`: the body is a function of what came before. */
            if (model_value(m, body)->kind == VAL_FN) walk_apply(w, body, NULL, 0, kid);
        } else {
            walk_eval(w, kid);
        }
    }
    w->ctx = ctx;
    walk_unbind(w, mark);
    return val_make(&w->vals, VAL_LIST, 0, 1, NULL, 0);
}

/* ---- operators ------------------------------------------------------------------------------ */

static val_ix eval_op(walk *w, node_ix node)
{
    model *m = w->m;
    const fact_node *at = model_node(m, node);
    sv name = model_text(m, at->name);
    uint32_t count = at->kid_count;
    bool lazy = sv_eq_c(name, "and") || sv_eq_c(name, "or");
    val_ix left = walk_eval(w, model_kid(m, node, 0));
    uint16_t ctx = w->ctx;
    if (lazy) w->ctx |= CTX_BRANCH;
    val_ix right = count > 1 ? walk_eval(w, model_kid(m, node, 1)) : 0;
    w->ctx = ctx;
    const model_val *a = model_value(m, left), *b = model_value(m, right);
    if (a->kind == VAL_INT && b->kind == VAL_INT) {
        int64_t n = 0;
        bool bad = true;
        if (sv_eq_c(name, "*")) bad = __builtin_mul_overflow(a->number, b->number, &n);
        else if (sv_eq_c(name, "+")) bad = __builtin_add_overflow(a->number, b->number, &n);
        else if (sv_eq_c(name, "-")) bad = __builtin_sub_overflow(a->number, b->number, &n);
        if (!bad) return val_make(&w->vals, VAL_INT, 0, n, NULL, 0);
    }
    if (sv_eq_c(name, "or")) return left && right ? walk_union(w, left, right) : MAX(left, right);
    if (sv_eq_c(name, "++") && a->kind == VAL_LIST)
        return val_make(&w->vals, VAL_LIST, 0, 1, &m->val_kids.items[a->kid_first], a->kid_count);
    return 0;
}

static val_ix eval_index(walk *w, node_ix node)
{
    val_ix base = walk_eval(w, model_kid(w->m, node, 0));
    val_ix key = walk_eval(w, model_kid(w->m, node, 1));
    const model_val *k = model_value(w->m, key);
    return k->kind == VAL_ATOM ? walk_field(w, base, k->name) : 0;
}

static val_ix eval_int(walk *w, sym text)
{
    int64_t n;
    return sv_to_i64(model_text(w->m, text), &n) ? val_make(&w->vals, VAL_INT, 0, n, NULL, 0) : 0;
}

static val_ix eval_fun_ref(walk *w, node_ix node)
{
    function_ix f = model_call_target(w->m, w->function, node);
    return f == NO_IX ? 0 : val_make(&w->vals, VAL_FUN_REF, 0, f, NULL, 0);
}

static void record_receive(walk *w, node_ix node)
{
    if (!w->record || (w->only_in_server && !(w->ctx & CTX_IN_SERVER))) return;
    vec_push(&w->m->effects, (model_effect){.root = w->root,
                                            .node = node,
                                            .api = NO_IX,
                                            .kind = EFFECT_RECEIVE,
                                            .ctx = w->ctx,
                                            .frame = w->frame,
                                            .id = {.server = NO_IX},
                                            .timeout_ms = TIMEOUT_NONE_MS,
                                            .task_node = w->process});
}

val_ix walk_eval(walk *w, node_ix node)
{
    model *m = w->m;
    if (!node) return 0;
    if (++w->steps >= w->steps_max) {
        w->truncated = true;
        return 0;
    }
    const fact_node *at = model_node(m, node);
    switch ((node_kind)at->kind) {
    case NODE_ATOM: return val_atom(&w->vals, model_atom_in(m, w->module, node));
    case NODE_INT: return eval_int(w, at->name);
    case NODE_STRING: return val_make(&w->vals, VAL_STRING, at->name, 0, NULL, 0);
    case NODE_VAR: {
        bool found;
        return walk_lookup(w, at->name, &found);
    }
    case NODE_PIN: return walk_eval(w, model_kid(m, node, 0));
    case NODE_TUPLE: return eval_kids(w, node, VAL_TUPLE, 0);
    case NODE_LIST: return eval_list(w, node);
    case NODE_MAP:
    case NODE_MAP_UPDATE:
    case NODE_STRUCT:
    case NODE_STRUCT_UPDATE:
    case NODE_RECORD:
    case NODE_RECORD_UPDATE: return walk_map_value(w, node);
    case NODE_FIELD: {
        sym name = at->name;
        return walk_field(w, walk_eval(w, model_kid(m, node, 0)), name);
    }
    case NODE_INDEX: return eval_index(w, node);
    case NODE_ATTR: {
        node_ix value = model_attribute_of(m, w->module, at->name);
        if (!value) value = model_strip(m, node) == node ? 0 : model_strip(m, node);
        if (!value || model_node(m, value)->kind == NODE_ATTR) return 0;
        /* `@list [item | @list]`: an attribute may be made of what it was before. */
        if (w->attributes == WALK_ATTRIBUTES_MAX) return 0;
        w->attributes++;
        val_ix held = walk_eval(w, value);
        w->attributes--;
        return held;
    }
    case NODE_MACRO: {
        node_ix expansion = model_kid(m, node, 0);
        if (expansion) return walk_eval(w, expansion);
        for (uint32_t i = 1; i < model_kid_count(m, node); i++) walk_eval(w, model_kid(m, node, i));
        return 0;
    }
    case NODE_BLOCK: return eval_sequence(w, node);
    case NODE_MATCH: {
        val_ix value = walk_eval(w, model_kid(m, node, 1));
        walk_bind(w, model_kid(m, node, 0), value);
        return value;
    }
    case NODE_OP: return eval_op(w, node);
    case NODE_IF: return eval_if(w, node);
    case NODE_CASE: return eval_case(w, node);
    case NODE_COND: return eval_arms(w, node, 0, 0);
    case NODE_WITH: return eval_with(w, node);
    case NODE_DO: return walk_eval(w, model_kid(m, node, 0));
    case NODE_RECEIVE: record_receive(w, node); return eval_arms(w, node, 0, 0);
    case NODE_TRY: return eval_try(w, node);
    case NODE_CATCH: {
        uint16_t ctx = w->ctx;
        w->ctx |= CTX_CAUGHT;
        val_ix value = walk_eval(w, model_kid(m, node, 0));
        w->ctx = ctx;
        return value;
    }
    case NODE_FOR: return eval_for(w, node);
    case NODE_CALL:
    case NODE_CALL_REMOTE:
    case NODE_CALL_FUN:
    case NODE_CALL_DYNAMIC: return walk_call(w, node);
    case NODE_FN: return walk_closure(w, node);
    case NODE_FUN_REF: return eval_fun_ref(w, node);
    case NODE_BINARY: eval_sequence(w, node); return 0;
    case NODE_QUOTE:
    case NODE_NONE:
    case NODE_FLOAT:
    case NODE_KIND_COUNT: return 0;
    default: eval_sequence(w, node); return 0;
    }
}
