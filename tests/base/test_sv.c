#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

static void test_eq(void **state)
{
    (void)state;
    assert_true(sv_eq(SV("a"), SV("a")));
    assert_false(sv_eq(SV("a"), SV("b")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_eq)};
    return cmocka_run_group_tests_name("sv", tests, NULL, NULL);
}
