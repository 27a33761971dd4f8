/* Git's protocol version 2: what a night costs, what travels, and servers that lie. */
#include "base/base.h"

#include <sys/resource.h>

#include "crawler/pkt.h"
#include "tests/crawler/http_fixture.h"

static bool wants_elixir(void *payload, sv path)
{
    (void)payload;
    return sv_ends(path, SV(".ex"));
}

static bool wants_elixir_and_noise(void *payload, sv path)
{
    return wants_elixir(payload, path) || sv_eq(path, SV("noise"));
}

static void want_elixir(fixture *f)
{
    f->options.wants = wants_elixir;
    f->options.wants_name = "elixir.1";
    f->options.session = crawler_session_open();
}

static void end_session(fixture *f)
{
    crawler_session_close(f->options.session);
    f->options.session = NULL;
}

static uint32_t requests(fixture *f)
{
    uint32_t count = 0;
    const char *path = arena_printf(&f->memory, "%s/log", f->folder);
    if (!path_exists(path)) return 0;
    char *log = get_file(path, &f->memory);
    for (; *log; log++) count += *log == '\n';
    return count;
}

static double cpu_ms(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

/* The paths whose blobs are in the mirror, one a line. */
static const char *held(fixture *f)
{
    const char *out = arena_printf(&f->memory, "%s/held", f->folder);
    run("cd '%s'; git ls-tree -r %s | while read -r mode type id path; do "
        "if GIT_NO_LAZY_FETCH=1 git cat-file -e $id 2>/dev/null; then printf '%%s ' \"$path\"; fi; "
        "done >'%s'",
        f->result.git_dir, f->result.commit, out);
    return get_file(out, &f->memory);
}

static void test_a_night_without_news(void **state)
{
    fixture *f = *state;
    enum { NIGHTS = 20 };
    want_elixir(f);
    /* A long list of refs, of which one is asked for. */
    run("cd '%s'; for i in $(seq 2000); do echo \"create refs/heads/side-$i HEAD\"; done | "
        "git update-ref --stdin",
        f->repo);
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
    uint32_t before = requests(f);
    double ms = cpu_ms();
    for (int i = 0; i < NIGHTS; i++) {
        f->err = (error){0};
        if (!mirror_update(&f->options, url_of(f, "repo"), "", &f->result, &f->memory, &f->err))
            fail_msg("%s", f->err.text);
        assert_int_equal(f->result.outcome, MIRROR_SAME);
        assert_true(f->result.received_bytes > 0 && f->result.received_bytes <= 1024);
    }
    print_message("a night without news: %" PRIu64 " bytes received, %.2f ms of CPU\n",
                  f->result.received_bytes, (cpu_ms() - ms) / NIGHTS);
    assert_int_equal(requests(f) - before, NIGHTS);
    /* A branch by name is as cheap. */
    update(f, "repo", "old", MIRROR_FETCHED, commit_of(f, "old"));
    before = requests(f);
    update(f, "repo", "old", MIRROR_SAME, commit_of(f, "old"));
    assert_true(f->result.received_bytes <= 1024);
    assert_int_equal(requests(f) - before, 1);
    end_session(f);
}

static void test_only_wanted_blobs_travel(void **state)
{
    fixture *f = *state;
    want_elixir(f);
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
    assert_string_equal(held(f), "a.ex b.ex c.ex ");
    assert_true(f->result.received_bytes < 4000); /* noise alone has 50,000 */
    expect_commits(f, "1");
    /* A changed file: its blob and the trees above it, nothing else. */
    run("cd '%s'; echo 9 >b.ex; mkdir d; cp a.ex d; echo x >>noise; git add .; git commit -qm more",
        f->repo);
    update(f, "repo", "", MIRROR_FETCHED, commit_of(f, "main"));
    assert_string_equal(held(f), "a.ex b.ex c.ex d/a.ex ");
    assert_true(f->result.received_bytes < 3000);
    expect_commits(f, "1");
    /* A merge of what is known already. */
    run("cd '%s'; git commit -q --allow-empty -m empty", f->repo);
    update(f, "repo", "", MIRROR_FETCHED, commit_of(f, "main"));
    assert_string_equal(held(f), "a.ex b.ex c.ex d/a.ex ");
    /* Other files are wanted: they are fetched although the commit is here. */
    f->options.wants = wants_elixir_and_noise;
    f->options.wants_name = "elixir.2";
    update(f, "repo", "", MIRROR_FETCHED, commit_of(f, "main"));
    assert_string_equal(held(f), "a.ex b.ex c.ex d/a.ex noise ");
    update(f, "repo", "", MIRROR_SAME, commit_of(f, "main"));
    end_session(f);
}

static void test_all_is_wanted_after_a_part(void **state)
{
    fixture *f = *state;
    want_elixir(f);
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
    f->options.wants = NULL;
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
    assert_string_equal(held(f), "a.ex b.ex c.ex noise ");
    /* The whole history after a part. */
    f->options.root = arena_printf(&f->memory, "%s/second", f->folder);
    f->options.wants = wants_elixir;
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
    f->options.full_history = true;
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
    expect_commits(f, "3");
    assert_string_equal(held(f), "a.ex b.ex c.ex noise ");
    end_session(f);
}

static void test_servers_that_can_less(void **state)
{
    fixture *f = *state;
    want_elixir(f);
    update(f, "plain/repo", "", MIRROR_CLONED, commit_of(f, "main"));
    assert_string_equal(held(f), "a.ex b.ex c.ex noise ");
    update(f, "plain/repo", "", MIRROR_SAME, commit_of(f, "main"));
    /* A server that could, and cannot any more. */
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
    run("cd '%s'; echo 9 >b.ex; git commit -qam more", f->repo);
    put_file(arena_printf(&f->memory, "%s/config", f->folder),
             sv_from(arena_printf(&f->memory, "[url \"%s\"]\n\tinsteadOf = %s\n",
                                  url_of(f, "v0/repo"), url_of(f, "repo"))));
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
    assert_string_equal(held(f), "a.ex b.ex c.ex noise ");
    end_session(f);
}

static void test_a_mirror_that_was_left_half(void **state)
{
    fixture *f = *state;
    want_elixir(f);
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
    /* As if it had been killed between the commit and its blobs. */
    run("cd '%s'; echo 7 >b.ex; echo 8 >e.ex; git add .; git commit -qm more", f->repo);
    run("cd '%s'; git fetch -q --filter=blob:none --depth 1 '%s' main 2>/dev/null; rm -f "
        "config.lock",
        f->result.git_dir, url_of(f, "repo"));
    update(f, "repo", "", MIRROR_FETCHED, commit_of(f, "main"));
    assert_string_equal(held(f), "a.ex b.ex c.ex e.ex ");
    end_session(f);
}

static void test_the_proxy_of_git(void **state)
{
    fixture *f = *state;
    /* Nobody listens there. */
    put_file(arena_printf(&f->memory, "%s/config", f->folder),
             SV("[http]\n\tproxy = http://127.0.0.1:1\n"));
    expect_failure(f, url_of(f, "repo"), "", ERR_IO, "127.0.0.1 port 1");
    assert_int_equal(requests(f), 0);
    put_file(arena_printf(&f->memory, "%s/config", f->folder), SV(""));
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
}

static void test_many_packs_become_one(void **state)
{
    fixture *f = *state;
    want_elixir(f);
    f->options.packs_max = 5;
    update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
    for (int i = 0; i < 2; i++) {
        run("cd '%s'; echo x%d >b.ex; git commit -qam more", f->repo, i);
        update(f, "repo", "", MIRROR_FETCHED, commit_of(f, "main"));
    }
    const char *git_dir = f->result.git_dir;
    run("test $(ls '%s'/objects/pack/*.pack | wc -l) = 1", git_dir);
    assert_string_equal(held(f), "a.ex b.ex c.ex ");
    /* Earlier commits can still be read, and the next one comes. */
    run("git -C '%s' cat-file -e %s:b.ex", git_dir, commit_of(f, "main~2"));
    run("cd '%s'; echo 9 >b.ex; git commit -qam more", f->repo);
    update(f, "repo", "", MIRROR_FETCHED, commit_of(f, "main"));
    assert_string_equal(held(f), "a.ex b.ex c.ex ");
    end_session(f);
}

static void test_hostile_servers(void **state)
{
    fixture *f = *state;
    run("git init -q '%s-other'; cd '%s-other'; echo 1 >x.ex; git add .; git commit -qm one",
        f->repo, f->repo);
    want_elixir(f);
    f->options.silence_s = 1;
    /* Each meets a repository that is not there yet, and one that is. */
    for (int round = 0; round < 2; round++) {
        expect_failure(f, url_of(f, "stall/repo"), "", ERR_IO, "silent");
        expect_failure(f, url_of(f, "torn/repo"), "", ERR_IO, "");
        expect_failure(f, url_of(f, "short/repo"), "", ERR_IO, "ended before");
        expect_failure(f, url_of(f, "cut/repo"), "", ERR_IO, "ended before");
        expect_failure(f, url_of(f, "flip/repo"), "", ERR_INPUT, "");
        expect_failure(f, url_of(f, "many/repo"), "", ERR_INPUT, "too many objects");
        expect_failure(f, url_of(f, "swap/repo"), "", ERR_INPUT, "");
        expect_failure(f, url_of(f, "junk/repo"), "", ERR_IO, "");
        f->options.bytes_max = 1 << 20;
        expect_failure(f, url_of(f, "refs/repo"), "", ERR_LIMIT, "more than");
        f->options.bytes_max = 0;
        expect_failure(f, url_of(f, "round/repo"), "", ERR_INPUT, "redirects");
        expect_failure(f, url_of(f, "local/repo"), "", ERR_INPUT, "");
        if (round == 1) break;
        /* The same addresses as mirrors that hold an older commit. */
        update(f, "repo", "", MIRROR_CLONED, commit_of(f, "main"));
        run("cd '%s/..'; for r in stall torn short cut flip many swap junk refs round local; do "
            "mkdir -p $r; cp -r repo.git $r; done",
            f->result.git_dir);
        run("cd '%s'; echo 9 >b.ex; git commit -qam more", f->repo);
    }
    /* What was there before is there still. */
    f->options.offline = true;
    f->result = (mirror_result){0};
    if (!mirror_update(&f->options, url_of(f, "cut/repo"), "", &f->result, &f->memory, &f->err))
        fail_msg("%s", f->err.text);
    assert_string_equal(f->result.commit, commit_of(f, "main~1"));
    assert_string_equal(held(f), "a.ex b.ex c.ex ");
    end_session(f);
}

/* --- packets ---------------------------------------------------------------------------------- */

static bool note(void *payload, pkt_kind kind, sv content, error *err)
{
    buf *seen = payload;
    if (sv_eq(content, SV("stop"))) return error_set(err, ERR_LIMIT, "stopped");
    buf_printf(seen, "%d:%.*s;", (int)kind, SV_FMT(content));
    return true;
}

static void test_packets_in_pieces(void **state)
{
    (void)state;
    sv stream = SV("0009first0000000asecond000100040002");
    const char *expected = "0:first;1:;0:second;2:;0:;3:;";
    for (size_t piece = 1; piece <= stream.size; piece++) {
        pkt_reader r = {0};
        buf seen = {0};
        error err = {0};
        for (size_t at = 0; at < stream.size; at += piece)
            assert_true(pkt_feed(&r, sv_slice(stream, at, at + piece), note, &seen, &err));
        assert_false(pkt_is_torn(&r));
        assert_string_equal(seen.data, expected);
        buf_release(&seen);
        pkt_release(&r);
    }
}

static void test_what_is_no_packet(void **state)
{
    (void)state;
    static const char *const bad[] = {"0003", "<htm", "fff1", "-001", "000g", "0x10"};
    buf seen = {0};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        for (size_t piece = 1; piece <= 4; piece += 3) {
            pkt_reader r = {0};
            error err = {0};
            bool done = true;
            for (size_t at = 0; done && at < 4; at += piece)
                done = pkt_feed(&r, sv_slice(sv_from(bad[i]), at, at + piece), note, &seen, &err);
            /* A head that is whole is looked at with the next byte at the latest. */
            if (done) done = pkt_feed(&r, SV("x"), note, &seen, &err);
            assert_false(done);
            assert_int_equal(err.kind, ERR_INPUT);
            pkt_release(&r);
        }
    }
    pkt_reader r = {0};
    error err = {0};
    assert_false(pkt_feed(&r, SV("0008stop0009after"), note, &seen, &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_true(seen.size == 0);
    pkt_release(&r);
    assert_true(pkt_feed(&r, SV("0010half"), note, &seen, &err));
    assert_true(pkt_is_torn(&r));
    pkt_release(&r);
    buf_release(&seen);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_night_without_news),          TEST(test_only_wanted_blobs_travel),
        TEST(test_all_is_wanted_after_a_part),    TEST(test_servers_that_can_less),
        TEST(test_a_mirror_that_was_left_half),   TEST(test_the_proxy_of_git),
        TEST(test_many_packs_become_one),         TEST(test_hostile_servers),
        cmocka_unit_test(test_packets_in_pieces), cmocka_unit_test(test_what_is_no_packet),
    };
    return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
