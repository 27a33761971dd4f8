/* Errors, files, messages. */
#include "base/base.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/common/fixture.h"

static void test_error(void **state)
{
    (void)state;
    error err = {0};
    assert_false(error_prefix(&err, "no %s", "error"));
    assert_string_equal(err.text, "");
    assert_false(error_set(&err, ERR_INPUT, "%s:%d: broken", "list", 3));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.text, "list:3: broken");
    assert_false(error_prefix(&err, "crawl %d", 7));
    assert_string_equal(err.text, "crawl 7: list:3: broken");
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(error_set(NULL, ERR_IO, "nobody listens"));
    assert_false(error_prefix(NULL, "nobody"));
    for (int kind = ERR_NONE; kind <= ERR_BUG; kind++)
        assert_string_not_equal(err_kind_name((err_kind)kind), "unknown");
}

static void test_long_errors_are_cut(void **state)
{
    (void)state;
    error err = {0};
    char text[1000];
    memset(text, 'x', sizeof text);
    text[999] = '\0';
    error_set(&err, ERR_IO, "%s", text);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    error_prefix(&err, "%s", "front");
    assert_memory_equal(err.text, "front: xxx", 10);
    assert_true(strlen(err.text) < sizeof err.text);
    error_prefix(&err, "%s", text);
    assert_true(strlen(err.text) < sizeof err.text);
    /* Whole characters only: each is three bytes here, and the cut falls inside one. */
    for (size_t lead = 0; lead < 3; lead++) {
        size_t n = 0;
        while (n < lead) text[n++] = 'a';
        while (n + 3 < sizeof text) {
            memcpy(text + n, "\xe2\x82\xac", 3);
            n += 3;
        }
        text[n] = '\0';
        error_set(&err, ERR_IO, "%s", text);
        size_t length = strlen(err.text);
        assert_true(length > 200);
        assert_int_equal((length - lead) % 3, 0);
    }
}

static void test_files(void **state)
{
    (void)state;
    char *folder = scratch_make();
    arena a = {0};
    error err = {0};
    buf out = {0};
    char *deep = arena_printf(&a, "%s/a/b/c", folder);
    char *path = arena_printf(&a, "%s/file", deep);
    assert_false(path_exists(deep));
    assert_true(dir_make(deep, &err));
    assert_true(dir_make(deep, &err));
    assert_true(path_exists(deep));
    assert_true(file_write(path, SV("one\0two"), &err));
    assert_true(file_read(path, 7, &out, &err));
    assert_int_equal(out.size, 7);
    assert_memory_equal(out.data, "one\0two", 7);
    assert_true(file_write(path, SV(""), &err));
    buf_clear(&out);
    assert_true(file_read(path, 0, &out, &err));
    assert_int_equal(out.size, 0);

    assert_true(file_write(path, SV("12345"), &err));
    assert_false(file_read(path, 4, &out, &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_non_null(strstr(err.text, path));
    char *absent = arena_printf(&a, "%s/absent", folder);
    assert_false(file_read(absent, 4, &out, &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_non_null(strstr(err.text, absent));
    assert_false(file_read(folder, 4, &out, &err));

    /* A failed write leaves the old content and no other file. */
    char *taken = arena_printf(&a, "%s/a", folder);
    assert_false(file_write(taken, SV("x"), &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_string_equal(run_line(&a, "ls '%s' | tr '\\n' ' '", folder), "a ");
    assert_false(file_write(arena_printf(&a, "%s/no/such", folder), SV("x"), &err));

    /* A file where a folder should be. */
    assert_false(dir_make(path, &err));
    assert_non_null(strstr(err.text, path));
    assert_false(dir_make(arena_printf(&a, "%s/below", path), &err));
    assert_false(dir_make("", &err));
    buf_release(&out);
    arena_release(&a);
    scratch_remove(folder);
}

/* What log_line writes to stderr. */
static char *logged(arena *a, log_level level, const char *text)
{
    char *folder = scratch_make();
    char *path = arena_printf(a, "%s/err", folder);
    int saved = dup(STDERR_FILENO);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    dup2(fd, STDERR_FILENO);
    log_line(level, "%s", text);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(fd);
    char *content = get_file(path, a);
    scratch_remove(folder);
    return content;
}

static void test_messages(void **state)
{
    (void)state;
    arena a = {0};
    char text[5000];
    assert_string_equal(logged(&a, LOG_ERROR, "it broke"), "lode: error: it broke\n");
    assert_string_equal(logged(&a, LOG_INFO, "hello"), "lode: hello\n");
    assert_string_equal(logged(&a, LOG_DEBUG, "hello"), "");
    log_set_level(LOG_ERROR);
    assert_string_equal(logged(&a, LOG_WARNING, "hello"), "");
    log_set_level(LOG_INFO);
    assert_string_equal(logged(&a, LOG_WARNING, "a\033[2Jb\r\nc"), "lode: warning: a?[2Jb??c\n");
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    char *long_line = logged(&a, LOG_INFO, text);
    assert_true(strlen(long_line) <= 2048);
    assert_int_equal(long_line[strlen(long_line) - 1], '\n');
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error),
        cmocka_unit_test(test_long_errors_are_cut),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_messages),
    };
    return cmocka_run_group_tests_name("io", tests, NULL, NULL);
}
