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

static bool split_parameter(sv name, sv text, db_named_query *out, error *err)
{
    size_t cut = sv_find(text, SV(";"), 0);
    if (cut == SIZE_MAX || out->param_count == DB_QUERY_PARAMS_MAX)
        return error_set(err, ERR_BUG, "%.*s: a parameter line is `-- parameter: NAME; what`",
                         SV_FMT(name));
    out->params[out->param_count] = sv_trim(sv_slice(text, 0, cut));
    out->param_help[out->param_count++] = sv_trim(sv_slice(text, cut + 1, text.size));
    return true;
}

static bool split_dimensions(sv name, sv text, db_named_query *out, error *err)
{
    sv piece;
    while (sv_next(&text, ',', &piece)) {
        if (out->by_count == DB_QUERY_BY_MAX)
            return error_set(err, ERR_BUG, "%.*s: too many dimensions", SV_FMT(name));
        out->by[out->by_count++] = sv_trim(piece);
    }
    return true;
}

bool db_named_query_parse(sv name, sv sql, db_named_query *out, error *err)
{
    sv rest = sql, line, text;
    memset(out, 0, sizeof *out);
    out->name = name;
    out->sql = sql;
    while (sv_next(&rest, '\n', &line) && sv_starts(line, SV("--"))) {
        bool done = true;
        if (head_line(line, "question", &text)) out->question = text;
        else if (head_line(line, "denominator", &text)) out->denominator = text;
        else if (head_line(line, "unit", &text)) out->unit = text;
        else if (head_line(line, "by", &text)) done = split_dimensions(name, text, out, err);
        else if (head_line(line, "parameter", &text)) done = split_parameter(name, text, out, err);
        else
            done = error_set(err, ERR_BUG, "%.*s: unknown head line: %.*s", SV_FMT(name),
                             SV_FMT(line));
        if (!done) return false;
    }
    if (!out->question.size || !out->denominator.size || !out->unit.size)
        return error_set(err, ERR_BUG, "%.*s: question, denominator and unit must be stated",
                         SV_FMT(name));
    return true;
}

static bool parse(const embed_file *file, db_named_query *out, error *err)
{
    sv path = sv_from(file->path);
    sv name = sv_slice(path, strlen("queries/"), path.size - strlen(".sql"));
    return db_named_query_parse(name, embed_text(file), out, err);
}

/* Appends a line with the dimension in the place of each {by}. */
static void fill_in(sv line, const char *by, buf *sql)
{
    size_t at = 0, next;
    while ((next = sv_find(line, SV("{by}"), at)) != SIZE_MAX) {
        buf_add(sql, sv_slice(line, at, next));
        buf_printf(sql, "%s", by);
        at = next + strlen("{by}");
    }
    buf_add(sql, sv_slice(line, at, line.size));
}

bool db_named_query_sql(const db_named_query *query, const char *by, buf *sql, error *err)
{
    uint32_t i = 0;
    sv rest = query->sql, line;
    while (by && i < query->by_count && !sv_eq_c(query->by[i], by)) i++;
    if (by && i == query->by_count) {
        buf known = {0};
        for (i = 0; i < query->by_count; i++)
            buf_printf(&known, "%s%.*s", i ? ", " : "", SV_FMT(query->by[i]));
        error_set(err, ERR_INPUT, "%.*s cannot be broken down by %s: %s", SV_FMT(query->name), by,
                  query->by_count ? known.data : "it has no dimensions");
        buf_release(&known);
        return false;
    }
    while (sv_next(&rest, '\n', &line)) {
        if (!sv_starts(line, SV("--by "))) buf_add(sql, line);
        else if (by) fill_in(sv_slice(line, strlen("--by "), line.size), by, sql);
        else continue;
        buf_add_char(sql, '\n');
    }
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
