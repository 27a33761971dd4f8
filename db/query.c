#include "base/base.h"
#include "db/private.h"

static bool is_query(const embed_file *file)
{
    sv path = sv_from(file->path);
    return sv_starts(path, SV("queries/")) && sv_ends(path, SV(".sql"));
}

uint32_t db_named_query_count(void)
{
    size_t count = 0;
    uint32_t found = 0;
    const embed_file *files = db_embed(&count);
    for (size_t i = 0; i < count; i++) found += is_query(&files[i]);
    return found;
}

/* "-- key: text": true and *text if the line has this key. */
static bool head_line(sv line, const char *key, sv *text)
{
    if (!sv_starts(line, SV("-- "))) return false;
    line = sv_slice(line, 3, line.size);
    size_t size = strlen(key);
    if (!sv_starts(line, sv_from(key)) || line.size <= size || line.data[size] != ':') return false;
    *text = sv_trim(sv_slice(line, size + 1, line.size));
    return true;
}

static bool parse(const embed_file *file, db_named_query *out, error *err)
{
    sv path = sv_from(file->path), rest = embed_text(file), line, text;
    memset(out, 0, sizeof *out);
    out->name = sv_slice(path, strlen("queries/"), path.size - strlen(".sql"));
    out->sql = rest;
    while (sv_next(&rest, '\n', &line) && sv_starts(line, SV("--"))) {
        if (head_line(line, "question", &text)) {
            out->question = text;
        } else if (head_line(line, "denominator", &text)) {
            out->denominator = text;
        } else if (head_line(line, "unit", &text)) {
            out->unit = text;
        } else if (head_line(line, "parameter", &text)) {
            size_t cut = sv_find(text, SV(";"), 0);
            if (cut == SIZE_MAX || out->param_count == DB_QUERY_PARAMS_MAX)
                return error_set(err, ERR_BUG, "%s: a parameter line is `-- parameter: NAME; what`",
                                 file->path);
            out->params[out->param_count] = sv_trim(sv_slice(text, 0, cut));
            out->param_help[out->param_count++] = sv_trim(sv_slice(text, cut + 1, text.size));
        } else {
            return error_set(err, ERR_BUG, "%s: unknown head line: %.*s", file->path, SV_FMT(line));
        }
    }
    if (!out->question.size || !out->denominator.size || !out->unit.size)
        return error_set(err, ERR_BUG, "%s: question, denominator and unit must be stated",
                         file->path);
    return true;
}

bool db_named_query_get(uint32_t index, db_named_query *out, error *err)
{
    size_t count = 0;
    const embed_file *files = db_embed(&count);
    for (size_t i = 0; i < count; i++)
        if (is_query(&files[i]) && index-- == 0) return parse(&files[i], out, err);
    return error_set(err, ERR_BUG, "no such query");
}

bool db_named_query_find(sv name, db_named_query *out)
{
    uint32_t count = db_named_query_count();
    for (uint32_t i = 0; i < count; i++)
        if (db_named_query_get(i, out, NULL) && sv_eq(out->name, name)) return true;
    return false;
}
