/* The walk, calls: functions of the snapshot are entered with the values of their arguments, once
 * for each set of values; fun values are run; unknown modules are dispatched. */
#include "base/base.h"
#include "model/walk.h"

enum { DISPATCH_MAX = 4 /* modules that a call of an unknown module may mean */ };

static uint32_t eval_args(walk *w, node_ix call, val_ix *args)
{
    uint32_t count = model_arg_count(w->m, call);
    for (uint32_t i = 0; i < count; i++) {
        val_ix v = walk_eval(w, model_arg(w->m, call, i));
        if (i < WALK_ARGS_MAX) args[i] = v;
    }
    return MIN(count, (uint32_t)WALK_ARGS_MAX);
}

/* A fun handed to code that is not here may run at any time, in any process. A list right after
 * it, of as many elements as it takes, is what it is called with: transaction(Fun, Args). */
static void run_loose_funs(walk *w, node_ix call, const val_ix *args, uint32_t count)
{
    const model *m = w->m;
    uint16_t ctx = w->ctx;
    w->ctx |= CTX_CLOSURE;
    for (uint32_t i = 0; i < count; i++) {
        const model_val *fun = model_value(m, args[i]);
        if (fun->kind == VAL_FN) walk_apply(w, args[i], NULL, 0, call);
        if (fun->kind != VAL_FUN_REF || i + 1 == count) continue;
        const model_val *list = model_value(m, args[i + 1]);
        uint32_t given = list->kid_count;
        if (list->kind != VAL_LIST || list->number || given > WALK_ARGS_MAX ||
            given != m->functions.items[fun->number].arity)
            continue;
        val_ix with[WALK_ARGS_MAX];
        for (uint32_t k = 0; k < given; k++) with[k] = model_value_kid(m, args[i + 1], k);
        walk_apply(w, args[i], with, given, call);
    }
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

val_ix walk_call(walk *w, node_ix node)
{
    model *m = w->m;
    const fact_node at = *model_node(m, node);
    val_ix args[WALK_ARGS_MAX];
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
        if (requests_from_message(m, name)) w->ran_message = true;
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
    if (at.kind == NODE_CALL_REMOTE) {
        sym module = model_atom_in(m, w->module, model_strip(m, model_kid(m, node, 0)));
        val_ix folded = walk_fold(w, model_text(m, module), model_text(m, at.name), args, count);
        if (folded) return folded;
    }
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
    return w->inlining || (small && w->depth < 3) ||
           (w->depth < WALK_CODE_DEPTH && requests_in_args(w->m, args, count));
}

/* True: to be entered; *row holds the result afterwards. False: *row holds it already. */
static bool memo_open(walk *w, uint64_t key, uint32_t *row)
{
    *row = w->memo_rows.count;
    if (map64_add(&w->memo, key, row)) {
        vec_push(&w->memo_rows, (memo_row){.depth = (uint16_t)w->depth});
        return true;
    }
    memo_row *held = &w->memo_rows.items[*row];
    if (!held->cut || held->depth < w->depth + WALK_ROOM_MIN) return false;
    held->depth = (uint16_t)w->depth;
    held->cut = false;
    return true;
}

static void memo_close(walk *w, uint32_t row, val_ix value, bool cut_before)
{
    w->memo_rows.items[row].value = value;
    w->memo_rows.items[row].cut = w->cut;
    w->cut |= cut_before;
}

static bool is_default(const model *m, node_ix pattern)
{
    const fact_node *at = model_node(m, pattern);
    return at->kind == NODE_OP && at->kid_count == 2 && sv_eq_c(model_text(m, at->name), "\\\\");
}

/* The default values of parameters; with several clauses they stand in a head of their own. */
static void find_defaults(const model *m, const model_function *f, node_ix *fallbacks)
{
    for (uint32_t k = 0; k < f->clause_count; k++) {
        const model_clause *c = &m->clauses.items[f->clause_first + k];
        for (uint32_t p = 0; p < MIN(f->arity, (uint32_t)WALK_ARGS_MAX); p++) {
            node_ix pattern = m->kids.items[c->param_first + p];
            if (is_default(m, pattern)) fallbacks[p] = model_kid(m, pattern, 1);
        }
    }
}

val_ix walk_function(walk *w, function_ix function, const val_ix *args, uint32_t count,
                     node_ix call)
{
    model *m = w->m;
    if (w->depth >= WALK_DEPTH_MAX) w->cut = true;
    if (!worth_entering(w, function, args, count)) return 0;
    if (w->steps >= w->steps_max) {
        w->truncated = true;
        return 0;
    }
    val_ix unknown[WALK_ARGS_MAX] = {0};
    uint32_t row, entered = map64_get(&w->entries, function, 0);
    /* Values that grow with each round of a recursion would never come to an end. */
    if (entered >= WALK_ENTRIES_MAX) args = unknown;
    if (!memo_open(w, memo_key(w, function, args, count), &row))
        return w->memo_rows.items[row].value;
    map64_set(&w->entries, function, entered + 1);
    bool cut = w->cut;
    w->cut = false;
    const model_function f = m->functions.items[function];
    walk saved = *w;
    w->frame = push_frame(w, function, call);
    w->function = function;
    w->module = f.module;
    w->depth++;
    w->env_base = w->env.count;
    uint32_t skipped = f.arity > count ? f.arity - count : 0;
    node_ix fallbacks[WALK_ARGS_MAX] = {0};
    if (skipped) find_defaults(m, &f, fallbacks);
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
            node_ix inner = is_default(m, pattern) ? model_kid(m, pattern, 0) : pattern;
            node_ix fallback = p < WALK_ARGS_MAX ? fallbacks[p] : 0;
            val_ix value;
            if (fallback && defaults > 0) {
                defaults--;
                value = walk_eval(w, fallback);
            } else {
                value = arg < count ? args[arg] : 0;
                arg++;
            }
            match_result one = model_match(m, inner, 0, value);
            if (one < can) can = one;
            if (can != MATCH_NO) walk_bind(w, inner, value);
        }
        if (can != MATCH_NO) {
            can = MIN(can, walk_guard(w, clause.guard));
        }
        if (can != MATCH_NO) {
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
    memo_close(w, row, result, cut);
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
    if (requests_from_message(m, fun)) w->ran_message = true;
    if (v.kind != VAL_FN || w->depth >= WALK_DEPTH_MAX) return 0;
    uint32_t row;
    uint64_t key = hash64_mix(memo_key(w, (function_ix)fun, args, count) ^ 0x5bd1e995u);
    if (!memo_open(w, key, &row)) return w->memo_rows.items[row].value;
    bool cut = w->cut;
    w->cut = false;
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
    memo_close(w, row, result, cut);
    return result;
}
