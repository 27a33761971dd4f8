/* The harness: caps, what is text, languages by name; and that a parser outlives a failure. */
#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>

#include "parsers/parsers.h"

static void add_times(buf *out, const char *text, int times)
{
    for (int i = 0; i < times; i++) buf_add_c(out, text);
}

static const char GOOD[] = "defmodule A do\n  def f(x), do: GenServer.call(x, :y)\nend\n";

/* The parser must give the same facts as a new one, whatever it was used for before. */
static void check_good(parser *p)
{
    facts f = {0};
    error err = {0};
    if (!parser_run(p, LANG_ELIXIR, sv_from(GOOD), NULL, &f, &err)) fail_msg("%s", err.text);
    assert_int_equal(f.modules.count, 1);
    assert_int_equal(f.functions.count, 1);
    assert_int_equal(f.error_count, 0);
    assert_int_equal(f.line_count, 3);
    assert_int_equal(f.source_bytes, sizeof GOOD - 1);
    assert_false(f.partial);
    facts_release(&f);
}

/* Must fail with kind, and a sentence that holds `word`. */
static void check_fails(parser *p, lang language, sv source, const parse_limits *limits,
                        err_kind kind, const char *word)
{
    facts f = {0};
    error err = {0};
    assert_false(parser_run(p, language, source, limits, &f, &err));
    assert_int_equal(err.kind, kind);
    if (!sv_has(sv_from(err.text), sv_from(word))) fail_msg("no %s in: %s", word, err.text);
    facts_release(&f);
    check_good(p);
}

static void test_size(void **state)
{
    (void)state;
    parser *p = parser_open();
    buf source = {0};
    buf_add_c(&source, "# ");
    add_times(&source, "x", (1 << 20) - 2);
    facts f = {0};
    assert_true(parser_run(p, LANG_ELIXIR, buf_sv(&source), NULL, &f, NULL));
    assert_int_equal(f.line_count, 1);
    facts_release(&f);
    buf_add_char(&source, 'x');
    check_fails(p, LANG_ELIXIR, buf_sv(&source), NULL, ERR_LIMIT, "1048577 bytes");
    check_fails(p, LANG_ELIXIR, sv_from(GOOD), &(parse_limits){.bytes_max = 10}, ERR_LIMIT,
                "limit of 10");
    buf_release(&source);
    parser_close(p);
}

static void test_line_of_50_megabytes(void **state)
{
    (void)state;
    parser *p = parser_open();
    size_t size = 50u << 20;
    char *line = base_malloc(size);
    memset(line, 'a', size);
    check_fails(p, LANG_ELIXIR, (sv){line, size}, NULL, ERR_LIMIT, "52428800 bytes");
    check_fails(p, LANG_ERLANG, (sv){line, size}, NULL, ERR_LIMIT, "52428800 bytes");
    free(line);
    parser_close(p);
}

static void test_not_text(void **state)
{
    (void)state;
    parser *p = parser_open();
    check_fails(p, LANG_ELIXIR, SV("defmodule A do\0end"), NULL, ERR_INPUT, "NUL");
    check_fails(p, LANG_ERLANG, SV("\0"), NULL, ERR_INPUT, "NUL");
    check_fails(p, LANG_NONE, SV("x"), NULL, ERR_BUG, "no front end");
    check_fails(p, LANG_COUNT, SV("x"), NULL, ERR_BUG, "no front end");
    parser_close(p);
}

static void test_memory(void **state)
{
    (void)state;
    parser *p = parser_open();
    buf source = {0};
    add_times(&source, "f(1, [2])\n", 20000);
    /* The cap is far under what this needs, at several depths of the parser's work. */
    for (uint32_t cap = 1 << 12; cap <= 1 << 20; cap *= 4)
        check_fails(p, LANG_ELIXIR, buf_sv(&source), &(parse_limits){.memory_max = cap}, ERR_LIMIT,
                    "memory");
    buf_clear(&source);
    add_times(&source, ")]}>> end ,,, ->", 5000);
    check_fails(p, LANG_ELIXIR, buf_sv(&source), &(parse_limits){.memory_max = 4 << 20}, ERR_LIMIT,
                "memory");
    buf_release(&source);
    parser_close(p);
}

/* Costs the Erlang grammar many seconds without a cap. */
static void test_time(void **state)
{
    (void)state;
    parser *p = parser_open();
    buf source = {0};
    add_times(&source, "a\n|> ", 10000);
    check_fails(p, LANG_ERLANG, buf_sv(&source), &(parse_limits){.time_ms = 1}, ERR_LIMIT, "");
    buf_release(&source);
    parser_close(p);
}

static void test_empty(void **state)
{
    (void)state;
    parser *p = parser_open();
    static const char *const SOURCES[] = {"", "\n", "\xEF\xBB\xBF", "   ", "# x", "\r\n\r\n", ";"};
    for (size_t i = 0; i < ARRAY_LEN(SOURCES); i++) {
        facts f = {0};
        assert_true(parser_run(p, LANG_ELIXIR, sv_from(SOURCES[i]), NULL, &f, NULL));
        assert_int_equal(f.functions.count, 0);
        assert_int_equal(f.nodes.items[0].kind, NODE_NONE);
        facts_release(&f);
    }
    parser_close(p);
}

/* Line ends and a byte-order mark change nothing but bytes. */
static void test_line_ends(void **state)
{
    (void)state;
    static const char *const SOURCES[] = {
        "defmodule A do\n  @moduledoc \"x\"\n  # lode:ignore r s\n  def f, do: 1\nend\n",
        "defmodule A do\r\n  @moduledoc \"x\"\r\n  # lode:ignore r s\r\n  def f, do: 1\r\nend\r\n",
        "\xEF\xBB\xBF"
        "defmodule A do\n  @moduledoc \"x\"\n  # lode:ignore r s\n  def f, do: 1\nend\n",
    };
    buf expected = {0};
    parser *p = parser_open();
    for (size_t i = 0; i < ARRAY_LEN(SOURCES); i++) {
        facts f = {0};
        buf got = {0};
        assert_true(parser_run(p, LANG_ELIXIR, sv_from(SOURCES[i]), NULL, &f, NULL));
        facts_dump(&f, &got);
        if (i == 0) buf_add(&expected, buf_sv(&got));
        assert_string_equal(got.data, expected.data);
        buf_release(&got);
        facts_release(&f);
    }
    assert_true(sv_has(buf_sv(&expected), SV("ignore 4 r \"s\"\n")));
    buf_release(&expected);
    parser_close(p);
}

static void test_syntax_errors_are_counted(void **state)
{
    (void)state;
    parser *p = parser_open();
    facts f = {0};
    assert_true(parser_run(p, LANG_ELIXIR, SV("def f, do: 1\n]]]\n"), NULL, &f, NULL));
    assert_true(f.partial);
    assert_true(f.error_count > 0);
    assert_true(f.error_bytes >= 3 && f.error_bytes <= f.source_bytes);
    facts_release(&f);
    parser_close(p);
}

static void test_languages(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        lang language;
    } PATHS[] = {
        {"lib/a.ex", LANG_ELIXIR},
        {"mix.exs", LANG_ELIXIR},
        {"src/a.erl", LANG_ERLANG},
        {"include/a.hrl", LANG_ERLANG},
        {"src/a.app.src", LANG_ERLANG},
        {"a.escript", LANG_ERLANG},
        {"rebar.config", LANG_ERLANG},
        {"apps/x/rebar.config", LANG_ERLANG},
        {"my_rebar.config", LANG_NONE},
        {"a.eex", LANG_NONE},
        {".ex", LANG_NONE},
        {"lib.ex/README", LANG_NONE},
        {"sys.config", LANG_NONE},
        {"", LANG_NONE},
    };
    for (size_t i = 0; i < ARRAY_LEN(PATHS); i++)
        assert_int_equal(lang_of_path(sv_from(PATHS[i].path)), PATHS[i].language);
    assert_string_equal(lang_name(LANG_ELIXIR), "elixir");
    assert_string_equal(lang_name(LANG_ERLANG), "erlang");
    assert_true(lang_version(LANG_ELIXIR) > 0);
}

static void *parse_many(void *arg)
{
    (void)arg;
    parser *p = parser_open();
    for (int i = 0; i < 50; i++) {
        facts f = {0};
        bool done = i % 3 ? parser_run(p, LANG_ELIXIR, sv_from(GOOD), NULL, &f, NULL)
                          : parser_run(p, LANG_ERLANG, SV("f() -> ok."), NULL, &f, NULL);
        bool right = done && f.functions.count == 1;
        facts_release(&f);
        if (!right) return "wrong";
    }
    parser_close(p);
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    pthread_t threads[4];
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, parse_many, NULL), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        void *result;
        pthread_join(threads[i], &result);
        assert_null(result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_size),      cmocka_unit_test(test_line_of_50_megabytes),
        cmocka_unit_test(test_not_text),  cmocka_unit_test(test_memory),
        cmocka_unit_test(test_time),      cmocka_unit_test(test_empty),
        cmocka_unit_test(test_line_ends), cmocka_unit_test(test_syntax_errors_are_counted),
        cmocka_unit_test(test_languages), cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests_name("parser", tests, NULL, NULL);
}
