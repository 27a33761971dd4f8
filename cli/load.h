/* From the model and findings of a snapshot to rows. */
#ifndef LODE_CLI_LOAD_H
#define LODE_CLI_LOAD_H

#include "cli/pipeline.h"

/* What a snapshot contributed; for the coverage at the end of a run. */
typedef struct {
    uint64_t repositories, files, bytes, partial, skipped, servers, clauses, edges,
        unresolved_edges;
    uint64_t lang_bytes[LANG_COUNT], lang_error_bytes[LANG_COUNT];
    uint64_t findings, suppressed;
} load_totals;
void load_totals_add(load_totals *to, const load_totals *more);

db_key load_snapshot_key(sv url, const char *commit);

/* Rows of the rules of the catalogue. */
void load_rules(db_loader *loader);
/* All rows of one snapshot of the repository at url. Deterministic. */
void load_snapshot(db_loader *loader, sv url, const pipeline_result *result, load_totals *totals);

/* ---- shared by the load_*.c files ----------------------------------------------------------- */

/* Keys of what has been loaded, by index of the model. */
typedef struct {
    db_loader *loader;
    const pipeline_result *result;
    const model *m;
    db_key snapshot;
    db_key *files;       /* by index of result->files */
    db_key *modules;     /* by module_ix */
    db_key *servers;     /* by server_ix */
    db_key *callbacks;   /* by callback_ix */
    db_key *states;      /* by index of model.states */
    db_key *supervisors; /* by supervisor_ix */
    map64 seen;          /* how often a place and kind came up: the ordinal of a key */
    arena scratch;
    load_totals *totals;
} load_context;

db_key load_file_key(const load_context *c, file_ix file);
/* Key of an occurrence at a place: from table, file, line, column, kind, and how many of the same
 * came before it. */
db_key load_place_key(load_context *c, db_table table, const place *at, const char *kind);
db_value load_server_or_null(const load_context *c, server_ix server);
/* Server whose module holds the function. */
db_value load_owner_or_null(const load_context *c, function_ix function);
const char *load_lang_of(const load_context *c, file_ix file);
bool load_is_test(const load_context *c, file_ix file);

void load_edges(load_context *c);       /* message edges, unresolved targets */
void load_operations(load_context *c);  /* receives, timers, spawns */
void load_supervision(load_context *c); /* supervisors, children */
void load_protocols(load_context *c);   /* states, transitions, documented orders */

#endif
