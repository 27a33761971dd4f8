#include "base/base.h"
#include "cli/reproduce.h"
#include "cli/show.h"
#include "crawler/crawler.h"

static const char candidates_sql[] =
    "SELECT g.id, r.url, g.path, g.line, g.fingerprint "
    "FROM finding g JOIN current_snapshot s ON s.id = g.snapshot_id "
    "JOIN repository r ON r.id = s.repository_id "
    "WHERE starts_with(g.fingerprint, lower($1)) OR g.id::text = lower($1) "
    "ORDER BY g.fingerprint, r.url, g.id";

/* The row to show must be one; several are listed. */
static bool choose(const cli_args *args, const db_result *f, int *status)
{
    uint32_t count = db_result_rows(f);
    if (count == 1) return true;
    if (count == 0) {
        *status = cli_usage(args,
                            "no finding has an id that begins with %s; `lode findings` lists "
                            "them",
                            args->positions[0]);
        return false;
    }
    log_line(LOG_ERROR, "%u findings have an id that begins with %s:", count, args->positions[0]);
    for (uint32_t i = 0; i < MIN(count, 10U); i++)
        log_line(LOG_INFO, "  %s  %s %s:%s", db_result_text(f, i, 0), db_result_text(f, i, 1),
                 db_result_text(f, i, 2), db_result_text(f, i, 3));
    *status = EXIT_USAGE;
    return false;
}

/* What came of running it, where that was done. */
static bool show_verdict(const cli_args *args, db *conn, const char *finding_id,
                         const char *fingerprint, error *err)
{
    verdict_wish w = {.fingerprint = fingerprint,
                      .svg = cli_value(args, "--svg"),
                      .curve = cli_value(args, "--curve"),
                      .mermaid = cli_value(args, "--mermaid") != NULL};
    stored_verdict v = {0};
    bool found = false;
    bool done = stored_verdict_read(conn, finding_id, &v, &found, err);
    if (done && found) done = stored_verdict_show(&v, &w, err);
    else if (done && (w.svg || w.curve || w.mermaid))
        log_line(LOG_WARNING, "it was not run yet: `lode reproduce %.12s` does", fingerprint);
    else if (done) printf("\nnot run yet: `lode reproduce %.12s` does\n", fingerprint);
    stored_verdict_release(&v);
    return done;
}

static int show(const cli_args *args, db *conn, int64_t context)
{
    const char *id[] = {args->positions[0]};
    db_result *f = NULL;
    error err = {0};
    int status = EXIT_DONE;
    if (!db_query(conn, candidates_sql, id, 1, &f, &err)) return cli_fail(&err);
    if (choose(args, f, &status)) {
        const char *finding_id = db_result_text(f, 0, 0);
        bool chart_only = cli_value(args, "--mermaid") != NULL;
        if ((!chart_only && !show_finding(args, conn, finding_id, context, &err)) ||
            !show_verdict(args, conn, finding_id, db_result_text(f, 0, 4), &err))
            status = cli_fail(&err);
        else if (!cli_flush()) status = EXIT_ENVIRONMENT;
    }
    db_result_free(f);
    return status;
}

int cmd_show(int argc, char **argv)
{
    cli_args args;
    db *conn = NULL;
    error err = {0};
    int64_t context;
    int status = 0;
    if (!cli_parse(argc, argv, 1, 1, &args, &status)) return status;
    if (!cli_number(&args, "--context", 0, 100, 2, &context)) return EXIT_USAGE;
    if (!crawler_init(&err)) return cli_fail(&err);
    if (cli_db_open(&args, true, &conn, &err)) status = show(&args, conn, context);
    else status = cli_fail(&err);
    db_close(conn);
    crawler_end();
    return status;
}
