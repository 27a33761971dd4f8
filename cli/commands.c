#include "base/base.h"
#include "cli/cli.h"

/* As in db/schema.c: a struct per command counts its options, an enumeration finds the first. */
struct options_before {
    char none;
#define COMMAND(name, function, usage, summary, examples)                                          \
    }                                                                                              \
    ;                                                                                              \
    struct options_##name {                                                                        \
        char none;
#define OPTION(command, name, argument, help) char OPTION_NAME(__LINE__);
#define OPTION_NAME(line) OPTION_NAME_(line)
#define OPTION_NAME_(line) line_##line
#include "cli/commands.def"
#undef COMMAND
#undef OPTION
};

static const cli_option options[] = {
#define COMMAND(name, function, usage, summary, examples) {NULL, NULL, #name},
#define OPTION(command, name, argument, help) {name, argument, help},
#include "cli/commands.def"
#undef COMMAND
#undef OPTION
};

enum {
#define COMMAND(name, function, usage, summary, examples) HEAD_##name,
#define OPTION(command, name, argument, help) OPTION_AT(command, __LINE__),
#define OPTION_AT(command, line) OPTION_AT_(command, line)
#define OPTION_AT_(command, line) AT_##command##_##line
#include "cli/commands.def"
#undef COMMAND
#undef OPTION
};

static const cli_command commands[] = {
#define COMMAND(name, function, usage, summary, examples)                                          \
    {#name,                                                                                        \
     function,                                                                                     \
     usage,                                                                                        \
     summary,                                                                                      \
     examples,                                                                                     \
     options + HEAD_##name + 1,                                                                    \
     sizeof(struct options_##name) - 1},
#define OPTION(command, name, argument, help)
#include "cli/commands.def"
#undef COMMAND
#undef OPTION
};

static const cli_option common[] = {
    {"--state", "DIR", "where all state lives; $LODE_STATE, or state/ in the checkout"},
    {"--db", "URL", "a PostgreSQL server instead of the private cluster; $LODE_DB"},
    {"--color", "auto|always|never", "colour on a terminal unless NO_COLOR is set"},
    {"--quiet", NULL, "only warnings and errors on stderr"},
    {"--help", NULL, "this"},
};

uint32_t cli_command_count(void)
{
    return ARRAY_LEN(commands);
}

const cli_command *cli_command_get(uint32_t index)
{
    return &commands[index];
}

const cli_command *cli_command_find(const char *name)
{
    for (uint32_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(commands[i].name, name) == 0) return &commands[i];
    return NULL;
}

const cli_option *cli_common_options(uint32_t *count)
{
    *count = ARRAY_LEN(common);
    return common;
}

/* Edit distance with insertions, deletions, changes and swaps of neighbours; 99 for long texts. */
static unsigned distance(const char *a, const char *b)
{
    enum { LENGTH_MAX = 40 };
    size_t n = strlen(a), m = strlen(b);
    unsigned d[LENGTH_MAX + 1][LENGTH_MAX + 1];
    if (n > LENGTH_MAX || m > LENGTH_MAX) return 99;
    for (size_t i = 0; i <= n; i++) d[i][0] = (unsigned)i;
    for (size_t j = 0; j <= m; j++) d[0][j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++)
        for (size_t j = 1; j <= m; j++) {
            unsigned change = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            d[i][j] = MIN(change, MIN(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = MIN(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[n][m];
}

const char *cli_nearest(const char *name, const char *const *known, uint32_t count)
{
    const char *best = NULL;
    unsigned best_distance = (unsigned)strlen(name) / 3 + 2;
    for (uint32_t i = 0; i < count; i++) {
        unsigned d = distance(name, known[i]);
        size_t size = strlen(name);
        if (size > 2 && strncmp(known[i], name, size) == 0) d = 1;
        if (d < best_distance) {
            best_distance = d;
            best = known[i];
        }
    }
    return best;
}
