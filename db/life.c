/* The life of findings: what changes in it when a branch is visited. */
#include "base/base.h"
#include "db/private.h"

static bool run_sql(db *conn, const char *sql, const char *const *params, int count, uint32_t *rows,
                    error *err)
{
    db_result *result = NULL;
    bool done = db_query(conn, sql, params, count, &result, err);
    if (done && rows) *rows = db_result_rows(result);
    db_result_free(result);
    return done;
}

/* What the branch was at the visit before this one. */
typedef struct {
    bool is_first, same_snapshot, same_analysis;
} before;

/* Makes the branch's row or locks it. */
static bool find_before(db *conn, const db_visit *visit, const char *id, const char *snapshot,
                        const char *analysis, before *out, error *err)
{
    char repository[37];
    db_result *have = NULL;
    uint32_t made = 0;
    buf ref = {0};
    db_key_text(visit->repository, repository);
    buf_add(&ref, visit->ref);
    buf_add_c(&ref, "");
    const char *params[] = {id,       repository,    ref.data ? ref.data : "",
                            snapshot, visit->commit, analysis};
    bool done = run_sql(conn,
                        "INSERT INTO branch (id, repository_id, ref, snapshot_id, commit_oid, "
                        "analysis_version, followed_at, seen_at) VALUES ($1, $2, $3, $4, "
                        "decode($5, 'hex'), $6, now(), now()) ON CONFLICT DO NOTHING RETURNING id",
                        params, 6, &made, err);
    buf_release(&ref);
    out->is_first = made > 0;
    if (!done || out->is_first) return done;
    const char *keys[] = {id, snapshot, analysis};
    if (!db_query(conn,
                  "SELECT snapshot_id = $2, analysis_version = $3 FROM branch WHERE id = $1 FOR "
                  "UPDATE",
                  keys, 3, &have, err))
        return false;
    out->same_snapshot = strcmp(db_result_text(have, 0, 0), "t") == 0;
    out->same_analysis = strcmp(db_result_text(have, 0, 1), "t") == 0;
    db_result_free(have);
    return true;
}

static const char end_spans[] =
    "UPDATE life_span l SET gone_snapshot_id = $2, gone_at = now(), last_snapshot_id = "
    "b.snapshot_id, last_seen_at = b.seen_at, went = CASE WHEN EXISTS (SELECT 1 FROM finding g "
    "WHERE g.snapshot_id = $2 AND g.rule = l.rule AND g.fingerprint = l.fingerprint) THEN "
    "'suppressed' ELSE $3 END FROM branch b WHERE b.id = $1 AND l.branch_id = $1 AND l.gone_at IS "
    "NULL AND NOT EXISTS (SELECT 1 FROM finding g WHERE g.snapshot_id = $2 AND g.rule = l.rule AND "
    "g.fingerprint = l.fingerprint AND NOT g.is_suppressed)";

static const char begin_spans[] =
    "INSERT INTO life_span (id, branch_id, rule, fingerprint, ordinal, first_snapshot_id, "
    "first_seen_at, came) SELECT md5($1 || ' ' || rule || ' ' || fingerprint || ' ' || "
    "ordinal)::uuid, $1::uuid, rule, fingerprint, ordinal, $2::uuid, now(), $3 FROM (SELECT "
    "g.rule, g.fingerprint, (SELECT count(*) FROM life_span l WHERE l.branch_id = $1::uuid AND "
    "l.rule = g.rule AND l.fingerprint = g.fingerprint) AS ordinal FROM finding g WHERE "
    "g.snapshot_id = $2::uuid AND NOT g.is_suppressed AND NOT EXISTS (SELECT 1 FROM life_span l "
    "WHERE l.branch_id = $1::uuid AND l.rule = g.rule AND l.fingerprint = g.fingerprint AND "
    "l.gone_at IS NULL)) AS fresh";

bool life_visit(db *conn, const db_visit *visit, const char *snapshot, const char *analysis,
                db_outcome outcome, error *err)
{
    before was = {0};
    char id[37];
    db_key key = db_key_make(DB_TABLE_branch, v_key(visit->repository), v_text(visit->ref));
    db_key_text(key, id);
    if (!find_before(conn, visit, id, snapshot, analysis, &was, err)) return false;
    const char *cause = was.is_first        ? "found"
                        : was.same_snapshot ? "analysis"
                        : was.same_analysis ? "code"
                                            : "either";
    const char *spans[] = {id, snapshot, cause};
    bool done = true;
    bool same = !was.is_first && was.same_snapshot && was.same_analysis && outcome == DB_UNCHANGED;
    if (!same && !was.is_first) done = run_sql(conn, end_spans, spans, 3, NULL, err);
    if (!same) done = done && run_sql(conn, begin_spans, spans, 3, NULL, err);
    const char *update[] = {id, snapshot, visit->commit, analysis};
    done = done && run_sql(conn,
                           "UPDATE branch SET snapshot_id = $2, commit_oid = decode($3, 'hex'), "
                           "analysis_version = $4, seen_at = now() WHERE id = $1",
                           update, 4, NULL, err);
    const char *commit[] = {snapshot, visit->commit};
    return done && run_sql(conn,
                           "INSERT INTO same_tree (id, snapshot_id, commit_oid, seen_at) SELECT "
                           "md5($1 || ' ' || $2)::uuid, s.id, decode($2, 'hex'), now() FROM "
                           "snapshot s WHERE s.id = $1::uuid AND s.commit_oid <> decode($2, 'hex') "
                           "ON CONFLICT DO NOTHING",
                           commit, 2, NULL, err);
}

bool db_snapshot_of_tree(db *conn, db_key repository, const char *tree, const char *analysis,
                         db_key *out, bool *found, error *err)
{
    char key[37];
    db_result *have = NULL;
    db_key_text(repository, key);
    const char *params[] = {key, tree, analysis};
    if (!db_query(conn,
                  "SELECT replace(id::text, '-', '') FROM snapshot WHERE repository_id = $1 AND "
                  "tree_oid = decode($2, 'hex') AND analysis_version = $3 ORDER BY id LIMIT 1",
                  params, 3, &have, err))
        return false;
    *found = db_result_rows(have) > 0 &&
             hex_decode(sv_from(db_result_text(have, 0, 0)), out->bytes, sizeof out->bytes);
    db_result_free(have);
    return true;
}
