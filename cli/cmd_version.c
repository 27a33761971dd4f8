#include "base/base.h"
#include "cli/cli.h"
#include "cli/pipeline.h"

int cmd_version(int argc, char **argv)
{
    cli_args args;
    int status = 0;
    char analysis[128];
    if (!cli_parse(argc, argv, 0, 0, &args, &status)) return status;
    pipeline_version(analysis, sizeof analysis);
    printf("lode %s\nanalysis %s\nrules %u\nlibgit2 %s\n", LODE_VERSION, analysis, rule_count(),
           crawler_git_version());
    return cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
}
