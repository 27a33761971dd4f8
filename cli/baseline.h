/* The findings of an earlier run, by fingerprint: what is in it is not new. */
#ifndef LODE_CLI_BASELINE_H
#define LODE_CLI_BASELINE_H

#include "base/base.h"

typedef struct {
    char fingerprint[33];
    char rule[64];
    bool met; /* found again by this run */
    char message[512];
    char path[512];
    int64_t line;
} baseline_row;

/* Sorted by rule and fingerprint. */
typedef struct {
    VEC(baseline_row) rows;
} baseline;

/* Reads a SARIF file or JSON lines that `lode scan` wrote. ERR_INPUT names the file and, for JSON
 * lines, the line; ERR_IO. Release in any case. */
bool baseline_read(baseline *b, const char *path, error *err);
void baseline_release(baseline *b);
/* Is the finding in it? Marks it as met. */
bool baseline_has(baseline *b, const char *rule, const char *fingerprint);

#endif
