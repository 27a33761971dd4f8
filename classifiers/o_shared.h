/* What the rules of ordering protocols share. Internal to classifiers/. */
#ifndef LODE_CLASSIFIERS_O_SHARED_H
#define LODE_CLASSIFIERS_O_SHARED_H

#include "classifiers/rules.h"
#include "classifiers/shared.h"

/* The rows of one server in the tables of the model; they stand together. */
typedef struct {
    uint32_t state_first, state_count;
    uint32_t transition_first, transition_count;
    uint32_t use_first, use_count;
} protocol_rows;

/* One entry for each server, in the arena of the running rule. */
const protocol_rows *protocol_rows_of(classify *c);

/* The atom that names a message value: itself or the first element of a tuple; 0 when unknown.
 * *arity: size of the tuple, 0 for a bare atom. */
sym value_tag(const model *m, val_ix value, uint32_t *arity);

/* The node that stands for a clause's head: its first parameter, else its body. */
node_ix callback_head(const model *m, callback_ix callback);

/* Is the callback asked for by other processes: call, cast, or their gen_statem events? */
bool callback_is_request(const model_callback *cb);

/* Can others reach the process before or while init runs: is it started under a name? */
typedef enum { NAMING_NONE, NAMING_UNKNOWN, NAMING_NAMED } naming;
naming server_naming(const model *m, server_ix server);

/* Does init hand its own pid to somebody: registers, subscribes, sends, opens a source? */
bool init_is_known(const model *m, server_ix server);

/* Does a message with this tag go to the server from somewhere in the snapshot? */
bool tag_is_sent(const model *m, server_ix server, sym tag);

/* o_whereis.c: reports a callback that uses what whereis found without a look whether it found
 * something. */
void judge_whereis(classify *c, callback_ix callback);

/* Is there an atom with this text at or below node? */
bool node_has_atom(const model *m, node_ix node, const char *text);

#endif
