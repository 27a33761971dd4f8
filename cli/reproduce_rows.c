/* Verdicts as rows: findings of the database are run, and what came of each is kept. */
#include "base/base.h"
#include "cli/load.h"
#include "cli/reproduce.h"

enum { BATCH = 64 };

/* What a run of many shares, and what is known so far. */
typedef struct {
    const cli_args *args;
    const reproduce_wish *w;
    db *conn;
    facts_store *store;
    buf mirror;
    char analysis[128], runtime[64];
    rule_total *totals;
    progress shown;
    uint32_t done_count, failed_count, lost_count, snapshot_failures;
    arena memory;
} session;

static bool session_open(session *s, error *err)
{
    buf state = {0};
    pipeline_version(s->analysis, sizeof s->analysis);
    reproduce_version(s->runtime, sizeof s->runtime);
    s->totals = base_calloc(rule_count() + 1, sizeof *s->totals);
    bool done = cli_mirror_dir(s->args, &s->mirror, err) &&
                cli_db_open(s->args, true, &s->conn, err) &&
                db_state_dir(s->args->state, &state, err) &&
                facts_store_open(state.data, PIPELINE_STORE, &s->store, err);
    buf_release(&state);
    return done;
}

static void session_close(session *s)
{
    facts_store_close(s->store);
    db_close(s->conn);
    buf_release(&s->mirror);
    arena_release(&s->memory);
    free(s->totals);
}

/* ---- writing -------------------------------------------------------------------------------- */

static db_value text_or_null(const char *text)
{
    return v_text_or_null(sv_from(text ? text : ""));
}

static void add_load(db_loader *loader, db_key key, db_key within, const load_curve *c)
{
    for (uint32_t i = 0; i < c->line_count; i++) {
        const load_line *line = &c->lines[i];
        db_row(loader, DB_TABLE_reproduction_line, v_key(key), v_i32(i), v_key(within),
               v_text_c(line->name), v_bool(line->control), v_text_c(c->x_label),
               v_text_c(c->y_label), v_f64(c->y_tip),
               line->tips ? v_f64(line->x_tip) : v_null(DB_F64));
        for (uint32_t k = 0; k < line->point_count; k++)
            db_row(loader, DB_TABLE_reproduction_point, v_key(key), v_i32(i), v_i32(k),
                   v_key(within), v_f64(line->points[k].x), v_f64(line->points[k].y));
    }
}

static void add_row(const session *s, db_loader *loader, db_key key, db_key within,
                    const finding *f, const reproduced *one)
{
    const reproduction *r = &one->r;
    const rt_outcome *o = reproduced_outcome(one);
    const rule_row *rule = rule_get(f->rule);
    const char *why = "";
    char digest[65] = "";
    if (o) reproduce_digest(o, digest);
    if (r->verdict == UNSUPPORTED) why = r->why;
    if (r->verdict == NOT_REPRODUCED_SO_FAR) why = r->run.incomplete_why;
    db_row(loader, DB_TABLE_reproduction, v_key(key), v_key(within), v_text_c(rule->id),
           v_i32(rule->version), v_text_c(f->fingerprint),
           v_text_c(reproduce_verdict_name(r->verdict)), text_or_null(why),
           text_or_null(o ? rt_category_name(o->category) : ""), text_or_null(o ? o->summary : ""),
           v_i64((int64_t)r->run.schedules), v_i64((int64_t)r->control_schedules),
           v_bool(r->control_complete), v_i32(r->unknowns), text_or_null(r->assumptions),
           text_or_null(r->control_change), o ? v_i32(o->trace_count) : v_null(DB_I32), v_i64(0),
           o ? v_text_c(o->schedule) : v_null(DB_TEXT),
           r->verdict == UNSUPPORTED ? v_null(DB_TEXT) : v_text(buf_sv(&r->scenario)),
           text_or_null(digest), v_f64(r->seconds), v_i64((int64_t)s->w->options.schedules_max),
           v_i64(s->w->options.ms_max), v_text_c(LODE_VERSION), v_text_c(s->analysis),
           v_text_c(s->runtime), text_or_null(one->load.told));
    add_load(loader, key, within, &one->load);
}

/* Runs a batch and keeps it, in one transaction. */
static bool run_batch(session *s, const pipeline_result *p, db_key within, reproduced *list,
                      uint32_t count, error *err)
{
    db_loader *loader = db_loader_begin();
    buf ids = {0};
    reproduced_make_all(p, s->w, list, count);
    for (uint32_t i = 0; i < count; i++) {
        const finding *f = &p->findings.items.items[list[i].index];
        char text[37];
        if (!list[i].done) {
            log_line(LOG_ERROR, "%s %.12s: %s", rule_get(f->rule)->id, f->fingerprint,
                     list[i].why.text);
            s->failed_count++;
            continue;
        }
        db_key key = db_key_make(DB_TABLE_finding, v_key(within), v_text_c(rule_get(f->rule)->id),
                                 v_text_c(f->fingerprint));
        db_key_text(key, text);
        buf_printf(&ids, "%s%s", ids.size ? "," : "{", text);
        add_row(s, loader, key, within, f, &list[i]);
        rule_total_add(s->totals, f, &list[i]);
        if (!s->w->all) reproduced_present(s->w, p, &list[i]);
        else if (s->w->jsonl) print_verdict_json(f, &list[i]);
        progress_step(&s->shown, ++s->done_count, rule_get(f->rule)->id);
    }
    buf_add_char(&ids, '}');
    bool done = ids.size == 1 || db_loader_commit_reproductions(loader, s->conn, ids.data, err);
    db_loader_free(loader);
    buf_release(&ids);
    return done;
}

/* ---- choosing ------------------------------------------------------------------------------- */

enum { W_FINDING, W_URL, W_COMMIT, W_ANALYSIS, W_FINGERPRINT, W_RULE, W_SNAPSHOT };

/* The findings that are wished for, by snapshot. */
static bool choose(session *s, db_result **out, error *err)
{
    const reproduce_wish *w = s->w;
    char schedules[24], ms[24];
    buf sql = {0};
    snprintf(schedules, sizeof schedules, "%" PRIu64, w->options.schedules_max);
    snprintf(ms, sizeof ms, "%" PRId64, w->options.ms_max);
    const char *params[] = {w->finding,
                            w->rule,
                            w->confidence,
                            w->repository,
                            s->runtime,
                            schedules,
                            ms,
                            LODE_VERSION,
                            w->again || !w->all ? "t" : "f"};
    buf_add_c(&sql, "SELECT g.id, r.url, encode(s.commit_oid, 'hex'), s.analysis_version, "
                    "g.fingerprint, g.rule, s.id "
                    "FROM current_finding g JOIN snapshot s ON s.id = g.snapshot_id "
                    "JOIN repository r ON r.id = s.repository_id "
                    "LEFT JOIN reproduction p ON p.finding_id = g.id "
                    "AND p.runtime_version = $5 AND p.schedules_max = $6::bigint "
                    "AND p.budget_ms = $7::bigint AND p.tool_version = $8 "
                    "AND p.analysis_version = s.analysis_version "
                    "WHERE ($1::text IS NULL OR starts_with(g.fingerprint, lower($1)) OR "
                    "g.id::text = lower($1)) AND ($2::text IS NULL OR g.rule = $2) "
                    "AND ($3::text IS NULL OR g.confidence = $3) "
                    "AND ($4::text IS NULL OR strpos(r.url, $4) > 0) "
                    "AND ($9::bool OR p.finding_id IS NULL) ORDER BY r.url, s.id, g.id");
    bool done = db_query(s->conn, sql.data, params, (int)ARRAY_LEN(params), out, err);
    buf_release(&sql);
    return done;
}

static bool same_snapshot(const db_result *r, uint32_t a, uint32_t b)
{
    return strcmp(db_result_text(r, a, W_SNAPSHOT), db_result_text(r, b, W_SNAPSHOT)) == 0;
}

/* Is this finding among the chosen? */
static bool is_chosen(const map64 *chosen, const finding *f)
{
    return map64_get(chosen,
                     hash64(sv_from(f->fingerprint)) ^ hash64(sv_from(rule_get(f->rule)->id)),
                     0) == 1;
}

/* Analyses the snapshot of rows from..to again, as it was when it was loaded, and runs them. */
static bool run_rows(session *s, const db_result *rows, uint32_t from, uint32_t to, error *err)
{
    const char *url = db_result_text(rows, from, W_URL);
    const char *commit = db_result_text(rows, from, W_COMMIT);
    if (strcmp(db_result_text(rows, from, W_ANALYSIS), s->analysis) != 0)
        return error_set(err, ERR_INPUT,
                         "it was analysed by another version of lode; `lode crawl` does so again");
    pipeline_options options = {.path = mirror_path(s->mirror.data, url, &s->memory),
                                .rev = commit,
                                .thread_count = s->w->job_count,
                                .store = s->store};
    pipeline_result p = {0};
    map64 chosen = {0};
    uint32_t found = 0;
    for (uint32_t i = from; i < to; i++)
        map64_set(&chosen,
                  hash64(sv_from(db_result_text(rows, i, W_FINGERPRINT))) ^
                      hash64(sv_from(db_result_text(rows, i, W_RULE))),
                  1);
    db_key within = load_snapshot_key(db_url_plain(sv_from(url)), commit);
    bool done = pipeline_run(&options, &p, err);
    for (uint32_t i = 0; done && i < p.findings.items.count;) {
        reproduced list[BATCH];
        uint32_t count = 0;
        memset(list, 0, sizeof list);
        for (; i < p.findings.items.count && count < BATCH; i++)
            if (is_chosen(&chosen, &p.findings.items.items[i])) list[count++].index = i;
        found += count;
        if (count) done = run_batch(s, &p, within, list, count, err);
        for (uint32_t k = 0; k < count; k++) reproduced_release(&list[k]);
    }
    if (done && found < to - from) s->lost_count += to - from - found;
    map64_release(&chosen);
    pipeline_release(&p);
    arena_clear(&s->memory);
    return done;
}

static int run_all(session *s, const db_result *rows)
{
    uint32_t count = db_result_rows(rows);
    error err = {0};
    progress_start(&s->shown, "findings", count);
    for (uint32_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && same_snapshot(rows, from, to);) to++;
        err = (error){0};
        if (run_rows(s, rows, from, to, &err)) continue;
        if (err.kind == ERR_DB || err.kind == ERR_BUG) break;
        log_line(LOG_WARNING, "%s: %s", db_result_text(rows, from, W_URL), err.text);
        s->snapshot_failures++;
        err = (error){0};
    }
    progress_end(&s->shown);
    if (err.kind != ERR_NONE) return cli_fail(&err);
    return s->failed_count ? EXIT_BUG : s->snapshot_failures ? EXIT_INPUTS : EXIT_DONE;
}

int reproduce_stored(const cli_args *args, const reproduce_wish *w)
{
    session s = {.args = args, .w = w};
    db_result *rows = NULL;
    error err = {0};
    int status;
    if (!session_open(&s, &err) || !choose(&s, &rows, &err)) status = cli_fail(&err);
    else if (w->all || db_result_rows(rows) == 1) {
        status = run_all(&s, rows);
        if (w->all && !w->jsonl && s.done_count) print_totals(s.totals);
        if (s.lost_count)
            log_line(LOG_WARNING,
                     "%u findings are not found any more when their snapshot is analysed: `lode "
                     "crawl --again` replaces what another build loaded",
                     s.lost_count);
        if (w->all)
            log_line(LOG_INFO, "%u findings run%s", s.done_count,
                     s.done_count || s.lost_count
                         ? ""
                         : ": all others have a verdict of this version already");
    } else if (db_result_rows(rows) == 0) {
        status = cli_usage(args,
                           "no finding has an id that begins with %s; `lode findings` "
                           "lists them",
                           w->finding);
    } else {
        status = EXIT_USAGE;
        log_line(LOG_ERROR, "%u findings have an id that begins with %s:", db_result_rows(rows),
                 w->finding);
        for (uint32_t i = 0; i < MIN(db_result_rows(rows), 10U); i++)
            log_line(LOG_INFO, "  %s  %s %s", db_result_text(rows, i, W_FINDING),
                     db_result_text(rows, i, W_RULE), db_result_text(rows, i, W_URL));
    }
    db_result_free(rows);
    session_close(&s);
    return status;
}
