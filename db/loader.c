#include "base/base.h"
#include "db/private.h"

struct db_loader {
    buf rows[DB_TABLE_COUNT]; /* COPY BINARY without head and tail */
    uint64_t row_count[DB_TABLE_COUNT];
    db_visit visit;
    bool is_visit;
    error fault; /* the first row that did not fit its table */
};

const char *db_outcome_name(db_outcome outcome)
{
    static const char *const names[] = {"loaded", "replaced", "unchanged"};
    return names[outcome];
}

db_loader *db_loader_begin(void)
{
    return base_calloc(1, sizeof(db_loader));
}

void db_loader_visit(db_loader *loader, const db_visit *visit)
{
    loader->visit = *visit;
    loader->is_visit = true;
}

void db_loader_free(db_loader *loader)
{
    if (!loader) return;
    for (uint32_t t = 0; t < DB_TABLE_COUNT; t++) buf_release(&loader->rows[t]);
    free(loader);
}

uint64_t db_loader_bytes(const db_loader *loader)
{
    uint64_t bytes = 0;
    for (uint32_t t = 0; t < DB_TABLE_COUNT; t++) bytes += loader->rows[t].size;
    return bytes;
}

void db_row_(db_loader *loader, db_table table, const db_value *values, uint32_t count)
{
    error err = {0};
    if (copy_row(table, values, count, &loader->rows[table], &err)) loader->row_count[table]++;
    else if (loader->fault.kind == ERR_NONE) loader->fault = err;
}

static bool copy_send(db *conn, sv bytes, error *err)
{
    enum { PIECE_BYTES = 1 << 20 };
    for (size_t at = 0; at < bytes.size; at += PIECE_BYTES) {
        sv piece = sv_slice(bytes, at, at + PIECE_BYTES);
        if (PQputCopyData(conn->pg, piece.data, (int)piece.size) != 1)
            return db_fault(conn, NULL, "sending rows", err);
    }
    return true;
}

/* COPY into the temporary table of this connection. */
static bool stage(db *conn, const db_table_def *def, const buf *rows, error *err)
{
    buf text = {0}, ends = {0};
    buf_printf(&text, "COPY stage_%s FROM STDIN (FORMAT binary)", def->name);
    PGresult *result = db_run(conn, text.data, err);
    bool done = result != NULL;
    PQclear(result);
    if (done) {
        copy_head(&ends);
        done = copy_send(conn, buf_sv(&ends), err) && copy_send(conn, buf_sv(rows), err);
        buf_clear(&ends);
        copy_tail(&ends);
        done = done && copy_send(conn, buf_sv(&ends), err);
        if (done && PQputCopyEnd(conn->pg, NULL) != 1)
            done = db_fault(conn, NULL, "sending rows", err);
        while ((result = PQgetResult(conn->pg))) {
            if (done && PQresultStatus(result) != PGRES_COMMAND_OK) {
                done = db_fault(conn, result, def->name, err);
                continue;
            }
            PQclear(result);
        }
    }
    buf_release(&text);
    buf_release(&ends);
    return done;
}

/* Rows of a snapshot cannot be there twice, so a conflict there is a fault and is reported. What
 * several snapshots share is written by whoever comes first, in the order of keys: two loaders
 * that wrote the same rows in different orders would block each other. */
static void insert_sql(const db_table_def *def, db_table table, buf *sql)
{
    bool shared = def->owner != DB_SNAPSHOT;
    buf_printf(sql, "INSERT INTO %s SELECT * FROM stage_%s", def->name, def->name);
    if (!shared) return;
    buf_add_c(sql, " ORDER BY 1, 2 ON CONFLICT ");
    if (table != DB_TABLE_snapshot && table != DB_TABLE_rule) {
        buf_add_c(sql, "DO NOTHING");
        return;
    }
    bool is_rule = table == DB_TABLE_rule;
    buf_add_c(sql, is_rule ? "(name, version) DO UPDATE SET " : "(id) DO UPDATE SET ");
    for (uint32_t i = is_rule ? 2 : 1; i < def->column_count; i++)
        buf_printf(sql, "%s%s = excluded.%s", i > (is_rule ? 2U : 1U) ? ", " : "",
                   def->columns[i].name, def->columns[i].name);
    buf_printf(sql, " WHERE (%s.*) IS DISTINCT FROM (excluded.*)", def->name);
}

/* Within a transaction. Sets in *staged the tables whose temporary twin exists once the
 * transaction is committed. */
static bool write_rows(const db_loader *loader, db *conn, uint64_t *staged, error *err)
{
    buf sql = {0};
    bool done = true;
    for (uint32_t t = 0; t < DB_TABLE_COUNT && done; t++) {
        if (loader->row_count[t] == 0) continue;
        const db_table_def *def = db_table_get((db_table)t);
        if (!(*staged >> t & 1)) {
            buf_clear(&sql);
            buf_printf(&sql, "CREATE TEMP TABLE stage_%s (LIKE %s) ON COMMIT DELETE ROWS",
                       def->name, def->name);
            done = db_exec(conn, sql.data, err);
            *staged |= UINT64_C(1) << t;
        }
        done = done && stage(conn, def, &loader->rows[t], err);
        buf_clear(&sql);
        insert_sql(def, (db_table)t, &sql);
        done = done && db_exec(conn, sql.data, err);
        if (!done) error_prefix(err, "loading %s", def->name);
    }
    buf_release(&sql);
    return done;
}

static bool end(db *conn, bool done, uint64_t staged, error *err)
{
    if (done) done = db_exec(conn, "COMMIT", err);
    else if (PQstatus(conn->pg) == CONNECTION_OK) db_exec(conn, "ROLLBACK", NULL);
    if (done) conn->staged = staged;
    return done;
}

/* Deletes what came of running these findings; NULL: nothing. Within a transaction. */
static bool forget_reproductions(db *conn, const char *finding_ids, error *err)
{
    static const char *const tables[] = {"reproduction_point", "reproduction_line", "reproduction"};
    const char *params[] = {finding_ids};
    buf sql = {0};
    bool done = true;
    for (size_t i = 0; i < ARRAY_LEN(tables) && finding_ids && done; i++) {
        db_result *result = NULL;
        buf_clear(&sql);
        buf_printf(&sql, "DELETE FROM %s WHERE finding_id = ANY ($1::uuid[])", tables[i]);
        done = db_query(conn, sql.data, params, 1, &result, err);
        db_result_free(result);
    }
    buf_release(&sql);
    return done;
}

bool db_loader_commit_reproductions(db_loader *loader, db *conn, const char *finding_ids,
                                    error *err)
{
    if (loader->fault.kind != ERR_NONE) {
        *err = loader->fault;
        return false;
    }
    uint64_t staged = conn->staged;
    if (!db_exec(conn, "BEGIN", err)) return false;
    bool done =
        forget_reproductions(conn, finding_ids, err) && write_rows(loader, conn, &staged, err);
    return end(conn, done, staged, err);
}

bool db_loader_commit_shared(db_loader *loader, db *conn, error *err)
{
    return db_loader_commit_reproductions(loader, conn, NULL, err);
}

bool db_snapshot_is_current(db *conn, db_key snapshot, const char *analysis_version, bool *current,
                            error *err)
{
    char key[37];
    db_key_text(snapshot, key);
    const char *params[] = {key, analysis_version};
    db_result *have = NULL;
    if (!db_query(conn, "SELECT 1 FROM snapshot WHERE id = $1 AND analysis_version = $2", params, 2,
                  &have, err))
        return false;
    *current = db_result_rows(have) > 0;
    db_result_free(have);
    return true;
}

bool loader_delete_rows(db *conn, const char *snapshot, error *err)
{
    const char *params[] = {snapshot};
    buf sql = {0};
    bool done = true;
    for (uint32_t t = DB_TABLE_COUNT; t > 0 && done; t--) {
        const db_table_def *def = db_table_get((db_table)(t - 1));
        if (def->owner != DB_SNAPSHOT) continue;
        buf_clear(&sql);
        buf_printf(&sql, "DELETE FROM %s WHERE snapshot_id = $1", def->name);
        db_result *result = NULL;
        done = db_query(conn, sql.data, params, 1, &result, err);
        db_result_free(result);
    }
    buf_release(&sql);
    return done;
}

/* Decides under a lock on the snapshot, so that two processes that load it do not both write. */
static bool decide(db *conn, const char *snapshot, const char *analysis_version,
                   db_outcome *outcome, error *err)
{
    const char *params[] = {snapshot};
    db_result *result = NULL;
    if (!db_query(conn, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", params, 1, &result,
                  err))
        return false;
    db_result_free(result);
    result = NULL;
    if (!db_query(conn, "SELECT analysis_version FROM snapshot WHERE id = $1", params, 1, &result,
                  err))
        return false;
    if (db_result_rows(result) == 0) *outcome = DB_LOADED;
    else if (strcmp(db_result_text(result, 0, 0), analysis_version) == 0) *outcome = DB_UNCHANGED;
    else *outcome = DB_REPLACED;
    db_result_free(result);
    return true;
}

static bool note_run(db *conn, const db_key *run, const char *snapshot, db_outcome outcome,
                     double seconds, error *err)
{
    char key[37], number[32];
    db_key_text(*run, key);
    snprintf(number, sizeof number, "%.3f", seconds);
    const char *params[] = {key, snapshot, db_outcome_name(outcome), number};
    db_result *result = NULL;
    bool done = db_query(conn,
                         "INSERT INTO run_snapshot (run_id, snapshot_id, outcome, seconds) VALUES "
                         "($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                         params, 4, &result, err);
    db_result_free(result);
    return done;
}

bool db_loader_commit(db_loader *loader, db *conn, db_key snapshot, const char *analysis_version,
                      const db_key *run, double seconds, db_outcome *outcome, error *err)
{
    if (loader->fault.kind != ERR_NONE) {
        *err = loader->fault;
        return false;
    }
    char key[37];
    db_key_text(snapshot, key);
    uint64_t staged = conn->staged;
    if (!db_exec(conn, "BEGIN", err)) return false;
    bool done = decide(conn, key, analysis_version, outcome, err);
    if (done && *outcome == DB_REPLACED) done = loader_delete_rows(conn, key, err);
    if (done && *outcome != DB_UNCHANGED) done = write_rows(loader, conn, &staged, err);
    if (done && loader->is_visit)
        done = life_visit(conn, &loader->visit, key, analysis_version, *outcome, err);
    if (done && run) done = note_run(conn, run, key, *outcome, seconds, err);
    return end(conn, done, staged, err);
}
