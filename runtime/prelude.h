/* Templates that every scenario may use, written in the scenario language itself. */
#ifndef LODE_RUNTIME_PRELUDE_H
#define LODE_RUNTIME_PRELUDE_H

#include "base/sv.h"

/* The index-th piece of text, from 0; false after the last. */
bool prelude_part(uint32_t index, sv *out);

#endif
