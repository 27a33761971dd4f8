/* Arena, vector, map, symbols. */
#include "base/base.h"

#include <setjmp.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static void test_arena(void **state)
{
    (void)state;
    arena a = {0};
    char *blocks[300];
    for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
        blocks[i] = arena_alloc(&a, i, 7);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < i * 7; k++) assert_int_equal(blocks[i][k], 0);
        memset(blocks[i], (int)i, i * 7);
    }
    for (size_t i = 0; i < ARRAY_LEN(blocks); i++)
        for (size_t k = 0; k < i * 7; k++) assert_int_equal(blocks[i][k], (char)i);
    char *large = arena_alloc(&a, 1, 8 << 20);
    memset(large, 1, 8 << 20);
    size_t used = a.used_bytes;
    assert_true(used >= (8u << 20) && a.peak_bytes == used);
    arena_clear(&a);
    assert_int_equal(a.used_bytes, 0);
    assert_int_equal(a.peak_bytes, used);
    /* Memory that is used again is zero again. */
    char *again = arena_alloc(&a, 4096, 1);
    for (size_t k = 0; k < 4096; k++) assert_int_equal(again[k], 0);
    arena_release(&a);
    assert_null(a.head);
    assert_int_equal(a.peak_bytes, used);
}

static void test_arena_text(void **state)
{
    (void)state;
    arena a = {0};
    assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
    assert_string_equal(arena_strndup(&a, NULL, 0), "");
    assert_memory_equal(arena_strndup(&a, "a\0b", 3), "a\0b", 4);
    assert_string_equal(arena_printf(&a, "%d-%s", 7, "x"), "7-x");
    assert_string_equal(arena_printf(&a, "%s", ""), "");
    char *typed = ARENA_ARRAY(&a, char, 3);
    assert_int_equal(typed[0] | typed[1] | typed[2], 0);
    arena_release(&a);
}

/* The exit status of a child that does this. */
static int status_of(void (*act)(void))
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr)) _exit(99);
        act();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void over_the_limit(void)
{
    arena a = {.limit_bytes = 1000};
    arena_alloc(&a, 1, 900);
    arena_alloc(&a, 1, 200);
}

static void product_that_overflows(void)
{
    arena a = {0};
    arena_alloc(&a, SIZE_MAX / 2, 3);
}

static void test_no_memory_is_the_end(void **state)
{
    (void)state;
    assert_int_equal(status_of(over_the_limit), 4);
    assert_int_equal(status_of(product_that_overflows), 4);
}

static void test_vec(void **state)
{
    (void)state;
    VEC(uint32_t) v = {0};
    int visits = 0;
    for (vec_each(&v, p)) visits += (int)*p;
    assert_int_equal(visits, 0);
    for (uint32_t i = 0; i < 1000; i++) vec_push(&v, i * 3);
    assert_int_equal(v.count, 1000);
    uint32_t expected = 0;
    for (vec_each(&v, p)) {
        assert_int_equal(*p, expected);
        expected += 3;
    }
    assert_int_equal(expected, 3000);
    assert_int_equal(*vec_last(&v), 999 * 3);
    assert_int_equal(vec_pop(&v), 999 * 3);
    *vec_last(&v) = 5;
    assert_int_equal(*(vec_add(&v)), 0);
    assert_int_equal(v.count, 1000);
    vec_clear(&v);
    assert_int_equal(v.count, 0);
    assert_true(v.capacity >= 1000);
    vec_release(&v);
    assert_null(v.items);
}

static void test_map(void **state)
{
    (void)state;
    map64 m = {0};
    assert_int_equal(map64_get(&m, 1, 77), 77);
    for (uint32_t i = 0; i < 5000; i++) {
        uint32_t value = i;
        assert_true(map64_add(&m, (uint64_t)i << 33, &value));
    }
    assert_int_equal(m.count, 5000);
    for (uint32_t i = 0; i < 5000; i++) {
        assert_int_equal(map64_get(&m, (uint64_t)i << 33, 99999), i);
        uint32_t value = 12345;
        assert_false(map64_add(&m, (uint64_t)i << 33, &value));
        assert_int_equal(value, i);
    }
    assert_int_equal(map64_get(&m, 1, 77), 77);
    map64_set(&m, 0, 7);
    map64_set(&m, 1, 8);
    assert_int_equal(map64_get(&m, 0, 99), 7);
    assert_int_equal(map64_get(&m, 1, 99), 8);
    assert_int_equal(m.count, 5001);
    map64_clear(&m);
    assert_int_equal(map64_get(&m, 0, 99), 99);
    map64_set(&m, UINT64_MAX, 0);
    assert_int_equal(map64_get(&m, UINT64_MAX, 99), 0);
    map64_release(&m);
    assert_true(pair64(1, 2) == UINT64_C(0x100000002));
}

static void test_symbols(void **state)
{
    (void)state;
    sym_table t = {0};
    char text[32];
    assert_int_equal(sym_find(&t, SV("a")), 0);
    assert_int_equal(sym_add(&t, SV("")), 0);
    assert_int_equal(sym_text(&t, 0).size, 0);
    for (uint32_t i = 1; i <= 3000; i++) {
        snprintf(text, sizeof text, "name%u", i);
        assert_int_equal(sym_add(&t, sv_from(text)), i);
        memset(text, 'x', sizeof text);
    }
    for (uint32_t i = 1; i <= 3000; i++) {
        snprintf(text, sizeof text, "name%u", i);
        assert_int_equal(sym_add(&t, sv_from(text)), i);
        assert_int_equal(sym_find(&t, sv_from(text)), i);
        assert_string_equal(sym_text(&t, i).data, text);
    }
    assert_int_equal(sym_find(&t, SV("name3001")), 0);
    assert_int_equal(sym_text(&t, 123456).size, 0);
    sym nul = sym_add(&t, SV("a\0b"));
    assert_int_not_equal(nul, sym_add(&t, SV("a")));
    assert_int_equal(sym_text(&t, nul).size, 3);
    sym_table_release(&t);
    assert_int_equal(sym_add(&t, SV("again")), 1);
    sym_table_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena),
        cmocka_unit_test(test_arena_text),
        cmocka_unit_test(test_no_memory_is_the_end),
        cmocka_unit_test(test_vec),
        cmocka_unit_test(test_map),
        cmocka_unit_test(test_symbols),
    };
    return cmocka_run_group_tests_name("containers", tests, NULL, NULL);
}
