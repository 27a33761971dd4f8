#include "base/base.h"
#include "notebooks_export/dataset.h"

/* RFC 4180; null is nothing, an empty text is "". */
static void add_csv(buf *out, const char *text)
{
    if (!text) return;
    if (*text && !strpbrk(text, ",\"\r\n")) {
        buf_add_c(out, text);
        return;
    }
    buf_add_char(out, '"');
    for (const char *p = text; *p; p++) {
        if (*p == '"') buf_add_char(out, '"');
        buf_add_char(out, *p);
    }
    buf_add_char(out, '"');
}

static void result_csv(const db_result *r, buf *out)
{
    uint32_t columns = db_result_columns(r);
    for (uint32_t i = 0; i <= db_result_rows(r); i++)
        for (uint32_t c = 0; c < columns; c++) {
            const char *text = i == 0 ? db_result_name(r, c) : db_result_text(r, i - 1, c);
            if (i > 0 && text && db_result_is_bool(r, c)) text = *text == 't' ? "true" : "false";
            add_csv(out, text);
            buf_add_char(out, c + 1 < columns ? ',' : '\n');
        }
}

/* What annotators are called stays in the database. */
static bool is_left_out(const db_named_query *q)
{
    static const char *const names[] = {"agreement", "failures", "suppressed"};
    for (uint32_t i = 0; i < ARRAY_LEN(names); i++)
        if (sv_eq_c(q->name, names[i])) return true;
    return false;
}

bool dataset_queries(db *conn, dataset_out *out, error *err)
{
    const char *nothing[DB_QUERY_PARAMS_MAX] = {NULL};
    buf csv = {0}, path = {0}, sql = {0};
    bool done = true;
    for (uint32_t i = 0; done && i < db_named_query_count(); i++) {
        db_named_query q;
        db_result *r = NULL;
        buf_clear(&csv);
        buf_clear(&path);
        buf_clear(&sql);
        done = db_named_query_get(i, &q, err);
        if (!done || is_left_out(&q)) continue;
        buf_add(&sql, q.sql);
        buf_printf(&path, "queries/%.*s.sql", SV_FMT(q.name));
        done = dataset_write(out, path.data, q.sql, err) &&
               db_query(conn, sql.data, nothing, (int)q.param_count, &r, err);
        if (done) result_csv(r, &csv);
        db_result_free(r);
        buf_clear(&path);
        buf_printf(&path, "statistics/%.*s.csv", SV_FMT(q.name));
        done = done && dataset_write(out, path.data, buf_sv(&csv), err);
    }
    buf_release(&csv);
    buf_release(&path);
    buf_release(&sql);
    return done;
}

/* One list: the snapshots that statistics count, or the others. */
static bool write_lock(db *conn, dataset_out *out, bool current, error *err)
{
    const char *params[] = {current ? "true" : "false"};
    db_result *r = NULL;
    if (!db_query(conn,
                  "SELECT regexp_replace(r.url, '://[^/@]*@', '://'), encode(s.commit_oid, 'hex'), "
                  "coalesce((SELECT e.tags FROM corpus_entry e WHERE e.repository_id = r.id AND "
                  "e.tags IS NOT NULL ORDER BY e.id LIMIT 1), ''), encode(s.tree_oid, 'hex') "
                  "FROM snapshot s JOIN repository r ON r.id = s.repository_id "
                  "WHERE EXISTS (SELECT 1 FROM current_snapshot c WHERE c.id = s.id) = $1::boolean "
                  "ORDER BY r.url COLLATE \"C\", s.committed_at, s.commit_oid",
                  params, 1, &r, err))
        return false;
    buf text = {0};
    buf_add_c(&text, "url\tref\ttags\ttree\n");
    for (uint32_t i = 0; i < db_result_rows(r); i++)
        for (uint32_t c = 0; c < 4; c++)
            buf_printf(&text, "%s%c", db_result_text(r, i, c), c < 3 ? '\t' : '\n');
    bool done = true;
    if (current || db_result_rows(r) > 0)
        done = dataset_write(out, current ? "corpus.lock" : "history.lock", buf_sv(&text), err);
    buf_release(&text);
    db_result_free(r);
    return done;
}

bool dataset_lock(db *conn, dataset_out *out, error *err)
{
    return write_lock(conn, out, true, err) && write_lock(conn, out, false, err);
}
