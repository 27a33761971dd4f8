#include "base/base.h"
#include <dlfcn.h>
#include "notebooks_export/dataset.h"

/* The few functions of DuckDB's C interface (duckdb.h, stable since 1.0) that are needed. It is
 * loaded when it is there and not linked: no distribution packages it. */
typedef struct {
    /* The library's struct has 48 bytes; room for a longer one. */
    uint64_t room[16];
} duckdb_result;

struct duckdb {
    void *library;
    void *database, *connection;
    int (*open)(const char *path, void **database);
    void (*close)(void **database);
    int (*connect)(void *database, void **connection);
    void (*disconnect)(void **connection);
    int (*query)(void *connection, const char *sql, duckdb_result *result);
    const char *(*result_error)(duckdb_result *result);
    void (*destroy_result)(duckdb_result *result);
};

static void *library_named(const char *library)
{
    static const char *const usual[] = {"libduckdb.so", "libduckdb.so.1",
                                        "/usr/local/lib/libduckdb.so"};
    if (library) return dlopen(library, RTLD_NOW | RTLD_LOCAL);
    for (uint32_t i = 0; i < ARRAY_LEN(usual); i++) {
        void *found = dlopen(usual[i], RTLD_NOW | RTLD_LOCAL);
        if (found) return found;
    }
    return NULL;
}

/* POSIX lets dlsym's result become a pointer to a function; ISO C needs the detour. */
static bool symbol(duckdb *d, const char *name, void *function, error *err)
{
    void *found = dlsym(d->library, name);
    memcpy(function, &found, sizeof found);
    return found || error_set(err, ERR_INPUT, "DuckDB's library lacks %s", name);
}

static bool run(duckdb *d, const char *sql, error *err)
{
    duckdb_result result = {{0}};
    bool done = d->query(d->connection, sql, &result) == 0;
    if (!done) {
        const char *said = d->result_error(&result);
        error_set(err, ERR_IO, "DuckDB: %s", said ? said : "the query failed");
    }
    d->destroy_result(&result);
    return done;
}

bool duckdb_open_library(const char *library, duckdb **out, error *err)
{
    duckdb *d = base_calloc(1, sizeof *d);
    d->library = library_named(library);
    if (!d->library) {
        const char *why = library ? dlerror() : NULL;
        free(d);
        return error_set(err, ERR_INPUT,
                         "Parquet needs DuckDB's library, libduckdb.so (duckdb.org): put it where "
                         "the loader looks, or name it with --duckdb%s%s",
                         why ? ": " : "", why ? why : "");
    }
    bool done = symbol(d, "duckdb_open", &d->open, err) &&
                symbol(d, "duckdb_close", &d->close, err) &&
                symbol(d, "duckdb_connect", &d->connect, err) &&
                symbol(d, "duckdb_disconnect", &d->disconnect, err) &&
                symbol(d, "duckdb_query", &d->query, err) &&
                symbol(d, "duckdb_result_error", &d->result_error, err) &&
                symbol(d, "duckdb_destroy_result", &d->destroy_result, err);
    if (done && (d->open(NULL, &d->database) != 0 || d->connect(d->database, &d->connection) != 0))
        done = error_set(err, ERR_IO, "DuckDB cannot be started");
    /* One thread keeps the order of rows, and so the bytes, the same. Nothing is fetched. */
    done = done && run(d,
                       "SET threads = 1; SET autoinstall_known_extensions = false; "
                       "SET autoload_known_extensions = false",
                       err);
    if (done) *out = d;
    else duckdb_close_library(d);
    return done;
}

void duckdb_close_library(duckdb *d)
{
    if (!d) return;
    if (d->connection) d->disconnect(&d->connection);
    if (d->database) d->close(&d->database);
    /* The library stays loaded: it keeps threads and statics of its own. */
    free(d);
}

static void quote(buf *sql, const char *text)
{
    buf_add_char(sql, '\'');
    for (const char *p = text; *p; p++) {
        if (*p == '\'') buf_add_char(sql, '\'');
        buf_add_char(sql, *p);
    }
    buf_add_char(sql, '\'');
}

static const char *type_of(db_type type)
{
    static const char *const names[] = {
        [DB_UUID] = "UUID",  [DB_TEXT] = "VARCHAR", [DB_I32] = "INTEGER",   [DB_I64] = "BIGINT",
        [DB_F64] = "DOUBLE", [DB_BOOL] = "BOOLEAN", [DB_BYTES] = "VARCHAR", [DB_TIME] = "TIMESTAMP",
    };
    return names[type];
}

bool duckdb_convert(duckdb *d, dataset_out *out, db_table table, error *err)
{
    const char *name = db_table_get(table)->name, *separator = "{";
    dataset_column columns[DATASET_COLUMNS_MAX];
    uint32_t count = dataset_columns(table, columns);
    buf sql = {0}, path = {0};
    buf_printf(&path, "%s/parquet", out->dir);
    bool done = dir_make(path.data, err);
    buf_add_c(&sql, "COPY (SELECT * FROM read_csv(");
    buf_clear(&path);
    buf_printf(&path, "%s/%s/%s.csv.zst", out->dir, dataset_folder(table), name);
    quote(&sql, path.data);
    buf_add_c(&sql, ", header = true, auto_detect = false, compression = 'zstd', delim = ',', "
                    "quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false, "
                    "max_line_size = 16777216, columns = ");
    for (uint32_t i = 0; i < count; i++) {
        if (columns[i].is_withheld) continue;
        buf_printf(&sql, "%s'%s': '%s'", separator, columns[i].name, type_of(columns[i].type));
        separator = ", ";
    }
    buf_add_c(&sql, "})) TO ");
    buf_clear(&path);
    buf_printf(&path, "%s/parquet/%s.parquet", out->dir, name);
    quote(&sql, path.data);
    buf_add_c(&sql, " (FORMAT parquet, COMPRESSION zstd)");
    done = done && run(d, sql.data, err);
    buf_clear(&path);
    buf_printf(&path, "parquet/%s.parquet", name);
    done = done && dataset_note(out, path.data, err);
    buf_release(&sql);
    buf_release(&path);
    return done || error_prefix(err, "the table %s", name);
}
