#include "base/base.h"
#include "cli/cli.h"

/* A date, with or without a time, or "7 days". PostgreSQL reads it; its complaints are for those
 * who write SQL. */
static bool since_is_sound(const char *text)
{
    static const char *const units[] = {"minute", "hour", "day", "week", "month", "year"};
    int year, month, day, end = 0;
    char unit[12];
    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) == 3)
        return month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
               strspn(text + end, "0123456789:.TZ+- ") == strlen(text + end);
    if (sscanf(text, "%5d %11[a-z]%n", &day, unit, &end) != 2 || text[end]) return false;
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        size_t length = strlen(units[i]);
        if (strncmp(unit, units[i], length) == 0 &&
            (!unit[length] || strcmp(unit + length, "s") == 0))
            return true;
    }
    return false;
}

int cmd_status(int argc, char **argv)
{
    cli_args args;
    cli_format format;
    db_named_query runs, failures, changes;
    db *conn = NULL;
    error err = {0};
    int status = 0;
    if (!cli_parse(argc, argv, 0, 0, &args, &status)) return status;
    if (!cli_format_parse(cli_value(&args, "--format"), &format))
        return cli_usage(&args, "--format is table, csv or json");
    if (!db_named_query_find(SV("runs"), &runs) ||
        !db_named_query_find(SV("failures"), &failures) ||
        !db_named_query_find(SV("changes-since"), &changes))
        return EXIT_BUG;
    const char *since = cli_value(&args, "--since");
    if (since && !since_is_sound(since))
        return cli_usage(&args, "--since is a time such as 2026-01-31, 2026-01-31T22:00:00Z or "
                                "`7 days`");
    if (!cli_db_open(&args, true, &conn, &err)) return cli_fail(&err);
    if (since) {
        const char *params[] = {since, NULL};
        status = cli_run_named(conn, &changes, params, format);
        db_close(conn);
        return status;
    }
    status = cli_run_named(conn, &runs, NULL, format);
    /* Two tables in one CSV or JSON could not be read: `lode stats failures` gives the other. */
    if (status == EXIT_DONE && format == FORMAT_TABLE) {
        printf("\nfailures of the latest run\n");
        status = cli_run_named(conn, &failures, NULL, format);
    }
    db_close(conn);
    return status;
}
