#include "base/base.h"
#include "cli/cli.h"

int cmd_status(int argc, char **argv)
{
    cli_args args;
    cli_format format;
    db_named_query runs, failures;
    db *conn = NULL;
    error err = {0};
    int status = 0;
    if (!cli_parse(argc, argv, 0, 0, &args, &status)) return status;
    if (!cli_format_parse(cli_value(&args, "--format"), &format))
        return cli_usage(&args, "--format is table, csv or json");
    if (!db_named_query_find(SV("runs"), &runs) || !db_named_query_find(SV("failures"), &failures))
        return EXIT_BUG;
    if (!cli_db_open(&args, true, &conn, &err)) return cli_fail(&err);
    status = cli_run_named(conn, &runs, NULL, format);
    /* Two tables in one CSV or JSON could not be read: `lode stats failures` gives the other. */
    if (status == EXIT_DONE && format == FORMAT_TABLE) {
        printf("\nfailures of the latest run\n");
        status = cli_run_named(conn, &failures, NULL, format);
    }
    db_close(conn);
    return status;
}
