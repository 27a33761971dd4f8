#include "base/base.h"
#include "cli/cli.h"

bool cli_db_url(const cli_args *args, buf *url, error *err)
{
    const char *named = args->db ? args->db : getenv("LODE_DB");
    if (named && *named) {
        buf_add_c(url, named);
        return true;
    }
    buf state = {0};
    bool done = db_state_dir(args->state, &state, err) && db_cluster_start(state.data, url, err);
    buf_release(&state);
    return done;
}

bool cli_db_open(const cli_args *args, bool migrate, db **out, error *err)
{
    buf url = {0};
    db *conn = NULL;
    bool done = cli_db_url(args, &url, err) && db_open(url.data, &conn, err);
    if (done) done = migrate ? db_migrate(conn, NULL, err) : db_schema_check(conn, err);
    if (done) *out = conn;
    else db_close(conn);
    buf_release(&url);
    return done;
}

bool cli_mirror_dir(const cli_args *args, buf *out, error *err)
{
    const char *named = cli_value(args, "--mirror");
    if (!named) named = getenv("LODE_MIRROR");
    if (named && *named) {
        buf_add_c(out, named);
        return true;
    }
    if (!db_state_dir(args->state, out, err)) return false;
    buf_add_c(out, "/mirror");
    return true;
}

int cli_run_named(db *conn, const db_named_query *query, const char *const *params,
                  cli_format format)
{
    error err = {0};
    db_result *r = NULL;
    buf sql = {0};
    buf_add(&sql, query->sql);
    bool done = db_query(conn, sql.data, params, (int)query->param_count, &r, &err);
    if (done) cli_print_result(r, format, 0);
    db_result_free(r);
    buf_release(&sql);
    if (!done) return cli_fail(&err);
    return cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
}
