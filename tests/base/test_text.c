/* String views, buffers, hexadecimal, JSON. */
#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

static void test_sv_compare(void **state)
{
    (void)state;
    assert_true(sv_eq(SV("a"), SV("a")));
    assert_false(sv_eq(SV("a"), SV("b")));
    assert_false(sv_eq(SV("a"), SV("ab")));
    assert_true(sv_eq((sv){NULL, 0}, SV("")));
    assert_true(sv_eq_c(SV("a"), "a"));
    assert_true(sv_cmp(SV("a"), SV("b")) < 0);
    assert_true(sv_cmp(SV("b"), SV("a")) > 0);
    assert_true(sv_cmp(SV("a"), SV("ab")) < 0);
    assert_int_equal(sv_cmp(SV("a\0b"), SV("a\0b")), 0);
    assert_true(sv_cmp(SV("a\0b"), SV("a\0c")) < 0);
    assert_true(sv_cmp(SV("\x7f"), SV("\x80")) < 0);
    assert_true(sv_cmp((sv){NULL, 0}, SV("a")) < 0);
}

static void test_sv_parts(void **state)
{
    (void)state;
    sv none = {NULL, 0};
    assert_true(sv_starts(SV("abc"), SV("ab")));
    assert_true(sv_starts(SV("abc"), SV("")));
    assert_true(sv_starts(none, none));
    assert_false(sv_starts(SV("a"), SV("ab")));
    assert_true(sv_ends(SV("abc"), SV("bc")));
    assert_true(sv_ends(none, none));
    assert_false(sv_ends(SV("c"), SV("bc")));
    assert_int_equal(sv_find(SV("abcabc"), SV("c"), 3), 5);
    assert_int_equal(sv_find(SV("abcabc"), SV("ca"), 0), 2);
    assert_int_equal(sv_find(SV("abc"), SV(""), 3), 3);
    assert_true(sv_find(SV("abc"), SV(""), 4) == SIZE_MAX);
    assert_true(sv_find(SV("abc"), SV("d"), 0) == SIZE_MAX);
    assert_true(sv_find(none, SV("d"), 0) == SIZE_MAX);
    assert_true(sv_has(SV("a\0b"), SV("\0")));
    assert_true(sv_eq(sv_slice(SV("abcd"), 1, 3), SV("bc")));
    assert_true(sv_eq(sv_slice(SV("abcd"), 2, SIZE_MAX), SV("cd")));
    assert_int_equal(sv_slice(SV("abcd"), 3, 1).size, 0);
    assert_int_equal(sv_slice(none, 0, 5).size, 0);
    assert_true(sv_eq(sv_trim(SV(" \t a b \r\n")), SV("a b")));
    assert_int_equal(sv_trim(SV(" \n")).size, 0);
    assert_int_equal(sv_trim(none).size, 0);
}

static void test_sv_next(void **state)
{
    (void)state;
    static const char *const wanted[] = {"a", "", "b", ""};
    sv rest = SV("a,,b,"), piece;
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        assert_true(sv_next(&rest, ',', &piece));
        assert_true(sv_eq_c(piece, wanted[i]));
    }
    assert_false(sv_next(&rest, ',', &piece));
    rest = SV("");
    assert_true(sv_next(&rest, ',', &piece));
    assert_int_equal(piece.size, 0);
    assert_false(sv_next(&rest, ',', &piece));
}

static void test_sv_to_i64(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0},      {"-0", 0},
                {"+7", 7},     {"1_000_000", 1000000},
                {"007", 7},    {"9223372036854775807", INT64_MAX},
                {"-5_0", -50}, {"-9223372036854775808", INT64_MIN}};
    static const char *const bad[] = {"",
                                      "-",
                                      "+",
                                      "_1",
                                      "1_",
                                      "1__0",
                                      "1.0",
                                      " 1",
                                      "0x1",
                                      "1a",
                                      "--1",
                                      "9223372036854775808",
                                      "-9223372036854775809"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        int64_t value = 42;
        assert_true(sv_to_i64(sv_from(good[i].text), &value));
        assert_true(value == good[i].value);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        int64_t value = 42;
        if (sv_to_i64(sv_from(bad[i]), &value)) fail_msg("took \"%s\"", bad[i]);
        assert_int_equal(value, 42);
    }
}

static void test_buf(void **state)
{
    (void)state;
    buf b = {0};
    assert_int_equal(buf_sv(&b).size, 0);
    assert_non_null(buf_sv(&b).data);
    for (int i = 0; i < 1000; i++) buf_printf(&b, "%d,", i);
    assert_int_equal(b.size, 10 * 2 + 90 * 3 + 900 * 4);
    assert_int_equal(b.data[b.size], '\0');
    assert_memory_equal(b.data, "0,1,2,", 6);
    buf_clear(&b);
    assert_string_equal(b.data, "");
    buf_add(&b, SV("a\0b"));
    buf_add(&b, (sv){NULL, 0});
    buf_add_c(&b, "c");
    buf_add_char(&b, 'd');
    buf_printf(&b, "%s", "");
    assert_int_equal(b.size, 5);
    assert_memory_equal(b.data, "a\0bcd", 6);
    buf_release(&b);
    assert_null(b.data);
}

static void test_hex(void **state)
{
    (void)state;
    static const unsigned char bytes[] = {0x00, 0x9f, 0xff};
    char text[7];
    unsigned char back[3];
    hex_encode(bytes, 3, text);
    assert_string_equal(text, "009fff");
    assert_true(hex_decode(SV("009fFF"), back, 3));
    assert_memory_equal(back, bytes, 3);
    assert_false(hex_decode(SV("009ff"), back, 3));
    assert_false(hex_decode(SV("009ffg"), back, 3));
    assert_false(hex_decode(SV("009fff0"), back, 3));
}

static void expect_json(sv text, const char *wanted)
{
    buf b = {0};
    json_out j = {.out = &b};
    json_sv(&j, text);
    assert_string_equal(b.data, wanted);
    buf_release(&b);
}

static void test_json_text(void **state)
{
    (void)state;
    expect_json(SV(""), "\"\"");
    expect_json(SV("a\"b\\c/"), "\"a\\\"b\\\\c/\"");
    expect_json(SV("\n\t\0\x1f\x7f"), "\"\\u000a\\u0009\\u0000\\u001f\\u007f\"");
    expect_json(SV("\xc3\xa9\xe2\x82\xac\xf0\x9f\x8d\xba"),
                "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x8d\xba\"");
    /* Overlong forms, surrogates, past the last code point, cut off, stray. */
    expect_json(SV("\xc0\xaf"), "\"\\ufffd\\ufffd\"");
    expect_json(SV("\xe0\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\"");
    expect_json(SV("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"");
    expect_json(SV("\xf4\x90\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
    expect_json(SV("a\xe2\x82"), "\"a\\ufffd\\ufffd\"");
    expect_json(SV("\x80z"), "\"\\ufffdz\"");
}

static void test_json_structure(void **state)
{
    (void)state;
    buf b = {0};
    json_out j = {.out = &b};
    json_object(&j);
    json_key(&j, "a");
    json_array(&j);
    json_i64(&j, INT64_MIN);
    json_f64(&j, 0.5);
    json_f64(&j, 1.0 / 0.0);
    json_null(&j);
    json_object(&j);
    json_object_end(&j);
    json_array(&j);
    json_array_end(&j);
    json_array_end(&j);
    json_key(&j, "b\n");
    json_bool(&j, true);
    json_key(&j, "c");
    json_c(&j, "x");
    json_object_end(&j);
    assert_string_equal(b.data, "{\"a\":[-9223372036854775808,0.5,null,null,{},[]],"
                                "\"b\\u000a\":true,\"c\":\"x\"}");
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sv_compare), cmocka_unit_test(test_sv_parts),
        cmocka_unit_test(test_sv_next),    cmocka_unit_test(test_sv_to_i64),
        cmocka_unit_test(test_buf),        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_json_text),  cmocka_unit_test(test_json_structure),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
