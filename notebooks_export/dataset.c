#include "base/base.h"
#include "notebooks_export/dataset.h"

/* Two connections that see the same state of the tables: one reads tables, the other runs the named
 * queries, and a third thread turns the tables that are written into Parquet. */
typedef struct {
    const export_dataset_wish *wish;
    dataset_out *out;
    duckdb *parquet; /* NULL: none */
    db *tables, *queries;
    uint64_t rows[DB_TABLE_COUNT];
    error fault;          /* of the thread that runs the queries */
    error parquet_fault;  /* of the thread that writes Parquet */
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t more;
    uint32_t written_count; /* the first tables, whose CSV is complete */
    bool over;              /* no more will come */
} job;

static void *run_queries(void *payload)
{
    job *j = payload;
    if (dataset_queries(j->queries, j->out, &j->fault) &&
        dataset_lock(j->queries, j->out, &j->fault))
        j->fault.kind = ERR_NONE;
    return NULL;
}

static void *convert_tables(void *payload)
{
    job *j = payload;
    for (uint32_t t = 0; t < DB_TABLE_COUNT; t++) {
        pthread_mutex_lock(&j->lock);
        while (j->written_count <= t && !j->over) pthread_cond_wait(&j->more, &j->lock);
        bool is_written = t < j->written_count;
        pthread_mutex_unlock(&j->lock);
        if (!is_written || !duckdb_convert(j->parquet, j->out, (db_table)t, &j->parquet_fault))
            break;
    }
    return NULL;
}

static void tell(job *j, uint32_t written_count, bool over)
{
    pthread_mutex_lock(&j->lock);
    j->written_count = written_count;
    j->over = over;
    pthread_cond_signal(&j->more);
    pthread_mutex_unlock(&j->lock);
}

static bool write_tables(job *j, error *err)
{
    pthread_t thread;
    uint32_t t = 0;
    bool done = dataset_places(j->tables, err);
    bool beside = j->parquet && pthread_create(&thread, NULL, convert_tables, j) == 0;
    while (done && t < DB_TABLE_COUNT) {
        done = dataset_table(j->tables, j->out, (db_table)t, &j->rows[t], err);
        if (done) tell(j, ++t, false);
    }
    tell(j, t, true);
    if (beside) pthread_join(thread, NULL);
    else if (j->parquet && done) convert_tables(j);
    if (!done || j->parquet_fault.kind == ERR_NONE) return done;
    *err = j->parquet_fault;
    return false;
}

/* Opens both connections in one view of the database. */
static bool open_both(job *j, error *err)
{
    db_result *r = NULL;
    buf sql = {0};
    bool done = db_open(j->wish->url, &j->tables, err) && db_stats_refresh(j->tables, NULL, err) &&
                db_open(j->wish->url, &j->queries, err) &&
                db_exec(j->tables, "BEGIN ISOLATION LEVEL REPEATABLE READ", err) &&
                db_query(j->tables, "SELECT pg_export_snapshot()", NULL, 0, &r, err);
    if (done) {
        buf_printf(&sql,
                   "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '%s'",
                   db_result_text(r, 0, 0));
        done = db_exec(j->queries, sql.data, err);
    }
    db_result_free(r);
    buf_release(&sql);
    return done;
}

static bool write_all(job *j, error *err)
{
    pthread_t thread;
    bool beside = pthread_create(&thread, NULL, run_queries, j) == 0;
    if (!beside) run_queries(j);
    bool done = write_tables(j, err);
    if (beside) pthread_join(thread, NULL);
    if (done && j->fault.kind != ERR_NONE) {
        *err = j->fault;
        done = false;
    }
    return done;
}

static bool look_up(db *conn, dataset_facts *facts, error *err)
{
    db_result *r = NULL;
    if (!db_query(conn,
                  "SELECT to_char(max(started_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD'), "
                  "(SELECT string_agg(v, '; ' ORDER BY v) FROM (SELECT DISTINCT analysis_version "
                  "FROM snapshot) AS a (v)), (SELECT count(*) FROM repository), (SELECT count(*) "
                  "FROM snapshot) FROM run",
                  NULL, 0, &r, err))
        return false;
    const char *day = db_result_text(r, 0, 0), *analysis = db_result_text(r, 0, 1);
    snprintf(facts->released, sizeof facts->released, "%s", day ? day : "");
    snprintf(facts->analysis, sizeof facts->analysis, "%s", analysis ? analysis : "");
    facts->repository_count = (uint32_t)strtoul(db_result_text(r, 0, 2), NULL, 10);
    facts->snapshot_count = (uint32_t)strtoul(db_result_text(r, 0, 3), NULL, 10);
    db_result_free(r);
    return true;
}

static bool parquet_open(const export_dataset_wish *wish, duckdb **out, export_dataset_told *told,
                         error *err)
{
    error why = {0};
    if (wish->no_parquet) {
        snprintf(told->parquet_why, sizeof told->parquet_why, "not wanted");
        return true;
    }
    told->with_parquet = duckdb_open_library(wish->duckdb_library, out, &why);
    if (told->with_parquet) return true;
    snprintf(told->parquet_why, sizeof told->parquet_why, "%.199s", why.text);
    if (!wish->duckdb_library) return true;
    *err = why;
    return false;
}

bool export_dataset(const export_dataset_wish *wish, const char *dir, export_dataset_told *told,
                    error *err)
{
    dataset_out out;
    job j = {.wish = wish,
             .out = &out,
             .lock = PTHREAD_MUTEX_INITIALIZER,
             .more = PTHREAD_COND_INITIALIZER};
    dataset_facts facts = {.wish = wish, .rows = j.rows};
    memset(told, 0, sizeof *told);
    bool done = dataset_open(dir, &out, err) && parquet_open(wish, &j.parquet, told, err) &&
                open_both(&j, err) && look_up(j.tables, &facts, err) && write_all(&j, err);
    facts.with_parquet = told->with_parquet;
    done = done && dataset_card(&out, &facts, err) && dataset_croissant(&out, &facts, err) &&
           dataset_close(&out, err);
    for (uint32_t t = 0; t < DB_TABLE_COUNT; t++) told->row_count += j.rows[t];
    for (uint32_t i = 0; i < out.files.count; i++) told->bytes += out.files.items[i].bytes;
    told->table_count = DB_TABLE_COUNT;
    told->file_count = out.files.count;
    duckdb_close_library(j.parquet);
    db_close(j.queries);
    db_close(j.tables);
    dataset_release(&out);
    return done;
}
