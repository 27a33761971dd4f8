/* Programs for the multi-core scheduler that check themselves: a handler ends with PAR_NORMAL if
 * all it saw was right, and EXPECT ends it with the line that was not. */
#ifndef LODE_TESTS_RUNTIME_PAR_PROGRAM_H
#define LODE_TESTS_RUNTIME_PAR_PROGRAM_H

#include "base/base.h"
#include "runtime/par.h"

#include <setjmp.h>
#include <cmocka.h>

enum { WRONG = 1000 }; /* + line */
#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            par_exit(self, WRONG + __LINE__);                                                      \
            return;                                                                                \
        }                                                                                          \
    } while (0)

/* Runs the program in each of the ways. */
static inline void run_program(par_handler handler, const par_options *ways, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        par *system;
        error err = {0};
        assert_true(par_open(&ways[i], &system, &err));
        uint32_t reason = par_run(system, handler, NULL);
        if (reason != PAR_NORMAL)
            fail_msg("%u threads, scatter %d: reason %u", ways[i].threads, ways[i].scatter, reason);
        par_close(system);
    }
}

#endif
