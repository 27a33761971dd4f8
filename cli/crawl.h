/* One crawl: its settings, what its threads share, and its coverage. */
#ifndef LODE_CLI_CRAWL_H
#define LODE_CLI_CRAWL_H

#include <pthread.h>
#include <stdatomic.h>

#include "cli/cli.h"
#include "cli/load.h"

typedef struct {
    const char *corpus_path;
    const char *db_url;
    const char *mirror_dir;
    uint32_t job_count;
    int64_t failures_max;
    bool full_history, offline, again, quiet;
} crawl_options;

/* What the threads of a crawl share. What stands below `lock` is guarded by it. */
typedef struct {
    const crawl_options *options;
    const corpus *corpus;
    facts_store *store;
    db_key run;
    char analysis[128];
    uint32_t threads_each; /* threads that parse one repository */
    atomic_uint next;      /* next entry; relaxed, it only hands out numbers */
    atomic_bool *stop;     /* set by a signal or a lost database; relaxed, read at rest points */

    pthread_mutex_t lock;
    progress shown;
    uint32_t done_count;
    db_run_totals totals;
    load_totals loaded;
    uint32_t outcomes[3]; /* by db_outcome */
    uint32_t mirror_failures;
    error database; /* the fault that ended the run */
} crawl;

/* Takes entries until none is left or the run is stopped. A thread's body; payload is the crawl. */
void *crawl_work(void *payload);

/* The closing lines, on stdout. */
void crawl_print_coverage(const crawl *c, db *conn);

#endif
