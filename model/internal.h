/* What the files of model/ share with each other and with nobody else. */
#ifndef LODE_MODEL_INTERNAL_H
#define LODE_MODEL_INTERNAL_H

#include "model/model.h"

/* A function that a call of an unknown module may reach: its module implements a behaviour of the
 * snapshot. Rows of one name and arity form a chain. */
typedef struct {
    function_ix function;
    uint32_t next; /* NO_IX at the end */
} dispatch_row;

/* Lookup tables, complete after linking. Keys that combine more than two numbers are hashes of
 * their parts; a hit is checked against the row itself. */
struct model_index {
    map64 modules;    /* name -> module_ix */
    map64 usings;     /* name -> module_ix of a MODULE_USING */
    map64 functions;  /* (module, name, arity) -> function_ix */
    map64 attributes; /* (module, name) -> last row */
    map64 records;    /* (module, name) -> row */
    map64 registered; /* name -> server_ix */
    map64 behaviours; /* (module, name) -> row */
    map64 call_tags;  /* (tag, tuple size) -> server + 1 with the only call clause; 0: several */
    map64 keys;       /* shape of a tuple name -> server + 1 registered under it; 0: several */
    map64 implements; /* module -> 1: has a behaviour that is a module of the snapshot */
    map64 dispatch;   /* (function name, arity) -> first candidate row of dynamic dispatch */
    VEC(dispatch_row) dispatch_rows;
    VEC(op_ix) op_of_node;      /* node -> op + 1; 0 none */
    VEC(uint32_t) import_first; /* module -> first row of imports, which are sorted by module */
    sym s_nil, s_undefined, s_true, s_false, s_ok, s_error, s_noreply, s_reply, s_stop, s_self,
        s_infinity, s_name, s_underscore, s_module, s_erlang, s_kernel, s_via, s_global, s_local,
        s_ignore, s_from, s_do;
};

static inline uint64_t key3(uint32_t a, uint32_t b, uint32_t c)
{
    return hash64_mix(pair64(a, b) * UINT64_C(0x9e3779b97f4a7c15) + c);
}

/* link.c: copies facts into the model, resolves includes and uses. */
/* names.c */
void model_index_build(model *m);
void model_index_functions(model *m);
/* expand.c: macros of included headers. */
typedef struct link_file {
    const facts *facts;
    uint32_t node_base; /* global = node_base + local, local > 0 */
    sym *symbols;       /* local -> global */
    module_ix *modules; /* local -> global */
} link_file;
void link_expand_includes(model *m, const link_file *files, uint32_t file_count);
/* servers.c: servers and callback clauses. */
void model_servers(model *m);
/* ops.c: direct operations of every function. */
/* Can this NODE_TRY catch the exit of a call? `rescue` cannot. */
bool model_catches_exit(const model *m, node_ix try_node);
void model_ops(model *m);
/* supervision.c */
void model_supervision(model *m);
/* walk.c: effects and return values of callbacks, edges. */
void model_walk(model *m);
/* protocol.c */
void model_protocol(model *m);

/* Row of records for a record or struct name seen from a module; NO_IX. */
uint32_t model_record_of(const model *m, module_ix module, sym name);
/* Module of the function a clause belongs to, for atoms with NODE_FLAG_SELF. */
sym model_atom_in(const model *m, module_ix in, node_ix atom);

/* values.c: hash-consed abstract values. The interner lives during linking only. */
typedef struct val_interner {
    model *m;
    uint32_t *slots; /* val index + 1 */
    uint32_t slot_count;
} val_interner;
void val_interner_open(val_interner *v, model *m);
void val_interner_close(val_interner *v);
val_ix val_make(val_interner *v, val_kind kind, sym name, int64_t number, const val_ix *kids,
                uint32_t kid_count);
static inline val_ix val_atom(val_interner *v, sym name)
{
    return val_make(v, VAL_ATOM, name, 0, NULL, 0);
}

#endif
