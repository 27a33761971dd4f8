#include "base/base.h"
#include "db/private.h"

/* Any constant number: it names "migrating Lode's tables" among the advisory locks. */
#define LOCK_SQL "SELECT pg_advisory_xact_lock(5570194823317)"

static void checksum(sv sql, char out[65])
{
    sha256 h;
    unsigned char digest[32];
    sha256_init(&h);
    sha256_add(&h, sql.data, sql.size);
    sha256_end(&h, digest);
    hex_encode(digest, sizeof digest, out);
}

/* The migrations of the program in order; returns how many. *out is to be freed. */
static uint32_t embedded(db_migration **out, arena *a)
{
    size_t count = 0;
    const embed_file *files = db_embed(&count);
    uint32_t found = 0;
    sv prefix = SV("migrations/"), suffix = SV(".sql");
    db_migration *list = base_calloc(count + 1, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        sv path = sv_from(files[i].path);
        if (!sv_starts(path, prefix) || !sv_ends(path, suffix)) continue;
        sv name = sv_slice(path, prefix.size, path.size - suffix.size);
        list[found].name = arena_strndup(a, name.data, name.size);
        list[found++].sql = embed_text(&files[i]);
    }
    *out = list;
    return found;
}

/* What the database has: name and checksum per row, in order. */
static bool applied_get(db *conn, db_result **out, error *err)
{
    return db_query(conn, "SELECT name, checksum FROM lode_migration ORDER BY name", NULL, 0, out,
                    err);
}

static bool compare(const db_result *have, const db_migration *list, uint32_t count, error *err)
{
    for (uint32_t i = 0; i < db_result_rows(have); i++) {
        const char *name = db_result_text(have, i, 0);
        if (i >= count)
            return error_set(err, ERR_DB,
                             "the database has the migration %s, which this program does not know: "
                             "it was made by a newer version of lode",
                             name);
        char sum[65];
        checksum(list[i].sql, sum);
        if (strcmp(name, list[i].name) != 0 || strcmp(db_result_text(have, i, 1), sum) != 0)
            return error_set(err, ERR_DB,
                             "migration %s was changed after it was applied: restore the file and "
                             "add a new migration instead",
                             name);
    }
    return true;
}

static void quote(buf *out, const char *text)
{
    buf_add_char(out, '\'');
    for (const char *p = text; *p; p++) {
        if (*p == '\'') buf_add_char(out, '\'');
        buf_add_char(out, *p);
    }
    buf_add_char(out, '\'');
}

/* Comments of tables.def for those tables and columns that exist: a test's list may make fewer. */
static bool comment_all(db *conn, error *err)
{
    db_result *have = NULL;
    if (!db_query(conn,
                  "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = "
                  "c.oid WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' "
                  "AND a.attnum > 0 AND NOT a.attisdropped",
                  NULL, 0, &have, err))
        return false;
    map64 known = {0};
    buf name = {0}, sql = {0};
    for (uint32_t i = 0; i < db_result_rows(have); i++) {
        buf_clear(&name);
        buf_printf(&name, "%s.%s", db_result_text(have, i, 0), db_result_text(have, i, 1));
        map64_set(&known, hash64(buf_sv(&name)), 1);
    }
    db_result_free(have);
    for (uint32_t t = 0; t < DB_TABLE_COUNT; t++) {
        const db_table_def *def = db_table_get((db_table)t);
        for (uint32_t i = 0; i < def->column_count; i++) {
            const db_column_def *column = &def->columns[i];
            buf_clear(&name);
            buf_printf(&name, "%s.%s", def->name, column->name);
            if (!map64_get(&known, hash64(buf_sv(&name)), 0)) continue;
            if (i == 0) {
                buf_printf(&sql, "COMMENT ON TABLE \"%s\" IS ", def->name);
                quote(&sql, def->comment);
                buf_add_c(&sql, ";\n");
            }
            buf_printf(&sql, "COMMENT ON COLUMN \"%s\".\"%s\" IS ", def->name, column->name);
            quote(&sql, column->comment);
            buf_add_c(&sql, ";\n");
        }
    }
    bool done = sql.size == 0 || db_exec(conn, sql.data, err);
    map64_release(&known);
    buf_release(&name);
    buf_release(&sql);
    return done;
}

static bool apply(db *conn, const db_migration *migration, error *err)
{
    buf sql = {0};
    buf_add(&sql, migration->sql);
    bool done = db_exec(conn, sql.data ? sql.data : "", err);
    buf_release(&sql);
    if (!done) return error_prefix(err, "migration %s", migration->name);
    char sum[65];
    checksum(migration->sql, sum);
    const char *params[] = {migration->name, sum};
    db_result *result = NULL;
    done = db_query(conn, "INSERT INTO lode_migration (name, checksum) VALUES ($1, $2)", params, 2,
                    &result, err);
    db_result_free(result);
    return done;
}

static bool migrate_inside(db *conn, const db_migration *list, uint32_t count, uint32_t *applied,
                           error *err)
{
    db_result *have = NULL;
    if (!db_exec(conn, LOCK_SQL, err) ||
        !db_exec(conn,
                 "CREATE TABLE IF NOT EXISTS lode_migration (name text PRIMARY KEY, checksum text "
                 "NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());"
                 "COMMENT ON TABLE lode_migration IS 'Migrations that were applied';"
                 "COMMENT ON COLUMN lode_migration.name IS 'File name without extension';"
                 "COMMENT ON COLUMN lode_migration.checksum IS 'SHA-256 of the file';"
                 "COMMENT ON COLUMN lode_migration.applied_at IS 'When it was applied'",
                 err) ||
        !applied_get(conn, &have, err))
        return false;
    bool done = compare(have, list, count, err);
    uint32_t first = db_result_rows(have);
    db_result_free(have);
    for (uint32_t i = first; done && i < count; i++) {
        done = apply(conn, &list[i], err);
        ++*applied;
    }
    return done && (*applied == 0 || comment_all(conn, err));
}

bool db_migrate_list(db *conn, const db_migration *list, uint32_t count, uint32_t *applied,
                     error *err)
{
    uint32_t ignored = 0;
    if (!applied) applied = &ignored;
    *applied = 0;
    if (!db_exec(conn, "BEGIN", err)) return false;
    if (!migrate_inside(conn, list, count, applied, err)) {
        *applied = 0;
        db_exec(conn, "ROLLBACK", NULL);
        return false;
    }
    return db_exec(conn, "COMMIT", err);
}

bool db_migrate(db *conn, uint32_t *applied, error *err)
{
    arena names = {0};
    db_migration *list = NULL;
    uint32_t count = embedded(&list, &names);
    bool done = db_migrate_list(conn, list, count, applied, err);
    free(list);
    arena_release(&names);
    return done;
}

bool db_schema_check(db *conn, error *err)
{
    arena names = {0};
    db_migration *list = NULL;
    db_result *have = NULL;
    uint32_t count = embedded(&list, &names);
    bool done = db_query(conn, "SELECT to_regclass('lode_migration')::text", NULL, 0, &have, err);
    if (done && !db_result_text(have, 0, 0)) {
        done = error_set(err, ERR_DB, "the database is empty: run `lode db migrate` first");
    } else if (done) {
        db_result_free(have);
        have = NULL;
        done = applied_get(conn, &have, err) && compare(have, list, count, err);
        if (done && db_result_rows(have) < count)
            done = error_set(err, ERR_DB,
                             "the database is older than this program: run `lode db migrate`");
    }
    db_result_free(have);
    free(list);
    arena_release(&names);
    return done;
}
