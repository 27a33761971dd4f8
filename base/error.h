/* Errors: one value that says what went wrong, at which thing, and what to do. */
#ifndef LODE_BASE_ERROR_H
#define LODE_BASE_ERROR_H

#include <stdbool.h>

/* What the pipeline does with an error: ERR_INPUT and ERR_LIMIT quarantine the input and go on,
 * ERR_IO and ERR_DB are retried and then given up by name, ERR_BUG stops the program. */
typedef enum { ERR_NONE, ERR_INPUT, ERR_LIMIT, ERR_IO, ERR_DB, ERR_BUG } err_kind;

/* Zero is "no error". Holds no pointer: it can be copied and outlives whatever it speaks of. */
typedef struct {
    err_kind kind;
    char text[240]; /* one sentence that names the thing and the place and says what to do */
} error;

/* Sets *err (which may be NULL) and returns false, so that a failing function can end with
 * `return error_set(...)`. Text that does not fit is cut at a character boundary. */
bool error_set(error *err, err_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the text of a set error; returns false. */
bool error_prefix(error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A lower-case word for the kind ("input", "limit", ...); static storage. */
const char *err_kind_name(err_kind kind);

#endif
