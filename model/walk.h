/* The walk: abstract interpretation of a callback clause and of everything it reaches in its own
 * process. Calls to functions of the snapshot are entered with the values of their arguments, so
 * that a wrapper of a call primitive is one by itself; a function is entered once for each set of
 * argument values. Private to model/. */
#ifndef LODE_MODEL_WALK_H
#define LODE_MODEL_WALK_H

#include "model/internal.h"

enum {
    WALK_ARGS_MAX = 16,      /* arguments, elements and pairs whose values are kept */
    WALK_STEPS_MAX = 100000, /* nodes a root may visit */
    WALK_STEPS_TEST = 3000,  /* ... one of a test: its findings are not told */
    WALK_ENTRIES_MAX = 32,   /* sets of arguments a root enters one function with; then unknown */
    WALK_DEPTH_MAX = 20,     /* frames */
    WALK_ATTRIBUTES_MAX = 4, /* attributes within the value of attributes */
    WALK_ROOM_MIN = 4,       /* frames gained that make a cut function worth entering again */
    WALK_CODE_DEPTH = 5,     /* frames that code is followed through to the message it goes into */
    WALK_SMALL_LINES = 12    /* functions without effects are entered for their value up to this */
};

typedef struct {
    sym name;
    val_ix value;
} binding;

/* What a function gave for a set of arguments. One that was cut short by the depth limit is
 * entered again from where there is more room. */
typedef struct {
    val_ix value;
    uint16_t depth;
    bool cut;
} memo_row;

typedef struct walk {
    model *m;
    val_interner vals;
    const bool *interesting; /* by function: reaches something that is recorded */
    bool inlining;           /* enter functions that have effects; off for edges */
    bool record;             /* append effects */
    bool only_in_server;     /* CB_AGENT_FUN roots: only effects inside the fun count */
    callback_ix root;        /* NO_IX when the root is no callback */
    module_ix module;        /* of the function being walked */
    function_ix function;
    frame_ix frame;
    uint32_t depth;
    uint32_t steps;
    uint32_t steps_max;
    uint32_t attributes; /* values of attributes that are being evaluated */
    bool truncated;
    uint16_t ctx;
    node_ix process; /* spawn node when within a spawned process; 0 */
    VEC(binding) env;
    uint32_t env_base; /* first binding of the current frame */
    map64 entries;     /* function -> sets of arguments it was entered with */
    map64 memo;        /* (function, arguments, context) -> memo row */
    VEC(memo_row) memo_rows;
    bool cut;             /* the depth limit was met since this was last cleared */
    VEC(node_ix) awaited; /* task nodes that were awaited */
    bool await_unknown;
    VEC(binding) fields;             /* state fields seen in returns: name, value; for all roots */
    struct starts *starts;           /* what start calls tell; NULL: not wanted */
    const struct requests *requests; /* messages that carry code; NULL: not wanted */
    bool ran_message;                /* the root ran code that came with its message */
    void (*on_op)(struct walk *w, node_ix call, api_ix api, const val_ix *args, uint32_t count,
                  void *payload); /* edges: called for each API call, instead of recording */
    void *payload;
} walk;

/* A child specification and the server whose process starts it; NO_IX: not known. */
typedef struct {
    val_ix spec;
    server_ix by;
} start_spec;

/* starts.c: what is learnt of the argument that each server's init gets. */
typedef struct starts {
    val_ix *arg;  /* by server */
    bool *known;  /* by server: some start was seen */
    server_ix by; /* whose process runs what is walked, when the walk has no root; NO_IX */
    map64 seen;
    VEC(start_spec) specs;
} starts;

/* A message that carries code, as its server gets it. */
typedef struct {
    server_ix server;
    uint8_t api; /* api_kind of the request */
    val_ix message;
} request;

/* requests.c: messages of the snapshot that carry code. */
typedef struct requests {
    VEC(request) rows;
    map64 seen;
} requests;

/* walk.c */
val_ix walk_eval(walk *w, node_ix node);
/* walk_guard.c: does the guard hold for what is bound now? */
match_result walk_guard(walk *w, node_ix guard);
/* walk_call.c */
val_ix walk_call(walk *w, node_ix node);
val_ix walk_function(walk *w, function_ix function, const val_ix *args, uint32_t count,
                     node_ix call);
/* Runs a fun value with these arguments. */
val_ix walk_apply(walk *w, val_ix fun, const val_ix *args, uint32_t count, node_ix call);
val_ix walk_union(walk *w, val_ix a, val_ix b);
val_ix walk_field(walk *w, val_ix base, sym name);
void walk_bind(walk *w, node_ix pattern, val_ix value);
void walk_unbind(walk *w, uint32_t count);
val_ix walk_map_value(walk *w, node_ix node);
/* Does the condition compare something with self()? depth: 0 at the top. */
bool walk_tests_self(const model *m, node_ix node, int depth);
/* walk_bind.c */
val_ix walk_lookup(const walk *w, sym name, bool *found);
val_ix walk_closure(walk *w, node_ix fn);
/* The value of `name` in an option list, [{name, Value}, ..]; 0: it is not there. */
val_ix model_list_key(const model *m, val_ix options, sym name);
/* The value under `name` in a map, record or option list; 0: it is not there, or not known. *rest
 * is what lies below the updates of a map that is known in part; 0: nothing does. */
val_ix model_key(const model *m, val_ix container, sym name, val_ix *rest);
/* Element `index` (from 0) of a tuple or list value. */
val_ix walk_element(walk *w, val_ix value, uint32_t index);
/* walk_api.c */
val_ix walk_api_call(walk *w, node_ix call, api_ix api, const val_ix *args, uint32_t count);
int32_t walk_timeout(const walk *w, const api_row *row, const val_ix *args, uint32_t count,
                     bool *stated);
/* walk_fold.c: the value of a function over data that is known by name; 0: none. */
val_ix walk_fold(walk *w, sv module, sv name, const val_ix *args, uint32_t count);
/* starts.c */
void starts_open(starts *s, const model *m);
void starts_close(starts *s);
/* Looks at one call for what it starts. */
void starts_note_op(walk *w, starts *s, api_ix api, const val_ix *args, uint32_t count);
/* Looks at what init of a supervisor returned. */
void starts_note_init(const model *m, starts *s, server_ix supervisor, val_ix result);
/* Runs the start functions of the child specifications that were seen. */
void starts_follow(walk *w, starts *s);
/* A part of init's argument as the value that the starter gave it; else the value itself. */
val_ix starts_resolve(const model *m, const starts *s, server_ix server, val_ix value);
/* requests.c */
void requests_open(requests *r);
void requests_close(requests *r);
/* Looks at one call for code that it sends. */
void requests_note_op(walk *w, requests *r, node_ix call, api_ix api, const val_ix *args,
                      uint32_t count);
/* Do the arguments of a call hold a fun, or module, function and arguments side by side? */
bool requests_in_args(const model *m, const val_ix *args, uint32_t count);
/* Does a call in the function's text hand such on to a function with effects? */
bool requests_in_ops(const model *m, const bool *interesting, const model_function *f);
/* Is the value a part of the message that the root got? */
bool requests_from_message(const model *m, val_ix value);
/* Messages with code that the clause may take, at most `max`; how many. */
uint32_t requests_for(const model *m, const requests *r, callback_ix root, val_ix *messages,
                      uint32_t max);
/* identity.c */
identity model_identify(const model *m, const binding *fields, uint32_t field_count, server_ix own,
                        function_ix at, node_ix receiver_node, val_ix receiver, uint8_t kind,
                        val_ix message);
/* Notes that a process of this server is registered under a name made of parts. */
uint64_t identity_key(const model *m, val_ix name);
void identity_note_key(model *m, val_ix name, server_ix server);
/* edges.c: needs the interner that made the values of the effects. */
void model_edges_with(model *m, const bool *interesting, val_interner *vals, starts *started,
                      requests *sent);

#endif
