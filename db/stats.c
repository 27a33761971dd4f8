#include "base/base.h"
#include "db/private.h"

static const char reader_name[] = "lode_reader";

/* In the order in which they stand on each other. */
static const char *const materialised[] = {"file", "edge", "unresolved", "fresh"};

static bool is_stale(db *conn, bool *stale, error *err)
{
    db_result *r = NULL;
    if (!db_query(conn,
                  "SELECT 1 FROM stats.fresh WHERE snapshots_reached = (SELECT count(*) FROM "
                  "run_snapshot) AND latest_run IS NOT DISTINCT FROM (SELECT max(started_at) FROM "
                  "run)",
                  NULL, 0, &r, err))
        return false;
    *stale = db_result_rows(r) == 0;
    db_result_free(r);
    return true;
}

/* All in one transaction with one view of the tables, so that `fresh` tells of the state that the
 * others were made from. */
static bool refresh_all(db *conn, error *err)
{
    buf sql = {0};
    bool done = db_exec(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ", err);
    for (uint32_t i = 0; done && i < ARRAY_LEN(materialised); i++) {
        buf_clear(&sql);
        buf_printf(&sql, "REFRESH MATERIALIZED VIEW CONCURRENTLY stats.%s; ANALYZE stats.%s",
                   materialised[i], materialised[i]);
        done = db_exec(conn, sql.data, err);
    }
    buf_release(&sql);
    if (done) return db_exec(conn, "COMMIT", err);
    db_exec(conn, "ROLLBACK", NULL);
    return error_prefix(err, "refreshing the statistics");
}

bool db_stats_refresh(db *conn, bool *refreshed, error *err)
{
    bool stale = false;
    if (refreshed) *refreshed = false;
    if (!is_stale(conn, &stale, err)) return false;
    if (!stale) return true;
    /* Any constant number; held by the session, since the transaction must begin after it. */
    if (!db_exec(conn, "SELECT pg_advisory_lock(5570194823318)", err)) return false;
    bool done = is_stale(conn, &stale, err) && (!stale || refresh_all(conn, err));
    db_exec(conn, "SELECT pg_advisory_unlock(5570194823318)", NULL);
    if (done && refreshed) *refreshed = stale;
    return done;
}

/* Is the role there, and may it read everything there is? */
static bool reader_is_made(db *conn, bool *made, error *err)
{
    db_result *r = NULL;
    if (!db_query(conn,
                  "SELECT 1 FROM pg_roles a WHERE rolname = 'lode_reader' AND NOT EXISTS (SELECT 1 "
                  "FROM pg_class c WHERE c.relnamespace IN ('public'::regnamespace, "
                  "'stats'::regnamespace) AND c.relkind IN ('r', 'v', 'm') AND NOT "
                  "has_table_privilege(a.oid, c.oid, 'SELECT')) AND has_schema_privilege(a.oid, "
                  "'stats', 'USAGE')",
                  NULL, 0, &r, err))
        return false;
    *made = db_result_rows(r) > 0;
    db_result_free(r);
    return true;
}

bool db_reader_make(db *conn, error *err)
{
    static const char sql[] =
        "BEGIN;"
        "SELECT pg_advisory_xact_lock(5570194823319);"
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lode_reader') THEN "
        "CREATE ROLE lode_reader LOGIN; END IF; END $$;"
        "ALTER ROLE lode_reader SET default_transaction_read_only = on;"
        "GRANT USAGE ON SCHEMA public, stats TO lode_reader;"
        "GRANT SELECT ON ALL TABLES IN SCHEMA public, stats TO lode_reader;"
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public, stats GRANT SELECT ON TABLES TO lode_reader;"
        "COMMIT";
    bool made = false;
    if (!reader_is_made(conn, &made, err)) return false;
    if (made || db_exec(conn, sql, err)) return true;
    db_exec(conn, "ROLLBACK", NULL);
    return error_prefix(err, "the role lode_reader cannot be made");
}

static void add_escaped(buf *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     strchr("-._~", c);
        if (plain) buf_add_char(out, *p);
        else buf_printf(out, "%%%02X", c);
    }
}

static const char *option_of(const PQconninfoOption *options, const char *keyword)
{
    for (const PQconninfoOption *o = options; o->keyword; o++)
        if (strcmp(o->keyword, keyword) == 0) return o->val && *o->val ? o->val : NULL;
    return NULL;
}

bool db_reader_url(const char *url, buf *out, error *err)
{
    static const char *const dropped[] = {"user", "password", "passfile", "dbname"};
    char *said = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &said);
    if (!options) {
        error_set(err, ERR_INPUT, "the address of the database: %s", said ? said : "not readable");
        PQfreemem(said);
        return false;
    }
    const char *name = option_of(options, "dbname"), *separator = "?";
    buf_printf(out, "postgresql://%s@/", reader_name);
    add_escaped(out, name ? name : "");
    for (const PQconninfoOption *o = options; o->keyword; o++) {
        bool kept = o->val && *o->val;
        for (uint32_t i = 0; i < ARRAY_LEN(dropped); i++)
            kept = kept && strcmp(o->keyword, dropped[i]) != 0;
        if (!kept) continue;
        buf_printf(out, "%s%s=", separator, o->keyword);
        add_escaped(out, o->val);
        separator = "&";
    }
    PQconninfoFree(options);
    return true;
}

bool db_reader_open(const char *url, db **out, error *err)
{
    db *owner = NULL, *conn = NULL;
    buf reader = {0};
    bool done =
        db_open(url, &owner, err) && db_reader_make(owner, err) && db_reader_url(url, &reader, err);
    if (done && db_open(reader.data, &conn, NULL)) {
        db_close(owner);
        owner = conn;
    }
    /* After the first query of a transaction it cannot be made writable any more. */
    done = done && db_exec(owner, "BEGIN READ ONLY; SET LOCAL ROLE lode_reader; SELECT 1", err);
    buf_release(&reader);
    if (done) *out = owner;
    else db_close(owner);
    return done;
}
