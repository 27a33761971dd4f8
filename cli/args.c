#include "base/base.h"
#include "cli/cli.h"
#include "cli/help.h"

int cli_exit_of(const error *err)
{
    switch (err->kind) {
    case ERR_NONE: return EXIT_DONE;
    case ERR_INPUT: return EXIT_USAGE;
    case ERR_LIMIT: return EXIT_INPUTS;
    case ERR_IO:
    case ERR_DB: return EXIT_ENVIRONMENT;
    case ERR_BUG: return EXIT_BUG;
    }
    return EXIT_BUG;
}

int cli_fail(const error *err)
{
    log_line(LOG_ERROR, "%s%s", err->kind == ERR_BUG ? "this is a bug of lode: " : "", err->text);
    return cli_exit_of(err);
}

int cli_usage(const cli_args *args, const char *format, ...)
{
    char text[400];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    log_line(LOG_ERROR, "%s", text);
    log_line(LOG_INFO, "`lode help %s` shows examples", args->command->name);
    return EXIT_USAGE;
}

static const cli_option *option_named(const cli_command *command, sv name, uint32_t *index)
{
    uint32_t common_count = 0;
    const cli_option *common = cli_common_options(&common_count);
    for (uint32_t i = 0; i < command->option_count; i++) {
        *index = i;
        if (sv_eq_c(name, command->options[i].name)) return &command->options[i];
    }
    *index = UINT32_MAX;
    for (uint32_t i = 0; i < common_count; i++)
        if (sv_eq_c(name, common[i].name)) return &common[i];
    return NULL;
}

static int unknown_option(const cli_args *args, sv name)
{
    const char *known[CLI_OPTIONS_MAX + 8], *nearest;
    uint32_t count = 0, common_count = 0;
    const cli_option *common = cli_common_options(&common_count);
    char text[64];
    snprintf(text, sizeof text, "%.*s", SV_FMT(name));
    for (uint32_t i = 0; i < args->command->option_count; i++)
        known[count++] = args->command->options[i].name;
    for (uint32_t i = 0; i < common_count; i++) known[count++] = common[i].name;
    nearest = cli_nearest(text, known, count);
    if (nearest)
        return cli_usage(args, "%s has no option %s; did you mean %s?", args->command->name, text,
                         nearest);
    return cli_usage(args, "%s has no option %s", args->command->name, text);
}

static void set_common(cli_args *args, const char *name, const char *value)
{
    if (strcmp(name, "--state") == 0) args->state = value;
    else if (strcmp(name, "--db") == 0) args->db = value;
    else if (strcmp(name, "--quiet") == 0) args->quiet = true;
    else if (strcmp(name, "--color") == 0) cli_color_mode(value);
}

/* One option at argv[*at]; moves *at over a value of its own. False: *status. */
static bool take_option(int argc, char **argv, int *at, cli_args *args, int *status)
{
    sv text = sv_from(argv[*at]), name = text;
    const char *value = NULL;
    size_t equals = sv_find(text, SV("="), 0);
    uint32_t index = 0;
    if (equals != SIZE_MAX) {
        name = sv_slice(text, 0, equals);
        value = text.data + equals + 1;
    }
    const cli_option *option = option_named(args->command, name, &index);
    if (sv_eq(name, SV("--help")) || sv_eq(name, SV("-h"))) {
        help_command(args->command);
        *status = cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
        return false;
    }
    if (!option) {
        *status = unknown_option(args, name);
        return false;
    }
    if (!option->argument && value) {
        *status = cli_usage(args, "%s takes no value", option->name);
        return false;
    }
    if (option->argument && !value) {
        if (*at + 1 >= argc) {
            *status = cli_usage(args, "%s needs a value: %s %s", option->name, option->name,
                                option->argument);
            return false;
        }
        value = argv[++*at];
    }
    if (index != UINT32_MAX) args->values[index] = value ? value : "";
    else set_common(args, option->name, value);
    return true;
}

bool cli_parse(int argc, char **argv, uint32_t positions_min, uint32_t positions_max,
               cli_args *args, int *status)
{
    memset(args, 0, sizeof *args);
    args->command = cli_command_find(argv[0]);
    assert(args->command && args->command->option_count <= CLI_OPTIONS_MAX);
    bool options = true;
    for (int i = 1; i < argc; i++) {
        if (options && strcmp(argv[i], "--") == 0) {
            options = false;
        } else if (options && argv[i][0] == '-' && argv[i][1] != '\0') {
            if (!take_option(argc, argv, &i, args, status)) return false;
        } else if (args->position_count == MIN(positions_max, CLI_POSITIONS_MAX)) {
            *status = cli_usage(args, "one argument too many: %s", argv[i]);
            return false;
        } else {
            args->positions[args->position_count++] = argv[i];
        }
    }
    if (args->quiet) log_set_level(LOG_WARNING);
    if (args->position_count < positions_min) {
        *status = cli_usage(args, "something is missing: lode %s %s", args->command->name,
                            args->command->usage);
        return false;
    }
    return true;
}

const char *cli_value(const cli_args *args, const char *option)
{
    for (uint32_t i = 0; i < args->command->option_count; i++)
        if (strcmp(args->command->options[i].name, option) == 0) return args->values[i];
    assert(false && "the table has no such option");
    return NULL;
}

bool cli_number(const cli_args *args, const char *option, int64_t min, int64_t max,
                int64_t fallback, int64_t *out)
{
    const char *text = cli_value(args, option);
    *out = fallback;
    if (!text) return true;
    if (sv_to_i64(sv_from(text), out) && *out >= min && *out <= max) return true;
    cli_usage(args, "%s is a number from %" PRId64 " to %" PRId64 ", not `%s`", option, min, max,
              text);
    return false;
}
