#include "base/base.h"
#include <unistd.h>
#include "cli/crawl.h"
#include "cli/quarantine.h"

/* What one thread has for itself. */
typedef struct {
    crawl *c;
    db *conn;
    crawler_session *session;
    arena scratch;
} worker;

static bool stopped(const crawl *c)
{
    return atomic_load_explicit(c->stop, memory_order_relaxed);
}

/* The database is gone: nothing more can be loaded, so the whole run ends. */
static void lose_database(crawl *c, const error *err)
{
    pthread_mutex_lock(&c->lock);
    if (c->database.kind == ERR_NONE) c->database = *err;
    pthread_mutex_unlock(&c->lock);
    atomic_store_explicit(c->stop, true, memory_order_relaxed);
}

static void fail_entry(worker *w, const corpus_entry *entry, const char *stage, const error *why)
{
    error err = {0};
    if (sv_starts(sv_from(why->text), sv_from(entry->url))) log_line(LOG_WARNING, "%s", why->text);
    else log_line(LOG_WARNING, "%s: %s: %s", entry->url, stage, why->text);
    pthread_mutex_lock(&w->c->lock);
    w->c->totals.failed_count++;
    if (strcmp(stage, "mirror") == 0 && why->kind == ERR_IO) w->c->mirror_failures++;
    pthread_mutex_unlock(&w->c->lock);
    if (!db_revive(w->conn, &err) || !db_run_failure(w->conn, w->c->run, sv_from(entry->url),
                                                     sv_from(entry->ref), stage, why, &err))
        lose_database(w->c, &err);
}

static bool commit(worker *w, db_loader *loader, db_key key, double seconds, db_outcome *outcome,
                   error *err)
{
    crawl *c = w->c;
    /* A lost connection, a deadlock or a server that was restarted: the loader still has the rows
     * and loading twice changes nothing. */
    for (int attempt = 0;; attempt++) {
        if (db_loader_commit(loader, w->conn, key, c->analysis, &c->run, seconds, outcome, err))
            return true;
        if (err->kind != ERR_DB || attempt == 2 || stopped(c)) return false;
        error revived = {0};
        for (int wait = 0; wait < 5 && !db_revive(w->conn, &revived); wait++) sleep(1);
        if (revived.kind != ERR_NONE && !db_revive(w->conn, err)) return false;
    }
}

static void count_outcome(crawl *c, db_outcome outcome, const pipeline_result *result,
                          const load_totals *loaded)
{
    pthread_mutex_lock(&c->lock);
    c->outcomes[outcome]++;
    if (outcome == DB_UNCHANGED) c->totals.unchanged_count++;
    else c->totals.loaded_count++;
    if (result) {
        c->totals.parsed_count += result->parsed_count;
        c->totals.reused_count += result->reused_count;
    }
    load_totals_add(&c->loaded, loaded);
    pthread_mutex_unlock(&c->lock);
}

/* A snapshot of no analysis version is replaced by whatever is loaded next. */
static bool forget_version(db *conn, db_key key, error *err)
{
    char text[37];
    db_key_text(key, text);
    const char *params[] = {text};
    db_result *r = NULL;
    bool done = db_query(conn, "UPDATE snapshot SET analysis_version = '' WHERE id = $1", params, 1,
                         &r, err);
    db_result_free(r);
    return done;
}

/* A commit that the list names by its id leads nowhere else: there is nothing to follow. */
static void visit(db_loader *loader, const corpus_entry *entry, const mirror_result *mirror)
{
    db_visit v = {.repository = db_repository_key(sv_from(entry->url)),
                  .ref = sv_from(entry->ref),
                  .commit = mirror->commit};
    if (strcmp(entry->ref, mirror->commit) != 0) db_loader_visit(loader, &v);
}

/* Analyses and loads a mirrored repository. */
static bool analyse(worker *w, const corpus_entry *entry, const mirror_result *mirror, db_key key,
                    int64_t started_ms, const char **stage, error *err)
{
    crawl *c = w->c;
    pipeline_result result = {0};
    load_totals loaded = {0};
    db_outcome outcome = DB_LOADED;
    pipeline_options options = {.path = mirror->git_dir,
                                .rev = mirror->commit,
                                .thread_count = c->threads_each,
                                .store = c->store,
                                .crash_key = &key,
                                .stop = c->stop};
    *stage = "analyse";
    if (quarantine_has(key))
        return error_set(err, ERR_BUG,
                         "linking or judging it crashed lode once: this commit is "
                         "quarantined (facts/quarantine.tsv in the state folder)");
    bool done = pipeline_run(&options, &result, err);
    if (done) {
        db_loader *loader = db_loader_begin();
        *stage = "load";
        load_snapshot(loader, sv_from(entry->url), &result, &loaded);
        visit(loader, entry, mirror);
        done = !c->options->again || forget_version(w->conn, key, err);
        double seconds = (double)(monotonic_ms() - started_ms) / 1000;
        done = done && commit(w, loader, key, seconds, &outcome, err);
        db_loader_free(loader);
    }
    if (done) count_outcome(c, outcome, &result, &loaded);
    pipeline_release(&result);
    return done;
}

static bool note_unchanged(worker *w, const corpus_entry *entry, const mirror_result *mirror,
                           db_key key, int64_t started_ms, error *err)
{
    load_totals none = {0};
    db_outcome outcome = DB_UNCHANGED;
    db_loader *loader = db_loader_begin();
    double seconds = (double)(monotonic_ms() - started_ms) / 1000;
    visit(loader, entry, mirror);
    bool done = commit(w, loader, key, seconds, &outcome, err);
    db_loader_free(loader);
    if (done) count_outcome(w->c, outcome, NULL, &none);
    return done;
}

/* Whether the commit is loaded, by itself or, where nothing is forced, as another with its tree:
 * *key is then that one. */
static bool find_current(worker *w, const corpus_entry *entry, const mirror_result *mirror,
                         db_key *key, bool *current, error *err)
{
    const crawl *c = w->c;
    db_key twin;
    if (!db_snapshot_is_current(w->conn, *key, c->analysis, current, err)) return false;
    if (*current || c->options->again) return true;
    if (!db_snapshot_of_tree(w->conn, db_repository_key(sv_from(entry->url)), mirror->tree,
                             c->analysis, &twin, current, err))
        return false;
    if (*current) *key = twin;
    return true;
}

static void work_on(worker *w, const corpus_entry *entry)
{
    crawl *c = w->c;
    char wants_name[64];
    pipeline_wants_name(wants_name, sizeof wants_name);
    mirror_options wanted = {.root = c->options->mirror_dir,
                             .full_history = c->options->full_history,
                             .offline = c->options->offline,
                             .session = w->session,
                             .wants = pipeline_wants,
                             .wants_name = wants_name,
                             .stop = c->stop};
    mirror_result mirror = {0};
    error err = {0};
    const char *stage = "mirror";
    int64_t started_ms = monotonic_ms();
    bool current = false;
    bool done = mirror_update(&wanted, entry->url, entry->ref, &mirror, &w->scratch, &err);
    if (done) {
        db_key key = load_snapshot_key(sv_from(entry->url), mirror.commit);
        stage = "load";
        done =
            (find_current(w, entry, &mirror, &key, &current, &err) ||
             (db_revive(w->conn, &err) && find_current(w, entry, &mirror, &key, &current, &err)));
        if (done && current && !c->options->again)
            done = note_unchanged(w, entry, &mirror, key, started_ms, &err);
        else if (done) done = analyse(w, entry, &mirror, key, started_ms, &stage, &err);
    }
    /* What stops because the run stops did not fail: the next run takes it up. */
    if (!done && !stopped(c)) fail_entry(w, entry, stage, &err);
    arena_clear(&w->scratch);
}

void *crawl_work(void *payload)
{
    crawl *c = payload;
    worker w = {.c = c, .session = crawler_session_open()};
    error err = {0};
    void *stack = quarantine_thread_begin();
    if (!db_open(c->options->db_url, &w.conn, &err)) lose_database(c, &err);
    while (!stopped(c)) {
        uint32_t index = atomic_fetch_add_explicit(&c->next, 1, memory_order_relaxed);
        if (index >= c->corpus->entry_count) break;
        work_on(&w, &c->corpus->entries[index]);
        pthread_mutex_lock(&c->lock);
        c->done_count++;
        progress_step(&c->shown, c->done_count, c->corpus->entries[index].url);
        pthread_mutex_unlock(&c->lock);
    }
    db_close(w.conn);
    crawler_session_close(w.session);
    arena_release(&w.scratch);
    quarantine_thread_end(stack);
    return NULL;
}

/* Names and numbers of what this run reached, two columns. */
static void print_numbers(const crawl *c, db *conn, const char *title, const char *sql)
{
    char run[37];
    const char *params[] = {run};
    db_result *r = NULL;
    db_key_text(c->run, run);
    if (!db_query(conn, sql, params, 1, &r, NULL)) return;
    if (db_result_rows(r)) printf("%s\n", title);
    for (uint32_t i = 0; i < db_result_rows(r); i++)
        printf("  %8s  %s\n", db_result_text(r, i, 1), db_result_text(r, i, 0));
    db_result_free(r);
}

/* "3 new, 20 unchanged, 1 gone" */
static void print_changes(db *conn)
{
    db_named_query q;
    db_result *r = NULL;
    buf sql = {0};
    if (db_named_query_find(SV("finding-changes"), &q)) buf_add(&sql, q.sql);
    if (sql.data && db_query(conn, sql.data, NULL, 0, &r, NULL)) {
        printf("changes       ");
        for (uint32_t i = 0; i < db_result_rows(r); i++)
            printf("%s%s %s", i ? ", " : "", db_result_text(r, i, 1), db_result_text(r, i, 0));
        printf(" findings, against the run before\n");
    }
    db_result_free(r);
    buf_release(&sql);
}

void crawl_print_coverage(const crawl *c, db *conn)
{
    const load_totals *l = &c->loaded;
    const db_run_totals *t = &c->totals;
    printf("repositories  %u: %u loaded, %u replaced, %u unchanged, %u failed\n",
           c->corpus->entry_count, c->outcomes[DB_LOADED], c->outcomes[DB_REPLACED],
           t->unchanged_count, t->failed_count);
    if (l->repositories) {
        printf("files         %" PRIu64 " (%.1f MB): %" PRIu64 " parsed, %" PRIu64
               " known, %" PRIu64 " in part, %" PRIu64 " left out\n",
               l->files, (double)l->bytes / 1e6, t->parsed_count, t->reused_count, l->partial,
               l->skipped);
        for (int i = LANG_NONE + 1; i < LANG_COUNT; i++)
            if (l->lang_bytes[i])
                printf("  %-12s%.1f MB, %.4f %% of it inside syntax errors\n", lang_name((lang)i),
                       (double)l->lang_bytes[i] / 1e6,
                       100.0 * (double)l->lang_error_bytes[i] / (double)l->lang_bytes[i]);
        printf("model         %" PRIu64 " servers, %" PRIu64 " clauses, %" PRIu64
               " message edges, %.1f %% of them unresolved\n",
               l->servers, l->clauses, l->edges,
               l->edges ? 100.0 * (double)l->unresolved_edges / (double)l->edges : 0);
        printf("findings      %" PRIu64 " (and %" PRIu64 " suppressed by comments)\n", l->findings,
               l->suppressed);
    }
    printf("time          %.1f s, at most %.0f MB of memory\n", t->seconds,
           (double)t->peak_bytes / 1e6);
    if (!conn) return;
    if (t->loaded_count + t->unchanged_count) print_changes(conn);
    print_numbers(c, conn, "left out",
                  "SELECT k.reason, count(*) FROM skipped_file k JOIN run_snapshot r USING "
                  "(snapshot_id) WHERE r.run_id = $1 GROUP BY 1 ORDER BY 2 DESC, 1");
    print_numbers(c, conn, "findings by rule",
                  "SELECT g.rule, count(*) FROM finding g JOIN run_snapshot r USING (snapshot_id) "
                  "WHERE r.run_id = $1 AND NOT g.is_suppressed GROUP BY 1 ORDER BY 2 DESC, 1");
}
