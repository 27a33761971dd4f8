#include "base/base.h"
#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include "cli/crawl.h"
#include "cli/quarantine.h"

/* Set by the signal handler, read by every thread: the only state that a handler may touch. */
static atomic_bool stop_wanted;
static volatile sig_atomic_t stopped_at_s;

static void on_signal(int number)
{
    (void)number;
    static const char text[] = "\nlode: stopping; what is loaded stays. Once more ends at once.\n";
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    /* The same key may reach us twice, through the terminal and through who started us. */
    if (atomic_exchange(&stop_wanted, true)) {
        if ((sig_atomic_t)now.tv_sec - stopped_at_s > 1) _exit(EXIT_INTERRUPTED);
        return;
    }
    stopped_at_s = (sig_atomic_t)now.tv_sec;
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0) return;
}

static void catch_signals(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* "corpora/starter.tsv" is the corpus "starter". */
static sv corpus_name(const char *path)
{
    sv name = sv_from(path);
    const char *slash = strrchr(path, '/');
    if (slash) name = sv_from(slash + 1);
    for (size_t i = name.size; i > 1; i--)
        if (name.data[i - 1] == '.') return sv_slice(name, 0, i - 1);
    return name;
}

static bool begin_run(crawl *c, db *conn, error *err)
{
    const corpus *list = c->corpus;
    db_corpus_row *rows = base_calloc(list->entry_count + 1, sizeof *rows);
    for (uint32_t i = 0; i < list->entry_count; i++) {
        const corpus_entry *e = &list->entries[i];
        rows[i] = (db_corpus_row){.url = sv_from(e->url),
                                  .ref = sv_from(e->ref),
                                  .tags = sv_from(e->tags),
                                  .stars = sv_from(e->stars),
                                  .licence = sv_from(e->licence),
                                  .fork_of = sv_from(e->fork_of),
                                  .archived = sv_from(e->archived),
                                  .topics = sv_from(e->topics),
                                  .pushed_at = sv_from(e->pushed_at)};
    }
    db_loader *loader = db_loader_begin();
    load_rules(loader);
    bool done = db_loader_commit_shared(loader, conn, err) &&
                db_run_begin(conn, corpus_name(c->options->corpus_path), rows, list->entry_count,
                             c->options->job_count, LODE_VERSION, c->analysis, &c->run, err);
    db_loader_free(loader);
    free(rows);
    return done;
}

/* Takes out of the list what opted out. */
static bool leave_out(corpus *list, db *conn, error *err)
{
    db_result *opt_outs = NULL;
    uint32_t kept = 0;
    if (!db_opt_outs(conn, &opt_outs, err)) return false;
    for (uint32_t i = 0; i < list->entry_count; i++)
        if (!db_opted_out(opt_outs, sv_from(list->entries[i].url)))
            list->entries[kept++] = list->entries[i];
    if (kept < list->entry_count)
        log_line(LOG_INFO, "%u of the list opted out and are left out", list->entry_count - kept);
    list->entry_count = kept;
    db_result_free(opt_outs);
    return true;
}

static void run_threads(crawl *c)
{
    enum { THREADS_MAX = 64 };
    pthread_t threads[THREADS_MAX];
    uint32_t started = 0, wanted = MIN(c->options->job_count, c->corpus->entry_count);
    while (started < MIN(wanted, (uint32_t)THREADS_MAX) &&
           pthread_create(&threads[started], NULL, crawl_work, c) == 0)
        started++;
    if (started == 0) crawl_work(c);
    for (uint32_t i = 0; i < started; i++) pthread_join(threads[i], NULL);
}

static bool nothing_reached(const crawl *c)
{
    return c->mirror_failures > 0 && c->mirror_failures == c->corpus->entry_count;
}

static int verdict(const crawl *c, const char **outcome)
{
    bool failed = c->totals.failed_count > (uint64_t)c->options->failures_max;
    *outcome = "interrupted";
    if (c->database.kind != ERR_NONE) return EXIT_ENVIRONMENT;
    if (atomic_load(&stop_wanted)) return EXIT_INTERRUPTED;
    *outcome = failed ? "failed" : "done";
    if (failed && nothing_reached(c)) return EXIT_ENVIRONMENT;
    return failed ? EXIT_INPUTS : EXIT_DONE;
}

static int finish(crawl *c, db *conn, int64_t started_ms)
{
    struct rusage usage;
    const char *outcome = NULL;
    error err = {0};
    int status = verdict(c, &outcome);
    progress_end(&c->shown);
    c->totals.seconds = (double)(monotonic_ms() - started_ms) / 1000;
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        c->totals.peak_bytes = (uint64_t)usage.ru_maxrss * 1024;
    bool lost = c->database.kind != ERR_NONE;
    if (lost) {
        log_line(LOG_ERROR, "%s", c->database.text);
        log_line(LOG_INFO, "what was loaded stays; the same command goes on from there");
    } else if (!db_revive(conn, &err) || !db_run_end(conn, c->run, outcome, &c->totals, &err)) {
        status = cli_fail(&err);
    } else if (!db_stats_refresh(conn, NULL, &err)) {
        log_line(LOG_WARNING, "%s", err.text);
    }
    crawl_print_coverage(c, lost ? NULL : conn);
    if (nothing_reached(c))
        log_line(LOG_ERROR, "not one repository could be reached: is the network there? "
                            "`lode doctor` looks");
    else if (c->totals.failed_count)
        log_line(LOG_INFO, "%u failed; `lode status` says why, the next run tries them again",
                 c->totals.failed_count);
    return cli_flush() ? status : EXIT_ENVIRONMENT;
}

static int run(const cli_args *args, crawl_options *options)
{
    arena memory = {0};
    corpus list = {0};
    crawl c = {.options = options, .corpus = &list, .stop = &stop_wanted};
    buf url = {0}, mirror = {0}, state = {0};
    db *conn = NULL;
    error err = {0};
    int64_t started_ms = monotonic_ms();
    int status;
    pthread_mutex_init(&c.lock, NULL);
    pipeline_version(c.analysis, sizeof c.analysis);
    bool done = corpus_read(options->corpus_path, CORPUS_STOP, &list, &memory, &err) &&
                cli_mirror_dir(args, &mirror, &err) && db_state_dir(args->state, &state, &err) &&
                quarantine_open(state.data, true, &err) && cli_db_url(args, &url, &err) &&
                db_open(url.data, &conn, &err) && db_migrate(conn, NULL, &err) &&
                facts_store_open(state.data, PIPELINE_STORE, &c.store, &err);
    options->db_url = url.data;
    options->mirror_dir = mirror.data;
    done = done && leave_out(&list, conn, &err) && begin_run(&c, conn, &err);
    if (done) {
        c.threads_each = MAX(1U, options->job_count / MAX(1U, list.entry_count));
        progress_start(&c.shown, "repositories", list.entry_count);
        catch_signals();
        run_threads(&c);
        status = finish(&c, conn, started_ms);
    } else {
        status = cli_fail(&err);
    }
    facts_store_close(c.store);
    quarantine_close();
    db_close(conn);
    pthread_mutex_destroy(&c.lock);
    buf_release(&url);
    buf_release(&mirror);
    buf_release(&state);
    arena_release(&memory);
    return status;
}

typedef struct {
    const cli_args *args;
    crawl_options options;
} crawl_command;

static int work(void *payload)
{
    crawl_command *command = payload;
    error err = {0};
    if (!crawler_init(&err)) return cli_fail(&err);
    int status = run(command->args, &command->options);
    crawler_end();
    return status;
}

int cmd_crawl(int argc, char **argv)
{
    enum { CRASHES_MAX = 20 };
    cli_args args;
    int64_t jobs;
    int status = EXIT_USAGE;
    if (!cli_parse(argc, argv, 1, 1, &args, &status)) return status;
    crawl_options options = {.corpus_path = args.positions[0],
                             .full_history = cli_value(&args, "--history") != NULL,
                             .offline = cli_value(&args, "--offline") != NULL,
                             .again = cli_value(&args, "--again") != NULL};
    if (!cli_number(&args, "--jobs", 1, 64, pipeline_processors(), &jobs) ||
        !cli_number(&args, "--max-failures", 0, INT32_MAX, 0, &options.failures_max))
        return EXIT_USAGE;
    options.job_count = (uint32_t)jobs;
    crawl_command command = {&args, options};
    return quarantine_supervise(work, &command, CRASHES_MAX);
}
