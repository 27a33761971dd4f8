#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include "crawler/crawler.h"
#include "tests/common/fixture.h"

/* A list with the given text, read; the path is "corpus.tsv" in a scratch folder. */
typedef struct {
    char *folder;
    char *path;
    arena memory;
    corpus list;
    error err;
    bool done;
} fixture;

static fixture read_list(sv text, corpus_mode mode)
{
    fixture f = {.folder = scratch_make()};
    f.path = arena_printf(&f.memory, "%s/corpus.tsv", f.folder);
    put_file(f.path, text);
    f.done = corpus_read(f.path, mode, &f.list, &f.memory, &f.err);
    return f;
}

static void drop(fixture *f)
{
    scratch_remove(f->folder);
    arena_release(&f->memory);
}

static void test_columns(void **state)
{
    (void)state;
    fixture f = read_list(SV("# a list\n"
                             "\n"
                             "tags\turl\tstars\tref\n"
                             "web,otp\thttps://example.org/a/b\t12\tv1.0\n"
                             "\thttps://example.org/a/c\n"
                             "# the end\n"),
                          CORPUS_STOP);
    assert_true(f.done);
    assert_int_equal(f.list.entry_count, 2);
    assert_string_equal(f.list.entries[0].url, "https://example.org/a/b");
    assert_string_equal(f.list.entries[0].ref, "v1.0");
    assert_string_equal(f.list.entries[0].tags, "web,otp");
    assert_int_equal(f.list.entries[0].line, 4);
    assert_string_equal(f.list.entries[1].url, "https://example.org/a/c");
    assert_string_equal(f.list.entries[1].ref, "");
    assert_string_equal(f.list.entries[1].tags, "");
    drop(&f);
}

static void test_windows_line_ends_and_mark(void **state)
{
    (void)state;
    fixture f =
        read_list(SV("\xEF\xBB\xBFurl\tref\r\nhttps://example.org/a/b\tmain\r\n"), CORPUS_STOP);
    assert_true(f.done);
    assert_int_equal(f.list.entry_count, 1);
    assert_string_equal(f.list.entries[0].ref, "main");
    drop(&f);
}

static void test_relative_paths_follow_the_list(void **state)
{
    (void)state;
    fixture f = read_list(SV("url\nrepos/one\n/srv/two\n"), CORPUS_STOP);
    assert_true(f.done);
    char *whole = realpath(f.folder, NULL);
    assert_string_equal(f.list.entries[0].url, arena_printf(&f.memory, "%s/repos/one", whole));
    assert_string_equal(f.list.entries[1].url, "/srv/two");
    free(whole);
    drop(&f);
}

static void test_repeated_lines_count_once(void **state)
{
    (void)state;
    fixture f =
        read_list(SV("url\tref\nhttps://h/a\tx\nhttps://h/a\ty\nhttps://h/a\tx\n"), CORPUS_STOP);
    assert_true(f.done);
    assert_int_equal(f.list.entry_count, 2);
    assert_string_equal(f.list.entries[1].ref, "y");
    drop(&f);
}

static void test_a_broken_line_is_named(void **state)
{
    (void)state;
    sv text = SV("url\tref\nhttps://h/a\ngit@github.com:a/b\nhttps://h/c\nhttps://h/d\t--upload=x\n"
                 "\tmain\n");
    fixture f = read_list(text, CORPUS_STOP);
    assert_false(f.done);
    assert_int_equal(f.err.kind, ERR_INPUT);
    assert_non_null(strstr(f.err.text, "corpus.tsv:3: "));
    assert_non_null(strstr(f.err.text, "git@github.com:a/b"));
    drop(&f);

    f = read_list(text, CORPUS_GO_ON);
    assert_true(f.done);
    assert_int_equal(f.list.entry_count, 2);
    assert_string_equal(f.list.entries[1].url, "https://h/c");
    assert_int_equal(f.list.fault_count, 3);
    static const uint32_t lines[] = {3, 5, 6};
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(f.list.faults[i].line, lines[i]);
        assert_int_equal(f.list.faults[i].reason.kind, ERR_INPUT);
        assert_non_null(strstr(f.list.faults[i].reason.text,
                               arena_printf(&f.memory, "corpus.tsv:%u: ", lines[i])));
    }
    drop(&f);
}

static void test_a_nul_byte_is_named(void **state)
{
    (void)state;
    fixture f = read_list(SV("url\nhttps://h/a\0b\n"), CORPUS_STOP);
    assert_false(f.done);
    assert_non_null(strstr(f.err.text, "corpus.tsv:2: "));
    drop(&f);
}

static void test_a_wrong_header_stops(void **state)
{
    (void)state;
    fixture f = read_list(SV("https://h/a\nhttps://h/b\n"), CORPUS_GO_ON);
    assert_false(f.done);
    assert_int_equal(f.err.kind, ERR_INPUT);
    assert_non_null(strstr(f.err.text, "corpus.tsv:1: "));
    drop(&f);
    f = read_list(SV("# nothing\n"), CORPUS_GO_ON);
    assert_false(f.done);
    assert_int_equal(f.err.kind, ERR_INPUT);
    drop(&f);
}

static void test_a_missing_list(void **state)
{
    (void)state;
    arena a = {0};
    corpus list;
    error err = {0};
    assert_false(corpus_read("/nonexistent/list.tsv", CORPUS_GO_ON, &list, &a, &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_non_null(strstr(err.text, "/nonexistent/list.tsv"));
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_windows_line_ends_and_mark),
        cmocka_unit_test(test_relative_paths_follow_the_list),
        cmocka_unit_test(test_repeated_lines_count_once),
        cmocka_unit_test(test_a_broken_line_is_named),
        cmocka_unit_test(test_a_nul_byte_is_named),
        cmocka_unit_test(test_a_wrong_header_stops),
        cmocka_unit_test(test_a_missing_list),
    };
    return cmocka_run_group_tests_name("corpus", tests, NULL, NULL);
}
