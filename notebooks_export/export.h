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

#endif
