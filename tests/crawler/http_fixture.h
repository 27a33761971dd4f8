/* A repository behind `git http-backend` on the loopback, for the tests of fetching. */
#ifndef LODE_TESTS_CRAWLER_HTTP_FIXTURE_H
#define LODE_TESTS_CRAWLER_HTTP_FIXTURE_H

#include "base/base.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "crawler/crawler.h"
#include "tests/common/fixture.h"

typedef struct {
    char *folder;
    char *repo;   /* folder/repo: three commits, branch old and tag v1 at the first */
    char *root;   /* folder/mirror */
    int stdin_fd; /* the server's */
    pid_t server;
    int port;
    const char *way; /* what stands before every path: "v0/" for a server of the old protocol */
    arena memory;
    error err;
    mirror_options options;
    mirror_result result;
} fixture;

static inline void start_server(fixture *f)
{
    int in[2], out[2];
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    f->server = fork();
    assert_true(f->server >= 0);
    if (f->server == 0) {
        char *log = arena_printf(&f->memory, "%s/log", f->folder);
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]);
        close(out[0]);
        execlp("python3", "python3", "tests/crawler/git_http_server.py", f->folder, log, NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    f->stdin_fd = in[1];
    char line[32] = {0};
    size_t length = 0;
    while (length + 1 < sizeof line && read(out[0], line + length, 1) == 1 && line[length] != '\n')
        length++;
    close(out[0]);
    int64_t port = 0;
    if (!sv_to_i64((sv){line, length}, &port)) fail_msg("the git server did not start");
    f->port = (int)port;
}

static inline int setup(void **state)
{
    fixture *f = base_calloc(1, sizeof *f);
    f->folder = scratch_make();
    f->repo = arena_printf(&f->memory, "%s/repo", f->folder);
    f->root = arena_printf(&f->memory, "%s/mirror", f->folder);
    f->options.root = f->root;
    f->way = "";
    setenv("GIT_CONFIG_GLOBAL", arena_printf(&f->memory, "%s/config", f->folder), 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    run("git init -q '%s'; cd '%s'; echo 1 >a.ex; git add .; git commit -qm one; "
        "git tag -a -m t v1; git branch old; echo 2 >b.ex; git add .; git commit -qm two; "
        "echo 3 >c.ex; seq 20000 | sort -R --random-source=/bin/sh >noise; git add .; "
        "git commit -qm three",
        f->repo, f->repo);
    start_server(f);
    *state = f;
    return crawler_init(NULL) ? 0 : -1;
}

static inline int setup_old(void **state)
{
    int status = setup(state);
    ((fixture *)*state)->way = "v0/";
    return status;
}

static inline int teardown(void **state)
{
    fixture *f = *state;
    close(f->stdin_fd);
    waitpid(f->server, NULL, 0);
    scratch_remove(f->folder);
    arena_release(&f->memory);
    free(f);
    unsetenv("GIT_CONFIG_GLOBAL");
    unsetenv("GIT_CONFIG_NOSYSTEM");
    crawler_end();
    return 0;
}

static inline const char *url_of(fixture *f, const char *path)
{
    return arena_printf(&f->memory, "http://127.0.0.1:%d/%s%s", f->port, f->way, path);
}

static inline const char *commit_of(fixture *f, const char *rev)
{
    return run_line(&f->memory, "git -C '%s' rev-parse '%s^{commit}'", f->repo, rev);
}

static inline int32_t class_of_wanted(void *payload, sv path)
{
    const mirror_options *options = payload;
    return !options->wants || options->wants(options->wants_payload, path) ? 0 : -1;
}

/* An update that succeeds, and whose snapshot has every wanted blob. */
static inline void update(fixture *f, const char *path, const char *ref, mirror_outcome outcome,
                          const char *commit)
{
    f->err = (error){0};
    if (!mirror_update(&f->options, url_of(f, path), ref, &f->result, &f->memory, &f->err))
        fail_msg("%s", f->err.text);
    assert_int_equal(f->result.outcome, outcome);
    assert_string_equal(f->result.commit, commit);
    snapshot *s;
    snapshot_options wanted = {.class_of = class_of_wanted, .payload = &f->options};
    if (!snapshot_open(f->result.git_dir, f->result.commit, &wanted, &s, &f->err))
        fail_msg("%s", f->err.text);
    uint32_t skipped;
    snapshot_skips(s, &skipped);
    assert_int_equal(skipped, 0);
    snapshot_close(s);
}

static inline void expect_failure(fixture *f, const char *url, const char *ref, err_kind kind,
                                  const char *part)
{
    f->err = (error){0};
    assert_false(mirror_update(&f->options, url, ref, &f->result, &f->memory, &f->err));
    if (!strstr(f->err.text, part)) fail_msg("\"%s\" has no \"%s\"", f->err.text, part);
    if (f->err.kind != kind) fail_msg("%s error: %s", err_kind_name(f->err.kind), f->err.text);
    assert_non_null(strstr(f->err.text, url));
    run("test -z \"$(find '%s' -name '*.new' -o -name '*.old' 2>/dev/null)\"", f->root);
}

static inline void expect_commits(fixture *f, const char *count)
{
    assert_string_equal(run_line(&f->memory, "git -C '%s' rev-list --count %s", f->result.git_dir,
                                 f->result.commit),
                        count);
    /* git knows no repository that lacks blobs and names nobody who promised them. */
    if (!f->options.wants)
        run("git -C '%s' fsck --connectivity-only 2>/dev/null", f->result.git_dir);
}

#endif
