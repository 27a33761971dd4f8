#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

static void expect_digest(const char *data, size_t size, size_t step, const char *wanted)
{
    sha256 h;
    unsigned char digest[32];
    char hex[65];
    sha256_init(&h);
    for (size_t i = 0; i < size; i += step) sha256_add(&h, data + i, MIN(step, size - i));
    sha256_end(&h, digest);
    hex_encode(digest, sizeof digest, hex);
    assert_string_equal(hex, wanted);
}

/* Vectors of NIST (FIPS 180-4 examples and the CAVP short message tests). */
static void test_sha256(void **state)
{
    (void)state;
    expect_digest("", 0, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect_digest("abc", 3, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect_digest("\xd3", 1, 1, "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1");
    static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    static const char two_digest[] =
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
    for (size_t step = 1; step <= 56; step++) expect_digest(two, 56, step, two_digest);
    char *million = base_malloc(1000000);
    memset(million, 'a', 1000000);
    static const size_t steps[] = {1000000, 63, 64, 65, 4096};
    for (size_t i = 0; i < ARRAY_LEN(steps); i++)
        expect_digest(million, 1000000, steps[i],
                      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

/* Around the block's end, where padding takes one block or two. */
static void test_sha256_padding(void **state)
{
    (void)state;
    char text[65];
    memset(text, 'a', sizeof text);
    expect_digest(text, 55, 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
    expect_digest(text, 56, 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a");
    expect_digest(text, 64, 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
}

static void test_hash64(void **state)
{
    (void)state;
    assert_true(hash64(SV("a")) != hash64(SV("b")));
    assert_true(hash64(SV("a\0")) != hash64(SV("a")));
    assert_true(hash64(SV("")) == hash64((sv){NULL, 0}));
    /* The same on every machine: FNV-1a of "a" through MurmurHash3's finaliser. */
    assert_true(hash64(SV("a")) == hash64_mix(UINT64_C(0xaf63dc4c8601ec8c)));
    assert_true(hash64_mix(0) == 0);
    assert_true(hash64_mix(1) == UINT64_C(0xb456bcfc34c2cb2c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_sha256_padding),
        cmocka_unit_test(test_hash64),
    };
    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
