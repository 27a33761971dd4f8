#include "base/base.h"
#include "db/db.h"

/* tables.def is one flat list. A struct per table with one char per column counts its columns,
 * an enumeration finds its first one; both at compile time. */
struct columns_before {
    char none;
#define DB_TABLE(name, owner, comment)                                                             \
    }                                                                                              \
    ;                                                                                              \
    struct columns_##name {
#define DB_COLUMN(table, name, type, null, comment) char name;
#include "db/tables.def"
#undef DB_TABLE
#undef DB_COLUMN
};

enum {
#define DB_TABLE(name, owner, comment) FIRST_##name, BEFORE_##name = FIRST_##name - 1,
#define DB_COLUMN(table, name, type, null, comment) AT_##table##_##name,
#include "db/tables.def"
#undef DB_TABLE
#undef DB_COLUMN
};

#define NULLABLE true
#define NOT_NULL false
static const db_column_def columns[] = {
#define DB_TABLE(name, owner, comment)
#define DB_COLUMN(table, name, type, null, comment) {#name, DB_##type, null, comment},
#include "db/tables.def"
#undef DB_TABLE
#undef DB_COLUMN
};

static const db_table_def tables[] = {
#define DB_TABLE(name, owner, comment)                                                             \
    {#name, DB_##owner, comment, columns + FIRST_##name, sizeof(struct columns_##name)},
#define DB_COLUMN(table, name, type, null, comment)
#include "db/tables.def"
#undef DB_TABLE
#undef DB_COLUMN
};

const db_table_def *db_table_get(db_table table)
{
    assert((uint32_t)table < DB_TABLE_COUNT);
    return &tables[table];
}

const char *db_type_sql(db_type type)
{
    static const char *const names[] = {
        [DB_UUID] = "uuid",
        [DB_TEXT] = "text",
        [DB_I32] = "integer",
        [DB_I64] = "bigint",
        [DB_F64] = "double precision",
        [DB_BOOL] = "boolean",
        [DB_BYTES] = "bytea",
        [DB_TIME] = "timestamp with time zone",
    };
    return names[type];
}
