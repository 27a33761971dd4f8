#include "base/base.h"
#include <time.h>
#include "db/private.h"

sv db_url_plain(sv url)
{
    url = sv_trim(url);
    while (url.size > 1 && url.data[url.size - 1] == '/') url.size--;
    if (sv_ends(url, SV(".git")) && url.size > 5) url.size -= 4;
    while (url.size > 1 && url.data[url.size - 1] == '/') url.size--;
    return url;
}

sv db_url_name(sv url)
{
    url = db_url_plain(url);
    size_t from = url.size;
    for (int slashes = 0; from > 0; from--)
        if (url.data[from - 1] == '/' && ++slashes == 2) break;
    sv name = sv_slice(url, from, url.size);
    return name.size ? name : url;
}

db_key db_repository_key(sv url)
{
    return db_key_make(DB_TABLE_repository, v_text(db_url_plain(url)));
}

static bool run_sql(db *conn, const char *sql, const char *const *params, int count, error *err)
{
    db_result *result = NULL;
    bool done = db_query(conn, sql, params, count, &result, err);
    db_result_free(result);
    return done;
}

/* "2024-01-31T12:00:00Z", or the date alone. */
static db_value v_time_text(sv text)
{
    struct tm tm = {0};
    char copy[32];
    snprintf(copy, sizeof copy, "%.*s", SV_FMT(text));
    const char *rest = strptime(copy, "%Y-%m-%d", &tm);
    if (!rest) return v_null(DB_TIME);
    if (*rest && !strptime(rest + 1, "%H:%M:%S", &tm)) return v_null(DB_TIME);
    return v_time(timegm(&tm));
}

static void listing_row(db_loader *loader, db_key corpus, db_key repository,
                        const db_corpus_row *row)
{
    int64_t stars = 0;
    bool has_stars = sv_to_i64(row->stars, &stars) && stars >= 0;
    bool is_archived = sv_eq(row->archived, SV("yes"));
    bool says = row->stars.size || row->licence.size || row->fork_of.size || row->archived.size ||
                row->topics.size || row->pushed_at.size;
    if (!says) return;
    db_row(loader, DB_TABLE_listing,
           v_key(db_key_make(DB_TABLE_listing, v_key(corpus), v_key(repository))), v_key(corpus),
           v_key(repository), has_stars ? v_i64(stars) : v_null(DB_I64),
           v_text_or_null(row->licence), v_text_or_null(row->fork_of),
           is_archived || sv_eq(row->archived, SV("no")) ? v_bool(is_archived) : v_null(DB_BOOL),
           v_text_or_null(row->topics), v_time_text(row->pushed_at));
}

static void corpus_rows(db_loader *loader, db_key corpus, sv name, const db_corpus_row *rows,
                        uint32_t row_count)
{
    db_row(loader, DB_TABLE_corpus, v_key(corpus), v_text(name));
    for (uint32_t i = 0; i < row_count; i++) {
        sv url = db_url_plain(rows[i].url);
        db_key repository = db_repository_key(url);
        db_row(loader, DB_TABLE_repository, v_key(repository), v_text(url),
               v_text(db_url_name(url)));
        db_key entry = db_key_make(DB_TABLE_corpus_entry, v_key(corpus), v_key(repository),
                                   v_text(rows[i].ref));
        db_row(loader, DB_TABLE_corpus_entry, v_key(entry), v_key(corpus), v_key(repository),
               v_i32(i + 1), v_text_or_null(rows[i].ref), v_text_or_null(rows[i].tags));
        listing_row(loader, corpus, repository, &rows[i]);
    }
}

bool db_run_begin(db *conn, sv corpus_name, const db_corpus_row *rows, uint32_t row_count,
                  uint32_t job_count, const char *tool_version, const char *analysis_version,
                  db_key *run, error *err)
{
    db_key corpus = db_key_make(DB_TABLE_corpus, v_text(corpus_name));
    char corpus_text[37], jobs[16], repositories[16];
    db_key_text(corpus, corpus_text);
    snprintf(jobs, sizeof jobs, "%u", job_count);
    snprintf(repositories, sizeof repositories, "%u", row_count);
    const char *corpus_only[] = {corpus_text};
    const char *params[] = {corpus_text, tool_version, analysis_version, jobs, repositories};
    db_loader *loader = db_loader_begin();
    db_result *made = NULL;
    corpus_rows(loader, corpus, corpus_name, rows, row_count);
    bool done =
        run_sql(conn, "DELETE FROM corpus_entry WHERE corpus_id = $1", corpus_only, 1, err) &&
        run_sql(conn, "DELETE FROM listing WHERE corpus_id = $1", corpus_only, 1, err) &&
        db_loader_commit_shared(loader, conn, err) &&
        db_query(conn,
                 "INSERT INTO run (id, corpus_id, tool_version, analysis_version, started_at, "
                 "job_count, repository_count) VALUES (gen_random_uuid(), $1, $2, $3, now(), $4, "
                 "$5) RETURNING replace(id::text, '-', '')",
                 params, 5, &made, err);
    if (done) done = hex_decode(sv_from(db_result_text(made, 0, 0)), run->bytes, 16);
    db_result_free(made);
    db_loader_free(loader);
    return done;
}

bool db_run_failure(db *conn, db_key run, sv url, sv ref, const char *stage, const error *why,
                    error *err)
{
    db_loader *loader = db_loader_begin();
    sv plain = db_url_plain(url);
    db_key repository = db_repository_key(plain);
    db_key id = db_key_make(DB_TABLE_failure, v_key(run), v_key(repository), v_text(ref));
    db_row(loader, DB_TABLE_repository, v_key(repository), v_text(plain),
           v_text(db_url_name(plain)));
    db_row(loader, DB_TABLE_failure, v_key(id), v_key(run), v_key(repository), v_text_c(stage),
           v_text_c(err_kind_name(why->kind)), v_text_c(why->text));
    bool done = db_loader_commit_shared(loader, conn, err);
    db_loader_free(loader);
    return done;
}

bool db_run_end(db *conn, db_key run, const char *outcome, const db_run_totals *totals, error *err)
{
    char key[37], numbers[7][32];
    db_key_text(run, key);
    uint64_t counts[] = {totals->loaded_count, totals->unchanged_count, totals->failed_count,
                         totals->parsed_count, totals->reused_count,    totals->peak_bytes};
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        snprintf(numbers[i], sizeof numbers[i], "%" PRIu64, counts[i]);
    snprintf(numbers[6], sizeof numbers[6], "%.3f", totals->seconds);
    const char *params[] = {key,        outcome,    numbers[0], numbers[1], numbers[2],
                            numbers[3], numbers[4], numbers[5], numbers[6]};
    return run_sql(conn,
                   "UPDATE run SET finished_at = now(), outcome = $2, loaded_count = $3, "
                   "unchanged_count = $4, failed_count = $5, parsed_count = $6, reused_count = $7, "
                   "peak_bytes = $8, seconds = $9 WHERE id = $1",
                   params, 9, err);
}
