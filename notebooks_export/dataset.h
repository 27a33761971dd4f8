/* What the files of the dataset share. */
#ifndef LODE_NOTEBOOKS_EXPORT_DATASET_H
#define LODE_NOTEBOOKS_EXPORT_DATASET_H

#include <pthread.h>

#include "notebooks_export/export.h"

/* A file of the dataset. */
typedef struct {
    char *path; /* below the folder; owned */
    char sha256[65];
    uint64_t bytes;
} dataset_file;

/* The folder that is written, and what is in it so far. Threads share it. */
typedef struct {
    const char *dir;
    pthread_mutex_t lock; /* guards files */
    VEC(dataset_file) files;
} dataset_out;

/* Takes the folder: makes it, or empties an older dataset. ERR_INPUT: it holds something else. */
bool dataset_open(const char *dir, dataset_out *out, error *err);
void dataset_release(dataset_out *out);
/* Writes a whole file, with the folders above it. Thread-safe. */
bool dataset_write(dataset_out *out, const char *path, sv content, error *err);
/* Counts a file that somebody else wrote below the folder. Thread-safe. */
bool dataset_note(dataset_out *out, const char *path, error *err);
/* The file noted under this path, or NULL. Only when no thread writes any more. */
const dataset_file *dataset_find(const dataset_out *out, const char *path);
/* Sorts the files and writes SHA256SUMS. */
bool dataset_close(dataset_out *out, error *err);

/* ---- the tables (dataset_table.c) ----------------------------------------------------------- */

/* A column as it is written. */
typedef struct {
    const char *name;
    db_type type; /* DB_BYTES are hexadecimal, DB_TIME ISO 8601 in UTC */
    const char *comment;
    bool nullable;
    bool is_withheld; /* left out: free text of people or machines */
} dataset_column;
enum { DATASET_COLUMNS_MAX = 32 };
/* The columns of a table; the last one is swhid where its rows have a place. Returns how many. */
uint32_t dataset_columns(db_table table, dataset_column out[DATASET_COLUMNS_MAX]);
/* "tables", or "log" for what crawling the same commits again does not give. */
const char *dataset_folder(db_table table);
/* Prepares a connection that is in a transaction for reading tables: the places by file. */
bool dataset_places(db *conn, error *err);
/* Writes FOLDER/TABLE.csv.zst; adds the number of rows. */
bool dataset_table(db *conn, dataset_out *out, db_table table, uint64_t *rows, error *err);

/* ---- Parquet (dataset_parquet.c) ------------------------------------------------------------ */

typedef struct duckdb duckdb;
/* Loads DuckDB's library: `library`, or its usual names. false: *err says what to do. */
bool duckdb_open_library(const char *library, duckdb **out, error *err);
/* Writes parquet/TABLE.parquet from the CSV of the table. */
bool duckdb_convert(duckdb *d, dataset_out *out, db_table table, error *err);
void duckdb_close_library(duckdb *d);

/* ---- what explains it (dataset_card.c, dataset_croissant.c) --------------------------------- */

typedef struct {
    const export_dataset_wish *wish;
    bool with_parquet;
    const uint64_t *rows; /* by table */
    char released[16];    /* day of the latest run, 2026-01-31; empty: none */
    char analysis[160];   /* analysis versions of the snapshots */
    uint32_t repository_count, snapshot_count;
} dataset_facts;
/* README.md, CITATION.cff, schema.sql, dictionary.tsv. */
bool dataset_card(dataset_out *out, const dataset_facts *facts, error *err);
/* croissant.json; after all the files it speaks of. */
bool dataset_croissant(dataset_out *out, const dataset_facts *facts, error *err);

/* ---- named queries (dataset_queries.c) ------------------------------------------------------ */

/* queries/NAME.sql and statistics/NAME.csv of every named query. */
bool dataset_queries(db *conn, dataset_out *out, error *err);
/* corpus.lock: repository, commit, tree of each current snapshot; a list that `lode crawl` takes.
 * history.lock: the same of older ones, if there are any. */
bool dataset_lock(db *conn, dataset_out *out, error *err);

#endif
