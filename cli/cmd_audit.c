#include "base/base.h"
#include <pwd.h>
#include <unistd.h>
#include "cli/audit.h"
#include "crawler/crawler.h"

static const struct {
    char key;
    const char *verdict;
} verdicts[] = {{'r', "right"}, {'w', "wrong"}, {'d', "by design"}, {'u', "unsure"}};

const char *audit_verdict_of_key(char key)
{
    for (uint32_t i = 0; i < ARRAY_LEN(verdicts); i++)
        if (verdicts[i].key == key) return verdicts[i].verdict;
    return NULL;
}

bool audit_verdict_is_known(sv verdict)
{
    for (uint32_t i = 0; i < ARRAY_LEN(verdicts); i++)
        if (sv_eq_c(verdict, verdicts[i].verdict)) return true;
    return false;
}

const char *audit_annotator(const cli_args *args)
{
    const char *named = cli_value(args, "--annotator");
    if (!named || !*named) named = getenv("USER");
    if (named && *named) return named;
    const struct passwd *user = getpwuid(geteuid());
    return user && user->pw_name && *user->pw_name ? user->pw_name : "reader";
}

bool audit_label_store(db *conn, const audit_label *label, error *err)
{
    char key[37], line[24], version[24];
    arena a = {0};
    db_key_text(db_key_make(DB_TABLE_audit_label, v_text(label->rule), v_text(label->repository),
                            v_text(label->fingerprint), v_text(label->annotator)),
                key);
    snprintf(line, sizeof line, "%" PRId64, label->line);
    snprintf(version, sizeof version, "%" PRId64, label->rule_version);
    const sv texts[] = {label->rule,        label->repository, label->commit,  label->path,
                        label->fingerprint, label->annotator,  label->verdict, label->reason};
    const char *params[11] = {key, line, label->rule_version > 0 ? version : NULL};
    for (uint32_t i = 0; i < ARRAY_LEN(texts); i++)
        params[3 + i] = arena_strndup(&a, texts[i].data ? texts[i].data : "", texts[i].size);
    db_result *r = NULL;
    bool done = db_query(
        conn,
        "INSERT INTO audit_label (id, line, rule_version, rule, repository, commit, path, "
        "fingerprint, annotator, verdict, reason, labelled_at) VALUES ($1, $2, $3, $4, $5, $6, $7, "
        "$8, $9, $10, $11, now()) ON CONFLICT (id) DO UPDATE SET line = excluded.line, "
        "rule_version = excluded.rule_version, commit = excluded.commit, path = excluded.path, "
        "verdict = excluded.verdict, reason = excluded.reason, labelled_at = excluded.labelled_at",
        params, ARRAY_LEN(params), &r, err);
    db_result_free(r);
    arena_release(&a);
    return done;
}

/* Within a stratum findings are shuffled by the seed; the strata are then merged so that every
 * beginning of the order holds them in the proportion in which they occur. Thus a larger sample of
 * the same seed continues a smaller one, and precision needs no weights. */
static const char sample_sql[] =
    "WITH pool AS ("
    "    SELECT rule, repository, fingerprint, confidence || ' ' || language AS stratum "
    "    FROM stats.finding WHERE $1::text IS NULL OR rule = $1"
    "), ranked AS ("
    "    SELECT *, (row_number() OVER (PARTITION BY rule, stratum ORDER BY "
    "        md5($2 || repository || ' ' || fingerprint), repository) - 1 "
    "        + ('x' || left(md5($2 || rule || stratum), 6))::bit(24)::int / 16777216.0) "
    "        / count(*) OVER (PARTITION BY rule, stratum) AS place FROM pool"
    "), ordered AS ("
    "    SELECT *, row_number() OVER (PARTITION BY rule ORDER BY place, stratum) - 1 AS position "
    "    FROM ranked"
    ") "
    "SELECT rule, repository, fingerprint, stratum, position FROM ordered "
    "WHERE position < $3::bigint ORDER BY rule, position";

static int sample(const cli_args *args, db *conn)
{
    error err = {0};
    int64_t size, seed;
    char size_text[24], seed_text[24];
    if (!cli_number(args, "--n", 1, 1000000, 30, &size) ||
        !cli_number(args, "--seed", 0, INT64_MAX, 1, &seed))
        return EXIT_USAGE;
    snprintf(size_text, sizeof size_text, "%" PRId64, size);
    snprintf(seed_text, sizeof seed_text, "%" PRId64, seed);
    const char *params[] = {cli_value(args, "--rule"), seed_text, size_text};
    db_result *r = NULL;
    if (!db_query(conn, sample_sql, params, 3, &r, &err)) return cli_fail(&err);
    db_loader *loader = db_loader_begin();
    uint32_t count = db_result_rows(r);
    for (uint32_t i = 0; i < count; i++) {
        sv rule = sv_from(db_result_text(r, i, 0)), repository = sv_from(db_result_text(r, i, 1));
        sv fingerprint = sv_from(db_result_text(r, i, 2));
        db_key key = db_key_make(DB_TABLE_audit_sample, v_text(rule), v_i64(seed),
                                 v_text(repository), v_text(fingerprint));
        db_row(loader, DB_TABLE_audit_sample, v_key(key), v_text(rule), v_i64(seed),
               v_i32(strtoll(db_result_text(r, i, 4), NULL, 10)), v_text_c(db_result_text(r, i, 3)),
               v_text(repository), v_text(fingerprint));
    }
    bool done = db_loader_commit_shared(loader, conn, &err);
    db_loader_free(loader);
    db_result_free(r);
    if (!done) return cli_fail(&err);
    if (count == 0) {
        log_line(LOG_WARNING, "there is no finding to draw from");
        return EXIT_DONE;
    }
    log_line(LOG_INFO, "%u findings drawn; `lode audit` shows them one by one", count);
    return EXIT_DONE;
}

static int with_database(const cli_args *args, int (*verb)(const cli_args *, db *))
{
    error err = {0};
    db *conn = NULL;
    bool done = cli_db_open(args, true, &conn, &err) && db_stats_refresh(conn, NULL, &err);
    int status = done ? verb(args, conn) : cli_fail(&err);
    db_close(conn);
    return status;
}

int cmd_audit(int argc, char **argv)
{
    static const struct {
        const char *name;
        uint32_t positions_min, positions_max;
        int (*run)(const cli_args *, db *);
    } verbs[] = {{"sample", 1, 1, sample},
                 {"import", 2, CLI_POSITIONS_MAX, audit_import},
                 {"export", 2, 2, audit_export}};
    const char *known[ARRAY_LEN(verbs)];
    cli_args args;
    int status = 0;
    if (!cli_parse(argc, argv, 0, CLI_POSITIONS_MAX, &args, &status)) return status;
    if (args.position_count == 0) {
        error err = {0};
        if (!crawler_init(&err)) return cli_fail(&err);
        status = with_database(&args, audit_read);
        crawler_end();
        return status;
    }
    const char *name = args.positions[0];
    for (uint32_t i = 0; i < ARRAY_LEN(verbs); i++) {
        known[i] = verbs[i].name;
        if (strcmp(name, verbs[i].name) != 0) continue;
        if (args.position_count < verbs[i].positions_min)
            return cli_usage(&args, "lode audit %s needs a file or a folder", name);
        if (args.position_count > verbs[i].positions_max)
            return cli_usage(&args, "one argument too many: %s",
                             args.positions[args.position_count - 1]);
        return with_database(&args, verbs[i].run);
    }
    const char *nearest = cli_nearest(name, known, ARRAY_LEN(known));
    if (nearest) return cli_usage(&args, "lode audit has no %s; did you mean %s?", name, nearest);
    return cli_usage(&args, "lode audit is sample, import, export or nothing, not %s", name);
}
