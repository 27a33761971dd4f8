/* lode: finds failure modes of Elixir and Erlang processes in source repositories. */
#include "base/base.h"
#include <signal.h>
#include "cli/cli.h"
#include "cli/help.h"

static int no_command(const char *name)
{
    const char *known[64];
    uint32_t count = MIN(cli_command_count(), (uint32_t)ARRAY_LEN(known));
    for (uint32_t i = 0; i < count; i++) known[i] = cli_command_get(i)->name;
    const char *nearest = cli_nearest(name, known, count);
    if (nearest) log_line(LOG_ERROR, "there is no command %s; did you mean %s?", name, nearest);
    else log_line(LOG_ERROR, "there is no command %s; `lode help` lists them", name);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    /* A reader that closes the pipe is told of by write(), not by a signal. */
    signal(SIGPIPE, SIG_IGN);
    cli_color_mode("auto");
    if (argc < 2) {
        help_overview();
        return cli_flush() ? EXIT_USAGE : EXIT_ENVIRONMENT;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        help_overview();
        return cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
    }
    static char version[] = "version";
    if (strcmp(argv[1], "--version") == 0) argv[1] = version;
    const cli_command *command = cli_command_find(argv[1]);
    return command ? command->run(argc - 1, argv + 1) : no_command(argv[1]);
}
