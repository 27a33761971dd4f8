/* Lazy evaluation of child lists, options and numbers; see supervision_eval.h. */
#include "base/base.h"
#include "model/internal.h"
#include "model/supervision_scope.h"

enum { STEPS_MAX = 60000, CALLS_MAX = 14, ALTERNATIVES_MAX = 64 };

void eval_release(eval *e)
{
    eval_tables_release(e);
    arena_release(&e->memory);
}

void eval_begin(eval *e)
{
    e->steps = 0;
    e->depth = 0;
}

const eval_scope *eval_scope_of(eval *e, clause_ix clause)
{
    eval_scope *s = ARENA_NEW(&e->memory, eval_scope);
    s->clause = clause;
    return s;
}

function_ix eval_function(const eval *e, thunk t)
{
    return t.in && t.in->clause != NO_IX ? e->m->clauses.items[t.in->clause].function : NO_IX;
}

module_ix eval_module(const eval *e, const thunk *t)
{
    function_ix f = eval_function(e, *t);
    return f == NO_IX ? NO_IX : e->m->functions.items[f].module;
}

thunk eval_kid(const eval *e, thunk t, uint32_t n)
{
    return (thunk){model_kid(e->m, t.node, n), t.in, t.flags};
}

thunk eval_arg(const eval *e, thunk call, uint32_t n)
{
    return (thunk){model_arg(e->m, call.node, n), call.in, call.flags};
}

bool eval_is_call(const model *m, node_ix node, const char *module, const char *name, int arity)
{
    const fact_node *at = model_node(m, node);
    if (arity >= 0 && model_arg_count(m, node) != (uint32_t)arity) return false;
    if (at->kind == NODE_CALL && !*module) return sv_eq_c(model_text(m, at->name), name);
    if (at->kind != NODE_CALL_REMOTE || !*module) return false;
    return sv_eq_c(model_text(m, at->name), name) &&
           model_is_atom(m, model_kid(m, node, 0), module);
}

/* ---- calls --------------------------------------------------------------------------------- */

/* One function applied to arguments: what its clauses give. */
bool eval_apply(eval *e, thunk at, function_ix function, const thunk *args, uint32_t arg_count,
                thunks *out)
{
    const model_function *f = &e->m->functions.items[function];
    const eval_scope *caller = at.in;
    if (caller && caller->depth >= CALLS_MAX) return false;
    if (f->kind == FUNCTION_MACRO || f->kind == FUNCTION_MACRO_PRIVATE) return false;
    bool any = false, conditional = false;
    for (uint32_t i = 0; i < f->clause_count; i++) {
        clause_ix clause = f->clause_first + i;
        const model_clause *c = &e->m->clauses.items[clause];
        if (!c->body) continue;
        for (const eval_scope *s = caller; s; s = s->caller)
            if (s->clause == clause && s->args) return any;
        match_result fits = c->guard ? MATCH_MAYBE : MATCH_YES;
        for (uint32_t k = 0; k < arg_count && k < f->arity && f->default_count == 0; k++)
            fits = MIN(fits, eval_may_match(e, e->m->kids.items[c->param_first + k], args[k], 0));
        if (fits == MATCH_NO) continue;
        conditional |= fits == MATCH_MAYBE && f->clause_count > 1;
        eval_scope *s = ARENA_NEW(&e->memory, eval_scope);
        *s = (eval_scope){.caller = caller,
                          .clause = clause,
                          .args = args,
                          .arg_count = arg_count,
                          .depth = caller ? caller->depth + 1 : 0};
        uint8_t flags = (uint8_t)(at.flags | (conditional ? EVAL_CONDITIONAL : 0));
        eval_values(e, (thunk){c->body, s, flags}, out);
        any = true;
        if (fits == MATCH_YES) break;
    }
    return any;
}

static const thunk *args_of_call(eval *e, thunk call, uint32_t *count)
{
    *count = model_arg_count(e->m, call.node);
    thunk *args = ARENA_ARRAY(&e->memory, thunk, *count + 1);
    for (uint32_t i = 0; i < *count; i++) args[i] = eval_arg(e, call, i);
    return args;
}

/* A fun value applied to arguments. */
bool eval_apply_value(eval *e, thunk fun, const thunk *args, uint32_t arg_count, thunks *out)
{
    fun = eval_one(e, fun);
    const fact_node *at = model_node(e->m, fun.node);
    if (at->kind == NODE_FUN_REF) {
        function_ix target = model_call_target(e->m, eval_function(e, fun), fun.node);
        return target != NO_IX && eval_apply(e, fun, target, args, arg_count, out);
    }
    if (at->kind != NODE_FN || (fun.in && fun.in->depth >= CALLS_MAX)) return false;
    for (uint32_t i = 0; i < at->kid_count; i++) {
        node_ix arm = model_kid(e->m, fun.node, i);
        match_result fits = model_kid(e->m, arm, 0) ? MATCH_MAYBE : MATCH_YES;
        for (uint32_t k = 0; k < arg_count; k++)
            if (model_kid(e->m, arm, k + 2))
                fits = MIN(fits, eval_may_match(e, model_kid(e->m, arm, k + 2), args[k], 0));
        if (fits == MATCH_NO) continue;
        eval_scope *s = ARENA_NEW(&e->memory, eval_scope);
        *s = (eval_scope){.outer = fun.in,
                          .caller = fun.in ? fun.in->caller : NULL,
                          .clause = fun.in ? fun.in->clause : NO_IX,
                          .arm = arm,
                          .args = args,
                          .arg_count = arg_count,
                          .depth = fun.in ? fun.in->depth + 1 : 0};
        uint8_t flags = at->kid_count > 1 && fits != MATCH_YES ? EVAL_CONDITIONAL : 0;
        eval_values(e, (thunk){model_kid(e->m, arm, 1), s, (uint8_t)(args[0].flags | flags)}, out);
        if (fits == MATCH_YES) break;
    }
    return true;
}

/* ---- values -------------------------------------------------------------------------------- */

static void arms_values(eval *e, thunk t, uint32_t first, thunks *out)
{
    uint32_t count = model_kid_count(e->m, t.node);
    thunk subject = eval_kid(e, t, 0);
    bool is_case = model_node(e->m, t.node)->kind == NODE_CASE;
    for (uint32_t i = first; i < count; i++) {
        node_ix arm = model_kid(e->m, t.node, i);
        if ((model_node(e->m, arm)->flags & NODE_FLAG_ARM) == ARM_FINALLY) continue;
        match_result fits = MATCH_MAYBE;
        if (is_case && model_kid(e->m, arm, 2))
            fits = eval_may_match(e, model_kid(e->m, arm, 2), subject, 0);
        if (fits == MATCH_NO) continue;
        eval_values(e, eval_at(t, model_kid(e->m, arm, 1), EVAL_CONDITIONAL), out);
        bool default_arm = model_node(e->m, model_kid(e->m, arm, 2))->kind == NODE_VAR;
        if (fits == MATCH_YES && !default_arm && !model_kid(e->m, arm, 0)) break;
    }
}

/* Options read out of a keyword list or map by a library call. */
static bool lookup_call(eval *e, thunk t, thunks *out)
{
    static const struct {
        const char *module, *name;
        int arity;
        uint8_t container, key, fallback; /* argument positions; fallback 9: none */
    } rows[] = {
        {"Keyword", "get", 2, 0, 1, 9},
        {"Keyword", "get", 3, 0, 1, 2},
        {"Keyword", "fetch!", 2, 0, 1, 9},
        {"Map", "get", 2, 0, 1, 9},
        {"Map", "get", 3, 0, 1, 2},
        {"Map", "fetch!", 2, 0, 1, 9},
        {"proplists", "get_value", 2, 1, 0, 9},
        {"proplists", "get_value", 3, 1, 0, 2},
        {"maps", "get", 2, 1, 0, 9},
        {"maps", "get", 3, 1, 0, 2},
        {"Application", "get_env", 3, 9, 1, 2},
        {"application", "get_env", 3, 9, 1, 2},
        {"Keyword", "get_lazy", 3, 0, 1, 9},
        {"Access", "get", 2, 0, 1, 9},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!eval_is_call(e->m, t.node, rows[i].module, rows[i].name, rows[i].arity)) continue;
        thunk key = eval_one(e, eval_arg(e, t, rows[i].key)), found;
        option_result result = OPTION_UNKNOWN;
        if (rows[i].container != 9 && model_node(e->m, key.node)->kind == NODE_ATOM)
            result = eval_option(e, eval_arg(e, t, rows[i].container),
                                 model_text(e->m, model_node(e->m, key.node)->name).data, &found);
        if (result == OPTION_FOUND) {
            eval_values(e, found, out);
            return true;
        }
        if (rows[i].fallback == 9) return false;
        thunk fallback = eval_arg(e, t, rows[i].fallback);
        if (result == OPTION_UNKNOWN) {
            /* What is configured is not known: the default is one possibility. */
            fallback.flags |= EVAL_CONDITIONAL;
            vec_push(out, (thunk){t.node, t.in, (uint8_t)(t.flags | EVAL_CONDITIONAL)});
        }
        eval_values(e, fallback, out);
        return true;
    }
    return false;
}

/* Functions of Elixir itself mean what their manual says, in the repository that defines them too.
 */
static bool means_itself(const eval *e, thunk t, function_ix target)
{
    static const char *const modules[] = {
        "Supervisor", "DynamicSupervisor", "PartitionSupervisor", "Keyword", "Map", "Enum",
        "List",       "Task.Supervisor",   "Application"};
    module_ix in = e->m->functions.items[target].module;
    if (in == eval_module(e, &t)) return false;
    sv name = model_text(e->m, e->m->modules.items[in].name);
    for (size_t i = 0; i < ARRAY_LEN(modules); i++)
        if (sv_eq_c(name, modules[i])) return true;
    return false;
}

static bool call_values(eval *e, thunk t, thunks *out)
{
    uint32_t arg_count;
    if (lookup_call(e, t, out)) return true;
    if (model_node(e->m, t.node)->kind == NODE_CALL_FUN) {
        const thunk *args = args_of_call(e, t, &arg_count);
        return arg_count && eval_apply_value(e, eval_kid(e, t, 0), args, arg_count, out);
    }
    function_ix target = model_call_target(e->m, eval_function(e, t), t.node);
    if (target == NO_IX) {
        if (!eval_is_call(e->m, t.node, "Kernel", "then", 2) &&
            !eval_is_call(e->m, t.node, "", "then", 2))
            return false;
        thunk *one = ARENA_NEW(&e->memory, thunk);
        *one = eval_arg(e, t, 0);
        return eval_apply_value(e, eval_arg(e, t, 1), one, 1, out);
    }
    if (means_itself(e, t, target)) return false;
    const thunk *args = args_of_call(e, t, &arg_count);
    return eval_apply(e, t, target, args, arg_count, out);
}

/* exit(Reason), raise "..": gives nothing. */
static bool never_returns(const eval *e, thunk t)
{
    api_ix api = model_call_api(e->m, eval_function(e, t), t.node);
    return api != NO_IX && api_get(api)->kind == API_RAISE;
}

static bool field_values(eval *e, thunk t, thunks *out)
{
    const fact_node *at = model_node(e->m, t.node);
    sym key = at->name;
    if (at->kind == NODE_INDEX) {
        thunk k = eval_one(e, eval_kid(e, t, 1));
        key = model_node(e->m, k.node)->kind == NODE_ATOM ? model_node(e->m, k.node)->name : 0;
    }
    thunk found;
    if (!key ||
        eval_option(e, eval_kid(e, t, 0), model_text(e->m, key).data, &found) != OPTION_FOUND)
        return false;
    eval_values(e, found, out);
    return true;
}

bool eval_is_op(const eval *e, node_ix node, const char *name)
{
    const fact_node *at = model_node(e->m, node);
    return at->kind == NODE_OP && sv_eq_c(model_text(e->m, at->name), name);
}

/* True when t was reduced into out. */
static bool reduce(eval *e, thunk t, thunks *out)
{
    const fact_node *at = model_node(e->m, t.node);
    uint32_t before = out->count;
    switch (at->kind) {
    case NODE_VAR: eval_variable(e, t, out); return out->count > before;
    case NODE_PIN:
    case NODE_DO:
    case NODE_CATCH: eval_values(e, eval_kid(e, t, 0), out); return true;
    case NODE_UNQUOTE: return false;
    case NODE_ATTR: {
        module_ix module = eval_module(e, &t);
        node_ix value = model_attribute_of(e->m, module, at->name);
        if (!value) return false;
        eval_values(e, eval_at(t, value, 0), out);
        return true;
    }
    case NODE_MACRO:
        if (!model_kid(e->m, t.node, 0)) return false;
        eval_values(e, eval_kid(e, t, 0), out);
        return true;
    case NODE_BLOCK:
        if (!at->kid_count) return false;
        eval_values(e, eval_kid(e, t, at->kid_count - 1), out);
        return true;
    case NODE_MATCH: eval_values(e, eval_kid(e, t, 1), out); return true;
    case NODE_IF:
        eval_values(e, eval_at(t, model_kid(e->m, t.node, 1), EVAL_CONDITIONAL), out);
        eval_values(e, eval_at(t, model_kid(e->m, t.node, 2), EVAL_CONDITIONAL), out);
        return true;
    case NODE_CASE:
    case NODE_COND:
        arms_values(e, t, at->kind == NODE_CASE ? 1 : 0, out);
        return out->count > before;
    case NODE_TRY: {
        bool has_else = false;
        for (uint32_t i = 1; i < at->kid_count; i++)
            has_else |=
                (model_node(e->m, model_kid(e->m, t.node, i))->flags & NODE_FLAG_ARM) == ARM_ELSE;
        if (!has_else) eval_values(e, eval_kid(e, t, 0), out);
        arms_values(e, t, 1, out);
        return out->count > before;
    }
    case NODE_WITH:
        for (uint32_t i = 0; i < at->kid_count; i++) {
            node_ix kid = model_kid(e->m, t.node, i);
            uint8_t kind = model_node(e->m, kid)->kind;
            if (kind == NODE_DO) eval_values(e, eval_kid(e, t, i), out);
            if (kind == NODE_ARM)
                eval_values(e, eval_at(t, model_kid(e->m, kid, 1), EVAL_CONDITIONAL), out);
        }
        return out->count > before;
    case NODE_FIELD:
    case NODE_INDEX: return field_values(e, t, out);
    case NODE_OP:
        if (!eval_is_op(e, t.node, "or") || at->kid_count != 2) return false;
        eval_values(e, eval_at(t, model_kid(e->m, t.node, 0), EVAL_CONDITIONAL), out);
        eval_values(e, eval_at(t, model_kid(e->m, t.node, 1), EVAL_CONDITIONAL), out);
        return true;
    case NODE_CALL:
    case NODE_CALL_REMOTE:
    case NODE_CALL_FUN:
        if (never_returns(e, t)) return true;
        return call_values(e, t, out) && out->count > before;
    default: return false;
    }
}

void eval_values(eval *e, thunk t, thunks *out)
{
    if (!t.node) {
        vec_push(out, t);
        return;
    }
    bool over =
        e->steps >= STEPS_MAX || e->depth >= EVAL_DEPTH_MAX || out->count >= ALTERNATIVES_MAX;
    e->steps++;
    e->depth++;
    if (over || !reduce(e, t, out)) vec_push(out, t);
    e->depth--;
}

thunk eval_one(eval *e, thunk t)
{
    thunks all = {0};
    eval_values(e, t, &all);
    thunk one = {0, t.in, t.flags};
    for (uint32_t i = 0; i < all.count && !one.node; i++) one = all.items[i];
    vec_release(&all);
    return one;
}

static sym atom_among(eval *e, thunk t, bool sure)
{
    thunks all = {0};
    sym name = 0;
    eval_values(e, t, &all);
    for (uint32_t i = 0; i < all.count; i++) {
        const fact_node *at = model_node(e->m, all.items[i].node);
        sym one = 0;
        if (at->kind == NODE_ATOM)
            one = model_atom_in(e->m, eval_module(e, &all.items[i]), all.items[i].node);
        if (!one && !sure) continue;
        if (!one || (name && name != one)) {
            name = 0;
            break;
        }
        name = one;
    }
    vec_release(&all);
    return name;
}

sym eval_atom(eval *e, thunk t)
{
    return atom_among(e, t, true);
}

sym eval_likely_atom(eval *e, thunk t)
{
    return atom_among(e, t, false);
}

bool eval_is_atom(eval *e, thunk t, const char *text)
{
    sym name = eval_atom(e, t);
    return name && sv_eq_c(model_text(e->m, name), text);
}

static bool int_of_call(eval *e, thunk t, int64_t *out)
{
    static const struct {
        const char *module, *name;
        int64_t factor;
    } rows[] = {{"timer", "seconds", 1000},
                {"timer", "minutes", 60000},
                {"timer", "hours", 3600000},
                {"Kernel", "trunc", 1},
                {"", "trunc", 1},
                {"", "round", 1}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t inner;
        if (!eval_is_call(e->m, t.node, rows[i].module, rows[i].name, 1)) continue;
        return eval_int(e, eval_arg(e, t, 0), &inner) &&
               !__builtin_mul_overflow(inner, rows[i].factor, out);
    }
    if (eval_is_call(e->m, t.node, "", "to_timeout", 1)) {
        static const struct {
            const char *key;
            int64_t factor;
        } units[] = {{"millisecond", 1}, {"second", 1000}, {"minute", 60000}, {"hour", 3600000}};
        int64_t sum = 0;
        bool any = false;
        for (size_t i = 0; i < ARRAY_LEN(units); i++) {
            thunk part;
            int64_t number;
            if (eval_option(e, eval_arg(e, t, 0), units[i].key, &part) != OPTION_FOUND) continue;
            if (!eval_int(e, part, &number) ||
                __builtin_mul_overflow(number, units[i].factor, &number) ||
                __builtin_add_overflow(sum, number, &sum))
                return false;
            any = true;
        }
        *out = sum;
        return any;
    }
    return false;
}

bool eval_int(eval *e, thunk t, int64_t *out)
{
    if (e->depth >= EVAL_DEPTH_MAX) return false;
    t = eval_one(e, t);
    const fact_node *at = model_node(e->m, t.node);
    if (at->kind == NODE_INT) return sv_to_i64(model_text(e->m, at->name), out);
    if (at->kind == NODE_CALL || at->kind == NODE_CALL_REMOTE) {
        e->depth++;
        bool done = int_of_call(e, t, out);
        e->depth--;
        return done;
    }
    if (at->kind != NODE_OP || at->kid_count != 2) return false;
    int64_t a, b;
    e->depth++;
    bool known = eval_int(e, eval_kid(e, t, 0), &a) && eval_int(e, eval_kid(e, t, 1), &b);
    e->depth--;
    if (!known) return false;
    sv op = model_text(e->m, at->name);
    if (sv_eq_c(op, "*")) return !__builtin_mul_overflow(a, b, out);
    if (sv_eq_c(op, "+")) return !__builtin_add_overflow(a, b, out);
    if (sv_eq_c(op, "-")) return !__builtin_sub_overflow(a, b, out);
    if ((sv_eq_c(op, "div") || sv_eq_c(op, "/")) && b > 0) {
        *out = a / b;
        return true;
    }
    return false;
}

/* ---- options ------------------------------------------------------------------------------- */

static option_result option_of_list(eval *e, thunk t, const char *key, thunk *out)
{
    const fact_node *at = model_node(e->m, t.node);
    bool tail = at->flags & NODE_FLAG_TAIL;
    uint32_t count = at->kid_count - (tail && at->kid_count);
    for (uint32_t i = 0; i < count; i++) {
        thunk pair = eval_kid(e, t, i);
        if (model_node(e->m, pair.node)->kind != NODE_TUPLE) pair = eval_one(e, pair);
        if (model_node(e->m, pair.node)->kind != NODE_TUPLE ||
            model_kid_count(e->m, pair.node) != 2 ||
            !model_is_atom(e->m, model_kid(e->m, pair.node, 0), key))
            continue;
        *out = eval_kid(e, pair, 1);
        return OPTION_FOUND;
    }
    return tail ? eval_option(e, eval_kid(e, t, count), key, out) : OPTION_ABSENT;
}

static option_result option_of_map(eval *e, thunk t, const char *key, thunk *out)
{
    const fact_node *at = model_node(e->m, t.node);
    bool update = at->kind == NODE_MAP_UPDATE || at->kind == NODE_STRUCT_UPDATE ||
                  at->kind == NODE_RECORD_UPDATE;
    for (uint32_t i = update; i + 1 < at->kid_count; i += 2) {
        if (!model_is_atom(e->m, model_kid(e->m, t.node, i), key)) continue;
        *out = eval_kid(e, t, i + 1);
        return OPTION_FOUND;
    }
    return update ? eval_option(e, eval_kid(e, t, 0), key, out) : OPTION_ABSENT;
}

static option_result option_of_call(eval *e, thunk t, const char *key, thunk *out)
{
    static const struct {
        const char *module, *name;
        int arity;
        int8_t over, base; /* arguments; -1: none */
        int8_t put;        /* position of the key put; its value follows; -1: none */
    } rows[] = {{"Keyword", "merge", 2, 1, 0, -1},     {"Map", "merge", 2, 1, 0, -1},
                {"maps", "merge", 2, 1, 0, -1},        {"Keyword", "put", 3, -1, 0, 1},
                {"Keyword", "put_new", 3, 0, -1, 1},   {"Map", "put", 3, -1, 0, 1},
                {"Map", "put_new", 3, 0, -1, 1},       {"maps", "put", 3, -1, 2, 0},
                {"Enum", "into", 2, 0, 1, -1},         {"Map", "new", 1, 0, -1, -1},
                {"maps", "from_list", 1, 0, -1, -1},   {"Keyword", "delete", 2, 0, -1, -1},
                {"Keyword", "drop", 2, 0, -1, -1},     {"Keyword", "take", 2, 0, -1, -1},
                {"Map", "to_list", 1, 0, -1, -1},      {"Keyword", "put_new_lazy", 3, 0, -1, -1},
                {"Keyword", "validate!", 2, 0, 1, -1}, {"Map", "delete", 2, 0, -1, -1}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!eval_is_call(e->m, t.node, rows[i].module, rows[i].name, rows[i].arity)) continue;
        bool first = rows[i].over < 0;
        option_result result = OPTION_ABSENT;
        for (int round = 0; round < 2 && result == OPTION_ABSENT; round++) {
            bool put_now = rows[i].put >= 0 && (round == 0) == first;
            if (put_now) {
                uint32_t at = (uint32_t)rows[i].put;
                if (!eval_is_atom(e, eval_arg(e, t, at), key)) continue;
                *out = eval_arg(e, t, at + 1);
                return OPTION_FOUND;
            }
            int8_t from = round == 0 ? rows[i].over : rows[i].base;
            if (from < 0 && rows[i].put >= 0) from = rows[i].over < 0 ? rows[i].base : rows[i].over;
            if (from >= 0) result = eval_option(e, eval_arg(e, t, (uint32_t)from), key, out);
        }
        return result;
    }
    return OPTION_UNKNOWN;
}

static option_result option_of_value(eval *e, thunk t, const char *key, thunk *out)
{
    switch (model_node(e->m, t.node)->kind) {
    case NODE_LIST: return option_of_list(e, t, key, out);
    case NODE_MAP:
    case NODE_STRUCT:
    case NODE_RECORD:
    case NODE_MAP_UPDATE:
    case NODE_STRUCT_UPDATE:
    case NODE_RECORD_UPDATE: return option_of_map(e, t, key, out);
    case NODE_CALL_REMOTE: return option_of_call(e, t, key, out);
    case NODE_OP:
        if (eval_is_op(e, t.node, "++")) {
            option_result left = eval_option(e, eval_kid(e, t, 0), key, out);
            return left == OPTION_ABSENT ? eval_option(e, eval_kid(e, t, 1), key, out) : left;
        }
        return OPTION_UNKNOWN;
    default: return OPTION_UNKNOWN;
    }
}

option_result eval_option(eval *e, thunk t, const char *key, thunk *out)
{
    if (e->depth >= EVAL_DEPTH_MAX) return OPTION_UNKNOWN;
    e->depth++;
    thunks all = {0};
    eval_values(e, t, &all);
    option_result best = all.count ? OPTION_ABSENT : OPTION_UNKNOWN;
    for (uint32_t i = 0; i < all.count && best != OPTION_FOUND; i++) {
        if (!all.items[i].node) continue;
        option_result one = option_of_value(e, all.items[i], key, out);
        if (one != OPTION_ABSENT) best = one;
    }
    vec_release(&all);
    e->depth--;
    return best;
}
