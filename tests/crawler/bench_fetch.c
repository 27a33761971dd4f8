/* What fetching costs: LODE_BENCH_URLS names repositories, one a line. Each is fetched as a crawl
 * does it, asked for news, and cloned whole by libgit2 and by git; CPU of the client alone. */
#include "base/base.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crawler/crawler.h"

static bool wants_source(void *payload, sv path)
{
    static const char *const ends[] = {".ex", ".exs", ".erl", ".hrl", ".app.src", "rebar.config"};
    (void)payload;
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        if (sv_ends(path, sv_from(ends[i]))) return true;
    return licence_is_file(path);
}

static double cpu_s(int who)
{
    struct rusage usage;
    getrusage(who, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

typedef struct {
    double cpu_s;
    uint64_t bytes;
} cost;

static bool measure(const mirror_options *options, const char *url, cost *out, arena *a)
{
    mirror_result result;
    error err = {0};
    double before = cpu_s(RUSAGE_SELF);
    bool done = mirror_update(options, url, "", &result, a, &err);
    *out = (cost){cpu_s(RUSAGE_SELF) - before, result.received_bytes};
    if (!done) printf("# %s\n", err.text);
    return done;
}

static double git_clone(const char *url, const char *folder)
{
    double before = cpu_s(RUSAGE_CHILDREN);
    pid_t child = fork();
    if (child == 0) {
        execlp("git", "git", "clone", "-q", "--bare", url, folder, NULL);
        _exit(127);
    }
    waitpid(child, NULL, 0);
    return cpu_s(RUSAGE_CHILDREN) - before;
}

static void bench(const char *url, const char *folder, crawler_session *session, arena *a)
{
    cost first, night, whole;
    mirror_options part = {.root = arena_printf(a, "%s/part", folder),
                           .session = session,
                           .wants = wants_source,
                           .wants_name = "bench"};
    mirror_options full = {.root = arena_printf(a, "%s/full", folder), .full_history = true};
    if (!measure(&part, url, &first, a) || !measure(&part, url, &night, a) ||
        !measure(&full, url, &whole, a))
        return;
    double git_s = git_clone(url, arena_printf(a, "%s/git", folder));
    printf("%-60s %8.2f %8.3f %6" PRIu64 " %6.1f %9.2f %8.2f %8.2f %6.3f %6.3f\n", url,
           (double)first.bytes / 1e6, first.cpu_s, night.bytes, night.cpu_s * 1e3,
           (double)whole.bytes / 1e6, whole.cpu_s, git_s, first.cpu_s / whole.cpu_s,
           first.cpu_s / git_s);
    fflush(stdout);
    char command[512];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0) printf("# %s stays\n", folder);
}

int main(void)
{
    const char *list = getenv("LODE_BENCH_URLS");
    char folder[] = "/tmp/lode-bench-XXXXXX";
    arena a = {0};
    error err = {0};
    if (!list) {
        printf("fetch: LODE_BENCH_URLS names no repositories\n");
        return 0;
    }
    if (!mkdtemp(folder) || !crawler_init(&err)) return 1;
    crawler_session *session = crawler_session_open();
    printf("%-60s %8s %8s %6s %6s %9s %8s %8s %6s %6s\n", "repository", "MB", "CPU s", "night B",
           "ms", "whole MB", "libgit2", "git", "ratio", "ratio");
    sv rest = sv_from(list), url;
    while (sv_next(&rest, '\n', &url)) {
        if (sv_trim(url).size == 0) continue;
        bench(arena_printf(&a, "%.*s", SV_FMT(sv_trim(url))), folder, session, &a);
    }
    crawler_session_close(session);
    crawler_end();
    arena_release(&a);
    return 0;
}
