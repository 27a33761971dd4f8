/* Help, manual page and completion, from the table of subcommands. */
#ifndef LODE_CLI_HELP_H
#define LODE_CLI_HELP_H

#include "cli/cli.h"

/* On stdout: examples first, then usage and options. */
void help_command(const cli_command *command);
/* On stdout: what there is. */
void help_overview(void);

#endif
