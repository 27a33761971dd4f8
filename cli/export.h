/* What `lode export` writes: one function a kind, in a file of its own where it is long. */
#ifndef LODE_CLI_EXPORT_H
#define LODE_CLI_EXPORT_H

#include "cli/cli.h"

/* Writes into `path`; returns the exit status. Options of the command are in args. */
typedef int export_run(const cli_args *args, const char *path);

export_run export_run_dataset, export_run_notebooks;

#endif
