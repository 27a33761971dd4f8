#include "base/base.h"
#include "cli/cli.h"

/* The one snapshot that text names: the beginning of a commit id or of a key, with or without
 * REPOSITORY@ before it; a repository alone is its latest. */
static bool find_snapshot(db *conn, const char *text, char key[37], char analysis[160], error *err)
{
    const char *at = strrchr(text, '@');
    buf repository = {0};
    if (at) buf_add(&repository, (sv){text, (size_t)(at - text)});
    const char *commit = at ? at + 1 : text;
    const char *params[] = {commit, repository.data};
    db_result *r = NULL;
    bool done = db_query(conn,
                         "SELECT s.id, s.analysis_version, r.name FROM snapshot s JOIN repository "
                         "r ON r.id = s.repository_id WHERE (left(encode(s.commit_oid, 'hex'), "
                         "length($1)) = lower($1) OR left(s.id::text, length($1)) = lower($1)) AND "
                         "($2::text IS NULL OR r.name = $2 OR r.url = $2) ORDER BY s.id LIMIT 3",
                         params, 2, &r, err);
    buf_release(&repository);
    if (done && (db_result_rows(r) == 0 || *commit == '\0'))
        done = error_set(err, ERR_INPUT,
                         "there is no snapshot `%s`; `lode stats repositories` "
                         "lists the current ones",
                         text);
    else if (done && db_result_rows(r) > 1)
        done = error_set(err, ERR_INPUT,
                         "`%s` are several snapshots, of %s and %s: give more of the commit id, or "
                         "REPOSITORY@COMMIT",
                         text, db_result_text(r, 0, 2), db_result_text(r, 1, 2));
    if (done) {
        snprintf(key, 37, "%s", db_result_text(r, 0, 0));
        snprintf(analysis, 160, "%s", db_result_text(r, 0, 1));
    }
    db_result_free(r);
    if (done && *analysis == '\0')
        done = error_set(err, ERR_INPUT, "the rows of `%s` were pruned: crawl it again", text);
    return done;
}

int cmd_diff(int argc, char **argv)
{
    cli_args args;
    cli_format format;
    db_named_query query;
    db *conn = NULL;
    char from[37], to[37], from_analysis[160], to_analysis[160];
    error err = {0};
    int status = 0;
    if (!cli_parse(argc, argv, 2, 2, &args, &status)) return status;
    if (!cli_format_parse(cli_value(&args, "--format"), &format))
        return cli_usage(&args, "--format is table, csv or json");
    if (!db_named_query_find(SV("snapshot-diff"), &query)) return EXIT_BUG;
    bool done = cli_db_open(&args, true, &conn, &err) &&
                find_snapshot(conn, args.positions[0], from, from_analysis, &err) &&
                find_snapshot(conn, args.positions[1], to, to_analysis, &err);
    if (done) {
        const char *params[] = {from, to, cli_value(&args, "--all") ? "yes" : NULL};
        if (strcmp(from_analysis, to_analysis) != 0)
            log_line(LOG_WARNING,
                     "the two were analysed by different versions (%s and %s): a difference may be "
                     "one of the rules",
                     from_analysis, to_analysis);
        status = cli_run_named(conn, &query, params, format);
    }
    db_close(conn);
    return done ? status : cli_fail(&err);
}
