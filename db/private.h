/* What the files of this room share. */
#ifndef LODE_DB_PRIVATE_H
#define LODE_DB_PRIVATE_H

#include <libpq-fe.h>

#include "base/base.h"
#include "base/embed.h"
#include "db/db.h"

EMBED_DECLARE(db);

struct db {
    PGconn *pg;
    uint64_t staged; /* bit per db_table: its temporary table exists on this connection */
};
_Static_assert(DB_TABLE_COUNT <= 64, "db.staged is a 64-bit set");

/* ERR_DB with what the server said, on one line; frees the result. Always false. */
bool db_fault(db *conn, PGresult *result, const char *doing, error *err);
/* Runs a command or query and checks that it ended well; NULL after a fault. */
PGresult *db_run(db *conn, const char *sql, error *err);

/* Carries the life spans of a branch's findings on to a snapshot that is loaded. Within a
 * transaction. */
bool life_visit(db *conn, const db_visit *visit, const char *snapshot, const char *analysis,
                db_outcome outcome, error *err);

/* Deletes the rows that belong to a snapshot, not its own. Within a transaction. */
bool loader_delete_rows(db *conn, const char *snapshot, error *err);

/* Appends one row in COPY BINARY form to out: false names the fault (ERR_BUG). */
bool copy_row(db_table table, const db_value *values, uint32_t count, buf *out, error *err);
/* The head that a COPY BINARY stream begins with, and its end. */
void copy_head(buf *out);
void copy_tail(buf *out);

#endif
