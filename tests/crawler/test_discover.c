/* Discovery against a server that answers as the documentation of the APIs says
 * (tests/crawler/api_server.py), and from files. */
#include "base/base.h"

#include <setjmp.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "crawler/discover_private.h"
#include "tests/common/fixture.h"

typedef struct {
    char *folder, *log;
    int stdin_fd; /* the server's */
    pid_t server;
    int port;
    arena memory;
    error err;
    discover_options options;
    discover_told told;
    corpus list;
} fixture;

static int setup(void **state)
{
    fixture *f = base_calloc(1, sizeof *f);
    int in[2], out[2];
    f->folder = scratch_make();
    f->log = arena_printf(&f->memory, "%s/log", f->folder);
    put_file(f->log, SV(""));
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    f->server = fork();
    assert_true(f->server >= 0);
    if (f->server == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]);
        close(out[0]);
        execlp("python3", "python3", "tests/crawler/api_server.py", f->log, NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    f->stdin_fd = in[1];
    FILE *lines = fdopen(out[0], "r");
    assert_int_equal(fscanf(lines, "%d", &f->port), 1);
    fclose(lines);
    f->options.retry_ms = 1;
    f->options.wait_max_s = 5;
    *state = f;
    return crawler_init(NULL) ? 0 : -1;
}

static int teardown(void **state)
{
    fixture *f = *state;
    close(f->stdin_fd);
    waitpid(f->server, NULL, 0);
    scratch_remove(f->folder);
    arena_release(&f->memory);
    free(f);
    crawler_end();
    return 0;
}

static const char *api_of(fixture *f, const char *way)
{
    return arena_printf(&f->memory, "http://127.0.0.1:%d/%s", f->port, way);
}

static void find(fixture *f, discover_source source, const char *way, uint32_t expected)
{
    f->options.source = source;
    f->options.api = api_of(f, way);
    f->err = (error){0};
    if (!discover(&f->options, &f->list, &f->told, &f->memory, &f->err))
        fail_msg("%s", f->err.text);
    assert_int_equal(f->list.entry_count, expected);
}

static void expect_failure(fixture *f, discover_source source, const char *way, err_kind kind,
                           const char *part)
{
    f->options.source = source;
    f->options.api = api_of(f, way);
    f->err = (error){0};
    assert_false(discover(&f->options, &f->list, &f->told, &f->memory, &f->err));
    if (!strstr(f->err.text, part)) fail_msg("\"%s\" has no \"%s\"", f->err.text, part);
    if (f->err.kind != kind) fail_msg("%s error: %s", err_kind_name(f->err.kind), f->err.text);
}

/* How often the log of requests has a text. */
static uint32_t logged(fixture *f, const char *text)
{
    uint32_t count = 0;
    const char *at = get_file(f->log, &f->memory);
    while ((at = strstr(at, text))) {
        count++;
        at += strlen(text);
    }
    return count;
}

static void test_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *link, *address;
    } cases[] = {
        {"https://github.com/o/n", "https://github.com/o/n"},
        {"http://www.github.com/o/n.git", "https://github.com/o/n"},
        {"https://GitHub.com/o/n/tree/main#readme", "https://github.com/o/n"},
        {"git://github.com/o/n.git", "https://github.com/o/n"},
        {"https://github.com//o//n/", "https://github.com/o/n"},
        {"https://gitlab.com/a/b/c/-/issues", "https://gitlab.com/a/b/c"},
        {"https://git.sr.ht/~o/n/tree", "https://git.sr.ht/~o/n"},
        {"https://github.com/o/../n", "https://github.com/o/n"},
        {"https://github.com/o", NULL},
        {"https://github.com/", NULL},
        {"https://hexdocs.pm/o/n", NULL},
        {"https://github.com.evil.org/o/n", NULL},
        {"https://user:pw@github.com/o/n", NULL},
        {"git@github.com:o/n.git", NULL},
        {"javascript:alert(1)", NULL},
        {"", NULL},
    };
    arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *address = repository_address(sv_from(cases[i].link), &a);
        if (!cases[i].address) assert_null(address);
        else assert_string_equal(address, cases[i].address);
    }
    arena_release(&a);
}

static void test_hex(void **state)
{
    fixture *f = *state;
    find(f, DISCOVER_HEX, "ok", 4);
    assert_string_equal(f->list.entries[0].url, "https://github.com/Two/Second");
    assert_string_equal(f->list.entries[1].url, "https://github.com/four/x");
    assert_string_equal(f->list.entries[1].licence, "MIT,ISC");
    assert_string_equal(f->list.entries[2].url, "https://github.com/one/first");
    assert_string_equal(f->list.entries[3].url, "https://gitlab.com/group/sub/name");
    assert_int_equal(f->told.seen, 8);
    assert_int_equal(f->told.without_address, 3);
    assert_int_equal(f->told.doubled, 1);
    assert_int_equal(f->told.requests, 3);
    f->options.pushed_since = "2013-06-01";
    find(f, DISCOVER_HEX, "ok", 3);
    assert_int_equal(f->told.filtered, 2);
    f->options.pushed_since = NULL;
    f->options.limit = 1;
    find(f, DISCOVER_HEX, "ok", 1);
    assert_int_equal(f->told.requests, 1);
}

static void test_answers_are_kept(void **state)
{
    fixture *f = *state;
    f->options.cache_dir = arena_printf(&f->memory, "%s/kept/below", f->folder);
    find(f, DISCOVER_HEX, "ok", 4);
    assert_int_equal(f->told.cached, 0);
    find(f, DISCOVER_HEX, "ok", 4);
    assert_int_equal(f->told.cached, 3);
    assert_int_equal(logged(f, " \""), 3);
    /* What was kept is damaged: the server is asked as if there were nothing. */
    run("for k in '%s'/kept/below/*; do head -c 5 $k >$k.new; mv $k.new $k; done", f->folder);
    find(f, DISCOVER_HEX, "ok", 4);
    assert_int_equal(f->told.cached, 0);
}

static void test_ecosystems(void **state)
{
    fixture *f = *state;
    expect_failure(f, DISCOVER_ECOSYSTEMS, "ok", ERR_INPUT, "--contact");
    f->options.contact = "a+b@example.org";
    find(f, DISCOVER_ECOSYSTEMS, "ok", 2);
    const corpus_entry *e = f->list.entries;
    assert_string_equal(e[0].url, "https://github.com/o/a");
    assert_string_equal(e[0].stars, "30");
    assert_string_equal(e[0].licence, "Apache-2.0");
    assert_string_equal(e[0].topics, "otp,genserver");
    assert_string_equal(e[0].archived, "no");
    assert_string_equal(e[0].fork_of, "");
    assert_string_equal(e[1].fork_of, "https://github.com/x/b");
    assert_string_equal(e[1].archived, "yes");
    assert_string_equal(e[1].pushed_at, "2020-01-01T00:00:00.000Z");
    assert_true(logged(f, "mailto=a%2Bb%40example.org") >= 2);
    assert_true(logged(f, "(mailto:a+b@example.org)") >= 2);
    f->options.no_forks = true;
    find(f, DISCOVER_ECOSYSTEMS, "ok", 1);
    f->options.no_forks = false;
    f->options.languages = "erlang";
    find(f, DISCOVER_ECOSYSTEMS, "ok", 1);
    f->options.no_archived = true;
    find(f, DISCOVER_ECOSYSTEMS, "ok", 0);
    f->options.languages = NULL;
    f->options.stars_min = 31;
    find(f, DISCOVER_ECOSYSTEMS, "ok", 0);
    find(f, DISCOVER_ECOSYSTEMS, "types", 0);
}

static void test_github_in_windows(void **state)
{
    fixture *f = *state;
    find(f, DISCOVER_GITHUB, "ok", 2300);
    assert_int_equal(f->told.doubled, 0);
    assert_int_equal(f->told.cut_windows, 0);
    assert_int_equal(logged(f, "page=11"), 0);
    f->options.no_forks = f->options.no_archived = true;
    find(f, DISCOVER_GITHUB, "ok", 2070);
    assert_true(logged(f, "fork%3Afalse+archived%3Afalse") > 0);
    for (uint32_t i = 0; i < 5; i++) assert_string_equal(f->list.entries[i].fork_of, "");
}

static void test_tokens_in_turn(void **state)
{
    fixture *f = *state;
    f->options.tokens = "first, second";
    f->options.limit = 150;
    find(f, DISCOVER_GITHUB, "turns", 150);
    assert_true(logged(f, "Bearer first") >= 2);
    assert_true(logged(f, "Bearer second") >= 2);
}

static void test_tokens_stay_at_their_host(void **state)
{
    fixture *f = *state;
    f->options.tokens = "secret";
    f->options.limit = 50;
    find(f, DISCOVER_GITHUB, "away", 50);
    assert_int_equal(logged(f, "Bearer secret"), logged(f, "/away/"));
    assert_true(logged(f, "/ok/") > 0);
}

static void test_limits_are_waited_for(void **state)
{
    fixture *f = *state;
    static const char *const ways[] = {"limit", "reset", "spent"};
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        find(f, DISCOVER_HEX, ways[i], 4);
        assert_true(f->told.requests >= (i < 2 ? 4U : 3U));
    }
    expect_failure(f, DISCOVER_HEX, "long", ERR_IO, "limit is reached for another");
    assert_int_equal(f->told.requests, 1);
}

static void test_servers_that_fail(void **state)
{
    fixture *f = *state;
    find(f, DISCOVER_HEX, "flaky", 4);
    assert_int_equal(f->told.requests, 5);
    find(f, DISCOVER_HEX, "cut", 4);
    expect_failure(f, DISCOVER_HEX, "down", ERR_IO, "HTTP 503");
    assert_int_equal(f->told.requests, 4);
    expect_failure(f, DISCOVER_HEX, "torn", ERR_IO, "ended before");
    expect_failure(f, DISCOVER_HEX, "junk", ERR_INPUT, "no JSON");
    expect_failure(f, DISCOVER_HEX, "object", ERR_INPUT, "no list of packages");
    expect_failure(f, DISCOVER_HEX, "null", ERR_INPUT, "no package in the list");
    find(f, DISCOVER_HEX, "types", 0);
    expect_failure(f, DISCOVER_HEX, "big", ERR_LIMIT, "more than");
    expect_failure(f, DISCOVER_HEX, "forbidden", ERR_INPUT, "HTTP 403");
    assert_int_equal(f->told.requests, 1);
    expect_failure(f, DISCOVER_GITHUB, "object", ERR_INPUT, "total_count");
    expect_failure(f, DISCOVER_GITHUB, "null", ERR_INPUT, "total_count");
    atomic_bool stop = true;
    f->options.stop = &stop;
    expect_failure(f, DISCOVER_HEX, "ok", ERR_IO, "stopped");
}

static void test_ghs_csv(void **state)
{
    fixture *f = *state;
    f->options.path = arena_printf(&f->memory, "%s/ghs.csv", f->folder);
    put_file(
        f->options.path,
        SV("\xEF\xBB\xBF\"id\",name,isFork,stargazers,license,mainLanguage,pushedAt,topics,"
           "isArchived\r\n"
           "1,o/a,false,12,MIT License,Elixir,2025-01-02T03:04:05,\"otp;erlang\",false\r\n"
           "2,\"o/b\",true,7,\"Apache, \"\"2\"\"\nLicense\",Erlang,2024-01-01T00:00:00,,true\r\n"
           "3,o/c,false,99,,Java,2024-01-01T00:00:00,,false\r\n"
           "\r\n"
           "4,no slash,false,1,,Elixir,,,\r\n"));
    find(f, DISCOVER_GHS_CSV, "", 2);
    const corpus_entry *e = f->list.entries;
    assert_string_equal(e[0].url, "https://github.com/o/a");
    assert_string_equal(e[0].stars, "12");
    assert_string_equal(e[0].topics, "otp,erlang");
    assert_string_equal(e[1].licence, "Apache, \"2\" License");
    assert_string_equal(e[1].fork_of, "fork");
    assert_string_equal(e[1].archived, "yes");
    put_file(f->options.path, SV("name,license\no/a,\"MIT\no/b,\n"));
    expect_failure(f, DISCOVER_GHS_CSV, "", ERR_INPUT, "ghs.csv:2: a quote");
    put_file(f->options.path, SV("url\tref\nx\ty\n"));
    expect_failure(f, DISCOVER_GHS_CSV, "", ERR_INPUT, "no column `name`");
    put_file(f->options.path, SV(""));
    expect_failure(f, DISCOVER_GHS_CSV, "", ERR_INPUT, "no column `name`");
    f->options.path = "/nonexistent/ghs.csv";
    expect_failure(f, DISCOVER_GHS_CSV, "", ERR_IO, "/nonexistent/ghs.csv");
}

static void test_lists_and_back(void **state)
{
    fixture *f = *state;
    const char *path = arena_printf(&f->memory, "%s/list.tsv", f->folder);
    f->options.contact = "a@example.org";
    find(f, DISCOVER_ECOSYSTEMS, "ok", 2);
    assert_true(corpus_write(path, &f->list, &f->err));
    corpus again;
    assert_true(corpus_read(path, CORPUS_STOP, &again, &f->memory, &f->err));
    assert_int_equal(again.entry_count, 2);
    assert_string_equal(again.entries[1].fork_of, "https://github.com/x/b");
    assert_string_equal(again.entries[0].topics, "otp,genserver");
    f->options.path = path;
    f->options.stars_min = 10;
    find(f, DISCOVER_FILE, "", 1);
    assert_string_equal(f->list.entries[0].stars, "30");
    f->options.stars_min = 0;
    put_file(path, SV("# addresses\nhttps://github.com/o/a/issues\nhttps://git.example.org/x/y\n\n"
                      "ssh://z\nhttps://github.com/O/A\n"));
    find(f, DISCOVER_FILE, "", 2);
    assert_int_equal(f->told.doubled, 1);
    assert_int_equal(f->told.without_address, 1);
    f->options.path = "/nonexistent";
    expect_failure(f, DISCOVER_FILE, "", ERR_IO, "/nonexistent");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        TEST(test_hex),
        TEST(test_answers_are_kept),
        TEST(test_ecosystems),
        TEST(test_github_in_windows),
        TEST(test_tokens_in_turn),
        TEST(test_tokens_stay_at_their_host),
        TEST(test_limits_are_waited_for),
        TEST(test_servers_that_fail),
        TEST(test_ghs_csv),
        TEST(test_lists_and_back),
    };
    return cmocka_run_group_tests_name("discover", tests, NULL, NULL);
}
