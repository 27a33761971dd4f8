/* Output of `lode scan` in formats that have a file of their own. */
#ifndef LODE_CLI_SCAN_H
#define LODE_CLI_SCAN_H

#include "cli/baseline.h"
#include "cli/pipeline.h"

typedef struct {
    confidence confidence_min;
    baseline *old;          /* NULL: none */
    const char *repository; /* URL; NULL: not known */
} scan_wish;

/* Writes SARIF to stdout. */
void scan_print_sarif(const pipeline_result *result, const scan_wish *wish);

#endif
