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
    const char *tool_version; /* of Lode, for the card and the citation */
} export_dataset_wish;
/* Writes the dataset into `dir`, which is made if it is missing. ERR_INPUT: the folder holds
 * something else. ERR_IO, ERR_DB. */
bool export_dataset(db *conn, const char *dir, const export_dataset_wish *wish, error *err);

/* ---- notebooks (notebook.c) ----------------------------------------------------------------- */

/* Writes the Jupyter and Livebook notebooks into `dir`, which is made if it is missing. They hold
 * named queries and no results, so that no database is needed to write them. ERR_IO. */
bool export_notebooks(const char *dir, error *err);

#endif
