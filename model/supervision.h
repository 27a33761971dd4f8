/* What the files that build the supervision trees share. Internal to model/. */
#ifndef LODE_MODEL_SUPERVISION_H
#define LODE_MODEL_SUPERVISION_H

#include "model/supervision_eval.h"

/* A child as read, before children are put in the order of their supervisors. */
typedef struct {
    model_child row;
    thunk args;          /* list of start arguments (MFA) or the one argument of child_spec/1 */
    bool arg_one;        /* the latter */
    thunk init_argument; /* of a supervisor that the specification starts by itself; node 0 */
} child_draft;
typedef VEC(child_draft) child_drafts;

/* A supervisor whose children are still to be read. */
typedef struct {
    supervisor_ix supervisor;
    thunk children; /* list; node 0: none */
    bool partition; /* children is the one specification of a PartitionSupervisor */
} pending_children;

/* The supervisor that one clause of a module's init describes. Rows of a module are contiguous. */
typedef struct {
    module_ix module;
    clause_ix clause;
    supervisor_ix supervisor;
} init_supervisor;

typedef struct {
    model *m;
    eval e;
    child_drafts drafts;
    VEC(pending_children) pending;
    VEC(init_supervisor) inits;
    map64 inits_of;    /* module_ix -> first row of inits */
    map64 by_module;   /* module_ix -> supervisor_ix: what the module's start function starts */
    map64 by_name;     /* registered name -> supervisor_ix */
    map64 inline_seen; /* (node, name, behaviour) -> supervisor_ix */
} supervision;

/* Strategy and budget, as stated by options or defaulted. */
void flags_of_options(supervision *b, thunk options, model_supervisor *out);
/* {Strategy, Intensity, Period} or a map with these keys. */
void flags_of_term(supervision *b, thunk flags, model_supervisor *out);

/* Reads one child specification (each alternative of it) for a supervisor and appends drafts.
 * False when it could not be told how many children it stands for. */
bool spec_read(supervision *b, thunk item, supervisor_ix supervisor, bool dynamic);
/* A supervisor that stands in the source as a call or specification: strategy and so on from
 * options, children to be read later. */
supervisor_ix supervisor_inline(supervision *b, thunk at, const char *behaviour, thunk children,
                                thunk options);
/* The literal name in start arguments: name: X, {local, X}; 0: none. */
sym name_of_arguments(supervision *b, thunk args, bool arg_one);
/* The supervisor that runs a module (the first, where it has several); NO_IX. */
supervisor_ix supervisor_of_module(const supervision *b, module_ix module);
/* By its name, for start_child. */
void supervisor_remember(supervision *b, supervisor_ix s);

/* Modules that run as supervisors, by module; the caller frees. */
bool *supervisor_modules(const model *m);
/* Adds the supervisors that the module's init describes, one for each clause. */
void supervisor_of_init(supervision *b, module_ix module);
/* Is it one of several that its module starts, by the argument of init? */
bool supervisor_is_one_of(const supervision *b, supervisor_ix s);
/* Tells which supervisor a child of a supervisor's module is: by the clause of init that its start
 * function leads to, or another module that the function starts. Before supervisors are sorted. */
void supervisor_resolve(supervision *b, child_draft *draft);
/* Gives supervisor modules the names they are started under. */
void supervisor_names(supervision *b);

#endif
