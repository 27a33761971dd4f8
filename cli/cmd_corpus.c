#include "base/base.h"
#include "cli/cli.h"
#include "crawler/crawler.h"

/* What the verbs share. */
typedef struct {
    const cli_args *args;
    db *conn;
    arena a;
} session;

static void on_progress(void *payload, uint32_t found, const char *now_at)
{
    progress_step(payload, found, now_at);
}

/* --- discover -----------------------------------------------------------------------------------
 */

static void drop_opted_out(corpus *list, const db_result *opt_outs)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list->entry_count; i++)
        if (!db_opted_out(opt_outs, sv_from(list->entries[i].url)))
            list->entries[kept++] = list->entries[i];
    list->entry_count = kept;
}

static bool since_is_date(const char *text)
{
    int year, month, day, end = 0;
    return sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) == 3 && !text[end];
}

static int discover_run(session *s, discover_options *o)
{
    corpus list;
    discover_told told;
    progress shown;
    db_result *opt_outs = NULL;
    error err = {0};
    buf state = {0};
    bool done = db_state_dir(s->args->state, &state, &err);
    buf_add_c(&state, "/discover");
    o->cache_dir = state.data;
    progress_start(&shown, "repositories", 0);
    o->on_progress = on_progress;
    o->payload = &shown;
    done = done && discover(o, &list, &told, &s->a, &err);
    progress_end(&shown);
    done = done && db_opt_outs(s->conn, &opt_outs, &err);
    if (done) {
        uint32_t before = list.entry_count;
        drop_opted_out(&list, opt_outs);
        done = corpus_write(cli_value(s->args, "--out"), &list, &err);
        log_line(LOG_INFO,
                 "%u repositories of %u seen: %u filtered out, %u without an address, %u twice, %u "
                 "opted out; %u requests, %u of them not modified",
                 list.entry_count, told.seen, told.filtered, told.without_address, told.doubled,
                 before - list.entry_count, told.requests, told.cached);
        if (told.cut_windows)
            log_line(LOG_WARNING,
                     "%u days have more repositories than the search gives: raise --min-stars or "
                     "use another source for them",
                     told.cut_windows);
    }
    db_result_free(opt_outs);
    buf_release(&state);
    if (!done) return cli_fail(&err);
    return cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
}

static int verb_discover(session *s)
{
    const cli_args *args = s->args;
    int64_t limit = 0;
    discover_options o = {.path = args->position_count > 1 ? args->positions[1] : NULL,
                          .api = cli_value(args, "--api"),
                          .contact = cli_value(args, "--contact"),
                          .tokens = getenv("LODE_GITHUB_TOKENS"),
                          .languages = cli_value(args, "--language"),
                          .pushed_since = cli_value(args, "--pushed-since"),
                          .no_forks = cli_value(args, "--no-forks") != NULL,
                          .no_archived = cli_value(args, "--no-archived") != NULL};
    const char *from = cli_value(args, "--from");
    if (!from || !discover_source_named(from, &o.source))
        return cli_usage(args, "--from is hex, github, ecosystems, ghs-csv or file");
    bool is_file = o.source == DISCOVER_GHS_CSV || o.source == DISCOVER_FILE;
    if (is_file != (o.path != NULL))
        return cli_usage(args,
                         is_file ? "which file? lode corpus discover --from %s FILE"
                                 : "--from %s takes no file",
                         from);
    if (o.pushed_since && !since_is_date(o.pushed_since))
        return cli_usage(args, "--pushed-since is a day such as 2026-01-31");
    if (!cli_number(args, "--min-stars", 0, INT32_MAX, 0, &o.stars_min) ||
        !cli_number(args, "--limit", 1, INT32_MAX, 0, &limit))
        return EXIT_USAGE;
    o.limit = (uint32_t)limit;
    /* Tokens are for their host and go nowhere else. */
    if (o.source != DISCOVER_GITHUB) o.tokens = NULL;
    return discover_run(s, &o);
}

/* --- lock
 * ----------------------------------------------------------------------------------------- */

static bool lock_entry(session *s, const char *list, corpus_entry *e, error *err)
{
    char key[37];
    db_result *r = NULL;
    unsigned char id[20];
    if (hex_decode(sv_from(e->ref), id, sizeof id)) return true;
    db_key_text(db_repository_key(sv_from(e->url)), key);
    const char *params[] = {key, e->ref};
    if (!db_query(s->conn,
                  "SELECT encode(commit_oid, 'hex') FROM branch WHERE repository_id = $1 AND ref = "
                  "$2",
                  params, 2, &r, err))
        return false;
    bool known = db_result_rows(r) > 0;
    if (known) e->ref = arena_printf(&s->a, "%s", db_result_text(r, 0, 0));
    db_result_free(r);
    return known ||
           error_set(err, ERR_INPUT, "%s:%u: %s was not crawled yet: `lode crawl %s` first", list,
                     e->line, e->url, list);
}

static int verb_lock(session *s)
{
    corpus list;
    error err = {0};
    if (s->args->position_count != 2) return cli_usage(s->args, "one list, please");
    const char *path = s->args->positions[1];
    bool done = corpus_read(path, CORPUS_STOP, &list, &s->a, &err);
    for (uint32_t i = 0; done && i < list.entry_count; i++)
        done = lock_entry(s, path, &list.entries[i], &err);
    done = done && corpus_write(cli_value(s->args, "--out"), &list, &err);
    if (!done) return cli_fail(&err);
    return cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
}

/* --- prune and opt-out
 * ---------------------------------------------------------------------------- */

/* Removes the rows and the mirror of the repository at url. */
static bool forget(session *s, const char *url, error *err)
{
    buf mirror = {0};
    uint32_t count = 0;
    bool removed = false;
    bool done = cli_mirror_dir(s->args, &mirror, err) &&
                mirror_remove(mirror.data, url, &removed, err) &&
                db_repositories_forget(s->conn, url, &count, err);
    if (done) log_line(LOG_INFO, "%s: rows%s removed", url, removed ? " and mirror" : "");
    buf_release(&mirror);
    return done;
}

/* Addresses of repositories of the database that no list names. */
static bool find_unlisted(session *s, const map64 *listed, char ***out, uint32_t *count, error *err)
{
    db_result *r = NULL;
    *count = 0;
    if (!db_query(s->conn, "SELECT url FROM repository ORDER BY url", NULL, 0, &r, err))
        return false;
    *out = ARENA_ARRAY(&s->a, char *, db_result_rows(r));
    for (uint32_t i = 0; i < db_result_rows(r); i++) {
        const char *url = db_result_text(r, i, 0);
        if (!map64_get(listed, hash64(sv_from(url)), 0))
            (*out)[(*count)++] = arena_printf(&s->a, "%s", url);
    }
    db_result_free(r);
    return true;
}

static bool read_lists(session *s, map64 *listed, error *err)
{
    for (uint32_t i = 1; i < s->args->position_count; i++) {
        corpus list;
        if (!corpus_read(s->args->positions[i], CORPUS_STOP, &list, &s->a, err)) return false;
        for (uint32_t k = 0; k < list.entry_count; k++)
            map64_set(listed, hash64(db_url_plain(sv_from(list.entries[k].url))), 1);
    }
    return true;
}

static int verb_prune(session *s)
{
    map64 listed = {0};
    char **urls = NULL;
    uint32_t count = 0, snapshots = 0;
    int64_t keep;
    error err = {0};
    bool really = cli_value(s->args, "--yes") != NULL;
    const char *keep_text = cli_value(s->args, "--keep");
    if (s->args->position_count < 2 && !keep_text)
        return cli_usage(s->args, "which lists name what stays? lode corpus prune LIST..");
    if (!cli_number(s->args, "--keep", 0, 1000000, 0, &keep)) return EXIT_USAGE;
    bool done = true;
    if (s->args->position_count > 1)
        done = read_lists(s, &listed, &err) && find_unlisted(s, &listed, &urls, &count, &err);
    for (uint32_t i = 0; done && i < count; i++) {
        printf("%s\n", urls[i]);
        if (really) done = forget(s, urls[i], &err);
    }
    if (done && keep_text)
        done = db_snapshots_prune(s->conn, (uint32_t)keep, really, &snapshots, &err);
    if (done && really) done = db_contents_prune(s->conn, &err);
    if (done)
        log_line(LOG_INFO, "%u repositories and the rows of %u old snapshots%s", count, snapshots,
                 really ? " are gone" : " would go; --yes removes them");
    map64_release(&listed);
    if (!done) return cli_fail(&err);
    return cli_flush() ? EXIT_DONE : EXIT_ENVIRONMENT;
}

static bool opt_out(session *s, const char *url, error *err)
{
    db_result *r = NULL;
    const char *params[] = {url};
    bool done = db_opt_out(s->conn, url, cli_value(s->args, "--reason"), err) &&
                db_query(s->conn,
                         "SELECT url FROM repository WHERE lower(url) = lower($1) OR "
                         "left(lower(url), length($1) + 1) = lower($1) || '/' ORDER BY url",
                         params, 1, &r, err);
    for (uint32_t i = 0; done && i < db_result_rows(r); i++)
        done = forget(s, db_result_text(r, i, 0), err);
    db_result_free(r);
    return done && db_contents_prune(s->conn, err);
}

static int verb_opt_out(session *s)
{
    error err = {0};
    bool done = true;
    if (s->args->position_count < 2) {
        db_named_query query;
        if (!db_named_query_find(SV("opt-outs"), &query)) return EXIT_BUG;
        return cli_run_named(s->conn, &query, NULL, FORMAT_TABLE);
    }
    for (uint32_t i = 1; done && i < s->args->position_count; i++) {
        url_kind kind;
        bool found = false;
        sv plain = db_url_plain(sv_from(s->args->positions[i]));
        const char *url = arena_strndup(&s->a, plain.data, plain.size);
        done = url_check(plain, &kind, &err);
        if (done && cli_value(s->args, "--undo")) {
            done = db_opt_in(s->conn, url, &found, &err);
            if (done && !found) log_line(LOG_WARNING, "%s had not opted out", url);
        } else if (done) {
            done = opt_out(s, url, &err);
        }
    }
    return done ? EXIT_DONE : cli_fail(&err);
}

int cmd_corpus(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(session *s);
    } verbs[] = {{"discover", verb_discover},
                 {"lock", verb_lock},
                 {"prune", verb_prune},
                 {"opt-out", verb_opt_out}};
    cli_args args;
    session s = {.args = &args};
    error err = {0};
    int status = EXIT_USAGE;
    size_t verb = 0;
    if (!cli_parse(argc, argv, 1, CLI_POSITIONS_MAX, &args, &status)) return status;
    while (verb < ARRAY_LEN(verbs) && strcmp(verbs[verb].name, args.positions[0]) != 0) verb++;
    if (verb == ARRAY_LEN(verbs))
        return cli_usage(&args, "corpus discover, lock, prune or opt-out, not `%s`",
                         args.positions[0]);
    if (!crawler_init(&err) || !cli_db_open(&args, true, &s.conn, &err)) return cli_fail(&err);
    status = verbs[verb].run(&s);
    db_close(s.conn);
    arena_release(&s.a);
    crawler_end();
    return status;
}
