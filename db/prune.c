/* What leaves the database: repositories that nobody lists or that opted out, and rows of old
 * snapshots. */
#include "base/base.h"
#include "db/private.h"

static bool run_sql(db *conn, const char *sql, const char *const *params, int count, uint32_t *rows,
                    error *err)
{
    db_result *result = NULL;
    bool done = db_query(conn, sql, params, count, &result, err);
    if (done && rows) *rows = db_result_rows(result);
    db_result_free(result);
    return done;
}

static bool has_column(const db_table_def *def, const char *name)
{
    for (uint32_t i = 0; i < def->column_count; i++)
        if (strcmp(def->columns[i].name, name) == 0) return true;
    return false;
}

static bool end(db *conn, bool done, error *err)
{
    if (done) return db_exec(conn, "COMMIT", err);
    if (PQstatus(conn->pg) == CONNECTION_OK) db_exec(conn, "ROLLBACK", NULL);
    return false;
}

bool db_url_is_under(sv url, sv above)
{
    url = db_url_plain(url);
    above = db_url_plain(above);
    if (url.size < above.size || strncasecmp(url.data, above.data, above.size) != 0) return false;
    return url.size == above.size || url.data[above.size] == '/';
}

/* Repositories at $1 or below it. */
#define UNDER                                                                                      \
    "SELECT id FROM repository WHERE lower(url) = lower($1) OR left(lower(url), length($1) + 1) "  \
    "= lower($1) || '/'"

bool db_repositories_forget(db *conn, const char *url, uint32_t *count, error *err)
{
    const char *params[] = {url};
    buf sql = {0};
    *count = 0;
    if (!db_exec(conn, "BEGIN", err)) return false;
    bool done = true;
    for (uint32_t t = DB_TABLE_COUNT; t > 0 && done; t--) {
        const db_table_def *def = db_table_get((db_table)(t - 1));
        buf_clear(&sql);
        buf_printf(&sql, "DELETE FROM %s WHERE ", def->name);
        if (t - 1 == DB_TABLE_repository) buf_add_c(&sql, "id IN (" UNDER ") RETURNING id");
        else if (has_column(def, "repository_id")) buf_add_c(&sql, "repository_id IN (" UNDER ")");
        else if (has_column(def, "branch_id"))
            buf_add_c(&sql,
                      "branch_id IN (SELECT id FROM branch WHERE repository_id IN (" UNDER "))");
        else if (has_column(def, "snapshot_id"))
            buf_add_c(&sql, "snapshot_id IN (SELECT id FROM snapshot WHERE repository_id IN (" UNDER
                            "))");
        else continue;
        done = run_sql(conn, sql.data, params, 1, count, err);
    }
    buf_release(&sql);
    return end(conn, done, err);
}

bool db_snapshots_prune(db *conn, uint32_t keep, bool really, uint32_t *count, error *err)
{
    char number[16];
    db_result *old = NULL;
    snprintf(number, sizeof number, "%u", keep);
    const char *params[] = {number};
    *count = 0;
    if (!db_exec(conn, "BEGIN", err)) return false;
    bool done = db_query(
        conn,
        "SELECT id FROM (SELECT s.id, row_number() OVER (PARTITION BY s.repository_id ORDER BY "
        "s.committed_at DESC NULLS LAST, s.id) AS place FROM snapshot s WHERE s.analysis_version "
        "<> '' AND NOT EXISTS (SELECT 1 FROM branch b WHERE b.snapshot_id = s.id) AND NOT EXISTS "
        "(SELECT 1 FROM current_snapshot c WHERE c.id = s.id)) AS o WHERE place > $1::integer "
        "ORDER "
        "BY id",
        params, 1, &old, err);
    for (uint32_t i = 0; done && really && i < db_result_rows(old); i++) {
        const char *snapshot[] = {db_result_text(old, i, 0)};
        done = loader_delete_rows(conn, snapshot[0], err) &&
               run_sql(conn, "UPDATE snapshot SET analysis_version = '' WHERE id = $1", snapshot, 1,
                       NULL, err);
    }
    if (done) *count = db_result_rows(old);
    db_result_free(old);
    return end(conn, done, err);
}

bool db_contents_prune(db *conn, error *err)
{
    return db_exec(conn,
                   "DELETE FROM blob b WHERE NOT EXISTS (SELECT 1 FROM file f WHERE f.blob_id = "
                   "b.id); DELETE FROM licence l WHERE NOT EXISTS (SELECT 1 FROM licence_file f "
                   "WHERE f.licence_id = l.id)",
                   err);
}

bool db_opt_out(db *conn, const char *url, const char *reason, error *err)
{
    char id[37];
    db_key_text(db_key_make(DB_TABLE_opt_out, v_text_c(url)), id);
    const char *params[] = {id, url, reason};
    return run_sql(conn,
                   "INSERT INTO opt_out (id, url, reason, since) VALUES ($1, $2, $3, now()) ON "
                   "CONFLICT (id) DO UPDATE SET reason = coalesce(excluded.reason, opt_out.reason)",
                   params, 3, NULL, err);
}

bool db_opt_in(db *conn, const char *url, bool *found, error *err)
{
    const char *params[] = {url};
    uint32_t rows = 0;
    bool done =
        run_sql(conn, "DELETE FROM opt_out WHERE url = $1 RETURNING id", params, 1, &rows, err);
    *found = rows > 0;
    return done;
}

bool db_opt_outs(db *conn, db_result **out, error *err)
{
    return db_query(conn, "SELECT url FROM opt_out ORDER BY url", NULL, 0, out, err);
}

bool db_opted_out(const db_result *opt_outs, sv url)
{
    for (uint32_t i = 0; i < db_result_rows(opt_outs); i++)
        if (db_url_is_under(url, sv_from(db_result_text(opt_outs, i, 0)))) return true;
    return false;
}
