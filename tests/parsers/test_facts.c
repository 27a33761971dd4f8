/* Facts: building, and the way to bytes and back, hostile bytes among them. */
#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include "parsers/front_end.h"
#include "parsers/parsers.h"

static const char SOURCE[] =
    "defmodule A do\n"
    "  @moduledoc \"About A\"\n"
    "  use GenServer, restart: :transient\n"
    "  import Enum, only: [map: 2]\n"
    "  @behaviour B\n"
    "  @timeout 5_000\n"
    "  defstruct [:a, b: %{c: 1}]\n"
    "  # lode:ignore some-rule why not\n"
    "  def f(x, y \\\\ 1) when x > 1, do: GenServer.call(x, {:get, y}, @timeout)\n"
    "  def g(<<n::8, rest::binary>>), do: for(i <- rest, do: {n, i})\n"
    "end\n"
    "IO.puts(\"end\")\n";

static const char ERLANG[] =
    "-module(m).\n-export([f/1]).\n-include(\"a.hrl\").\n-define(T, 5).\n-define(M(A), {A}).\n"
    "-record(s, {a, b = 1}).\n-ifdef(X).\nf(?T) -> #s{a = ?M(1)}.\n-endif.\nf(X) -> X ! ok.\n";

static void facts_of(lang language, const char *source, facts *f)
{
    error err = {0};
    parser *p = parser_open();
    *f = (facts){0};
    if (!parser_run(p, language, sv_from(source), NULL, f, &err)) fail_msg("%s", err.text);
    parser_close(p);
}

static void check_round_trip(const facts *f)
{
    buf bytes = {0}, again = {0}, before = {0}, after = {0};
    facts copy = {0};
    error err = {0};
    facts_encode(f, &bytes);
    if (!facts_decode(buf_sv(&bytes), &copy, &err)) fail_msg("%s", err.text);
    facts_dump(f, &before);
    facts_dump(&copy, &after);
    assert_string_equal(before.data, after.data);
    facts_encode(&copy, &again);
    assert_true(sv_eq(buf_sv(&bytes), buf_sv(&again)));
    assert_int_equal(f->nodes.count, copy.nodes.count);
    for (uint32_t i = 0; i < f->nodes.count; i++)
        assert_memory_equal(&f->nodes.items[i], &copy.nodes.items[i], sizeof(fact_node));
    facts_release(&copy);
    buf_release(&bytes);
    buf_release(&again);
    buf_release(&before);
    buf_release(&after);
}

static void test_round_trip(void **state)
{
    (void)state;
    facts f;
    facts_of(LANG_ELIXIR, SOURCE, &f);
    check_round_trip(&f);
    facts_release(&f);
    facts_of(LANG_ERLANG, ERLANG, &f);
    check_round_trip(&f);
    facts_release(&f);
    facts_init(&f, LANG_ELIXIR);
    check_round_trip(&f);
    facts_release(&f);
}

/* Every prefix is refused: nothing is read past the end, and nothing is missed at the end. */
static void test_cut(void **state)
{
    (void)state;
    facts f;
    buf bytes = {0};
    facts_of(LANG_ELIXIR, SOURCE, &f);
    facts_encode(&f, &bytes);
    facts_release(&f);
    for (size_t size = 0; size < bytes.size; size++) {
        char *exact = base_malloc(size + 1); /* so that the sanitizer sees the end */
        memcpy(exact + 1, bytes.data, size);
        facts cut = {0};
        error err = {0};
        assert_false(facts_decode((sv){exact + 1, size}, &cut, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_null(cut.nodes.items);
        free(exact);
    }
    buf_add_char(&bytes, 0);
    assert_false(facts_decode(buf_sv(&bytes), &f, NULL));
    buf_release(&bytes);
}

static uint64_t random_next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return hash64_mix(*state);
}

/* Walks all that a consumer would. */
static size_t walk(const facts *f)
{
    buf dump = {0};
    facts_dump(f, &dump);
    size_t size = dump.size;
    buf_release(&dump);
    return size;
}

static void fuzz(lang language, const char *source, int rounds, uint64_t seed)
{
    facts f;
    buf bytes = {0};
    uint32_t accepted = 0;
    facts_of(language, source, &f);
    facts_encode(&f, &bytes);
    facts_release(&f);
    for (int i = 0; i < rounds; i++) {
        char *mutated = base_malloc(bytes.size);
        memcpy(mutated, bytes.data, bytes.size);
        for (uint64_t edits = 1 + random_next(&seed) % 3; edits > 0; edits--) {
            size_t at = 4 + random_next(&seed) % (bytes.size - 4);
            uint64_t what = random_next(&seed);
            unsigned char byte = (unsigned char)mutated[at];
            if (what % 3 == 0) byte = (unsigned char)(what >> 8);
            if (what % 3 == 1) byte = (unsigned char)(byte ^ 1u << (what >> 8) % 8);
            if (what % 3 == 2) byte = (unsigned char)(byte + 1u + (what >> 8) % 254);
            mutated[at] = (char)byte;
        }
        facts got = {0};
        error err = {0};
        if (facts_decode((sv){mutated, bytes.size}, &got, &err)) {
            accepted++;
            assert_true(walk(&got) > 0);
        } else {
            assert_int_equal(err.kind, ERR_INPUT);
        }
        facts_release(&got);
        free(mutated);
    }
    assert_true(accepted > 0); /* else the fuzz does not reach what lies behind the checks */
    assert_true(accepted < (uint32_t)rounds);
    buf_release(&bytes);
}

static void test_fuzz(void **state)
{
    (void)state;
    fuzz(LANG_ELIXIR, SOURCE, 20000, 1);
    fuzz(LANG_ERLANG, ERLANG, 20000, 2);
}

/* Encodes f and expects that decoding refuses it. */
static void check_refused(facts *f)
{
    buf bytes = {0};
    facts copy = {0};
    error err = {0};
    facts_encode(f, &bytes);
    assert_false(facts_decode(buf_sv(&bytes), &copy, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    buf_release(&bytes);
    facts_release(f);
}

static void test_hostile_shapes(void **state)
{
    (void)state;
    facts f;
    facts_init(&f, LANG_ELIXIR); /* a cycle */
    node_ix a = facts_node(&f, NODE_LIST, 0, 1, 1);
    node_ix b = facts_node(&f, NODE_LIST, 0, 1, 1);
    facts_node_kids(&f, a, &b, 1);
    facts_node_kids(&f, b, &a, 1);
    check_refused(&f);

    facts_init(&f, LANG_ELIXIR); /* too deep */
    a = facts_node(&f, NODE_LIST, 0, 1, 1);
    for (int i = 0; i < NODE_DEPTH_MAX; i++) {
        b = facts_node(&f, NODE_LIST, 0, 1, 1);
        facts_node_kids(&f, b, &a, 1);
        a = b;
    }
    check_refused(&f);

    facts_init(&f, LANG_ELIXIR); /* small, and endless to walk: each node twice under the next */
    a = facts_node(&f, NODE_LIST, 0, 1, 1);
    for (int i = 0; i < 64; i++) {
        b = facts_node(&f, NODE_LIST, 0, 1, 1);
        facts_node_kids(&f, b, (node_ix[]){a, a}, 2);
        a = b;
    }
    check_refused(&f);

    facts_init(&f, LANG_ELIXIR); /* children past the end */
    a = facts_node(&f, NODE_LIST, 0, 1, 1);
    f.nodes.items[a].kid_first = 1;
    f.nodes.items[a].kid_count = UINT32_MAX;
    check_refused(&f);

    facts_init(&f, LANG_ELIXIR); /* a function of no module */
    vec_push(&f.functions, (fact_function){.module = 0});
    check_refused(&f);

    facts_init(&f, LANG_ELIXIR); /* a module within itself */
    vec_push(&f.modules, (fact_module){.parent = 1});
    check_refused(&f);

    facts_init(&f, LANG_ELIXIR); /* a symbol that is not there */
    facts_node(&f, NODE_VAR, 7, 1, 1);
    check_refused(&f);
}

static void test_group_clauses(void **state)
{
    (void)state;
    static const uint32_t OF[] = {1, 0, 1, 2, 0};
    facts f;
    facts_init(&f, LANG_ELIXIR);
    vec_push(&f.modules, (fact_module){0});
    for (int i = 0; i < 4; i++) vec_push(&f.functions, (fact_function){0});
    for (uint32_t i = 0; i < ARRAY_LEN(OF); i++)
        vec_push(&f.clauses, (fact_clause){.function = OF[i], .line = i});
    facts_group_clauses(&f);
    static const uint32_t LINES[] = {1, 4, 0, 2, 3};
    for (uint32_t i = 0; i < ARRAY_LEN(OF); i++)
        assert_int_equal(f.clauses.items[i].line, LINES[i]);
    assert_int_equal(f.functions.items[1].clause_first, 2);
    assert_int_equal(f.functions.items[1].clause_count, 2);
    assert_int_equal(f.functions.items[3].clause_count, 0);
    check_round_trip(&f);
    facts_release(&f);
}

static void test_ignore_comments(void **state)
{
    (void)state;
    facts f;
    facts_init(&f, LANG_ERLANG);
    facts_ignore_comment(&f, SV("%% lode:ignore self-call it is fine"), 3, true);
    facts_ignore_comment(&f, SV("% lode:ignore"), 4, false);
    facts_ignore_comment(&f, SV("% lode:ignored"), 5, false);
    facts_ignore_comment(&f, SV("% nothing"), 6, false);
    assert_int_equal(f.ignores.count, 2);
    assert_int_equal(f.ignores.items[0].line, 4);
    assert_true(sv_eq_c(facts_text(&f, f.ignores.items[0].rule), "self-call"));
    assert_true(sv_eq_c(facts_text(&f, f.ignores.items[0].reason), "it is fine"));
    assert_int_equal(f.ignores.items[1].line, 4);
    assert_true(sv_eq_c(facts_text(&f, f.ignores.items[1].rule), "*"));
    facts_release(&f);
}

static void test_cut_text(void **state)
{
    (void)state;
    assert_int_equal(front_cut(SV("abc"), 3).size, 3);
    assert_int_equal(front_cut(SV("abcd"), 3).size, 3);
    assert_int_equal(front_cut(SV("ab\xC3\xA9"), 3).size, 2);
    assert_int_equal(front_cut(SV("\x80\x80\x80"), 2).size, 0);
}

static void test_kind_names(void **state)
{
    (void)state;
    for (int kind = 0; kind < NODE_KIND_COUNT; kind++)
        assert_non_null(node_kind_name((node_kind)kind));
    assert_string_equal(node_kind_name(NODE_CALL_REMOTE), "call_remote");
    assert_string_equal(node_kind_name((node_kind)200), "invalid");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_cut),
        cmocka_unit_test(test_fuzz),          cmocka_unit_test(test_hostile_shapes),
        cmocka_unit_test(test_group_clauses), cmocka_unit_test(test_ignore_comments),
        cmocka_unit_test(test_cut_text),      cmocka_unit_test(test_kind_names),
    };
    return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
