#include "base/base.h"
#include "cli/cli.h"

static int list_queries(cli_format format)
{
    buf out = {0};
    json_out j = {.out = &out};
    uint32_t count = db_named_query_count();
    if (format == FORMAT_JSON) json_array(&j);
    for (uint32_t i = 0; i < count; i++) {
        db_named_query q;
        error err = {0};
        if (!db_named_query_get(i, &q, &err)) return cli_fail(&err);
        if (format != FORMAT_JSON) {
            buf_printf(&out, "%s%-24.*s%s %.*s\n", cli_paint(COLOR_BOLD), SV_FMT(q.name),
                       cli_paint(COLOR_NONE), SV_FMT(q.question));
            continue;
        }
        json_object(&j);
        json_key(&j, "name");
        json_sv(&j, q.name);
        json_key(&j, "question");
        json_sv(&j, q.question);
        json_object_end(&j);
    }
    if (format == FORMAT_JSON) {
        json_array_end(&j);
        buf_add_char(&out, '\n');
    }
    fwrite(out.data, 1, out.size, stdout);
    buf_release(&out);
    return cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
}

static int unknown_query(const cli_args *args, const char *name)
{
    const char *known[128], *nearest;
    char names[128][48];
    uint32_t count = MIN(db_named_query_count(), (uint32_t)ARRAY_LEN(known));
    for (uint32_t i = 0; i < count; i++) {
        db_named_query q;
        known[i] = names[i];
        names[i][0] = '\0';
        if (db_named_query_get(i, &q, NULL))
            snprintf(names[i], sizeof names[i], "%.*s", SV_FMT(q.name));
    }
    nearest = cli_nearest(name, known, count);
    if (nearest) return cli_usage(args, "there is no question %s; did you mean %s?", name, nearest);
    return cli_usage(args, "there is no question %s; `lode stats` lists them", name);
}

/* "language=erlang,kind=library"; texts go into the arena. */
static bool parameters(const cli_args *args, const db_named_query *q, const char **values, arena *a)
{
    sv rest = sv_from(cli_value(args, "--set")), piece;
    while (sv_next(&rest, ',', &piece)) {
        size_t equals = sv_find(piece, SV("="), 0);
        sv name = sv_trim(sv_slice(piece, 0, equals));
        uint32_t i = 0;
        while (i < q->param_count && !sv_eq(q->params[i], name)) i++;
        if (equals == SIZE_MAX || i == q->param_count) {
            cli_usage(args, "%.*s has no parameter `%.*s`; `lode stats %.*s --sql` names them",
                      SV_FMT(q->name), SV_FMT(name), SV_FMT(q->name));
            return false;
        }
        sv value = sv_trim(sv_slice(piece, equals + 1, piece.size));
        values[i] = arena_strndup(a, value.data, value.size);
    }
    return true;
}

static int answer(const cli_args *args, const db_named_query *q, const char *sql,
                  const char *const *values, cli_format format)
{
    error err = {0};
    db *conn = NULL;
    db_result *r = NULL;
    bool done = cli_db_open(args, true, &conn, &err) && db_stats_refresh(conn, NULL, &err) &&
                db_query(conn, sql, values, (int)q->param_count, &r, &err);
    bool on_terminal = format == FORMAT_TABLE && cli_terminal_width() > 0;
    if (done && on_terminal) {
        printf("%s%.*s%s\nunit: %.*s\nof: %.*s\n\n", cli_paint(COLOR_BOLD), SV_FMT(q->question),
               cli_paint(COLOR_NONE), SV_FMT(q->unit), SV_FMT(q->denominator));
        cli_print_bars(r, cli_terminal_width());
    } else if (done) {
        cli_print_result(r, format, 0);
    }
    db_result_free(r);
    db_close(conn);
    if (!done) return cli_fail(&err);
    return cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
}

int cmd_stats(int argc, char **argv)
{
    cli_args args;
    cli_format format;
    db_named_query q;
    arena memory = {0};
    const char *values[DB_QUERY_PARAMS_MAX] = {NULL};
    int status = 0;
    if (!cli_parse(argc, argv, 0, 1, &args, &status)) return status;
    if (!cli_format_parse(cli_value(&args, "--format"), &format))
        return cli_usage(&args, "--format is table, csv or json");
    if (args.position_count == 0) return list_queries(format);
    if (!db_named_query_find(sv_from(args.positions[0]), &q))
        return unknown_query(&args, args.positions[0]);
    buf sql = {0};
    error err = {0};
    if (!db_named_query_sql(&q, cli_value(&args, "--by"), &sql, &err)) {
        status = cli_usage(&args, "%s", err.text);
    } else if (cli_value(&args, "--sql")) {
        fwrite(sql.data, 1, sql.size, stdout);
        status = cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
    } else if (cli_value(&args, "--set") && !parameters(&args, &q, values, &memory)) {
        status = EXIT_USAGE;
    } else {
        status = answer(&args, &q, sql.data, values, format);
    }
    buf_release(&sql);
    arena_release(&memory);
    return status;
}
