#include "base/base.h"
#include "db/db.h"
#include "notebooks_export/notebook.h"

static sv without_last_break(sv text)
{
    while (sv_ends(text, SV("\n"))) text.size--;
    return text;
}

/* "kind id" of a line `%% kind id`. */
static bool is_marker(sv line, sv *kind, sv *id)
{
    if (!sv_starts(line, SV("%% "))) return false;
    line = sv_slice(line, 3, line.size);
    size_t blank = MIN(sv_find(line, SV(" "), 0), line.size);
    *kind = sv_slice(line, 0, blank);
    *id = sv_trim(sv_slice(line, blank, line.size));
    return true;
}

static bool read_cells(sv text, notebook *out, error *err);

static bool add_query(sv name, notebook *out, error *err)
{
    db_named_query q;
    if (!db_named_query_find(name, &q))
        return error_set(err, ERR_BUG, "the notebook %s asks %.*s, which is no named query",
                         out->name, SV_FMT(name));
    cell made = {CELL_QUERY, q.name, without_last_break(q.sql)};
    vec_push(&out->cells, made);
    return true;
}

static bool add_cell(sv kind, sv id, sv body, notebook *out, error *err)
{
    static const struct {
        const char *word;
        cell_kind kind;
    } kinds[] = {{"markdown", CELL_MARKDOWN}, {"python", CELL_PYTHON}, {"elixir", CELL_ELIXIR}};
    if (sv_eq(kind, SV("query"))) return add_query(id, out, err);
    if (sv_eq(kind, SV("setup"))) {
        sv common;
        return template_get("common.nb", &common, err) && read_cells(common, out, err);
    }
    for (uint32_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (sv_eq_c(kind, kinds[i].word)) {
            cell made = {kinds[i].kind, id, without_last_break(body)};
            vec_push(&out->cells, made);
            return true;
        }
    return error_set(err, ERR_BUG, "the notebook %s has a cell of the kind %.*s", out->name,
                     SV_FMT(kind));
}

static bool read_cells(sv text, notebook *out, error *err)
{
    sv rest = text, line, kind = SV(""), id = SV(""), next_kind, next_id;
    const char *body = NULL;
    while (rest.size > 0) {
        const char *at = rest.data;
        sv_next(&rest, '\n', &line);
        if (!is_marker(line, &next_kind, &next_id)) continue;
        if (body && !add_cell(kind, id, (sv){body, (size_t)(at - body)}, out, err)) return false;
        kind = next_kind;
        id = next_id;
        body = rest.data;
    }
    const char *end = text.data + text.size;
    return !body || add_cell(kind, id, (sv){body, (size_t)(end - body)}, out, err);
}

bool notebook_read(const char *source, const char *name, const template_value *values,
                   uint32_t count, notebook *out, arena *a, error *err)
{
    buf text = {0};
    memset(out, 0, sizeof *out);
    out->name = name;
    bool done = template_fill(arena_printf(a, "%s.nb", source), values, count, &text, err);
    if (done) {
        sv kept = {arena_strndup(a, text.data ? text.data : "", text.size), text.size};
        done = read_cells(kept, out, err);
    }
    buf_release(&text);
    return done;
}

void notebook_release(notebook *n)
{
    vec_release(&n->cells);
}
