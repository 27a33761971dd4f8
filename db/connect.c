#include "base/base.h"
#include "db/private.h"

struct db_result {
    PGresult *pg;
};

/* The server's words without line breaks, so that an error stays one sentence on one line. */
static void one_line(const char *text, char *out, size_t size)
{
    size_t n = 0;
    for (const char *p = text; *p && n + 1 < size; p++) {
        char c = *p == '\n' || *p == '\t' ? ' ' : *p;
        if (c == ' ' && (n == 0 || out[n - 1] == ' ')) continue;
        out[n++] = c;
    }
    while (n > 0 && out[n - 1] == ' ') n--;
    out[n] = '\0';
}

bool db_fault(db *conn, PGresult *result, const char *doing, error *err)
{
    char said[400];
    const char *primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    one_line(primary ? primary : PQerrorMessage(conn->pg), said, sizeof said);
    if (PQstatus(conn->pg) == CONNECTION_BAD)
        error_set(err, ERR_DB, "the database went away: %s", said);
    else error_set(err, ERR_DB, "%s: %s", doing, said);
    PQclear(result);
    return false;
}

static void ignore_notice(void *payload, const PGresult *result)
{
    (void)payload;
    (void)result;
}

static void set_up(db *conn)
{
    PQsetNoticeReceiver(conn->pg, ignore_notice, NULL);
    conn->staged = 0;
}

bool db_open(const char *url, db **out, error *err)
{
    const char *keywords[] = {"dbname", "connect_timeout", "fallback_application_name",
                              "client_encoding", NULL};
    const char *values[] = {url, "10", "lode", "UTF8", NULL};
    db *conn = base_calloc(1, sizeof *conn);
    conn->pg = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(conn->pg) != CONNECTION_OK) {
        char said[400];
        one_line(PQerrorMessage(conn->pg), said, sizeof said);
        error_set(err, ERR_DB, "cannot reach the database: %s", said);
        db_close(conn);
        return false;
    }
    set_up(conn);
    *out = conn;
    return true;
}

void db_close(db *conn)
{
    if (!conn) return;
    PQfinish(conn->pg);
    free(conn);
}

bool db_revive(db *conn, error *err)
{
    if (PQstatus(conn->pg) == CONNECTION_OK && PQtransactionStatus(conn->pg) == PQTRANS_IDLE)
        return true;
    PQreset(conn->pg);
    if (PQstatus(conn->pg) != CONNECTION_OK) {
        char said[400];
        one_line(PQerrorMessage(conn->pg), said, sizeof said);
        return error_set(err, ERR_DB, "the database went away: %s", said);
    }
    set_up(conn);
    return true;
}

PGresult *db_run(db *conn, const char *sql, error *err)
{
    PGresult *result = PQexec(conn->pg, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN)
        return result;
    db_fault(conn, result, "the database refused", err);
    return NULL;
}

bool db_exec(db *conn, const char *sql, error *err)
{
    PGresult *result = db_run(conn, sql, err);
    PQclear(result);
    return result != NULL;
}

bool db_query(db *conn, const char *sql, const char *const *params, int param_count,
              db_result **out, error *err)
{
    PGresult *result = PQexecParams(conn->pg, sql, param_count, NULL, params, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        return db_fault(conn, result, "the database refused", err);
    *out = base_calloc(1, sizeof **out);
    (*out)->pg = result;
    return true;
}

uint32_t db_result_rows(const db_result *r)
{
    return (uint32_t)PQntuples(r->pg);
}

uint32_t db_result_columns(const db_result *r)
{
    return (uint32_t)PQnfields(r->pg);
}

const char *db_result_name(const db_result *r, uint32_t column)
{
    return PQfname(r->pg, (int)column);
}

const char *db_result_text(const db_result *r, uint32_t row, uint32_t column)
{
    if (PQgetisnull(r->pg, (int)row, (int)column)) return NULL;
    return PQgetvalue(r->pg, (int)row, (int)column);
}

/* Object ids of PostgreSQL's built-in types, fixed in its pg_type.dat. */
bool db_result_is_number(const db_result *r, uint32_t column)
{
    switch (PQftype(r->pg, (int)column)) {
    case 20:  /* int8 */
    case 21:  /* int2 */
    case 23:  /* int4 */
    case 700: /* float4 */
    case 701: /* float8 */
    case 1700: /* numeric */ return true;
    default: return false;
    }
}

bool db_result_is_bool(const db_result *r, uint32_t column)
{
    return PQftype(r->pg, (int)column) == 16;
}

void db_result_free(db_result *r)
{
    if (!r) return;
    PQclear(r->pg);
    free(r);
}
