/* Questions about supervision trees that the R rules share. Internal to classifiers/. */
#ifndef LODE_CLASSIFIERS_R_TREE_H
#define LODE_CLASSIFIERS_R_TREE_H

#include "classifiers/classifiers.h"
#include "classifiers/shared.h"

/* Children by the names they go by: start module, registered name, identifier. Built for one rule;
 * release with tree_index_release. */
typedef struct {
    sym name;
    child_ix child;
} tree_name;
typedef struct {
    VEC(tree_name) names; /* sorted by name, then child */
    child_ix *started_by; /* by supervisor: the child it is; NO_IX */
    uint32_t supervisor_count;
} tree_index;
void tree_index_build(const model *m, tree_index *t);
void tree_index_release(tree_index *t);
/* The rows of a name: [*first, *end). */
void tree_named(const tree_index *t, sym name, uint32_t *first, uint32_t *end);
/* Where two children's paths to the root meet: the supervisor and the child of it on either path.
 * False when they have no supervisor in common. */
bool tree_meet(const model *m, const tree_index *t, child_ix a, child_ix b, supervisor_ix *at,
               child_ix *branch_a, child_ix *branch_b);

/* Does an exit of this child count against the supervisor's budget? */
static inline bool child_restarts(const model_child *c)
{
    return c->restart != RESTART_TEMPORARY && !c->restart_delayed;
}
/* Task.Supervisor and the like, whose children are temporary unless said otherwise. */
bool supervisor_of_tasks(const model *m, supervisor_ix s);
bool supervisor_in_test(const model *m, supervisor_ix s);
/* "MyApp.Supervisor", "my_sup": module and, where it differs, registered name. */
const char *supervisor_label(classify *c, supervisor_ix s);
/* Names a supervisor in a fingerprint. */
const char *supervisor_key(classify *c, supervisor_ix s);
const char *child_label(classify *c, const model_child *child);
/* The server of the child's module; NO_IX. */
server_ix child_server(const model *m, const model_child *child);

/* ---- effects ---- */

/* Class of blocking of an effect that may take long; BLOCK_NONE when it does not. */
block_class effect_block(const model *m, const model_effect *e);
/* Does some callback of the server (all kinds) do network or database work, within a spawned
 * process too? *effect: the first; NO_IX. */
bool server_does_io(const model *m, server_ix server, effect_ix *effect);
/* Is the server's process one of many: dynamic, pooled, per client? */
bool server_is_many(const model *m, server_ix server);
/* Does something random stand in the clause of this node: rand, jitter, random? */
bool clause_has_jitter(const model *m, const model_effect *e);
const char *block_label(block_class block);
/* Is an effect of terminate something that stays undone when terminate does not run? *sure: for
 * certain. Sockets, ports and tables that the runtime closes anyway do not count. */
bool effect_cleans_up(const model *m, const model_effect *e, bool *sure);

/* ---- calls to what is not in the snapshot ---- */

enum { REACH_DEPTH_MAX = 6 };
/* Calls that a clause reaches in its own process through functions of the snapshot, with the way
 * there. For what the walk does not record: functions of libraries, calls of computed modules. */
typedef struct {
    node_ix calls[REACH_DEPTH_MAX]; /* from the clause to the function that holds the call */
    function_ix functions[REACH_DEPTH_MAX];
    uint32_t depth;
} reach_path;
/* visit is called for each call that is not one of the snapshot; false ends the search. */
typedef bool reach_visit(const model *m, const model_op *op, const reach_path *path, void *payload);
void reach_calls(const model *m, clause_ix clause, reach_visit *visit, void *payload);
/* Adds the steps of a path and its end to the finding added last. */
void reach_steps(classify *c, const reach_path *path, node_ix end, const char *note);
/* Module of a remote call as text ("" when it is computed or there is none). */
sv call_module(const model *m, node_ix call);

#endif
