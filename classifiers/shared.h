/* What rules share: small questions about servers, clauses, patterns and names.
 *
 * Internal to classifiers/. All functions are read-only on the model; texts go to the arena of the
 * running rule (classify.scratch). */
#ifndef LODE_CLASSIFIERS_SHARED_H
#define LODE_CLASSIFIERS_SHARED_H

#include "classifiers/classifiers.h"

/* ---- servers and callbacks ---- */

/* Does the callback run in a process whose mailbox a behaviour reads? Not so the arms of a loop,
 * the body of a task, application start and stop. */
bool callback_in_server(const model *m, const model_callback *cb);
/* Is it one of the callbacks that client messages reach: call, cast, info, event, handle_in? */
bool callback_takes_messages(const model_callback *cb);
/* What a callback of a gen_statem takes (its event), else its kind. */
callback_kind callback_event(const model_callback *cb);
/* "handle_call:refresh/2": names a clause in a fingerprint. */
const char *callback_key(classify *c, callback_ix callback);
/* "Rates", "rates": the module of a server. */
const char *server_label(classify *c, server_ix server);
/* Does an effect happen in the process of its root callback for sure? */
static inline bool effect_in_process(const model_effect *e)
{
    return !(e->ctx & (CTX_SPAWNED | CTX_CLOSURE | CTX_IN_SERVER));
}
/* Does the request return at once by its options, the answer coming as messages: {sync, false},
 * stream_to: pid, async: :once? */
bool effect_is_async(const model *m, const model_effect *e);
/* The server that an API_START effect starts, by its module; NO_IX. */
server_ix effect_started(const model *m, const model_effect *e);
/* How many calls lead from the root callback to the effect. */
uint32_t effect_depth(const model *m, const model_effect *e);
/* The confidence at most `conf`, less when the path is long: with each step it is less likely that
 * the whole of it is ever run. */
confidence effect_trust(const model *m, const model_effect *e, confidence conf);
/* Is the server known by name or called through an interface of its own: do several clients
 * share it? */
bool server_is_shared(const model *m, server_ix server);
/* Is there one process for each connection, client or job? */
bool server_is_per_client(const model *m, server_ix server);

/* Is it a supervisor, or does it speak the protocol of one? Who asks it to end a child waits for
 * that end, and it waits for its children, however long it takes, as the manual wants. */
bool server_acts_as_supervisor(const model *m, server_ix server);

/* Does anybody wait while this clause does: callers and senders, or messages of other kinds? */
bool clause_keeps_others(const model *m, const model_callback *waiting);

/* Does the value come from the client: its pid, or a part of its message? Unknown: maybe. */
bool value_may_be_client(const model *m, val_ix value);

/* Can some info clause take a plain message that is a tuple of this arity with this atom first
 * (arity 0: the atom alone; tag NULL: a reference, pid or port comes first)? A clause for
 * everything counts. *specific: some clause takes it that is not for everything. */
bool server_takes_info(const model *m, server_ix server, const char *tag, uint32_t arity,
                       bool *specific);
/* Has the server any info clause of its own? Without one the default logs and goes on. */
bool server_has_info(const model *m, server_ix server);

/* Edges (calls, casts, sends ... wherever they stand) to a server, in source order: *count row
 * numbers of model.edges. Valid until the rules are done. */
const uint32_t *edges_to(classify *c, server_ix server, uint32_t *count);
/* Adds steps for at most `max` places that send the clause's message: "a client waits here". */
void finding_clients_add(classify *c, callback_ix callback, uint32_t max);

/* ---- source text ---- */

/* Does the variable occur at or below node? */
bool node_uses(const model *m, node_ix node, sym variable);
/* Does the atom occur at or below node? */
bool node_names_atom(const model *m, node_ix node, sym atom);
/* The number of nodes of a kind at or below node; stops at `limit`. */
uint32_t node_count_kind(const model *m, node_ix node, node_kind kind, uint32_t limit);
/* Does a call of a function with this name (local or of any module) stand at or below node? */
bool node_calls(const model *m, node_ix node, const char *name);
/* Has a receive an `after` other than infinity? */
bool receive_has_limit(const model *m, node_ix receive);
/* "File.read!/1", "gen_tcp:recv/2": what a call node says; in the language of its file. */
const char *call_label(classify *c, node_ix call);
/* "5 s", "100 ms", "no time limit". */
const char *timeout_label(classify *c, int32_t timeout_ms);
/* Is the node in an Erlang file? */
bool node_is_erlang(const model *m, node_ix node);
/* The last expression of a block; the node itself when it is none. */
node_ix node_last(const model *m, node_ix node);
/* Module name and name/arity of the function, without file: for fingerprints. */
const char *function_key(classify *c, function_ix function);

/* A set of pairs, so that a rule says each thing once. Zero is empty; release with map64_release.
 * True when (a, b) is new. */
static inline bool seen_first(map64 *seen, uint32_t a, uint32_t b)
{
    uint32_t mark = 0;
    return map64_add(seen, pair64(a, b), &mark);
}

#endif
