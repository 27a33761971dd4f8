/* What an expression may be, without running it: enough to read child lists and supervisor flags
 * that are put together by variables, helper functions, branches and comprehensions. Lazy: a
 * thunk is an expression with the scope that gives its variables a value. Internal to model/. */
#ifndef LODE_MODEL_SUPERVISION_EVAL_H
#define LODE_MODEL_SUPERVISION_EVAL_H

#include "model/model.h"

typedef struct eval_scope eval_scope;

enum {
    EVAL_CONDITIONAL = 1, /* one of several alternatives */
    EVAL_REPEATED = 2,    /* made once for each element of a list that is not known */
    EVAL_STUCK = 4        /* an item of a list that could not be enumerated */
};

typedef struct {
    node_ix node; /* 0: nothing (the missing else of an if) */
    const eval_scope *in;
    uint8_t flags; /* EVAL_* */
} thunk;
typedef VEC(thunk) thunks;

/* One evaluation of many expressions over one model. Zero but for m is ready. */
typedef struct {
    const model *m;
    arena memory;   /* scopes */
    uint32_t steps; /* since eval_begin */
    uint32_t depth; /* of the recursion right now */
    map64 table_of; /* clause_ix -> index into tables */
    struct {
        struct clause_table *items;
        uint32_t count, capacity;
    } tables;
} eval;

void eval_release(eval *e);
/* Starts a new budget of steps. */
void eval_begin(eval *e);
/* A scope in which the parameters of the clause are unknown. */
const eval_scope *eval_scope_of(eval *e, clause_ix clause);
function_ix eval_function(const eval *e, thunk t);
module_ix eval_module(const eval *e, const thunk *t);

/* Appends what t may be: literals, tuples, lists, maps, calls out of the snapshot; what cannot be
 * reduced stands as it is. */
void eval_values(eval *e, thunk t, thunks *out);
/* The only value, or the first when there are several; node 0 when there is none. */
thunk eval_one(eval *e, thunk t);
/* Appends the elements of a list expression in order; what cannot be enumerated is one element
 * with EVAL_STUCK. */
void eval_items(eval *e, thunk t, thunks *out);
/* The nth child of t's node, in its scope; the nth argument of a call. */
thunk eval_kid(const eval *e, thunk t, uint32_t n);
thunk eval_arg(const eval *e, thunk call, uint32_t n);
/* Appends what the function gives for the arguments (which must live as long as e); false when
 * nothing can be said. `at` is where it is applied. */
bool eval_apply(eval *e, thunk at, function_ix function, const thunk *args, uint32_t arg_count,
                thunks *out);

typedef enum { OPTION_ABSENT, OPTION_FOUND, OPTION_UNKNOWN } option_result;
/* The value of a key of a keyword list, proplist or map. */
option_result eval_option(eval *e, thunk t, const char *key, thunk *out);

/* The atom (or module) that t is for sure; 0 otherwise. */
sym eval_atom(eval *e, thunk t);
/* The only atom among what t may be, whatever else is not known; 0: none or several. */
sym eval_likely_atom(eval *e, thunk t);
bool eval_is_atom(eval *e, thunk t, const char *text);
/* Integer arithmetic, timer:seconds/1 and the like included. False when it is not known. */
bool eval_int(eval *e, thunk t, int64_t *out);
/* Is node the call module.name? arity -1: any. */
bool eval_is_call(const model *m, node_ix node, const char *module, const char *name, int arity);

#endif
