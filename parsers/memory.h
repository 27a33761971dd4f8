/* Memory of the parser library: everything that one parse allocates, freed at once and capped.
 * Internal to parsers/. */
#ifndef LODE_PARSERS_MEMORY_H
#define LODE_PARSERS_MEMORY_H

#include <setjmp.h>

#include "base/base.h"

/* One parse's memory. Zero is empty. */
typedef struct {
    struct memory_block *blocks; /* newest first */
    size_t used_bytes;           /* handed out and held, block headers included */
    size_t limit_bytes;          /* going over it jumps to over_limit */
    jmp_buf over_limit;          /* set by the owner before memory_enter */
} parse_memory;

/* From here to memory_leave, on this thread, the parser library allocates from m. The library
 * does not check for a failed allocation, so going over the limit is a longjmp to m->over_limit:
 * everything that it had built is then unreachable, and dropped with the memory. */
void memory_enter(parse_memory *m);
void memory_leave(void);
/* Drops all allocations; keeps the first block for the next parse. */
void memory_clear(parse_memory *m);
void memory_release(parse_memory *m);

#endif
