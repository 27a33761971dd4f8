#include "base/base.h"
#include "cli/cli.h"
#include "cli/export.h"
#include "notebooks_export/export.h"

typedef struct {
    const char *name;
    export_run *run;
    const char *what;
} export_kind;
static const export_kind kinds[] = {
    {"dataset", export_run_dataset, "all tables as CSV and Parquet, with their dictionary"},
    {"notebooks", export_run_notebooks, "Jupyter and Livebook notebooks"},
};

int export_run_dataset(const cli_args *args, const char *path)
{
    error err = {0};
    db *conn = NULL;
    buf url = {0};
    export_dataset_told told = {0};
    bool done = cli_db_url(args, &url, &err) && cli_db_open(args, true, &conn, &err);
    db_close(conn);
    const char *library = cli_value(args, "--duckdb");
    const export_dataset_wish wish = {
        .url = url.data,
        .tool_version = LODE_VERSION,
        .title = cli_value(args, "--title"),
        .publisher = cli_value(args, "--publisher"),
        .license = cli_value(args, "--license"),
        .duckdb_library = library ? library : getenv("LODE_DUCKDB"),
        .no_parquet = cli_value(args, "--no-parquet") != NULL,
    };
    done = done && export_dataset(&wish, path, &told, &err);
    buf_release(&url);
    if (!done) return cli_fail(&err);
    log_line(LOG_INFO, "%s: %u tables, %" PRIu64 " rows, %u files, %.1f MB", path, told.table_count,
             told.row_count, told.file_count, (double)told.bytes / 1e6);
    if (!told.with_parquet && !wish.no_parquet)
        log_line(LOG_INFO, "CSV only. %s", told.parquet_why);
    return EXIT_DONE;
}

int export_run_notebooks(const cli_args *args, const char *path)
{
    error err = {0};
    (void)args;
    return export_notebooks(path, &err) ? EXIT_DONE : cli_fail(&err);
}

int cmd_export(int argc, char **argv)
{
    cli_args args;
    int status = 0;
    const char *known[ARRAY_LEN(kinds)];
    if (!cli_parse(argc, argv, 2, 2, &args, &status)) return status;
    const char *name = args.positions[0];
    for (uint32_t i = 0; i < ARRAY_LEN(kinds); i++) {
        known[i] = kinds[i].name;
        if (strcmp(kinds[i].name, name) == 0) return kinds[i].run(&args, args.positions[1]);
    }
    const char *nearest = cli_nearest(name, known, ARRAY_LEN(kinds));
    if (nearest) return cli_usage(&args, "lode export has no %s; did you mean %s?", name, nearest);
    for (uint32_t i = 0; i < ARRAY_LEN(kinds); i++)
        log_line(LOG_INFO, "  lode export %s  %s", kinds[i].name, kinds[i].what);
    return cli_usage(&args, "lode export has no %s", name);
}
