#include "base/base.h"
#include <unistd.h>
#include "cli/cli.h"

enum { SQL_BYTES_MAX = 1 << 20 };

static bool read_stdin(buf *out, error *err)
{
    char piece[4096];
    size_t size;
    while ((size = fread(piece, 1, sizeof piece, stdin)) > 0) {
        buf_add(out, (sv){piece, size});
        if (out->size > SQL_BYTES_MAX)
            return error_set(err, ERR_INPUT, "stdin: more than %d bytes", SQL_BYTES_MAX);
    }
    return true;
}

/* A file, - for stdin, or the statement itself. */
static bool statement(const char *argument, buf *out, error *err)
{
    if (strcmp(argument, "-") == 0) return read_stdin(out, err);
    if (path_exists(argument)) return file_read(argument, SQL_BYTES_MAX, out, err);
    if (!strpbrk(argument, " \t\n;"))
        return error_set(err, ERR_INPUT,
                         "%s is neither a file nor a statement; the named questions are for `lode "
                         "stats`",
                         argument);
    buf_add_c(out, argument);
    return true;
}

int cmd_query(int argc, char **argv)
{
    cli_args args;
    cli_format format;
    int status = 0;
    if (!cli_parse(argc, argv, 1, 1, &args, &status)) return status;
    if (!cli_format_parse(cli_value(&args, "--format"), &format))
        return cli_usage(&args, "--format is table, csv or json");
    error err = {0};
    buf sql = {0}, url = {0};
    db *owner = NULL, *conn = NULL;
    db_result *r = NULL;
    db_named_query head;
    const char *nothing[DB_QUERY_PARAMS_MAX] = {NULL};
    bool done = statement(args.positions[0], &sql, &err) && cli_db_url(&args, &url, &err) &&
                cli_db_open(&args, true, &owner, &err) && db_stats_refresh(owner, NULL, &err) &&
                db_reader_open(url.data, &conn, &err);
    /* A file in the form of the named queries: its parameters are left out. */
    bool named = done && db_named_query_parse(SV("query"), buf_sv(&sql), &head, NULL);
    done = done && db_query(conn, sql.data ? sql.data : "", nothing,
                            named ? (int)head.param_count : 0, &r, &err);
    if (done) {
        cli_print_result(r, format, cli_terminal_width());
        status = cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
    } else {
        status = cli_fail(&err);
    }
    db_result_free(r);
    db_close(conn);
    db_close(owner);
    buf_release(&sql);
    buf_release(&url);
    return status;
}
