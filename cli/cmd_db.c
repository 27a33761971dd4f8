#include "base/base.h"
#include <unistd.h>
#include "cli/cli.h"

static int start(const cli_args *args)
{
    error err = {0};
    db *conn = NULL;
    buf url = {0};
    bool done = cli_db_url(args, &url, &err) && cli_db_open(args, true, &conn, &err);
    if (done) printf("%s\n", url.data);
    db_close(conn);
    buf_release(&url);
    if (!done) return cli_fail(&err);
    return cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
}

static int stop(const cli_args *args)
{
    error err = {0};
    buf state = {0};
    bool done = db_state_dir(args->state, &state, &err) && db_cluster_stop(state.data, &err);
    buf_release(&state);
    return done ? EXIT_DONE : cli_fail(&err);
}

static int print_url(const cli_args *args)
{
    error err = {0};
    buf url = {0};
    bool done = cli_db_url(args, &url, &err);
    if (done) printf("%s\n", url.data);
    buf_release(&url);
    if (!done) return cli_fail(&err);
    return cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
}

/* The address for readers; makes their role and refreshes what they see. */
static int print_reader(const cli_args *args)
{
    error err = {0};
    buf url = {0}, reader = {0};
    db *conn = NULL, *trial = NULL;
    bool done = cli_db_url(args, &url, &err) && cli_db_open(args, true, &conn, &err) &&
                db_stats_refresh(conn, NULL, &err) && db_reader_make(conn, &err) &&
                db_reader_url(url.data, &reader, &err);
    if (done) printf("%s\n", reader.data);
    if (done && !db_open(reader.data, &trial, &err))
        log_line(LOG_WARNING,
                 "the server asks for more than the name: give the role a password with `ALTER "
                 "ROLE lode_reader PASSWORD '..'` (%s)",
                 err.text);
    db_close(trial);
    db_close(conn);
    buf_release(&url);
    buf_release(&reader);
    if (!done) return cli_fail(&err);
    return cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
}

static int migrate(const cli_args *args)
{
    error err = {0};
    buf url = {0};
    db *conn = NULL;
    uint32_t applied = 0;
    bool done = cli_db_url(args, &url, &err) && db_open(url.data, &conn, &err) &&
                db_migrate(conn, &applied, &err);
    if (done) log_line(LOG_INFO, "%u migrations applied", applied);
    db_close(conn);
    buf_release(&url);
    return done ? EXIT_DONE : cli_fail(&err);
}

/* Becomes psql; what follows `psql` is for psql. */
static int psql(const cli_args *args, int argc, char **argv)
{
    error err = {0};
    buf url = {0};
    if (!cli_db_url(args, &url, &err)) return cli_fail(&err);
    char **list = base_calloc((size_t)argc + 3, sizeof *list);
    int count = 0;
    list[count++] = base_strdup("psql");
    list[count++] = url.data;
    for (int i = 0; i < argc; i++) list[count++] = argv[i];
    execvp("psql", list);
    log_line(LOG_ERROR, "psql cannot be run (%s): apt-get install postgresql-client",
             strerror(errno));
    free(list[0]);
    free(list);
    buf_release(&url);
    return EXIT_ENVIRONMENT;
}

/* Where the arguments of psql begin: after `psql` and what of --state and --db follows it. */
static int own_arguments(int argc, char **argv)
{
    int own = 1;
    while (own < argc && strcmp(argv[own], "psql") != 0) own++;
    own = MIN(own + 1, argc);
    while (own < argc) {
        sv option = sv_from(argv[own]);
        if (sv_starts(option, SV("--state=")) || sv_starts(option, SV("--db="))) own += 1;
        else if (sv_eq(option, SV("--state")) || sv_eq(option, SV("--db"))) own += 2;
        else break;
    }
    return MIN(own, argc);
}

int cmd_db(int argc, char **argv)
{
    static const char *const verbs[] = {"start", "stop", "url", "reader", "migrate", "psql"};
    cli_args args;
    int status = 0, own = own_arguments(argc, argv);
    if (!cli_parse(own, argv, 1, 1, &args, &status)) return status;
    const char *verb = args.positions[0];
    if (strcmp(verb, "start") == 0) return start(&args);
    if (strcmp(verb, "stop") == 0) return stop(&args);
    if (strcmp(verb, "url") == 0) return print_url(&args);
    if (strcmp(verb, "reader") == 0) return print_reader(&args);
    if (strcmp(verb, "migrate") == 0) return migrate(&args);
    if (strcmp(verb, "psql") == 0) return psql(&args, argc - own, argv + own);
    const char *nearest = cli_nearest(verb, verbs, ARRAY_LEN(verbs));
    if (nearest) return cli_usage(&args, "lode db has no %s; did you mean %s?", verb, nearest);
    return cli_usage(&args, "lode db is start, stop, url, reader, migrate or psql, not %s", verb);
}
