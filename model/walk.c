/* The walk, expressions. See walk.h. */
#include "base/base.h"
#include "model/walk.h"

enum { ARGS_MAX = 16, UNION_MAX = 6, DISPATCH_MAX = 4 };

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
    val_ix kids[ARGS_MAX];
    uint32_t count = model_kid_count(w->m, node);
    for (uint32_t i = 0; i < count; i++) {
        val_ix v = walk_eval(w, model_kid(w->m, node, i));
        if (i < ARGS_MAX) kids[i] = v;
    }
    if (count > ARGS_MAX) return 0;
    return val_make(&w->vals, kind, name, 0, kids, count);
}

static val_ix eval_list(walk *w, node_ix node)
{
    const fact_node *at = model_node(w->m, node);
    bool tail = at->flags & NODE_FLAG_TAIL;
    val_ix kids[ARGS_MAX];
    uint32_t count = at->kid_count, kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        val_ix v = walk_eval(w, model_kid(w->m, node, i));
        if (kept < ARGS_MAX && !(tail && i + 1 == count)) kids[kept++] = v;
    }
    bool open = tail || count > ARGS_MAX;
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
    val_ix kids[2 * ARGS_MAX + 1];
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
    for (int guard = 0; guard < 64; guard++) {
        const model_val *v = model_value(m, base);
        if (v->kind == VAL_UNKNOWN) return 0;
        if (v->kind == VAL_UNION) {
            val_ix result = walk_field(w, model_value_kid(m, base, 0), name);
            return result;
        }
        if (v->kind != VAL_MAP) break;
        bool update = v->number == 1;
        for (uint32_t i = update; i + 1 < v->kid_count; i += 2) {
            const model_val *key = model_value(m, model_value_kid(m, base, i));
            if (key->kind == VAL_ATOM && key->name == name) return model_value_kid(m, base, i + 1);
        }
        if (!update) return 0;
        base = model_value_kid(m, base, 0);
    }
    const model_val *v = model_value(m, base);
    switch ((val_kind)v->kind) {
    case VAL_STATE:
    case VAL_FIELD:
    case VAL_PARAM:
    case VAL_MESSAGE:
    case VAL_ELEMENT:
    case VAL_TASK: return val_make(&w->vals, VAL_FIELD, name, 0, &base, 1);
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

/* Body of an arm in a scope of its own. In Erlang what it binds is seen afterwards. */
static val_ix eval_arm(walk *w, node_ix arm, uint32_t first_pattern, val_ix value)
{
    uint32_t mark = w->env.count;
    if (model_kid_count(w->m, arm) > first_pattern)
        walk_bind(w, model_kid(w->m, arm, first_pattern), value);
    walk_eval(w, model_kid(w->m, arm, 0));
    val_ix result = walk_eval(w, model_kid(w->m, arm, 1));
    if (!erlang_scope(w)) walk_unbind(w, mark);
    return result;
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
        match_result can = model_match(m, model_kid(m, arm, 2), guard, subject);
        if (can == MATCH_NO) continue;
        w->ctx = can == MATCH_YES && first ? ctx : ctx | CTX_BRANCH;
        if (self_test || walk_tests_self(m, guard, 0)) w->ctx |= CTX_NOT_SELF;
        val_ix value = eval_arm(w, arm, 2, subject);
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

static bool catches_exit(const model *m, node_ix node)
{
    for (uint32_t i = 1; i < model_kid_count(m, node); i++) {
        node_ix arm = model_kid(m, node, i);
        if ((model_node(m, arm)->flags & NODE_FLAG_ARM) != ARM_CATCH) continue;
        node_ix class = model_strip(m, model_kid(m, arm, 2));
        if (model_node(m, class)->kind == NODE_VAR || model_is_atom(m, class, "exit")) return true;
    }
    return false;
}

static val_ix eval_try(walk *w, node_ix node)
{
    model *m = w->m;
    uint16_t ctx = w->ctx;
    uint32_t mark = w->env.count;
    if (catches_exit(m, node)) w->ctx |= CTX_CAUGHT;
    val_ix body = walk_eval(w, model_kid(m, node, 0));
    w->ctx = ctx;
    walk_unbind(w, mark);
    bool has_else = false, has_catch = false;
    for (uint32_t i = 1; i < model_kid_count(m, node); i++) {
        uint8_t kind = model_node(m, model_kid(m, node, i))->flags & NODE_FLAG_ARM;
        has_else |= kind == ARM_ELSE;
        has_catch |= kind == ARM_CATCH || kind == ARM_RESCUE;
    }
    val_ix result = has_else ? 0 : body;
    bool first = has_else;
    for (uint32_t i = 1; i < model_kid_count(m, node); i++) {
        node_ix arm = model_kid(m, node, i);
        uint8_t kind = model_node(m, arm)->flags & NODE_FLAG_ARM;
        w->ctx = kind == ARM_FINALLY ? ctx : ctx | CTX_BRANCH;
        val_ix value = eval_arm(w, arm, kind == ARM_ELSE ? 2 : UINT32_MAX, body);
        if (kind == ARM_FINALLY) continue;
        result = first ? value : walk_union(w, result, value);
        first = false;
    }
    (void)has_catch;
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
            walk_eval(w, model_kid(m, kid, 0));
        } else {
            walk_eval(w, kid);
        }
    }
    w->ctx = ctx;
    walk_unbind(w, mark);
    return val_make(&w->vals, VAL_LIST, 0, 1, NULL, 0);
}

/* ---- calls ---------------------------------------------------------------------------------- */

static uint32_t eval_args(walk *w, node_ix call, val_ix *args)
{
    uint32_t count = model_arg_count(w->m, call);
    for (uint32_t i = 0; i < count; i++) {
        val_ix v = walk_eval(w, model_arg(w->m, call, i));
        if (i < ARGS_MAX) args[i] = v;
    }
    return MIN(count, (uint32_t)ARGS_MAX);
}

/* A fun handed to code that is not here may run at any time, in any process. */
static void run_loose_funs(walk *w, node_ix call, const val_ix *args, uint32_t count)
{
    uint16_t ctx = w->ctx;
    w->ctx |= CTX_CLOSURE;
    for (uint32_t i = 0; i < count; i++)
        if (model_value(w->m, args[i])->kind == VAL_FN) walk_apply(w, args[i], NULL, 0, call);
    w->ctx = ctx;
}

/* A call of an unknown module: the few modules that could be meant, since they implement a
 * behaviour of the snapshot and export such a function. Nobody knows which one it is. */
static val_ix dispatch(walk *w, node_ix call, sym name, const val_ix *args, uint32_t count)
{
    const model *m = w->m;
    uint32_t first = map64_get(&m->index->dispatch, pair64(name, count), NO_IX), candidates = 0;
    for (uint32_t i = first; i != NO_IX; i = m->index->dispatch_rows.items[i].next) candidates++;
    if (candidates == 0 || candidates > DISPATCH_MAX) return 0;
    uint16_t ctx = w->ctx;
    w->ctx |= CTX_CLOSURE;
    for (uint32_t i = first; i != NO_IX; i = m->index->dispatch_rows.items[i].next)
        walk_function(w, m->index->dispatch_rows.items[i].function, args, count, call);
    w->ctx = ctx;
    return 0;
}

static val_ix eval_call(walk *w, node_ix node)
{
    model *m = w->m;
    const fact_node at = *model_node(m, node);
    val_ix args[ARGS_MAX];
    if (at.kind == NODE_CALL_FUN) {
        val_ix fun = walk_eval(w, model_kid(m, node, 0));
        uint32_t count = eval_args(w, node, args);
        return walk_apply(w, fun, args, count, node);
    }
    if (at.kind == NODE_CALL_DYNAMIC) {
        val_ix module = walk_eval(w, model_kid(m, node, 0));
        val_ix name = walk_eval(w, model_kid(m, node, 1));
        uint32_t count = eval_args(w, node, args);
        const model_val *mv = model_value(m, module), *nv = model_value(m, name);
        if (mv->kind != VAL_ATOM || nv->kind != VAL_ATOM) return 0;
        function_ix f = model_function_of(m, model_module_named(m, mv->name), nv->name, count);
        return f == NO_IX ? 0 : walk_function(w, f, args, count, node);
    }
    function_ix target = NO_IX;
    api_ix api = NO_IX;
    if (at.kind == NODE_CALL_REMOTE &&
        model_node(m, model_strip(m, model_kid(m, node, 0)))->kind != NODE_ATOM) {
        /* Module in a variable: known when the value is. */
        val_ix module = walk_eval(w, model_kid(m, node, 0));
        uint32_t count = eval_args(w, node, args);
        const model_val *mv = model_value(m, module);
        if (mv->kind == VAL_ATOM) {
            target = model_function_of(m, model_module_named(m, mv->name), at.name, count);
            if (target != NO_IX) return walk_function(w, target, args, count, node);
            api = api_find(model_text(m, mv->name), model_text(m, at.name), count);
            if (api != NO_IX) return walk_api_call(w, node, api, args, count);
        }
        if (model_arg_count(m, node) == 0 && !(at.flags & NODE_FLAG_ARGS))
            return walk_field(w, module, at.name);
        run_loose_funs(w, node, args, count);
        return dispatch(w, node, at.name, args, count);
    }
    uint32_t count = eval_args(w, node, args);
    target = model_call_target(m, w->function, node);
    if (target != NO_IX) return walk_function(w, target, args, count, node);
    api = model_call_api(m, w->function, node);
    if (api != NO_IX) return walk_api_call(w, node, api, args, count);
    run_loose_funs(w, node, args, count);
    return val_make(&w->vals, VAL_RESULT, 0, node, NULL, 0);
}

static uint64_t memo_key(const walk *w, function_ix function, const val_ix *args, uint32_t count)
{
    uint64_t h = pair64(function, (uint32_t)w->ctx | (w->process ? 1u << 20 : 0));
    h = hash64_mix(h + w->process * UINT64_C(0x9e3779b97f4a7c15));
    for (uint32_t i = 0; i < count; i++) h = hash64_mix(h * 31 + args[i]);
    return h;
}

static frame_ix push_frame(walk *w, function_ix function, node_ix call)
{
    vec_push(&w->m->frames, (model_frame){.parent = w->frame, .function = function, .call = call});
    return w->m->frames.count - 1;
}

static bool worth_entering(const walk *w, function_ix function, const val_ix *args, uint32_t count)
{
    const model_function *f = &w->m->functions.items[function];
    if (w->depth >= WALK_DEPTH_MAX || f->kind == FUNCTION_MACRO ||
        f->kind == FUNCTION_MACRO_PRIVATE)
        return false;
    bool small = f->end_line - f->line <= WALK_SMALL_LINES;
    if (!w->interesting[function]) {
        /* A fun that comes in may have effects where the function has none. */
        for (uint32_t i = 0; i < count; i++)
            if (model_value(w->m, args[i])->kind == VAL_FN) return true;
        return small && w->depth < WALK_DEPTH_MAX / 2;
    }
    return w->inlining || (small && w->depth < 3);
}

val_ix walk_function(walk *w, function_ix function, const val_ix *args, uint32_t count,
                     node_ix call)
{
    model *m = w->m;
    if (!worth_entering(w, function, args, count)) return 0;
    if (w->steps >= WALK_STEPS_MAX) {
        w->truncated = true;
        return 0;
    }
    uint32_t row = w->memo_value.count;
    if (!map64_add(&w->memo, memo_key(w, function, args, count), &row))
        return w->memo_value.items[row];
    vec_push(&w->memo_value, 0);
    const model_function f = m->functions.items[function];
    walk saved = *w;
    w->frame = push_frame(w, function, call);
    w->function = function;
    w->module = f.module;
    w->depth++;
    w->env_base = w->env.count;
    uint32_t skipped = f.arity > count ? f.arity - count : 0;
    val_ix result = 0;
    bool any = false;
    for (uint32_t k = 0; k < f.clause_count; k++) {
        const model_clause clause = m->clauses.items[f.clause_first + k];
        if (!clause.body) continue;
        match_result can = MATCH_YES;
        uint32_t mark = w->env.count;
        uint32_t arg = 0, defaults = skipped;
        for (uint32_t p = 0; p < f.arity && can != MATCH_NO; p++) {
            node_ix pattern = m->kids.items[clause.param_first + p];
            const fact_node *at = model_node(m, pattern);
            bool has_default = at->kind == NODE_OP && at->kid_count == 2 &&
                               sv_eq_c(model_text(m, at->name), "\\\\");
            node_ix inner = has_default ? model_kid(m, pattern, 0) : pattern;
            val_ix value;
            if (has_default && defaults > 0) {
                defaults--;
                value = walk_eval(w, model_kid(m, pattern, 1));
            } else {
                value = arg < count ? args[arg] : 0;
                arg++;
            }
            match_result one = model_match(m, inner, 0, value);
            if (one < can) can = one;
            if (can != MATCH_NO) walk_bind(w, inner, value);
        }
        if (can != MATCH_NO) {
            if (clause.guard && can == MATCH_YES) can = MATCH_MAYBE;
            uint16_t ctx = saved.ctx;
            if (can == MATCH_MAYBE) ctx |= CTX_BRANCH;
            if (walk_tests_self(m, clause.guard, 0)) ctx |= CTX_NOT_SELF;
            w->ctx = ctx;
            val_ix value = walk_eval(w, clause.body);
            result = any ? walk_union(w, result, value) : value;
            any = true;
        }
        walk_unbind(w, mark);
        if (can == MATCH_YES) break;
    }
    w->memo_value.items[row] = result;
    w->frame = saved.frame;
    w->function = saved.function;
    w->module = saved.module;
    w->depth = saved.depth;
    w->env_base = saved.env_base;
    w->ctx = saved.ctx;
    return result;
}

val_ix walk_apply(walk *w, val_ix fun, const val_ix *args, uint32_t count, node_ix call)
{
    model *m = w->m;
    const model_val v = *model_value(m, fun);
    if (v.kind == VAL_UNION) {
        val_ix result = 0;
        for (uint32_t i = 0; i < v.kid_count; i++)
            result = walk_apply(w, model_value_kid(m, fun, i), args, count, call);
        return result;
    }
    if (v.kind == VAL_FUN_REF) return walk_function(w, (function_ix)v.number, args, count, call);
    if (v.kind != VAL_FN || w->depth >= WALK_DEPTH_MAX) return 0;
    uint32_t row = w->memo_value.count;
    uint64_t key = hash64_mix(memo_key(w, (function_ix)fun, args, count) ^ 0x5bd1e995u);
    if (!map64_add(&w->memo, key, &row)) return w->memo_value.items[row];
    vec_push(&w->memo_value, 0);
    uint32_t mark = w->env.count;
    for (uint32_t i = 0; i + 1 < v.kid_count; i += 2)
        vec_push(&w->env, (binding){model_value(m, model_value_kid(m, fun, i))->name,
                                    model_value_kid(m, fun, i + 1)});
    node_ix fn = (node_ix)v.number;
    val_ix result = 0;
    bool any = false;
    function_ix function = w->function;
    module_ix module = w->module;
    w->function = v.name;
    w->module = v.name == NO_IX ? module : m->functions.items[v.name].module;
    w->depth++;
    for (uint32_t i = 0; i < model_kid_count(m, fn); i++) {
        node_ix arm = model_kid(m, fn, i);
        match_result can = MATCH_YES;
        uint32_t arm_mark = w->env.count;
        uint32_t patterns = model_kid_count(m, arm) > 2 ? model_kid_count(m, arm) - 2 : 0;
        for (uint32_t p = 0; p < patterns && can != MATCH_NO; p++) {
            val_ix value = p < count ? args[p] : 0;
            match_result one = model_match(m, model_kid(m, arm, p + 2), 0, value);
            if (one < can) can = one;
            if (can != MATCH_NO) walk_bind(w, model_kid(m, arm, p + 2), value);
        }
        if (can != MATCH_NO) {
            val_ix value = walk_eval(w, model_kid(m, arm, 1));
            result = any ? walk_union(w, result, value) : value;
            any = true;
        }
        walk_unbind(w, arm_mark);
        if (can == MATCH_YES && !model_kid(m, arm, 0)) break;
    }
    w->depth--;
    w->function = function;
    w->module = module;
    walk_unbind(w, mark);
    w->memo_value.items[row] = result;
    return result;
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
    if (++w->steps >= WALK_STEPS_MAX) {
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
        return value && model_node(m, value)->kind != NODE_ATTR ? walk_eval(w, value) : 0;
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
    case NODE_CALL_DYNAMIC: return eval_call(w, node);
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
