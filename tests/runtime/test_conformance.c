/* The cases of OTP's and Elixir's own suites, as scenarios of the same names. conformance.tsv lists
 * them all: suite, number, name, whether it applies here (Y, P: in part, N: not), and the file or
 * the reason. With --print: the table by suite (make conformance). With files: only those. */
#include "base/base.h"
#include "runtime/runtime.h"

#include <dirent.h>
#include <setjmp.h>
#include <cmocka.h>

static const char folder[] = "tests/runtime/";

typedef struct {
    sv suite, name, class, what, mode;
    uint32_t line;
} row;

typedef struct {
    buf text;
    row *rows;
    uint32_t count;
} table;

static void table_read(table *t)
{
    error err = {0};
    *t = (table){0};
    if (!file_read("tests/runtime/conformance.tsv", 1 << 20, &t->text, &err))
        fail_msg("%s", err.text);
    t->rows = base_calloc(2000, sizeof *t->rows);
    sv text = buf_sv(&t->text), line;
    for (uint32_t number = 1; sv_next(&text, '\n', &line); number++) {
        if (line.size == 0 || sv_starts(line, SV("#"))) continue;
        row *r = &t->rows[t->count++];
        sv ignored;
        r->line = number;
        (void)sv_next(&line, '\t', &r->suite);
        (void)sv_next(&line, '\t', &ignored);
        (void)sv_next(&line, '\t', &r->name);
        (void)sv_next(&line, '\t', &r->class);
        (void)sv_next(&line, '\t', &r->what);
        (void)sv_next(&line, '\t', &r->mode);
        assert_true(t->count < 2000);
    }
}

static void table_release(table *t)
{
    buf_release(&t->text);
    free(t->rows);
}

static bool layout_is_stable(const char *path, sv text)
{
    buf once = {0}, twice = {0};
    error err = {0};
    bool stable = rt_format(sv_from(path), text, &once, &err) &&
                  rt_format(sv_from(path), buf_sv(&once), &twice, &err) &&
                  sv_eq(buf_sv(&once), buf_sv(&twice));
    if (!stable) print_error("%s: formatting twice changes it\n", path);
    buf_release(&once);
    buf_release(&twice);
    return stable;
}

/* One run in the fair order; how much work it was. 0: it did not come to what it expects. */
static uint64_t work_of(const char *path, sv text)
{
    rt_options o = rt_options_default();
    rt_verdict v;
    error err = {0};
    o.mode = RT_ONCE;
    o.seed = 0;
    o.events_max = 10000000;
    if (!rt_run(sv_from(path), text, &o, &v, &err)) {
        print_error("%s\n", err.text);
        return 0;
    }
    uint64_t work = v.expectations_met ? v.outcomes[0].work : 0;
    if (!work) print_error("%s: %s%s\n", path, v.expectations_text, v.outcomes[0].summary);
    rt_verdict_release(&v);
    return work;
}

/* "# scale N = 100 to N = 1000 below 50": with the text changed so, the work is less than that
 * many times as much. */
static bool scales(const char *path, sv text, sv rule)
{
    size_t to = sv_find(rule, SV(" to "), 0), below = sv_find(rule, SV(" below "), 0);
    int64_t factor;
    if (to == SIZE_MAX || below == SIZE_MAX ||
        !sv_to_i64(sv_slice(rule, below + 7, rule.size), &factor)) {
        print_error("%s: a scale rule reads: # scale TEXT to TEXT below FACTOR\n", path);
        return false;
    }
    sv small = sv_slice(rule, 0, to), large = sv_slice(rule, to + 4, below);
    size_t at = sv_find(text, small, sv_find(text, SV("\n"), 0));
    if (at == SIZE_MAX) return print_error("%s: the text to scale is not there\n", path), false;
    buf grown = {0};
    buf_add(&grown, sv_slice(text, 0, at));
    buf_add(&grown, large);
    buf_add(&grown, sv_slice(text, at + small.size, text.size));
    uint64_t one = work_of(path, text), other = work_of(path, buf_sv(&grown));
    buf_release(&grown);
    bool done = one && other && other < one * (uint64_t)factor;
    if (!done) print_error("%s: %" PRIu64 " becomes %" PRIu64 "\n", path, one, other);
    return done;
}

static bool explore(const char *path, sv text, bool sampled)
{
    rt_options o = rt_options_default();
    rt_verdict v;
    error err = {0};
    o.outcomes_max = 4;
    if (sampled) {
        o.mode = RT_RANDOM;
        o.schedules_max = 200;
        o.events_max = 100000;
    }
    if (!rt_run(sv_from(path), text, &o, &v, &err)) return print_error("%s\n", err.text), false;
    bool passed = v.expectations_met && (v.complete || sampled);
    if (!passed) {
        print_error("%s: %s%s; %" PRIu64 " schedules%s%s\n", path, v.expectations_text,
                    v.outcomes[0].summary, v.schedules,
                    v.complete ? "" : ", not complete: ", v.incomplete_why);
    }
    rt_verdict_release(&v);
    return passed;
}

static bool run_file(const char *path, bool sampled)
{
    buf text = {0};
    error err = {0};
    if (!file_read(path, 1 << 20, &text, &err)) return print_error("%s\n", err.text), false;
    sv whole = buf_sv(&text), first;
    sv rest = whole;
    (void)sv_next(&rest, '\n', &first);
    bool passed = layout_is_stable(path, whole);
    if (sv_find(whole, SV("expect "), 0) == SIZE_MAX) {
        print_error("%s expects nothing\n", path);
        passed = false;
    }
    if (sv_starts(first, SV("# scale ")))
        passed = scales(path, whole, sv_slice(first, 8, first.size)) && passed;
    else passed = explore(path, whole, sampled) && passed;
    buf_release(&text);
    return passed;
}

static bool run_row(const row *r)
{
    char path[600];
    snprintf(path, sizeof path, "%s%.*s", folder, SV_FMT(r->what));
    return run_file(path, sv_eq_c(r->mode, "sampled"));
}

static bool applies(const row *r)
{
    return sv_eq_c(r->class, "Y") || sv_eq_c(r->class, "P");
}

static uint32_t check_listed(const table *t, const char *suite)
{
    char path[300];
    uint32_t failures = 0;
    snprintf(path, sizeof path, "%s%s", folder, suite);
    DIR *dir = opendir(path);
    if (!dir) return 0;
    for (struct dirent *e; (e = readdir(dir));) {
        char what[600];
        if (!sv_ends(sv_from(e->d_name), SV(".lode"))) continue;
        snprintf(what, sizeof what, "%s/%s", suite, e->d_name);
        bool listed = false;
        for (uint32_t i = 0; i < t->count; i++) listed |= sv_eq_c(t->rows[i].what, what);
        if (!listed) print_error("%s is in no row of conformance.tsv\n", what);
        failures += !listed;
    }
    closedir(dir);
    return failures;
}

/* A case that applies has its file, of its name; one that does not, a reason; every file has its
 * row. */
static void test_table(void **state)
{
    (void)state;
    table t;
    uint32_t failures = 0;
    table_read(&t);
    for (uint32_t i = 0; i < t.count; i++) {
        const row *r = &t.rows[i];
        char want[300], path[600];
        snprintf(want, sizeof want, "%.*s/%.*s.lode", SV_FMT(r->suite), SV_FMT(r->name));
        bool right = false;
        if (applies(r)) {
            snprintf(path, sizeof path, "%s%s", folder, want);
            FILE *file = fopen(path, "r");
            right = file && sv_eq_c(r->what, want);
            if (file) fclose(file);
        } else {
            right = sv_eq_c(r->class, "N") && r->what.size > 10 &&
                    sv_find(r->what, SV(".lode"), 0) == SIZE_MAX;
        }
        if (!right) print_error("conformance.tsv:%u: %s\n", r->line, want);
        failures += !right;
        if (i && sv_eq(r->suite, t.rows[i - 1].suite)) continue;
        char suite[100];
        snprintf(suite, sizeof suite, "%.*s", SV_FMT(r->suite));
        failures += check_listed(&t, suite);
    }
    assert_true(t.count > 100);
    table_release(&t);
    assert_int_equal(failures, 0);
}

static void test_cases(void **state)
{
    (void)state;
    table t;
    uint32_t failures = 0;
    table_read(&t);
    for (uint32_t i = 0; i < t.count; i++)
        if (applies(&t.rows[i]) && !run_row(&t.rows[i])) failures++;
    table_release(&t);
    assert_int_equal(failures, 0);
}

/* "(12 others)" stands for so many cases. */
static uint32_t rows_of(const row *r)
{
    int64_t number = 1;
    size_t end = sv_find(r->name, SV(" "), 0);
    if (sv_starts(r->name, SV("(")) && end != SIZE_MAX)
        (void)sv_to_i64(sv_slice(r->name, 1, end), &number);
    return (uint32_t)number;
}

static int print_table(void)
{
    table t;
    uint32_t passed_all = 0, claimed_all = 0;
    table_read(&t);
    printf("%-28s %6s %6s %8s %6s\n", "suite", "passed", "of", "in part", "not");
    for (uint32_t i = 0; i < t.count;) {
        uint32_t passed = 0, claimed = 0, part = 0, not = 0, first = i;
        for (; i < t.count && sv_eq(t.rows[i].suite, t.rows[first].suite); i++) {
            const row *r = &t.rows[i];
            if (!applies(r)) {
                not += rows_of(r);
                continue;
            }
            claimed++;
            part += sv_eq_c(r->class, "P");
            if (run_row(r)) passed++;
            else printf("failed: %.*s/%.*s\n", SV_FMT(r->suite), SV_FMT(r->name));
        }
        printf("%-28.*s %6u %6u %8u %6u\n", SV_FMT(t.rows[first].suite), passed, claimed, part,
               not );
        passed_all += passed;
        claimed_all += claimed;
    }
    printf("%-28s %6u %6u\n", "all", passed_all, claimed_all);
    table_release(&t);
    return passed_all < claimed_all;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table), cmocka_unit_test(test_cases)};
    if (argc > 1 && strcmp(argv[1], "--print") == 0) return print_table();
    if (argc > 1) {
        int failures = 0;
        bool sampled = strcmp(argv[1], "--sampled") == 0;
        for (int i = 1 + sampled; i < argc; i++) failures += !run_file(argv[i], sampled);
        return failures ? 1 : 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
