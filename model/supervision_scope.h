/* Scopes of the supervision evaluator: where a variable gets its value. Internal to model/. */
#ifndef LODE_MODEL_SUPERVISION_SCOPE_H
#define LODE_MODEL_SUPERVISION_SCOPE_H

#include "model/supervision_eval.h"

/* A function applied to arguments, or within it an anonymous function (or the body of a
 * comprehension) applied to its own. */
struct eval_scope {
    const eval_scope *outer;  /* where the anonymous function stands; NULL: a whole function */
    const eval_scope *caller; /* who applied it, to bound recursion; NULL: nobody */
    clause_ix clause;
    node_ix arm;       /* NODE_ARM of the anonymous function or NODE_FOR; 0: a whole function */
    const thunk *args; /* of the clause or arm; NULL: unknown */
    uint32_t arg_count;
    uint32_t depth; /* callers */
};

enum { EVAL_DEPTH_MAX = 90 };

/* Another node in the scope of t. */
static inline thunk eval_at(thunk t, node_ix node, uint8_t flags)
{
    return (thunk){node, t.in, (uint8_t)(t.flags | flags)};
}
/* A fun value applied to arguments (which must live as long as e); false when nothing is known. */
bool eval_apply_value(eval *e, thunk fun, const thunk *args, uint32_t arg_count, thunks *out);
/* Is node the operator? */
bool eval_is_op(const eval *e, node_ix node, const char *name);

/* Appends what the variable node of t may be; nothing when it is not known. */
void eval_variable(eval *e, thunk t, thunks *out);
/* Appends the part of value that the variable `name` within pattern stands for. */
void eval_project(eval *e, node_ix pattern, sym name, thunk value, thunks *out);
/* Could value match pattern? Only literals are compared. */
match_result eval_may_match(eval *e, node_ix pattern, thunk value, uint32_t depth);
void eval_tables_release(eval *e);

#endif
