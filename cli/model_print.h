/* The actor model as text and as a graph, for `lode model`. */
#ifndef LODE_CLI_MODEL_PRINT_H
#define LODE_CLI_MODEL_PRINT_H

#include "cli/pipeline.h"

typedef struct {
    sv server;  /* only servers whose module contains this; empty: all */
    bool tests; /* those of test code too */
} model_filter;

/* Is the server one of those asked for? */
bool model_filter_has(const model *m, const model_filter *filter, server_ix server);

/* Servers with their clauses and messages, supervision trees, automata. Stable. */
void model_print_text(const model *m, const model_filter *filter, buf *out);
/* Graphviz: servers as nodes, messages and supervision as edges. Stable. */
void model_print_dot(const model *m, const model_filter *filter, buf *out);

#endif
