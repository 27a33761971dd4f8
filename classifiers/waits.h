/* Who waits for whom: the synchronous effects of callbacks and the callbacks they wait for.
 * Shared by the rules on call cycles. */
#ifndef LODE_CLASSIFIERS_WAITS_H
#define LODE_CLASSIFIERS_WAITS_H

#include "classifiers/shared.h"

/* Does the root's process stand still until somebody else has answered? */
bool effect_waits(const model *m, const model_effect *e);
/* How sure it is that the effect happens in the root's process and goes to id.server. */
confidence effect_confidence(const model *m, const model_effect *e);
/* The supervisor that a supervisor call or stop goes to; NO_IX. */
supervisor_ix effect_supervisor(const model *m, const model_effect *e);

/* One wait: the effect, and a callback clause that has to finish for it to end. */
typedef struct {
    effect_ix effect;
    callback_ix waits_for;
    uint8_t confidence; /* of this step */
} wait_step;

/* Calls visit for each callback that the effect may wait for. */
void each_wait(const model *m, effect_ix effect,
               void (*visit)(const wait_step *step, void *payload), void *payload);

/* "5 s" or "no time limit", what happens after: "then both exit". */
const char *wait_phrase(classify *c, const model_effect *e);
/* "Cache ({:load, …})": target and message of an effect. */
const char *target_phrase(classify *c, const model_effect *e);

#endif
