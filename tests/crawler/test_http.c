/* Smart HTTP against `git http-backend` on the loopback (tests/crawler/git_http_server.py). */
#include "base/base.h"

#include <pthread.h>
#include <sys/resource.h>

#include "tests/crawler/http_fixture.h"

static void test_one_commit_and_no_more(void **state)
{
    fixture *f = *state;
    if (!crawler_can_clone_shallow()) skip();
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
    assert_string_equal(f->result.branch, "main");
    assert_true(f->result.received_bytes > 0);
    expect_commits(f, "1");
    update(f, "repo", "", MIRROR_SAME, commit_of(f, "main"));
    assert_true(f->result.received_bytes <= 1024);
    for (int i = 0; i < 3; i++) {
        const char *before = f->result.commit;
        run("cd '%s'; echo %d >>a.ex; git commit -qam more; echo x >>b.ex; git commit -qam more",
            f->repo, i);
        update(f, "repo", "", MIRROR_FETCHED, commit_of(f, "main"));
        expect_commits(f, "1");
        /* What was there before can still be read. */
        run("git -C '%s' ls-tree -r %s >/dev/null", f->result.git_dir, before);
    }
    /* History that was written anew. */
    run("cd '%s'; git reset -q --hard old; echo y >z.ex; git add .; git commit -qm other", f->repo);
    update(f, "repo", "", MIRROR_FETCHED, commit_of(f, "main"));
    expect_commits(f, "1");
}

static void test_refs(void **state)
{
    fixture *f = *state;
    const char *first = commit_of(f, "old");
    update(f, "repo", "v1", MIRROR_CLONED, first);
    assert_string_equal(f->result.branch, "");
    update(f, "repo", "old", MIRROR_SAME, first);
    assert_string_equal(f->result.branch, "old");
    update(f, "repo", "", MIRROR_FETCHED, commit_of(f, "main"));
    update(f, "repo", first, MIRROR_SAME, first);
    expect_failure(f, url_of(f, "repo"), "nowhere", ERR_INPUT, "no ref \"nowhere\"");
    /* The default branch changes its name. */
    run("cd '%s'; git branch -m main trunk", f->repo);
    update(f, "repo", "", MIRROR_SAME, commit_of(f, "trunk"));
    assert_string_equal(f->result.branch, "trunk");
}

static void test_commit_that_no_ref_points_to(void **state)
{
    fixture *f = *state;
    const char *middle = commit_of(f, "main~1");
    run("git -C '%s' config uploadpack.allowReachableSHA1InWant true", f->repo);
    update(f, "repo", middle, MIRROR_CLONED, middle);
    if (crawler_can_clone_shallow()) expect_commits(f, "1");
    uint64_t log_lines =
        strlen(get_file(arena_printf(&f->memory, "%s/log", f->folder), &f->memory));
    update(f, "repo", middle, MIRROR_SAME, middle);
    assert_int_equal(strlen(get_file(arena_printf(&f->memory, "%s/log", f->folder), &f->memory)),
                     log_lines);
    expect_failure(f, url_of(f, "repo"), "0123456789012345678901234567890123456789", ERR_INPUT,
                   "0123456789012345678901234567890123456789");
}

static void test_server_that_gives_no_single_commits(void **state)
{
    fixture *f = *state;
    const char *middle = commit_of(f, "main~1");
    if (!*f->way) skip(); /* servers of the new one do */
    update(f, "repo", middle, MIRROR_CLONED, middle);
    expect_commits(f, "2");
    expect_failure(f, url_of(f, "repo"), "0123456789012345678901234567890123456789", ERR_INPUT,
                   "no branch or tag leads to commit");
    /* The same over a shallow mirror. */
    f->options.root = arena_printf(&f->memory, "%s/second", f->folder);
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
    update(f, "repo", middle, MIRROR_FETCHED, middle);
    expect_commits(f, "2");
}

static void test_whole_history(void **state)
{
    fixture *f = *state;
    f->options.full_history = true;
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
    expect_commits(f, "3");
    assert_string_equal(
        run_line(&f->memory, "git -C '%s' rev-parse refs/heads/old", f->result.git_dir),
        commit_of(f, "old"));
    run("cd '%s'; echo more >>a.ex; git commit -qam more", f->repo);
    update(f, "repo", "", MIRROR_FETCHED, commit_of(f, "main"));
    expect_commits(f, "4");
    /* A later run without history does not make it shallow. */
    f->options.full_history = false;
    run("cd '%s'; echo more >>a.ex; git commit -qam more", f->repo);
    update(f, "repo", "", MIRROR_FETCHED, commit_of(f, "main"));
    expect_commits(f, "5");
}

static void test_history_that_is_wanted_later(void **state)
{
    fixture *f = *state;
    if (!crawler_can_clone_shallow()) skip();
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
    f->options.full_history = true;
    update(f, "repo", "", MIRROR_FETCHED, commit_of(f, "main"));
    expect_commits(f, "3");
    update(f, "repo", "", MIRROR_SAME, commit_of(f, "main"));
}

static void test_instead_of_and_redirects(void **state)
{
    fixture *f = *state;
    put_file(arena_printf(&f->memory, "%s/config", f->folder),
             sv_from(arena_printf(&f->memory,
                                  "[url \"http://127.0.0.1:%d/%s\"]\n"
                                  "\tinsteadOf = https://github.com/own/\n",
                                  f->port, f->way)));
    if (!mirror_update(&f->options, "https://github.com/own/repo", "", &f->result, &f->memory,
                       &f->err))
        fail_msg("%s", f->err.text);
    assert_string_equal(f->result.git_dir,
                        arena_printf(&f->memory, "%s/github.com/own/repo.git", f->root));
    update(f, "moved/repo", "", MIRROR_CLONED, commit_of(f, "main"));
    update(f, "away/repo", "", MIRROR_CLONED, commit_of(f, "main"));
    assert_null(
        strstr(get_file(arena_printf(&f->memory, "%s/log", f->folder), &f->memory), "credentials"));
}

static void test_servers_that_refuse(void **state)
{
    fixture *f = *state;
    expect_failure(f, url_of(f, "absent"), "", ERR_INPUT, "no repository");
    expect_failure(f, url_of(f, "login/repo"), "", ERR_INPUT, "login");
    expect_failure(f, url_of(f, "status/410/repo"), "", ERR_INPUT, "gone");
    expect_failure(f, url_of(f, "status/500/repo"), "", ERR_IO, "500");
    expect_failure(f, "http://127.0.0.1:1/a/b", "", ERR_IO, "127.0.0.1");
    expect_failure(f, "https://host.invalid/a/b", "", ERR_IO, "host.invalid");
    run("git init -q --bare '%s/empty'", f->folder);
    expect_failure(f, url_of(f, "empty"), "", ERR_INPUT, "empty");
    run("git -C '%s' symbolic-ref HEAD refs/heads/gone", f->repo);
    expect_failure(f, url_of(f, "repo"), "", ERR_INPUT, "no default branch");
    update(f, "repo", "main", MIRROR_CLONED, commit_of(f, "main"));
}

static void test_damage_on_the_way(void **state)
{
    fixture *f = *state;
    expect_failure(f, url_of(f, "cut/repo"), "", ERR_IO, "ended");
    expect_failure(f, url_of(f, "flip/repo"), "", ERR_INPUT, "");
    /* An object is missing at the source: the server breaks off and says why. */
    const char *blob = run_line(&f->memory, "git -C '%s' rev-parse HEAD:c.ex", f->repo);
    run("cd '%s/.git/objects'; mv %.2s/%s ../kept", f->repo, blob, blob + 2);
    expect_failure(f, url_of(f, "repo"), "", ERR_IO, "the server says \"");
    run("cd '%s/.git/objects'; mv ../kept %.2s/%s", f->repo, blob, blob + 2);
    /* The source's own pack is damaged. */
    run("cd '%s'; git gc -q; p=$(ls .git/objects/pack/*.pack); chmod u+w $p; "
        "printf 'garbage' | dd of=$p bs=1 seek=2000 conv=notrunc 2>/dev/null",
        f->repo);
    f->err = (error){0};
    assert_false(
        mirror_update(&f->options, url_of(f, "repo"), "", &f->result, &f->memory, &f->err));
    assert_true(f->err.kind == ERR_IO || f->err.kind == ERR_INPUT);
    assert_non_null(strstr(f->err.text, url_of(f, "repo")));
}

static void test_limit_and_stop(void **state)
{
    fixture *f = *state;
    f->options.bytes_max = 1000;
    expect_failure(f, url_of(f, "repo"), "", ERR_LIMIT, "more than 1000 bytes");
    f->options.bytes_max = 0;
    atomic_bool stop = true;
    f->options.stop = &stop;
    expect_failure(f, url_of(f, "repo"), "", ERR_IO, "stopped");
    stop = false;
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
}

static void on_progress(void *payload, uint64_t received_bytes, uint32_t received_objects,
                        uint32_t total_objects)
{
    uint64_t *most = payload;
    assert_true(received_objects <= total_objects);
    if (received_bytes > *most) *most = received_bytes;
}

static void test_progress(void **state)
{
    fixture *f = *state;
    uint64_t most = 0;
    f->options.on_progress = on_progress;
    f->options.payload = &most;
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
    assert_int_equal(most, f->result.received_bytes);
}

/* Kills the process in the middle of the transfer, at the n-th call. */
static void kill_at(void *payload, uint64_t received_bytes, uint32_t received_objects,
                    uint32_t total_objects)
{
    int *left = payload;
    (void)received_bytes;
    (void)received_objects;
    (void)total_objects;
    if ((*left)-- == 0) kill(getpid(), SIGKILL);
}

/* Runs an update in a process of its own; its wait status. */
static int update_in_child(fixture *f, void (*prepare)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (prepare) prepare();
        error err = {0};
        bool done = mirror_update(&f->options, url_of(f, "repo"), "", &f->result, &f->memory, &err);
        _exit(done ? 0 : 10 + (int)err.kind);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void test_killed_while_fetching(void **state)
{
    fixture *f = *state;
    int left = 0;
    for (int at = 0; at < 6; at += 2) {
        left = at;
        f->options.on_progress = kill_at;
        f->options.payload = &left;
        int status = update_in_child(f, NULL);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        assert_false(path_exists(mirror_path(f->root, url_of(f, "repo"), &f->memory)));
    }
    f->options.on_progress = NULL;
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
    /* A fetch into a mirror that is there. */
    run("cd '%s'; seq 30000 >>noise; git commit -qam more", f->repo);
    f->options.on_progress = kill_at;
    left = 1;
    int status = update_in_child(f, NULL);
    assert_true(WIFSIGNALED(status));
    f->options.on_progress = NULL;
    update(f, "repo", "", MIRROR_FETCHED, commit_of(f, "main"));
    run("test -z \"$(find '%s' -name 'pack_git2_*')\"", f->root);
    expect_commits(f, crawler_can_clone_shallow() ? "1" : "4");
}

static void small_files_only(void)
{
    struct rlimit limit = {20000, 20000};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
}

static void test_full_disk(void **state)
{
    fixture *f = *state;
    /* A limit on file sizes fails writes as a full disk does, without being root. */
    int status = update_in_child(f, small_files_only);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 10 + ERR_IO);
    run("test -z \"$(find '%s' -name '*.new' -o -name '*.pack')\"", f->root);
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
}

/* Several threads, one repository and others: each gets a whole mirror. */
typedef struct {
    fixture *f;
    const char *url;
    bool done;
    error err;
} worker;

static void *work(void *payload)
{
    worker *w = payload;
    arena a = {0};
    mirror_result result;
    w->done = mirror_update(&w->f->options, w->url, "", &result, &a, &w->err);
    arena_release(&a);
    return NULL;
}

static void test_threads(void **state)
{
    fixture *f = *state;
    run("git clone -q --bare '%s' '%s/other'", f->repo, f->folder);
    worker workers[6];
    pthread_t threads[6];
    for (int i = 0; i < 6; i++) {
        workers[i] = (worker){.f = f, .url = url_of(f, i % 2 ? "repo" : "other")};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < 6; i++) {
        pthread_join(threads[i], NULL);
        if (!workers[i].done) fail_msg("%s", workers[i].err.text);
    }
    update(f, "repo", "", MIRROR_SAME, commit_of(f, "main"));
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, setup, teardown),                                        \
    {                                                                                              \
#name " (old protocol)", name, setup_old, teardown, NULL                                   \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_commit_and_no_more),
        TEST(test_refs),
        TEST(test_commit_that_no_ref_points_to),
        TEST(test_server_that_gives_no_single_commits),
        TEST(test_whole_history),
        TEST(test_history_that_is_wanted_later),
        TEST(test_instead_of_and_redirects),
        TEST(test_servers_that_refuse),
        TEST(test_damage_on_the_way),
        TEST(test_limit_and_stop),
        TEST(test_progress),
        TEST(test_killed_while_fetching),
        TEST(test_full_disk),
        TEST(test_threads),
    };
    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
