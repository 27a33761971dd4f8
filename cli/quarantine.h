/* What crashed the program once is named and left out from then on; the run goes on without it.
 *
 * Whoever works on an input says so (quarantine_enter, quarantine_leave). When the process crashes
 * in between, its signal handler appends the input to STATE/facts/quarantine.tsv (key, tab, label)
 * before the process dies, and quarantine_supervise starts the work again. A process that is
 * killed from outside names nothing: that is nobody's fault. */
#ifndef LODE_CLI_QUARANTINE_H
#define LODE_CLI_QUARANTINE_H

#include "db/db.h"

/* Reads the list and, when `catch`, catches crashes of this process. Process-wide; called once,
 * before threads start. ERR_IO. */
bool quarantine_open(const char *state_dir, bool catch_crashes, error *err);
void quarantine_close(void);
/* Is the input with this key named in the list? False when it was never opened. Any thread. */
bool quarantine_has(db_key key);
/* The calling thread works on this input until quarantine_leave; the label is cut at 200 bytes. */
void quarantine_enter(db_key key, sv label);
void quarantine_leave(void);
/* A stack for the handler, so that a thread whose own is used up can still be told; per thread.
 * To be freed by quarantine_thread_end. */
void *quarantine_thread_begin(void);
void quarantine_thread_end(void *stack);

/* Runs work in a child process, again after each crash, `crashes_max` times at most; signals
 * SIGINT and SIGTERM are passed on. Returns the exit status. */
int quarantine_supervise(int (*work)(void *payload), void *payload, uint32_t crashes_max);

#endif
