/* Templates that every scenario may use, written in the scenario language itself. */
#ifndef LODE_RUNTIME_PRELUDE_H
#define LODE_RUNTIME_PRELUDE_H

#include "base/sv.h"

sv prelude_text(void);

#endif
