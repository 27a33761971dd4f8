/* What researchers and engineers take away: datasets, notebooks, reports.
 *
 * Everything here reads the database and writes a folder of files; nothing is written back. The
 * same tables give the same bytes. */
#ifndef LODE_NOTEBOOKS_EXPORT_EXPORT_H
#define LODE_NOTEBOOKS_EXPORT_EXPORT_H

#include "base/base.h"
#include "db/db.h"

/* ---- the dataset (dataset.c) ---------------------------------------------------------------- */

typedef struct {
    const char *url;            /* of the database; several connections read at the same time */
    const char *tool_version;   /* of Lode, for the card and the citation */
    const char *title;          /* NULL: "Lode dataset" */
    const char *publisher;      /* NULL: not named */
    const char *license;        /* SPDX id; NULL: not stated */
    const char *duckdb_library; /* path; NULL: looked for under its usual names */
    bool no_parquet;
} export_dataset_wish;
typedef struct {
    uint32_t table_count, file_count;
    uint64_t row_count, bytes;
    bool with_parquet;
    char parquet_why[200]; /* why there is no Parquet; empty when there is */
} export_dataset_told;
/* Writes the dataset into `dir`, which is made if it is missing; an older dataset there is
 * replaced. The tables are read as they stand at one moment. ERR_INPUT: the folder holds something
 * else, or a wish cannot be met. ERR_IO, ERR_DB. */
bool export_dataset(const export_dataset_wish *wish, const char *dir, export_dataset_told *told,
                    error *err);

/* ---- notebooks (notebook.c) ----------------------------------------------------------------- */

/* Writes the Jupyter and Livebook notebooks into `dir`, which is made if it is missing. They hold
 * named queries and no results, so that no database is needed to write them. ERR_IO. */
bool export_notebooks(const char *dir, error *err);

/* ---- SARIF (sarif.c) --------------------------------------------------------------------------
 *
 * SARIF 2.1.0 (OASIS Standard, 27 March 2020): what code hosts and editors read. The caller gives
 * findings in its own order; nothing is read from a database here. sarif_begin, then sarif_add for
 * each result, sarif_note for each file that was not read whole, then sarif_end. Text is escaped
 * as JSON; paths become relative URIs. One writer a thread. */

typedef struct {
    const char *id, *title; /* "self-call", one line */
    const char *level;      /* error, warning or note */
    sv help;                /* its page, Markdown */
    uint32_t version;
    const char *family; /* name of its family, a tag */
} sarif_rule;

/* Where something stands; lines and columns from 1, 0: not known. */
typedef struct {
    sv path;
    uint32_t line, col, end_line;
    const char *note; /* of a step; NULL otherwise */
} sarif_place;

typedef struct {
    uint32_t rule; /* index into the run's rules */
    const char *level, *confidence, *message, *fingerprint, *server;
    sarif_place at;
    const sarif_place *steps; /* the evidence in order */
    uint32_t step_count;
    bool suppressed;      /* by a comment in the source */
    const char *baseline; /* new, unchanged, absent; NULL: there is no baseline */
} sarif_result;

typedef struct {
    const char *tool_version;
    const sarif_rule *rules;
    uint32_t rule_count;
    const char *repository, *revision; /* URL and commit; NULL or empty: not known */
} sarif_run;

typedef struct {
    json_out json;
    bool in_notes;
} sarif;

/* Text is appended to `out`, which must stay until sarif_end. */
void sarif_begin(sarif *s, const sarif_run *run, buf *out);
void sarif_add(sarif *s, const sarif_run *run, const sarif_result *result);
/* A file that was left out or read in part; after all results. `level` as in SARIF. */
void sarif_note(sarif *s, const char *level, sv path, const char *text);
void sarif_end(sarif *s);

#endif
