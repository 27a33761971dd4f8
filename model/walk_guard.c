/* The walk, guards: tests of a type or of an atom, as far as the values are known. */
#include "base/base.h"
#include "model/walk.h"

enum { GUARD_DEPTH_MAX = 12 };

/* Sets of kinds that a value can be of. */
enum {
    OF_ATOM = 1,
    OF_NUMBER = 2,
    OF_BINARY = 4,
    OF_LIST = 8,
    OF_TUPLE = 16,
    OF_MAP = 32,
    OF_PID = 64,
    OF_FUNCTION = 128,
    OF_REFERENCE = 256
};

/* part: holds for some values of the kind only. */
static const struct {
    const char *name;
    unsigned of;
    bool part;
} TYPE_TESTS[] = {
    {"is_atom", OF_ATOM, false},
    {"is_binary", OF_BINARY, false},
    {"is_bitstring", OF_BINARY, false},
    {"is_boolean", OF_ATOM, true},
    {"is_float", OF_NUMBER, true},
    {"is_function", OF_FUNCTION, true},
    {"is_integer", OF_NUMBER, true},
    {"is_list", OF_LIST, false},
    {"is_map", OF_MAP, false},
    {"is_nil", OF_ATOM, true},
    {"is_number", OF_NUMBER, false},
    {"is_pid", OF_PID, false},
    {"is_reference", OF_REFERENCE, false},
    {"is_struct", OF_MAP, true},
    {"is_tuple", OF_TUPLE, false},
};

/* What the value can be; 0: nothing is known. A string is text of either kind, and what is held as
 * a map may be a record or an option list with a key set. */
static unsigned kinds_of(const model *m, val_ix value)
{
    const model_val *v = model_value(m, value);
    switch ((val_kind)v->kind) {
    case VAL_ATOM: return OF_ATOM;
    case VAL_INT: return OF_NUMBER;
    case VAL_STRING: return OF_BINARY | OF_LIST;
    case VAL_TUPLE:
    case VAL_FROM: return OF_TUPLE;
    case VAL_LIST: return OF_LIST;
    case VAL_MAP: return OF_MAP | OF_TUPLE | OF_LIST;
    case VAL_SELF:
    case VAL_SPAWNED:
    case VAL_CALLER:
    case VAL_PID: return OF_PID;
    case VAL_REF:
    case VAL_TIMER: return OF_REFERENCE;
    case VAL_FN:
    case VAL_FUN_REF: return OF_FUNCTION;
    case VAL_UNION: {
        unsigned all = 0;
        for (uint32_t i = 0; i < v->kid_count; i++) {
            unsigned one = kinds_of(m, model_value_kid(m, value, i));
            if (!one) return 0;
            all |= one;
        }
        return all;
    }
    default: return 0;
    }
}

static match_result not_of(match_result r)
{
    return r == MATCH_MAYBE ? MATCH_MAYBE : r == MATCH_YES ? MATCH_NO : MATCH_YES;
}

static match_result test(walk *w, node_ix node, int depth);

static match_result type_test(walk *w, node_ix call, sym name)
{
    sv text = model_text(w->m, name);
    if (!sv_starts(text, SV("is_"))) return MATCH_MAYBE;
    for (uint32_t i = 0; i < ARRAY_LEN(TYPE_TESTS); i++) {
        if (!sv_eq_c(text, TYPE_TESTS[i].name)) continue;
        node_ix arg = model_arg(w->m, call, 0);
        if (model_node(w->m, model_strip(w->m, arg))->kind != NODE_VAR) return MATCH_MAYBE;
        unsigned can = kinds_of(w->m, walk_eval(w, arg));
        if (can && !(can & TYPE_TESTS[i].of)) return MATCH_NO;
        return can && !(can & ~TYPE_TESTS[i].of) && !TYPE_TESTS[i].part ? MATCH_YES : MATCH_MAYBE;
    }
    return MATCH_MAYBE;
}

/* A variable against an atom. */
static match_result equal(walk *w, node_ix left, node_ix right)
{
    const model *m = w->m;
    if (model_node(m, left)->kind == NODE_ATOM) {
        node_ix held = left;
        left = right;
        right = held;
    }
    if (model_node(m, left)->kind != NODE_VAR || model_node(m, right)->kind != NODE_ATOM)
        return MATCH_MAYBE;
    return model_match(m, right, 0, walk_eval(w, left));
}

static match_result test(walk *w, node_ix node, int depth)
{
    const model *m = w->m;
    node = model_strip(m, node);
    const fact_node *at = model_node(m, node);
    if (depth > GUARD_DEPTH_MAX) return MATCH_MAYBE;
    if (at->kind == NODE_CALL || at->kind == NODE_CALL_REMOTE) return type_test(w, node, at->name);
    if (at->kind != NODE_OP || at->kid_count == 0) return MATCH_MAYBE;
    sv name = model_text(m, at->name);
    node_ix left = model_strip(m, model_kid(m, node, 0));
    if (sv_eq_c(name, "not")) return not_of(test(w, left, depth + 1));
    if (at->kid_count != 2) return MATCH_MAYBE;
    node_ix right = model_strip(m, model_kid(m, node, 1));
    if (sv_eq_c(name, "and")) {
        match_result one = test(w, left, depth + 1);
        return one == MATCH_NO ? one : MIN(one, test(w, right, depth + 1));
    }
    if (sv_eq_c(name, "or")) {
        match_result one = test(w, left, depth + 1);
        return one == MATCH_YES ? one : MAX(one, test(w, right, depth + 1));
    }
    if (sv_eq_c(name, "==") || sv_eq_c(name, "===")) return equal(w, left, right);
    if (sv_eq_c(name, "!=") || sv_eq_c(name, "!==")) return not_of(equal(w, left, right));
    return MATCH_MAYBE;
}

match_result walk_guard(walk *w, node_ix guard)
{
    return guard ? test(w, guard, 0) : MATCH_YES;
}
