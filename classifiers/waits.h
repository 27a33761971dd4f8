/* Who waits for whom: the synchronous effects of callbacks and the callbacks they wait for.
 * Shared by the rules on call cycles. */
#ifndef LODE_CLASSIFIERS_WAITS_H
#define LODE_CLASSIFIERS_WAITS_H

#include "classifiers/shared.h"

/* "5 s" or "no time limit", what happens after: "then both exit". */
const char *wait_phrase(classify *c, const model_effect *e);
/* "Cache ({:load, …})": target and message of an effect. */
const char *target_phrase(classify *c, const model_effect *e);

#endif
