/* A finding on the terminal, with its source from the mirror and its evidence. */
#ifndef LODE_CLI_SHOW_H
#define LODE_CLI_SHOW_H

#include "cli/cli.h"

/* Prints the finding with this id (of the table finding) on stdout, `context` lines around each
 * place. Where the mirror lacks the commit, a warning and all but the source. args: of a command
 * with --mirror. The crawler has to be initialised. ERR_INPUT: there is no such finding. */
bool show_finding(const cli_args *args, db *conn, const char *finding_id, int64_t context,
                  error *err);

#endif
