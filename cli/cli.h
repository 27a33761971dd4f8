/* The frame of the program: the table of subcommands, options, exit codes, and what several
 * subcommands share. */
#ifndef LODE_CLI_CLI_H
#define LODE_CLI_CLI_H

#include "base/base.h"
#include "db/db.h"

#define LODE_VERSION "0.1.0"

/* What the program's exit status says; part of its interface. */
enum {
    EXIT_DONE = 0,
    EXIT_FINDINGS = 1,    /* findings at or over --fail-on */
    EXIT_USAGE = 2,       /* usage or configuration */
    EXIT_INPUTS = 3,      /* finished, but more inputs failed than --max-failures allows */
    EXIT_ENVIRONMENT = 4, /* database, network, disk */
    EXIT_BUG = 70,
    EXIT_INTERRUPTED = 130
};
/* The exit status that fits an error. */
int cli_exit_of(const error *err);
/* Says what went wrong on stderr and returns the exit status that fits. */
int cli_fail(const error *err);

/* ---- the table (commands.def, commands.c) --------------------------------------------------- */

typedef struct {
    const char *name;     /* "--rule" */
    const char *argument; /* "ID"; NULL for a flag */
    const char *help;
} cli_option;

typedef struct {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the name; returns the exit status */
    const char *usage;                 /* what follows the name: "[OPTIONS] PATH" */
    const char *summary;
    const char *examples; /* lines, each a command or a comment */
    const cli_option *options;
    uint32_t option_count;
} cli_command;
uint32_t cli_command_count(void);
const cli_command *cli_command_get(uint32_t index);
const cli_command *cli_command_find(const char *name);
/* Options that every subcommand takes. */
const cli_option *cli_common_options(uint32_t *count);
/* The known name nearest to a misspelt one, or NULL. */
const char *cli_nearest(const char *name, const char *const *known, uint32_t count);

/* ---- arguments (args.c) --------------------------------------------------------------------- */

enum { CLI_OPTIONS_MAX = 24, CLI_POSITIONS_MAX = 1024 };
typedef struct {
    const cli_command *command;
    const char *values[CLI_OPTIONS_MAX]; /* by option of the command; "" for a flag; NULL: absent */
    const char *state, *db;              /* --state, --db; NULL: absent */
    bool quiet;
    const char *positions[CLI_POSITIONS_MAX];
    uint32_t position_count;
} cli_args;
/* Parses argv (argv[0] is the subcommand's name) by the table. False: *status is what to exit
 * with (--help was printed, or a complaint with a hint). */
bool cli_parse(int argc, char **argv, uint32_t positions_min, uint32_t positions_max,
               cli_args *args, int *status);
/* The value of an option of the table ("" for a flag that is there), or NULL. */
const char *cli_value(const cli_args *args, const char *option);
/* A whole number of an option within min .. max, or fallback when absent. False: complained. */
bool cli_number(const cli_args *args, const char *option, int64_t min, int64_t max,
                int64_t fallback, int64_t *out);
/* Complains about an argument, with the command to type for help; returns EXIT_USAGE. */
int cli_usage(const cli_args *args, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- output (output.c) ---------------------------------------------------------------------- */

typedef enum { COLOR_NONE, COLOR_BOLD, COLOR_DIM, COLOR_RED, COLOR_YELLOW, COLOR_BLUE } cli_color;
/* Decides by --color (auto, always, never), NO_COLOR and whether stdout is a terminal. */
void cli_color_mode(const char *mode);
/* The escape sequence for stdout, or "" when there is no colour; COLOR_NONE resets. */
const char *cli_paint(cli_color color);
cli_color cli_level_color(const char *level);

typedef enum { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON } cli_format;
bool cli_format_parse(const char *text, cli_format *out);
/* A result on stdout. max_width: cut the last column of a table at this width; 0: never. */
void cli_print_result(const db_result *r, cli_format format, uint32_t max_width);
/* A result as a table, with a small bar on each line for the first share or rate of it where
 * max_width leaves room. */
void cli_print_bars(const db_result *r, uint32_t max_width);
/* Columns of the terminal at stdout; 0: no terminal. */
uint32_t cli_terminal_width(void);
/* Writes what is buffered; false and a message when stdout cannot take it. */
bool cli_flush(void);

/* ---- the database (session.c) --------------------------------------------------------------- */

/* Opens what --db, $LODE_DB or else the private cluster of --state names; starts the cluster if
 * need be, and migrates it when `migrate`. */
bool cli_db_open(const cli_args *args, bool migrate, db **out, error *err);
/* Appends the URL that cli_db_open would use. */
bool cli_db_url(const cli_args *args, buf *url, error *err);
/* Appends --mirror, $LODE_MIRROR or STATE/mirror. */
bool cli_mirror_dir(const cli_args *args, buf *out, error *err);
/* Runs a named query with parameters given as NAME=VALUE; prints it. */
int cli_run_named(db *conn, const db_named_query *query, const char *const *params,
                  cli_format format);

/* ---- subcommands, one file each ------------------------------------------------------------- */

int cmd_audit(int argc, char **argv);
int cmd_case(int argc, char **argv);
int cmd_corpus(int argc, char **argv);
/* The page of a rule in Markdown, without its title line; empty when there is none. */
sv cli_rule_page(const char *id);

int cmd_crawl(int argc, char **argv);
int cmd_db(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_findings(int argc, char **argv);
int cmd_help(int argc, char **argv);
int cmd_completion(int argc, char **argv);
int cmd_model(int argc, char **argv);
int cmd_query(int argc, char **argv);
int cmd_reproduce(int argc, char **argv);
int cmd_rules(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_scan(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_stats(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_version(int argc, char **argv);

#endif
