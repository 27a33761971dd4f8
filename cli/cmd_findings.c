#include "base/base.h"
#include "cli/cli.h"

static const char findings_sql[] =
    "SELECT left(g.fingerprint, 12) AS id, g.level, g.confidence, g.rule, r.name AS repository, "
    "g.path || ':' || g.line AS place, g.server, g.message "
    "FROM current_finding g JOIN repository r ON r.id = g.repository_id "
    "WHERE ($1::text IS NULL OR g.rule = $1) "
    "AND ($2::text IS NULL OR strpos(lower(r.url), lower($2)) > 0) "
    "AND ($3::text IS NULL OR g.level = $3) AND ($4::text IS NULL OR g.confidence = $4) "
    "AND ($5::text IS NULL OR strpos(lower(g.server), lower($5)) > 0) "
    "ORDER BY array_position(ARRAY['error', 'warning', 'note'], g.level), "
    "array_position(ARRAY['certain', 'likely', 'possible'], g.confidence), g.rule, r.name, g.path, "
    "g.line, g.fingerprint LIMIT $6::bigint";

static bool one_of(const cli_args *args, const char *option, const char *const *words)
{
    const char *value = cli_value(args, option);
    for (int i = 0; value && i < 3; i++)
        if (strcmp(value, words[i]) == 0) return true;
    if (value)
        cli_usage(args, "%s is %s, %s or %s, not %s", option, words[0], words[1], words[2], value);
    return !value;
}

int cmd_findings(int argc, char **argv)
{
    static const char *const levels[] = {"error", "warning", "note"};
    static const char *const confidences[] = {"certain", "likely", "possible"};
    cli_args args;
    cli_format format;
    int64_t limit;
    int status = 0;
    if (!cli_parse(argc, argv, 0, 0, &args, &status)) return status;
    if (!cli_format_parse(cli_value(&args, "--format"), &format))
        return cli_usage(&args, "--format is table, csv or json");
    if (!cli_number(&args, "--limit", 1, INT32_MAX, 100, &limit) ||
        !one_of(&args, "--level", levels) || !one_of(&args, "--confidence", confidences))
        return EXIT_USAGE;
    char limit_text[24];
    snprintf(limit_text, sizeof limit_text, "%" PRId64, limit);
    const char *params[] = {cli_value(&args, "--rule"),   cli_value(&args, "--repo"),
                            cli_value(&args, "--level"),  cli_value(&args, "--confidence"),
                            cli_value(&args, "--server"), limit_text};
    db *conn = NULL;
    db_result *r = NULL;
    error err = {0};
    bool done =
        cli_db_open(&args, true, &conn, &err) && db_query(conn, findings_sql, params, 6, &r, &err);
    if (done) {
        cli_print_result(r, format, cli_terminal_width());
        if (db_result_rows(r) == (uint64_t)limit)
            log_line(LOG_INFO, "the first %" PRId64 "; --limit shows more", limit);
        status = cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
    } else {
        status = cli_fail(&err);
    }
    db_result_free(r);
    db_close(conn);
    return status;
}
