#include "base/base.h"
#include "cli/cli.h"
#include "cli/help.h"

static void print_indented(const char *text)
{
    sv rest = sv_from(text), line;
    while (sv_next(&rest, '\n', &line)) printf("  %.*s\n", SV_FMT(line));
}

static void print_options(const cli_option *options, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", options[i].name, options[i].argument ? " " : "",
                 options[i].argument ? options[i].argument : "");
        printf("  %-24s  %s\n", left, options[i].help);
    }
}

void help_command(const cli_command *command)
{
    uint32_t common_count = 0;
    const cli_option *common = cli_common_options(&common_count);
    printf("%sExamples%s\n", cli_paint(COLOR_BOLD), cli_paint(COLOR_NONE));
    print_indented(command->examples);
    printf("\n%sUsage%s\n  lode %s%s%s\n\n%s.\n", cli_paint(COLOR_BOLD), cli_paint(COLOR_NONE),
           command->name, command->usage[0] ? " " : "", command->usage, command->summary);
    printf("\n%sOptions%s\n", cli_paint(COLOR_BOLD), cli_paint(COLOR_NONE));
    print_options(command->options, command->option_count);
    print_options(common, common_count);
}

void help_overview(void)
{
    printf("Lode finds failure modes of Elixir and Erlang processes in source repositories.\n\n");
    printf("%sExamples%s\n", cli_paint(COLOR_BOLD), cli_paint(COLOR_NONE));
    print_indented("lode scan .                      # one repository, no database\n"
                   "lode crawl corpora/starter.tsv   # many, into PostgreSQL\n"
                   "lode stats prevalence            # what came of it\n");
    printf("\n%sCommands%s\n", cli_paint(COLOR_BOLD), cli_paint(COLOR_NONE));
    for (uint32_t i = 0; i < cli_command_count(); i++)
        printf("  %-12s %s\n", cli_command_get(i)->name, cli_command_get(i)->summary);
    printf("\n`lode help COMMAND` shows the options and examples of one.\n");
}

/* Text for a manual page: a line must not begin with a request, backslashes are escaped. */
static void print_roff(const char *text)
{
    bool start = true;
    for (const char *p = text; *p; p++) {
        if (start && (*p == '.' || *p == '\'')) fputs("\\&", stdout);
        if (*p == '\\') fputs("\\e", stdout);
        else if (*p == '-') fputs("\\-", stdout);
        else putchar(*p);
        start = *p == '\n';
    }
}

static void print_man_options(const cli_option *options, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        printf(".TP\n.B ");
        print_roff(options[i].name);
        if (options[i].argument) {
            printf("\n.I ");
            print_roff(options[i].argument);
        }
        putchar('\n');
        print_roff(options[i].help);
        putchar('\n');
    }
}

static void print_man(void)
{
    uint32_t common_count = 0;
    const cli_option *common = cli_common_options(&common_count);
    printf(
        ".TH LODE 1 \"\" \"lode %s\"\n.SH NAME\nlode \\- mine failure modes of Elixir and Erlang "
        "processes\n.SH SYNOPSIS\n.B lode\n.I COMMAND\n.RI [ OPTIONS ]\n.SH COMMANDS\n",
        LODE_VERSION);
    for (uint32_t i = 0; i < cli_command_count(); i++) {
        const cli_command *command = cli_command_get(i);
        printf(".SS lode %s ", command->name);
        print_roff(command->usage);
        putchar('\n');
        print_roff(command->summary);
        printf(".\n.PP\n.nf\n");
        print_roff(command->examples);
        printf(".fi\n");
        print_man_options(command->options, command->option_count);
    }
    printf(".SH OPTIONS OF ALL COMMANDS\n");
    print_man_options(common, common_count);
    printf(".SH EXIT STATUS\n"
           ".TP\n0\ndone\n.TP\n1\nfindings at or over \\-\\-fail\\-on\n.TP\n2\nusage or "
           "configuration\n.TP\n3\nfinished, more inputs failed than \\-\\-max\\-failures "
           "allows\n.TP\n4\nenvironment: database, network, disk\n.TP\n70\na bug of Lode\n.TP\n"
           "130\ninterrupted, state saved\n");
}

int cmd_help(int argc, char **argv)
{
    cli_args args;
    int status = 0;
    if (!cli_parse(argc, argv, 0, 1, &args, &status)) return status;
    if (cli_value(&args, "--man")) {
        print_man();
    } else if (args.position_count == 0) {
        help_overview();
    } else {
        const cli_command *command = cli_command_find(args.positions[0]);
        if (!command) return cli_usage(&args, "there is no command %s", args.positions[0]);
        help_command(command);
    }
    return cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
}

static void print_words(bool options_of, const cli_command *command)
{
    uint32_t common_count = 0;
    const cli_option *common = cli_common_options(&common_count);
    if (!options_of) {
        for (uint32_t i = 0; i < cli_command_count(); i++)
            printf("%s%s", i ? " " : "", cli_command_get(i)->name);
        return;
    }
    for (uint32_t i = 0; i < command->option_count; i++) printf("%s ", command->options[i].name);
    for (uint32_t i = 0; i < common_count; i++) printf("%s%s", i ? " " : "", common[i].name);
}

static void print_bash(bool zsh)
{
    if (zsh) printf("autoload -U +X bashcompinit && bashcompinit\n");
    printf("_lode() {\n    local now=${COMP_WORDS[COMP_CWORD]} words\n"
           "    if [ \"$COMP_CWORD\" = 1 ]; then\n        words='");
    print_words(false, NULL);
    printf("'\n    else\n        case ${COMP_WORDS[1]} in\n");
    for (uint32_t i = 0; i < cli_command_count(); i++) {
        printf("        %s) words='", cli_command_get(i)->name);
        print_words(true, cli_command_get(i));
        printf("' ;;\n");
    }
    printf("        esac\n    fi\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$now\") $(compgen -f -- \"$now\"))\n}\n"
           "complete -F _lode lode\n");
}

static void print_fish(void)
{
    for (uint32_t i = 0; i < cli_command_count(); i++) {
        const cli_command *command = cli_command_get(i);
        printf("complete -c lode -n __fish_use_subcommand -a %s -d '%s'\n", command->name,
               command->summary);
        for (uint32_t k = 0; k < command->option_count; k++)
            printf("complete -c lode -n '__fish_seen_subcommand_from %s' -l %s%s -d '%s'\n",
                   command->name, command->options[k].name + 2,
                   command->options[k].argument ? " -r" : "", command->options[k].help);
    }
}

int cmd_completion(int argc, char **argv)
{
    cli_args args;
    int status = 0;
    if (!cli_parse(argc, argv, 1, 1, &args, &status)) return status;
    const char *shell = args.positions[0];
    if (strcmp(shell, "bash") == 0) print_bash(false);
    else if (strcmp(shell, "zsh") == 0) print_bash(true);
    else if (strcmp(shell, "fish") == 0) print_fish();
    else return cli_usage(&args, "completion is for bash, zsh or fish, not %s", shell);
    return cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
}
