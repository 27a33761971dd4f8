/* Notebook sources: one text for Jupyter and Livebook, in templates/NAME.nb.
 *
 *     %% markdown ID      text for both; {{name}} is filled in
 *     %% setup            the cells of common.nb
 *     %% query NAME       asks the named query; the variable has its name, with _ for -
 *     %% python ID        a cell of the Jupyter notebook only
 *     %% elixir ID        a cell of the Livebook only
 *
 * IDs are unique in a notebook for each language; with the notebook's name they are the cell ids.
 */
#ifndef LODE_NOTEBOOKS_EXPORT_NOTEBOOK_H
#define LODE_NOTEBOOKS_EXPORT_NOTEBOOK_H

#include "notebooks_export/template.h"

typedef enum { CELL_MARKDOWN, CELL_QUERY, CELL_PYTHON, CELL_ELIXIR } cell_kind;
typedef struct {
    cell_kind kind;
    sv id;   /* of a query: its name */
    sv text; /* without the last line break; of a query: its SQL */
} cell;
typedef struct {
    const char *name; /* "overview": also of the files */
    VEC(cell) cells;
} notebook;

/* Reads templates/SOURCE.nb with its values filled in; texts live in the arena. ERR_BUG: an unknown
 * cell or query. */
bool notebook_read(const char *source, const char *name, const template_value *values,
                   uint32_t count, notebook *out, arena *a, error *err);
void notebook_release(notebook *n);
/* Append the whole file. */
void notebook_jupyter(const notebook *n, buf *out);
void notebook_livebook(const notebook *n, buf *out);

#endif
