/* Every example of the reference page, and every scenario file beside this test, comes to what it
 * expects; the explored space of each is complete. */
#include "base/base.h"
#include "runtime/runtime.h"

#include <dirent.h>
#include <setjmp.h>
#include <cmocka.h>

static uint32_t check(const char *name, sv text)
{
    rt_options o = rt_options_default();
    rt_verdict v;
    error err = {0};
    if (!rt_run(sv_from(name), text, &o, &v, &err)) {
        print_error("%s\n", err.text);
        return 1;
    }
    uint32_t failures = 0;
    if (!v.expectations_met || !v.complete) {
        buf out = {0};
        rt_verdict_print(&v, &out);
        print_error("%s:\n%s\n", name, out.data);
        buf_release(&out);
        failures = 1;
    }
    rt_verdict_release(&v);
    /* The layout is a fixed point and means the same. */
    buf once = {0}, twice = {0};
    assert_true(rt_format(sv_from(name), text, &once, &err));
    assert_true(rt_format(sv_from(name), buf_sv(&once), &twice, &err));
    if (!sv_eq(buf_sv(&once), buf_sv(&twice))) {
        print_error("%s: formatting again changes it:\n%s\n%s\n", name, once.data, twice.data);
        failures++;
    }
    buf_release(&once);
    buf_release(&twice);
    return failures;
}

static void test_reference_page(void **state)
{
    (void)state;
    buf page = {0};
    error err = {0};
    assert_true(file_read("docs/scenario-language.md", 1 << 20, &page, &err));
    sv text = buf_sv(&page);
    uint32_t failures = 0, count = 0;
    for (size_t at = 0; (at = sv_find(text, SV("\n```lode\n"), at)) != SIZE_MAX;) {
        size_t from = at + strlen("\n```lode\n"), end = sv_find(text, SV("\n```"), from);
        assert_true(end != SIZE_MAX);
        char name[40];
        snprintf(name, sizeof name, "example %u", ++count);
        failures += check(name, sv_slice(text, from, end + 1));
        at = end;
    }
    buf_release(&page);
    assert_true(count >= 20);
    assert_int_equal(failures, 0);
}

static uint32_t check_folder(const char *folder, uint32_t *count)
{
    DIR *dir = opendir(folder);
    uint32_t failures = 0;
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));) {
        if (!sv_ends(sv_from(e->d_name), SV(".lode"))) continue;
        char path[600];
        buf text = {0};
        error err = {0};
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        assert_true(file_read(path, 1 << 20, &text, &err));
        failures += check(path, buf_sv(&text));
        buf_release(&text);
        ++*count;
    }
    closedir(dir);
    return failures;
}

static void test_files(void **state)
{
    (void)state;
    uint32_t count = 0, failures = check_folder("tests/runtime/scenarios", &count);
    assert_true(count > 0);
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_reference_page),
                                       cmocka_unit_test(test_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
