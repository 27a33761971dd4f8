#include "base/base.h"
#include "db/private.h"

/* Reads what the server still sends, so that the connection can be used again. */
static void drain(db *conn)
{
    char *row = NULL;
    PGresult *r;
    while (PQgetCopyData(conn->pg, &row, 0) > 0) PQfreemem(row);
    while ((r = PQgetResult(conn->pg))) PQclear(r);
}

bool db_copy_out(db *conn, const char *sql, db_copy_sink *sink, void *payload, error *err)
{
    PGresult *r = PQexec(conn->pg, sql);
    if (PQresultStatus(r) != PGRES_COPY_OUT) return db_fault(conn, r, "the database refused", err);
    PQclear(r);
    char *row = NULL;
    int size;
    while ((size = PQgetCopyData(conn->pg, &row, 0)) > 0) {
        bool taken = sink(payload, (sv){row, (size_t)size}, err);
        PQfreemem(row);
        if (taken) continue;
        drain(conn);
        return false;
    }
    bool done = size == -1;
    while ((r = PQgetResult(conn->pg))) {
        if (done && PQresultStatus(r) != PGRES_COMMAND_OK) {
            done = db_fault(conn, r, "reading rows", err);
            continue;
        }
        PQclear(r);
    }
    return done || (size == -2 && db_fault(conn, NULL, "reading rows", err));
}
