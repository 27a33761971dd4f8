/* Erlang control structures: clauses, guards, case, if, receive, try, maybe, comprehensions. */
#include "base/base.h"

#include "parsers/erlang.h"

node_ix erl_body(lowering *l, uint32_t parent)
{
    uint32_t mark = l->stack.count;
    uint32_t only = 0, count = 0;
    for (EACH_CHILD(l, parent, child)) {
        erl_kind kind = erl_kind_at(l, child);
        if (!erl_is_expr(kind) && kind != (erl_kind)SYNTAX_ERROR) continue;
        only = child;
        count++;
    }
    if (count == 0) return erl_unknown(l, parent);
    if (count == 1) return erl_expr(l, only);
    node_ix node = erl_put(l, NODE_BLOCK, 0, parent);
    l->depth++;
    for (EACH_CHILD(l, parent, child)) {
        erl_kind kind = erl_kind_at(l, child);
        if (erl_is_expr(kind) || kind == (erl_kind)SYNTAX_ERROR) erl_push(l, erl_expr(l, child));
    }
    l->depth--;
    return erl_take(l, node, mark);
}

static node_ix guard_all(lowering *l, uint32_t clause)
{
    uint32_t mark = l->stack.count;
    for (EACH_CHILD(l, clause, child))
        if (erl_is_expr(erl_kind_at(l, child))) erl_push(l, erl_expr(l, child));
    return erl_fold(l, "and", mark, clause);
}

node_ix erl_guard(lowering *l, uint32_t guard)
{
    if (!guard) return 0;
    uint32_t mark = l->stack.count;
    bool several = false;
    for (EACH_CHILD(l, guard, child)) several |= syntax_next(&l->s, guard, child) != 0;
    l->depth += several ? 2 * FOLD_DEPTH_MAX : FOLD_DEPTH_MAX;
    node_ix node;
    if (erl_kind_at(l, guard) == K_REPLACEMENT_GUARD_AND) {
        node = guard_all(l, guard);
    } else {
        for (EACH_CHILD(l, guard, child)) {
            erl_kind kind = erl_kind_at(l, child);
            if (kind == K_GUARD_CLAUSE || kind == K_REPLACEMENT_GUARD_AND)
                erl_push(l, guard_all(l, child));
            else if (erl_is_expr(kind)) erl_push(l, erl_expr(l, child));
        }
        node = erl_fold(l, "or", mark, guard);
    }
    l->depth -= several ? 2 * FOLD_DEPTH_MAX : FOLD_DEPTH_MAX;
    return node;
}

node_ix erl_arm(lowering *l, arm_kind kind, uint32_t at, node_ix guard, node_ix body, uint32_t mark)
{
    node_ix node = erl_put(l, NODE_ARM, 0, at);
    l->f->nodes.items[node].flags = (uint8_t)kind;
    uint32_t patterns = l->stack.count - mark;
    erl_push(l, 0);
    erl_push(l, 0);
    node_ix *kids = l->stack.items + mark;
    memmove(kids + 2, kids, patterns * sizeof *kids);
    kids[0] = guard;
    kids[1] = body;
    return erl_take(l, node, mark);
}

static node_ix clause_guard(lowering *l, uint32_t clause)
{
    return erl_guard(l, erl_child(l, clause, F_GUARD));
}

static node_ix clause_body(lowering *l, uint32_t clause)
{
    uint32_t body = erl_child(l, clause, F_BODY);
    return body ? erl_body(l, body) : 0;
}

static node_ix pattern_arm(lowering *l, arm_kind kind, uint32_t clause)
{
    uint32_t mark = l->stack.count, pattern = erl_child(l, clause, F_PAT);
    l->depth++;
    erl_push(l, pattern ? erl_expr(l, pattern) : erl_unknown(l, clause));
    node_ix guard = clause_guard(l, clause);
    node_ix body = clause_body(l, clause);
    l->depth--;
    return erl_arm(l, kind, clause, guard, body, mark);
}

/* A clause that is a macro: its clauses when this file has them, else an arm that says so. */
static void push_macro_arms(lowering *l, arm_kind kind, uint32_t at)
{
    bool applied;
    macro_def *def = erl_macro_of(l, at, &applied);
    macro_env env;
    if (def && def->body && erl_kind_at(l, def->body) == K_REPLACEMENT_CR_CLAUSES &&
        erl_macro_enter(l, def, at, erl_child(l, at, F_ARGS), &env)) {
        for (EACH_CHILD(l, def->body, child)) {
            if (erl_kind_at(l, child) == K_CR_CLAUSE) erl_push(l, pattern_arm(l, kind, child));
            if (erl_kind_at(l, child) == K_MACRO_CALL) push_macro_arms(l, kind, child);
        }
        erl_macro_leave(l, &env);
        return;
    }
    uint32_t mark = l->stack.count;
    l->depth++;
    erl_push(l, erl_expr(l, at));
    l->depth--;
    erl_push(l, erl_arm(l, kind, at, 0, erl_put(l, NODE_UNKNOWN, 0, at), mark));
}

/* The arms among the children of at: case and receive clauses, if clauses, fun clauses. */
static void push_arms(lowering *l, arm_kind kind, uint32_t at)
{
    for (EACH_CHILD(l, at, child)) {
        if (erl_kind_at(l, child) == K_CR_CLAUSE) erl_push(l, pattern_arm(l, kind, child));
        else if (erl_kind_at(l, child) == K_MACRO_CALL && erl_field_at(l, child) == F_CLAUSES)
            push_macro_arms(l, kind, child);
    }
}

node_ix erl_case(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count, subject = erl_child(l, at, F_EXPR);
    node_ix node = erl_put(l, NODE_CASE, 0, at);
    erl_push(l, subject ? erl_expr(l, subject) : erl_put(l, NODE_UNKNOWN, 0, at));
    push_arms(l, ARM_CASE, at);
    return erl_take(l, node, mark);
}

node_ix erl_if(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count;
    node_ix node = erl_put(l, NODE_COND, 0, at);
    l->depth++;
    for (EACH_CHILD(l, at, child)) {
        if (erl_kind_at(l, child) != K_IF_CLAUSE) continue;
        node_ix guard = clause_guard(l, child);
        node_ix body = clause_body(l, child);
        erl_push(l, erl_arm(l, ARM_CASE, child, guard, body, l->stack.count));
    }
    l->depth--;
    return erl_take(l, node, mark);
}

node_ix erl_receive(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count, after = erl_child(l, at, F_AFTER);
    node_ix node = erl_put(l, NODE_RECEIVE, 0, at);
    push_arms(l, ARM_CASE, at);
    if (after) {
        uint32_t arm = l->stack.count, timeout = erl_child(l, after, F_EXPR);
        l->depth++;
        erl_push(l, timeout ? erl_expr(l, timeout) : erl_put(l, NODE_UNKNOWN, 0, after));
        node_ix body = clause_body(l, after);
        l->depth--;
        erl_push(l, erl_arm(l, ARM_AFTER, after, 0, body, arm));
    }
    return erl_take(l, node, mark);
}

/* The macros that stand for `Class:Reason:Stack`: the grammar reads their bodies as remote names.
 * Pushes class, reason and perhaps stack; false when the pattern is no such macro. */
static bool push_macro_reason(lowering *l, uint32_t pattern)
{
    bool applied;
    if (erl_kind_at(l, pattern) != K_MACRO_CALL) return false;
    macro_def *def = erl_macro_of(l, pattern, &applied);
    macro_env env;
    if (!def || !def->body || erl_kind_at(l, def->body) != K_REMOTE ||
        !erl_macro_enter(l, def, pattern, erl_child(l, pattern, F_ARGS), &env))
        return false;
    uint32_t at = def->body;
    for (int part = 0; part < 2 && erl_kind_at(l, at) == K_REMOTE; part++) {
        uint32_t prefix = erl_child(l, at, F_MODULE), rest = erl_child(l, at, F_FUN);
        uint32_t name = prefix ? erl_child(l, prefix, F_MODULE) : 0;
        erl_push(l, name ? erl_expr(l, name) : erl_put(l, NODE_UNKNOWN, 0, at));
        if (!rest) break;
        at = rest;
    }
    erl_push(l, erl_expr(l, at));
    erl_macro_leave(l, &env);
    return true;
}

/* A macro of another file may bring the class along. */
static node_ix catch_class(lowering *l, uint32_t clause, uint32_t pattern)
{
    uint32_t class = erl_child(l, clause, F_CLASS);
    uint32_t name = class ? erl_child(l, class, F_CLASS) : 0;
    if (name) return erl_expr(l, name);
    if (pattern && erl_kind_at(l, pattern) == K_MACRO_CALL)
        return erl_put(l, NODE_VAR, sym_add(&l->f->symbols, SV("_")), clause);
    return erl_put_atom(l, SV("throw"), clause);
}

static node_ix catch_arm(lowering *l, uint32_t clause)
{
    uint32_t mark = l->stack.count;
    uint32_t pattern = erl_child(l, clause, F_PAT), stack = erl_child(l, clause, F_STACK);
    uint32_t trace = stack ? erl_child(l, stack, F_CLASS) : 0;
    l->depth++;
    if (!pattern || erl_child(l, clause, F_CLASS) || !push_macro_reason(l, pattern)) {
        erl_push(l, catch_class(l, clause, pattern));
        erl_push(l, pattern ? erl_expr(l, pattern) : erl_put(l, NODE_UNKNOWN, 0, clause));
        if (trace) erl_push(l, erl_expr(l, trace));
    }
    node_ix guard = clause_guard(l, clause);
    node_ix body = clause_body(l, clause);
    l->depth--;
    return erl_arm(l, ARM_CATCH, clause, guard, body, mark);
}

/* The protected expressions of a try are children beside its clauses. */
static node_ix try_body(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count;
    uint32_t first = erl_child(l, at, F_EXPRS);
    if (!first) return erl_put(l, NODE_UNKNOWN, 0, at);
    l->depth++;
    for (EACH_CHILD(l, at, child))
        if (erl_field_at(l, child) == F_EXPRS && erl_is_expr(erl_kind_at(l, child)))
            erl_push(l, erl_expr(l, child));
    l->depth--;
    if (l->stack.count - mark == 1) return vec_pop(&l->stack);
    return erl_take(l, erl_put(l, NODE_BLOCK, 0, first), mark);
}

node_ix erl_try(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count;
    node_ix node = erl_put(l, NODE_TRY, 0, at);
    erl_push(l, try_body(l, at));
    for (EACH_CHILD(l, at, child)) {
        switch (erl_kind_at(l, child)) {
        case K_CR_CLAUSE: erl_push(l, pattern_arm(l, ARM_ELSE, child)); break;
        case K_CATCH_CLAUSE: erl_push(l, catch_arm(l, child)); break;
        case K_MACRO_CALL:
            if (erl_field_at(l, child) == F_CLAUSES) push_macro_arms(l, ARM_ELSE, child);
            break;
        case K_TRY_AFTER: {
            l->depth++;
            node_ix body = erl_body(l, child);
            l->depth--;
            erl_push(l, erl_arm(l, ARM_FINALLY, child, 0, body, l->stack.count));
            break;
        }
        default: break;
        }
    }
    return erl_take(l, node, mark);
}

static node_ix with_step(lowering *l, uint32_t at)
{
    uint32_t lhs = erl_child(l, at, F_LHS), rhs = erl_child(l, at, F_RHS);
    node_ix node = erl_put(l, NODE_WITH_STEP, 0, at);
    node_ix kids[3] = {lhs ? erl_expr(l, lhs) : 0, 0, 0};
    kids[2] = rhs ? erl_expr(l, rhs) : 0;
    facts_node_kids(l->f, node, kids, 3);
    return node;
}

/* Steps, then the last expression as the body. A step that stands last has its value checked and
 * returned: the body is then empty. */
node_ix erl_maybe(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count, last = 0;
    node_ix node = erl_put(l, NODE_WITH, 0, at);
    for (EACH_CHILD(l, at, child))
        if (erl_field_at(l, child) == F_EXPRS && erl_is_expr(erl_kind_at(l, child))) last = child;
    node_ix body = 0;
    l->depth++;
    for (EACH_CHILD(l, at, child)) {
        if (erl_field_at(l, child) != F_EXPRS || !erl_is_expr(erl_kind_at(l, child))) continue;
        if (erl_kind_at(l, child) == K_COND_MATCH) erl_push(l, with_step(l, child));
        else if (child == last) body = erl_expr(l, child);
        else erl_push(l, erl_expr(l, child));
    }
    l->depth--;
    node_ix end = erl_put(l, NODE_DO, 0, last ? last : at);
    facts_node_kids(l->f, end, &body, 1);
    erl_push(l, end);
    push_arms(l, ARM_CASE, at);
    return erl_take(l, node, mark);
}

/* -- functions as values -- */

static node_ix fun_arm(lowering *l, uint32_t clause)
{
    uint32_t mark = l->stack.count, args = erl_child(l, clause, F_ARGS);
    l->depth++;
    if (args)
        for (EACH_CHILD(l, args, child))
            if (erl_is_expr(erl_kind_at(l, child))) erl_push(l, erl_expr(l, child));
    node_ix guard = clause_guard(l, clause);
    node_ix body = clause_body(l, clause);
    l->depth--;
    return erl_arm(l, ARM_FN, clause, guard, body, mark);
}

node_ix erl_anonymous_fun(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count;
    uint32_t first = erl_child_of(l, at, K_FUN_CLAUSE);
    uint32_t name = first ? erl_child(l, first, F_NAME) : 0;
    node_ix node = erl_put(l, NODE_FN, name ? erl_name(l, name) : 0, at);
    for (EACH_CHILD(l, at, child))
        if (erl_kind_at(l, child) == K_FUN_CLAUSE) erl_push(l, fun_arm(l, child));
    return erl_take(l, node, mark);
}

static node_ix arity_node(lowering *l, uint32_t at)
{
    uint32_t arity = erl_child(l, at, F_ARITY);
    uint32_t value = arity ? erl_child(l, arity, F_VALUE) : 0;
    return value ? erl_expr(l, value) : erl_put(l, NODE_UNKNOWN, 0, at);
}

node_ix erl_internal_fun(lowering *l, uint32_t at)
{
    uint32_t name = erl_child(l, at, F_FUN);
    if (!name) return erl_unknown(l, at);
    node_ix node = erl_put(l, NODE_FUN_REF, erl_name(l, name), at);
    node_ix kids[2] = {0, arity_node(l, at)};
    facts_node_kids(l->f, node, kids, 2);
    return node;
}

/* fun M:F/A with a computed F is what erlang:make_fun/3 does. */
node_ix erl_external_fun(lowering *l, uint32_t at)
{
    uint32_t prefix = erl_child(l, at, F_MODULE), fun = erl_child(l, at, F_FUN);
    uint32_t module = prefix ? erl_child(l, prefix, F_NAME) : 0;
    if (!module || !fun) return erl_unknown(l, at);
    sym name = erl_resolve_atom(l, fun);
    if (name) {
        node_ix node = erl_put(l, NODE_FUN_REF, name, at);
        node_ix kids[2] = {erl_expr(l, module), 0};
        kids[1] = arity_node(l, at);
        facts_node_kids(l->f, node, kids, 2);
        return node;
    }
    uint32_t mark = l->stack.count;
    node_ix node = erl_put(l, NODE_CALL_REMOTE, sym_add(&l->f->symbols, SV("make_fun")), at);
    erl_push(l, erl_put_atom(l, SV("erlang"), at));
    erl_push(l, erl_expr(l, module));
    erl_push(l, erl_expr(l, fun));
    erl_push(l, arity_node(l, at));
    return erl_take(l, node, mark);
}

/* -- comprehensions -- */

static node_ix pair_node(lowering *l, uint32_t field)
{
    uint32_t key = erl_child(l, field, F_KEY), value = erl_child(l, field, F_VALUE);
    if (!key || !value) return erl_unknown(l, field);
    node_ix node = erl_put(l, NODE_TUPLE, 0, field);
    l->depth++;
    node_ix kids[2] = {erl_expr(l, key), 0};
    kids[1] = erl_expr(l, value);
    l->depth--;
    facts_node_kids(l->f, node, kids, 2);
    return node;
}

static node_ix expr_or_pair(lowering *l, uint32_t at)
{
    return erl_kind_at(l, at) == K_MAP_FIELD ? pair_node(l, at) : erl_expr(l, at);
}

static void push_generators(lowering *l, uint32_t list)
{
    for (EACH_CHILD(l, list, part)) {
        for (EACH_CHILD(l, part, child)) {
            if (erl_is_expr(erl_kind_at(l, child))) erl_push(l, erl_expr(l, child));
            if (erl_kind_at(l, child) != K_GENERATOR) continue;
            uint32_t lhs = erl_child(l, child, F_LHS), rhs = erl_child(l, child, F_RHS);
            if (!lhs || !rhs) continue;
            node_ix node = erl_put(l, NODE_GENERATOR, 0, child);
            node_ix pair[2] = {expr_or_pair(l, lhs), 0};
            pair[1] = erl_expr(l, rhs);
            facts_node_kids(l->f, node, pair, 2);
            erl_push(l, node);
        }
    }
}

node_ix erl_comprehension(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count, list = erl_child(l, at, F_LC_EXPRS);
    node_ix node = erl_put(l, NODE_FOR, 0, at);
    l->depth++;
    if (list) push_generators(l, list);
    uint32_t body = l->stack.count, first = 0;
    for (EACH_CHILD(l, at, child)) {
        erl_kind kind = erl_kind_at(l, child);
        if (child == list || !(erl_is_expr(kind) || kind == K_MAP_FIELD)) continue;
        if (!first) first = child;
        erl_push(l, expr_or_pair(l, child));
    }
    l->depth--;
    if (!first) first = at;
    node_ix value = 0;
    if (l->stack.count - body == 1) value = vec_pop(&l->stack);
    else if (l->stack.count > body) value = erl_take(l, erl_put(l, NODE_LIST, 0, first), body);
    node_ix end = erl_put(l, NODE_DO, 0, first);
    facts_node_kids(l->f, end, &value, 1);
    erl_push(l, end);
    return erl_take(l, node, mark);
}
