/* Inside of the protocol analysis: abstract runs of callback clauses over the fields of the
 * server's state. Internal to model/protocol*.c.
 *
 * A callback clause is run on values that know only whether a state field is unset (nil,
 * undefined), an atom, or something else. Where the code asks, the path splits, and what it learnt
 * about the field's value on entry is kept as conditions. Everything is bounded: paths per
 * expression, nesting of helper functions, steps per clause; what is beyond is unknown. */
#ifndef LODE_MODEL_PROTOCOL_H
#define LODE_MODEL_PROTOCOL_H

#include "model/internal.h"

enum {
    PATHS_MAX = 40,        /* alternatives kept per expression */
    HELPER_DEPTH_MAX = 5,  /* nesting of followed functions */
    NESTING_MAX = 400,     /* expressions within expressions, over all followed functions */
    STEPS_MAX = 20000,     /* expressions per clause */
    SERVER_STEPS = 400000, /* expressions per server */
    FIELDS_MAX = 48,       /* tracked fields per server */
    ATOMS_MAX = 12         /* atoms of one field's automaton */
};

typedef enum {
    PV_UNKNOWN,
    PV_UNSET, /* nil, undefined; name: which */
    PV_ATOM,  /* name */
    PV_SET,   /* some term that is no atom */
    PV_TUPLE, /* kids */
    PV_STATE, /* map, struct, record; or the state on entry with changes (fresh == false) */
    PV_FIELD, /* value of state field `name` on entry */
    PV_FROM   /* the From of a call */
} pv_kind;

typedef struct pfield pfield;
typedef struct pval {
    uint8_t kind;         /* pv_kind */
    bool fresh;           /* PV_STATE: built here, not the state on entry */
    bool open;            /* PV_STATE: may have been changed in fields nobody knows */
    sym name;             /* see kind; PV_STATE: struct or record name */
    const pfield *fields; /* PV_STATE: newest first */
    const struct pval *kids;
    uint32_t kid_count;
} pval;
struct pfield {
    const pfield *next;
    sym name;
    pval value;
    node_ix node; /* where it was written; 0: a default */
};

typedef enum { COND_UNSET, COND_FALSY, COND_ATOM, COND_SET } cond_kind;
/* What a path learnt about a field's value on entry. */
typedef struct pcond {
    const struct pcond *next;
    sym field;
    uint8_t kind; /* cond_kind */
    bool is;      /* false: it is not so */
    sym atom;
    node_ix node;
} pcond;

typedef struct pbind {
    const struct pbind *next;
    sym name;
    pval value;
} pbind;

typedef enum { REPLY_NONE, REPLY_PLAIN, REPLY_REFUSED } reply_kind;

/* One alternative way through the code. */
typedef struct {
    const pbind *env;
    const pcond *conds;
    uint8_t reply;      /* reply_kind: what a reply call said */
    bool ended;         /* raised, exited or crashed: no value */
    sym crash_field;    /* ended: a field with an unfit value did it */
    sym crash_atom;     /* ... this atom; 0: being unset */
    node_ix crash_node; /* where */
} ppath;

typedef struct {
    ppath path;
    pval value;
} presult;
/* Zero is empty; items live in px.memory. */
typedef struct {
    presult *items;
    uint32_t count, capacity;
} presults;

/* A path split by a test. */
typedef struct {
    bool has_yes, has_no;
    ppath yes, no;
} pfork;

typedef struct {
    callback_ix callback; /* NO_IX: several */
    sym field;
    uint8_t kind, value; /* field_use_kind, field_value_kind */
    sym atom;
    node_ix node;
} puse;

struct pserver;

/* The run of one server's clauses. */
typedef struct {
    const struct pserver *owner;
    model *m;
    module_ix module;
    server_ix server; /* NO_IX: none */
    arena *memory;
    sym s_state; /* "$state": the gen_statem state as a field */
    uint32_t field_count;
    sym fields[FIELDS_MAX]; /* tracked: others are unknown */
    sym atoms[FIELDS_MAX];  /* the atom a field starts as; 0: none */
    bool track_all;         /* while init runs */
    uint32_t steps, total_steps;
    uint32_t depth;   /* followed functions */
    uint32_t nesting; /* expressions within expressions */
    function_ix stack[HELPER_DEPTH_MAX + 1];
    function_ix function; /* whose text is run */
    bool erlang;          /* language of that text */
    callback_ix callback; /* that is run */
    VEC(puse) uses;       /* of the callback that is run */
    VEC(presult) starts;  /* captured: arguments of the own start function */
    bool capture;
} px;

/* What is known of one path of one clause once its end was reached. */
typedef struct {
    callback_ix callback;
    const pcond *conds;
    uint8_t kind;           /* transition_kind */
    node_ix node;           /* crash or end */
    sym crash_field;        /* TRANSITION_CRASH: whose value does it */
    uint8_t to[FIELDS_MAX]; /* field_value_kind after it; KEPT: as before */
    sym to_atom[FIELDS_MAX];
} poutcome;
enum { KEPT = 255 };

/* Does the head of a clause look at the state? */
typedef struct {
    callback_ix callback;
    bool may, may_not; /* can it take some state, refuse some state */
    const pcond *takes, *leaves;
} pclause;

typedef struct {
    uint8_t value; /* field_value_kind */
    sym atom;
    bool initial;
} pdomain_value;

/* All of one server. */
typedef struct pserver {
    px x;
    arena keep; /* lives as long as the server is looked at */
    VEC(poutcome) outcomes;
    VEC(pclause) clauses;
    VEC(puse) uses;
    pdomain_value initial[FIELDS_MAX][4]; /* of each tracked field */
    uint8_t initial_count[FIELDS_MAX];
} pserver;

/* protocol_run.c */
/* Runs init and all clauses. False when the server keeps no state that could be followed. */
bool px_run_server(pserver *s);

/* Do conditions on fields other than this one hold for what init leaves? */
bool conds_hold_initially(const pserver *s, const pcond *conds, sym field);

/* protocol_value.c */
pval pv_make(pv_kind kind, sym name);
pval pv_of_atom(const px *x, sym name);
bool px_tracks(const px *x, sym field);
/* The field of a state, struct, map or record. */
pval pv_field(px *x, pval base, sym field);
/* A state with one field changed. */
pval pv_with(px *x, pval base, sym field, pval value, node_ix node);
pval pv_tuple(px *x, const pval *kids, uint32_t count);
/* A struct or record with the defaults of its definition. */
pval pv_fresh(px *x, sym name, bool is_record);
/* Adds a condition; false when the path cannot be. */
bool path_learn(px *x, ppath *path, sym field, cond_kind kind, bool is, sym atom, node_ix node);
/* Can the field, with all that the path learnt, have this value on entry? */
bool path_allows(const ppath *path, sym field, field_value_kind value, sym atom);
bool conds_allow(const pcond *conds, sym field, field_value_kind value, sym atom);
void path_bind(px *x, ppath *path, sym name, pval value);
const pval *path_lookup(const ppath *path, sym name);
void px_result(px *x, presults *out, ppath path, pval value);
void px_use(px *x, field_use_kind kind, sym field, field_value_kind value, sym atom, node_ix node);
/* Splits on whether a value is of this kind. */
pfork px_split(px *x, ppath path, pval value, cond_kind kind, sym atom, node_ix node);

/* protocol_match.c */
pfork px_match(px *x, ppath path, node_ix pattern, pval value);
/* Patterns against values, then the guard. */
pfork px_head(px *x, ppath path, const node_ix *patterns, const pval *values, uint32_t count,
              node_ix guard);
pfork px_truth(px *x, ppath path, pval value, node_ix node);
/* Patterns and guard of one clause or arm. */
typedef struct {
    const node_ix *patterns;
    node_ix guard;
} phead;
/* When no head takes the values although a field they carry is unset (or as it starts): adds the
 * path on which that crashes. */
void crash_if_unmatched(px *x, ppath path, const phead *heads, uint32_t head_count,
                        const pval *values, uint32_t count, node_ix node, presults *out);

/* protocol_eval.c */
void px_eval(px *x, node_ix node, ppath path, presults *out);
/* Runs the clauses of a function on values. */
void px_run_function(px *x, function_ix function, const pval *args, uint32_t count, ppath path,
                     node_ix call, presults *out);
/* The value is used: noted as a read; a path that has it unset where it must be set ends. */
bool px_needed(px *x, pval value, node_ix node, ppath *path, presults *out);
void px_used(px *x, pval value, node_ix node, const ppath *path);

/* protocol_call.c */
void px_call(px *x, node_ix node, ppath path, presults *out);
sv call_module_text(const px *x, node_ix call);

/* protocol_order.c */
void protocol_orders(model *m);

#endif
