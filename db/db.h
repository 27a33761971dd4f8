/* Rows: the schema, the private cluster, the loader, named queries, and the store of kept facts.
 *
 * Everything that is loaded has a content-addressed key (db_key), so that loading twice changes
 * nothing. A connection and a loader belong to one thread; several threads open several. */
#ifndef LODE_DB_DB_H
#define LODE_DB_DB_H

#include "base/base.h"

/* ---- the state folder and the private cluster (state.c, cluster.c) -------------------------- */

/* Appends the folder that holds all state, made if it is missing: `named` (from --state) if it is
 * not NULL, else $LODE_STATE, else state/ in the checkout that holds the program, else
 * $XDG_STATE_HOME/lode or ~/.local/state/lode. Always an absolute path. ERR_IO: cannot be made. */
bool db_state_dir(const char *named, buf *out, error *err);

/* Where a cluster stands and runs. Texts are owned; release with db_cluster_release. */
typedef struct {
    buf data_dir;   /* STATE/pg/data */
    buf socket_dir; /* data_dir, or a short folder elsewhere when that path is no good for one */
    buf bin_dir;    /* PostgreSQL's programs; empty: none were found */
    buf user;       /* operating-system user that runs it */
    uint32_t major; /* PostgreSQL's major version; 0: unknown */
    bool exists;    /* initdb was done */
    bool running;   /* answers */
} db_cluster;
/* Looks without changing anything. Never fails: what is missing is empty or false. */
void db_cluster_look(const char *state_dir, db_cluster *out);
void db_cluster_release(db_cluster *cluster);
/* Makes the cluster if there is none, starts it if it does not run, makes the database, and
 * appends its URL. Safe against other processes that do the same. As root PostgreSQL's programs
 * run as $LODE_PG_USER, `postgres` or `nobody`; the folders above STATE need not let that user
 * pass. ERR_IO: the sentence names the log file or what to install. */
bool db_cluster_start(const char *state_dir, buf *url, error *err);
/* Stops it if it runs. */
bool db_cluster_stop(const char *state_dir, error *err);

/* ---- connections and plain queries (connect.c) ---------------------------------------------- */

typedef struct db db;
typedef struct db_result db_result;

/* Connects; url is a PostgreSQL URL or key=value string. ERR_DB: not reachable. */
bool db_open(const char *url, db **out, error *err);
void db_close(db *conn);
/* Connects again if the connection is broken. */
bool db_revive(db *conn, error *err);
/* Runs statements without results. */
bool db_exec(db *conn, const char *sql, error *err);
/* Runs one statement with text parameters (NULL is SQL null); *out is owned by the caller. */
bool db_query(db *conn, const char *sql, const char *const *params, int param_count,
              db_result **out, error *err);
uint32_t db_result_rows(const db_result *r);
uint32_t db_result_columns(const db_result *r);
const char *db_result_name(const db_result *r, uint32_t column);
/* NULL is SQL null. Valid until the result is freed. */
const char *db_result_text(const db_result *r, uint32_t row, uint32_t column);
/* Is the column a number (right-aligned in tables, bare in JSON)? */
bool db_result_is_number(const db_result *r, uint32_t column);
bool db_result_is_bool(const db_result *r, uint32_t column);
void db_result_free(db_result *r);
/* Takes the bytes of one row, borrowed; false ends the reading with *err. */
typedef bool db_copy_sink(void *payload, sv row, error *err);
/* Runs a `COPY .. TO STDOUT` and hands each row to the sink. */
bool db_copy_out(db *conn, const char *sql, db_copy_sink *sink, void *payload, error *err);

/* ---- migrations (migrate.c) ----------------------------------------------------------------- */

typedef struct {
    const char *name; /* "0001_tables" */
    sv sql;
} db_migration;
/* Applies what is missing, in one transaction under an advisory lock, and writes the comments of
 * tables.def. *applied (may be NULL) counts. ERR_DB: an applied migration differs from the one in
 * the program, or the database is newer than the program. */
bool db_migrate(db *conn, uint32_t *applied, error *err);
/* The same with a given list; for tests. */
bool db_migrate_list(db *conn, const db_migration *list, uint32_t count, uint32_t *applied,
                     error *err);
/* ERR_DB with the command to type unless every migration of the program is applied. */
bool db_schema_check(db *conn, error *err);

/* ---- the schema as data (schema.c, tables.def) ---------------------------------------------- */

typedef enum {
#define DB_TABLE(name, owner, comment) DB_TABLE_##name,
#define DB_COLUMN(table, name, type, null, comment)
#include "db/tables.def"
#undef DB_TABLE
#undef DB_COLUMN
    DB_TABLE_COUNT
} db_table;

typedef enum { DB_UUID, DB_TEXT, DB_I32, DB_I64, DB_F64, DB_BOOL, DB_BYTES, DB_TIME } db_type;
typedef enum { DB_SHARED, DB_SNAPSHOT, DB_LOG } db_owner;

typedef struct {
    const char *name;
    db_type type;
    bool nullable;
    const char *comment;
} db_column_def;
typedef struct {
    const char *name;
    db_owner owner;
    const char *comment;
    const db_column_def *columns;
    uint32_t column_count;
} db_table_def;
const db_table_def *db_table_get(db_table table);
const char *db_type_sql(db_type type); /* "timestamp with time zone": as the catalogue says it */

/* ---- keys and values (value.c) -------------------------------------------------------------- */

/* The first 128 bits of SHA-256 over the parts of a natural key. */
typedef struct {
    unsigned char bytes[16];
} db_key;

typedef struct {
    uint8_t type; /* db_type */
    bool is_null;
    union {
        db_key key;
        sv text; /* DB_TEXT, DB_BYTES; borrowed */
        int64_t number;
        double real;
    } as;
} db_value;

static inline db_value v_key(db_key key)
{
    return (db_value){.type = DB_UUID, .as.key = key};
}
/* Bytes that are not UTF-8, and NUL, are stored as U+FFFD; keys are made of the true bytes. */
static inline db_value v_text(sv text)
{
    return (db_value){.type = DB_TEXT, .as.text = text};
}
static inline db_value v_text_c(const char *text)
{
    return v_text(sv_from(text));
}
static inline db_value v_bytes(sv bytes)
{
    return (db_value){.type = DB_BYTES, .as.text = bytes};
}
static inline db_value v_i32(int64_t number)
{
    return (db_value){.type = DB_I32, .as.number = number};
}
static inline db_value v_i64(int64_t number)
{
    return (db_value){.type = DB_I64, .as.number = number};
}
static inline db_value v_f64(double real)
{
    return (db_value){.type = DB_F64, .as.real = real};
}
static inline db_value v_bool(bool value)
{
    return (db_value){.type = DB_BOOL, .as.number = value};
}
/* Seconds since 1970, UTC. */
static inline db_value v_time(int64_t unix_s)
{
    return (db_value){.type = DB_TIME, .as.number = unix_s};
}
/* SQL null of the column's type. */
static inline db_value v_null(db_type type)
{
    return (db_value){.type = (uint8_t)type, .is_null = true};
}
/* A text, or null when it is empty. */
static inline db_value v_text_or_null(sv text)
{
    return text.size ? v_text(text) : v_null(DB_TEXT);
}

/* Key of a row of `table` whose natural key is the parts in order. */
db_key db_key_make_(db_table table, const db_value *parts, uint32_t count);
#define db_key_make(table, ...)                                                                    \
    db_key_make_((table), (const db_value[]){__VA_ARGS__},                                         \
                 (uint32_t)(sizeof((const db_value[]){__VA_ARGS__}) / sizeof(db_value)))
/* 36 characters and a NUL. */
void db_key_text(db_key key, char out[37]);
bool db_key_eq(db_key a, db_key b);

/* ---- the loader (copy.c, loader.c) ---------------------------------------------------------- */

/* Rows of one snapshot, gathered in memory and written in one transaction. */
typedef struct db_loader db_loader;

typedef enum { DB_LOADED, DB_REPLACED, DB_UNCHANGED } db_outcome;
const char *db_outcome_name(db_outcome outcome); /* "loaded" */

/* Starts to gather. Allocates; nothing is sent yet. */
db_loader *db_loader_begin(void);
/* One row, values in the order of tables.def. The first fault (number of values, type, null,
 * range) is kept and makes the commit fail with ERR_BUG. */
void db_row_(db_loader *loader, db_table table, const db_value *values, uint32_t count);
#define db_row(loader, table, ...)                                                                 \
    db_row_((loader), (table), (const db_value[]){__VA_ARGS__},                                    \
            (uint32_t)(sizeof((const db_value[]){__VA_ARGS__}) / sizeof(db_value)))
/* Is the snapshot there with this analysis version? Then it need not be analysed again. */
bool db_snapshot_is_current(db *conn, db_key snapshot, const char *analysis_version, bool *current,
                            error *err);
/* The snapshot of the repository that has this tree (hexadecimal) and analysis version, if there is
 * one: a commit that changes no file is no work. */
bool db_snapshot_of_tree(db *conn, db_key repository, const char *tree, const char *analysis,
                         db_key *out, bool *found, error *err);
/* A visit of a branch; texts are borrowed. */
typedef struct {
    db_key repository;
    sv ref;             /* as the corpus list names it; empty: the default branch */
    const char *commit; /* that it leads to, hexadecimal */
} db_visit;
/* The next commit of the loader is a visit of this branch: in the same transaction the life spans
 * of its findings are carried on to the snapshot. The texts have to live until then. */
void db_loader_visit(db_loader *loader, const db_visit *visit);
/* Writes everything in one transaction: COPY BINARY into temporary tables, then INSERT .. ON
 * CONFLICT DO NOTHING in the order of tables.def. If `snapshot` is there with another analysis
 * version, its rows are replaced; with the same one nothing of it changes. `run` (may be NULL)
 * gets its row in run_snapshot in the same transaction. Killed anywhere, the database is as
 * before or as after. ERR_DB: try again after db_revive, the loader still has the rows. */
bool db_loader_commit(db_loader *loader, db *conn, db_key snapshot, const char *analysis_version,
                      const db_key *run, double seconds, db_outcome *outcome, error *err);
/* The same for rows that belong to no snapshot. */
bool db_loader_commit_shared(db_loader *loader, db *conn, error *err);
/* Replaces what came of running findings: their rows of reproduction and its tables are deleted and
 * those of the loader written, in one transaction. finding_ids: "{KEY,KEY,..}". */
bool db_loader_commit_reproductions(db_loader *loader, db *conn, const char *finding_ids,
                                    error *err);
uint64_t db_loader_bytes(const db_loader *loader);
void db_loader_free(db_loader *loader);

/* ---- the journal of runs (journal.c) -------------------------------------------------------- */

typedef struct {
    uint32_t job_count, repository_count, loaded_count, unchanged_count, failed_count;
    uint64_t parsed_count, reused_count, peak_bytes;
    double seconds;
} db_run_totals;

/* One line of a corpus list. Texts are borrowed. */
typedef struct {
    sv url;  /* as written */
    sv ref;  /* empty: default branch */
    sv tags; /* empty: none */
    /* What the list says beside; empty: nothing. Texts that are no number, yes or no, or time count
     * as empty. */
    sv stars, licence, fork_of, archived, topics, pushed_at;
} db_corpus_row;

/* The address as it is stored: without trailing slashes and .git. */
sv db_url_plain(sv url);
/* owner/name, the last two parts of an address. */
sv db_url_name(sv url);
db_key db_repository_key(sv url);
/* Begins a run over a corpus: records the list (replacing what it named before) and the run.
 * Runs that were killed stay without an end. */
bool db_run_begin(db *conn, sv corpus_name, const db_corpus_row *rows, uint32_t row_count,
                  uint32_t job_count, const char *tool_version, const char *analysis_version,
                  db_key *run, error *err);
bool db_run_failure(db *conn, db_key run, sv url, sv ref, const char *stage, const error *why,
                    error *err);
/* outcome: "done", "failed" or "interrupted". */
bool db_run_end(db *conn, db_key run, const char *outcome, const db_run_totals *totals, error *err);

/* ---- what leaves the database (prune.c) ----------------------------------------------------- */

/* Whether url is `above` or below it, as owner/name is below owner; case is ignored. */
bool db_url_is_under(sv url, sv above);
/* Deletes every row of the repositories at url (plain) and below, in one transaction; *count is how
 * many there were. What other repositories share stays. */
bool db_repositories_forget(db *conn, const char *url, uint32_t *count, error *err);
/* Deletes the rows of all but the `keep` latest of each repository's snapshots that are neither
 * current nor where a branch is; the snapshots themselves and the life spans stay. Unless `really`,
 * only counts them. */
bool db_snapshots_prune(db *conn, uint32_t keep, bool really, uint32_t *count, error *err);
/* Deletes blobs and licences that no file has any more. */
bool db_contents_prune(db *conn, error *err);

/* Notes that the repository or owner at url (plain) is not to be mined; reason may be NULL. */
bool db_opt_out(db *conn, const char *url, const char *reason, error *err);
/* Takes that back; *found: it was noted. */
bool db_opt_in(db *conn, const char *url, bool *found, error *err);
/* The addresses that opted out, for db_opted_out. */
bool db_opt_outs(db *conn, db_result **out, error *err);
bool db_opted_out(const db_result *opt_outs, sv url);

/* ---- named queries (query.c) ---------------------------------------------------------------- */

enum { DB_QUERY_PARAMS_MAX = 6, DB_QUERY_BY_MAX = 8 };
typedef struct {
    sv name;     /* "restart-strategies" */
    sv question; /* what it answers */
    sv denominator;
    sv unit;
    sv params[DB_QUERY_PARAMS_MAX];     /* names: $1 is the first */
    sv param_help[DB_QUERY_PARAMS_MAX]; /* what each means; every one may be left out (null) */
    uint32_t param_count;
    sv by[DB_QUERY_BY_MAX]; /* dimensions by which the answer can be broken down */
    uint32_t by_count;
    sv sql; /* as it is without a breakdown */
} db_named_query;
uint32_t db_named_query_count(void);
/* In order of names. False only when the file's head is wrong, which the tests rule out. */
bool db_named_query_get(uint32_t index, db_named_query *out, error *err);
bool db_named_query_find(sv name, db_named_query *out);
/* Reads the head of a query text: lines `-- question: ..` and so on. name is for messages. */
bool db_named_query_parse(sv name, sv text, db_named_query *out, error *err);
/* Appends the SQL, broken down by a dimension of the query (NULL: none). In the file the lines that
 * a breakdown adds are comments: `--by {by},`. ERR_INPUT: the query has no such dimension. */
bool db_named_query_sql(const db_named_query *query, const char *by, buf *sql, error *err);

/* ---- the schema stats and who may read (stats.c) -------------------------------------------- */

/* Refreshes the materialised views of the schema stats if the tables are newer than they; readers
 * go on meanwhile. *refreshed (may be NULL) says whether there was something to do. */
bool db_stats_refresh(db *conn, bool *refreshed, error *err);
/* Makes the role lode_reader, which may read every table and view and change nothing, if it is
 * missing. ERR_DB: this connection may not make roles. */
bool db_reader_make(db *conn, error *err);
/* Appends the URL of the same database for lode_reader; without a password. ERR_INPUT: url is no
 * connection string. */
bool db_reader_url(const char *url, buf *out, error *err);
/* Makes lode_reader and opens a connection that can only read: as that role where the server lets
 * it in, otherwise as the role of url that has given up its rights in a read-only transaction. */
bool db_reader_open(const char *url, db **out, error *err);

/* ---- kept facts (facts_store.c) ------------------------------------------------------------- */

/* Opaque bytes by key in one append-only file: crash-safe (a torn tail is cut off when opened, each
 * record has a checksum), shared by threads and processes. It is a cache: losing it costs time. */
typedef struct facts_store facts_store;
/* Opens or makes STATE/facts/NAME.pack. ERR_IO. */
bool facts_store_open(const char *state_dir, const char *name, facts_store **out, error *err);
/* Appends the bytes kept under key; false: not there, or damaged. Thread-safe. */
bool facts_store_get(facts_store *store, db_key key, buf *out);
/* Keeps bytes (under 1 GiB) under key; a key that is there stays as it is. Thread-safe. */
bool facts_store_put(facts_store *store, db_key key, sv bytes, error *err);
uint32_t facts_store_count(facts_store *store);
uint64_t facts_store_bytes(facts_store *store);
void facts_store_close(facts_store *store);

#endif
