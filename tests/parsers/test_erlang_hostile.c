/* Erlang sources that try to break the front end: deep, wide, endless, cut off, not text. */
#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include "parsers/parsers.h"

static uint32_t depth_of(const facts *f, node_ix node)
{
    uint32_t deepest = 0;
    for (uint32_t i = 0; i < f->nodes.items[node].kid_count; i++) {
        uint32_t depth = depth_of(f, facts_kid(f, node, i));
        deepest = MAX(deepest, depth);
    }
    return deepest + 1;
}

/* What must hold of any facts: every index is good, and nodes are not too deep. */
static void check_facts(const facts *f)
{
    buf bytes = {0};
    facts again = {0};
    error err = {0};
    facts_encode(f, &bytes);
    if (!facts_decode(buf_sv(&bytes), &again, &err)) fail_msg("decode: %s", err.text);
    facts_release(&again);
    buf_release(&bytes);
    for (vec_each(&f->clauses, c)) {
        assert_true(depth_of(f, c->body) <= NODE_DEPTH_MAX);
        assert_true(depth_of(f, c->guard) <= NODE_DEPTH_MAX);
        for (uint32_t i = 0; i < f->functions.items[c->function].arity; i++)
            assert_true(depth_of(f, f->kids.items[c->param_first + i]) <= NODE_DEPTH_MAX);
    }
    for (vec_each(&f->terms, term)) assert_true(depth_of(f, *term) <= NODE_DEPTH_MAX);
}

/* Parses; false when a cap stopped it. */
static bool parse(parser *p, sv source, const parse_limits *limits, facts *f)
{
    error err = {0};
    *f = (facts){0};
    if (!parser_run(p, LANG_ERLANG, source, limits, f, &err)) {
        assert_int_equal(err.kind, ERR_LIMIT);
        return false;
    }
    check_facts(f);
    return true;
}

static void add_times(buf *out, const char *text, int times)
{
    for (int i = 0; i < times; i++) buf_add_c(out, text);
}

/* -module(t). f() -> before^n middle after^n. */
static bool parse_nested(parser *p, const char *before, const char *middle, const char *after,
                         int times, facts *f)
{
    buf source = {0};
    buf_add_c(&source, "-module(t).\nf() -> ");
    add_times(&source, before, times);
    buf_add_c(&source, middle);
    add_times(&source, after, times);
    buf_add_c(&source, ".\ng() -> ok.\n");
    bool done = parse(p, buf_sv(&source), NULL, f);
    buf_release(&source);
    return done;
}

static void test_deep(void **state)
{
    (void)state;
    static const struct {
        const char *before, *middle, *after;
    } cases[] = {
        {"[", "x", "]"},
        {"{", "x", "}"},
        {"(", "x", ")"},
        {"{a, ", "x", "}"},
        {"#{a => ", "x", "}"},
        {"#r{a = ", "x", "}"},
        {"<<(", "x", ")>>"},
        {"f(", "x", ")"},
        {"m:f(", "x", ")"},
        {"?UNKNOWN(", "x", ")"},
        {"- ", "1", ""},
        {"not ", "true", ""},
        {"catch ", "x", ""},
        {"1 + ", "1", ""},
        {"a ++ ", "b", ""},
        {"", "1", " - 1"},
        {"", "X", " ! y"},
        {"X = ", "y", ""},
        {"begin ", "x", " end"},
        {"begin a, ", "x", " end"},
        {"case ", "x", " of y -> z end"},
        {"case x of y -> ", "z", " end"},
        {"case x of y when a, b; c -> d, ", "z", " end"},
        {"if true -> ", "z", " end"},
        {"receive a -> ", "z", " end"},
        {"receive after 1 -> a, ", "z", " end"},
        {"try a of b -> ", "c", " catch d -> e end"},
        {"try ", "c", " catch d:e:f -> e after g, h end"},
        {"try a catch d -> e after g, ", "h", " end"},
        {"maybe ok ?= ", "x", " end"},
        {"maybe a, ok ?= b, ", "x", " else c -> d end"},
        {"fun() -> ", "x", " end"},
        {"fun(A) when A, B; C -> y, ", "x", " end"},
        {"[X || X <- ", "l", "]"},
        {"[", "x", " || X <- l, y]"},
        {"X#r{a = ", "x", "}"},
        {"", "X#r.a", "#r.a"},
        {"", "X#{a => b}", "#{a => b}"},
        {"a:", "b", ""},
        {"", "f", "(x)"},
        {"", "m:f", "(x)"},
    };
    parser *p = parser_open();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (int times = 300; times <= 3000; times *= 10) {
            facts f;
            if (!parse_nested(p, cases[i].before, cases[i].middle, cases[i].after, times, &f)) {
                facts_release(&f);
                continue;
            }
            assert_int_equal(f.modules.count, 1);
            facts_release(&f);
        }
    }
    facts f;
    assert_true(parse_nested(p, "[", "x", "]", 100, &f));
    assert_false(f.partial);
    facts_release(&f);
    assert_true(parse_nested(p, "[", "x", "]", 100000, &f));
    assert_true(f.partial);
    assert_int_equal(f.functions.count, 2);
    facts_release(&f);
    parser_close(p);
}

/* Chains of guards and strings are long in generated code and must stay whole. */
static void test_long_chains(void **state)
{
    (void)state;
    parser *p = parser_open();
    buf source = {0};
    buf_add_c(&source, "-module(t).\nf(X) when X =:= 0");
    add_times(&source, "; X =:= 1, X > 0", 2000);
    buf_add_c(&source, " -> \"a\"");
    add_times(&source, " ?B \"c\"", 2000);
    buf_add_c(&source, ".\n");
    facts f;
    assert_true(parse(p, buf_sv(&source), NULL, &f));
    assert_false(f.partial);
    uint32_t ops = 0;
    for (vec_each(&f.nodes, n)) ops += n->kind == NODE_OP;
    assert_int_equal(ops, 1 + 2000 * 4 + 4000);
    facts_release(&f);
    buf_release(&source);
    parser_close(p);
}

static void test_stopped(void **state)
{
    (void)state;
    parser *p = parser_open();
    const parse_limits limits = {.time_ms = 400, .memory_max = 64u << 20};
    buf source = {0};
    add_times(&source, "a\n|> ", 10000);
    facts f;
    assert_false(parse(p, buf_sv(&source), &limits, &f));
    facts_release(&f);
    /* The parser is as good as new. */
    assert_true(parse(p, SV("-module(t).\nf() -> ok.\n"), &limits, &f));
    assert_int_equal(f.functions.count, 1);
    facts_release(&f);
    buf_release(&source);
    parser_close(p);
}

static void test_not_text(void **state)
{
    (void)state;
    parser *p = parser_open();
    facts f = {0};
    error err = {0};
    sv source = {"-module(t).\n\0f() -> ok.\n", 24};
    assert_false(parser_run(p, LANG_ERLANG, source, NULL, &f, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    facts_release(&f);
    parser_close(p);
}

static void test_wide(void **state)
{
    (void)state;
    static const struct {
        const char *start, *repeat, *end;
        int times;
    } cases[] = {
        {"-module(t).\nf() -> ", "x", ".", 900000},            /* one name */
        {"-module(t).\nf() -> '", "x", "'.", 900000},          /* one quoted name */
        {"-module(t).\nf() -> \"", "x\\n", "\".", 300000},     /* one string */
        {"-module(t).\nf() -> ", "12345", ".", 100000},        /* one number */
        {"-module(t).\nf() -> 16#", "fe", ".", 100000},        /* one based number */
        {"-module(t).\nf() -> [", "a, ", "b].", 100000},       /* one list */
        {"-module(t).\nf(", "a, ", "b) -> ok.", 300},          /* parameters */
        {"-module(t).\n", "-ifdef(X).\n", "f() -> ok.", 1000}, /* open conditions */
        {"-module(t).\n", "-endif.\n", "f() -> ok.", 1000},    /* too many ends */
        {"-module(t).\n", "f() -> ok.\n", "", 20000},          /* clauses */
        {"-module(t).\n", "% c\n", "f() -> ok.", 100000},      /* comments */
        {"-module(t).\nf() -> ?M(", "a, ", "b).", 1000},       /* macro arguments */
        {"", "].\n", "", 100000},                              /* only errors */
        {"", ".", "", 100000},                                 /* full stops */
        {"", "'\n", "", 50000},                                /* open quotes */
        {"", "\"", "", 3001},
        {"", "$", "", 50001},
        {"f(", "-x.\n", "", 30000},
    };
    parser *p = parser_open();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        buf source = {0};
        buf_add_c(&source, cases[i].start);
        add_times(&source, cases[i].repeat, cases[i].times);
        buf_add_c(&source, cases[i].end);
        facts f;
        parse(p, buf_sv(&source), NULL, &f);
        for (vec_each(&f.nodes, n)) assert_true(facts_text(&f, n->name).size < 1000000);
        facts_release(&f);
        buf_release(&source);
    }
    parser_close(p);
}

/* Each macro is the one before twice: 2^40 nodes when expanded in full. */
static void test_macro_bomb(void **state)
{
    (void)state;
    parser *p = parser_open();
    buf source = {0};
    buf_add_c(&source, "-module(t).\n-define(M0, x).\n-define(N0(X), {X, X}).\n");
    for (int i = 1; i <= 40; i++) {
        buf_printf(&source, "-define(M%d, {?M%d, ?M%d}).\n", i, i - 1, i - 1);
        buf_printf(&source, "-define(N%d(X), ?N%d({X, X})).\n", i, i - 1);
    }
    buf_add_c(&source, "f() -> ?M40, ?N40(y), ?M2, ?N0(?N0(?N0(z))).\n");
    for (int i = 0; i < 2000; i++) buf_printf(&source, "g%d() -> ?M9.\n", i);
    facts f;
    assert_true(parse(p, buf_sv(&source), NULL, &f));
    assert_true(f.partial);
    assert_true(f.nodes.count < 2000000);
    assert_int_equal(f.functions.count, 2001);
    facts_release(&f);
    buf_release(&source);
    parser_close(p);
}

static const char SAMPLE[] =
    "#!/usr/bin/env escript\n%% @doc Sample\n-module(sample).\n-behaviour(gen_server).\n"
    "-export([f/1]).\n-import(lists, [map/2]).\n-include(\"a.hrl\").\n"
    "-record(s, {a = 1 :: integer(), b}).\n-define(M(X, Y), {X, ??Y, ?MODULE}).\n"
    "-ifdef(TEST).\n-compile(export_all).\n-else.\n-endif.\n-doc \"\"\"\n  Text\n  \"\"\".\n"
    "-spec f(X :: any()) -> ok | {error, term()}.\n%% about f\n"
    "f(#s{a = A} = S) when A > 1, is_atom(A); true ->\n"
    "    try ?M(A, S#s.b) of {ok, <<X:8/big, _/binary>>} -> X; _ -> $\\x41\n"
    "    catch error:E:St -> [E | St]; throw:_ -> \"s\\\"\" \"t\" after ok end,\n"
    "    receive {A, B} when B -> A ! B after 1000 -> 16#ff end,\n"
    "    case #{a => 1}#{b := 'q\\'t'} of M -> fun m:f/1, fun(Q) -> Q(M) end end,\n"
    "    maybe ok ?= g(), [Z || {Z, _} <- l, Z =:= 1.0e3] else _ -> catch m:f(1) end,\n"
    "    if A -> not B; true -> -1 end, #{K => V || K := V <- M};\n"
    "f(_) -> begin ok end. % lode:ignore x\n";

/* Whatever is cut off, the rest is lowered and every index is good. */
static void test_prefixes(void **state)
{
    (void)state;
    parser *p = parser_open();
    for (size_t size = 0; size < sizeof SAMPLE; size++) {
        facts f;
        assert_true(parse(p, (sv){SAMPLE, size}, NULL, &f));
        facts_release(&f);
        assert_true(parse(p, (sv){SAMPLE + size, sizeof SAMPLE - 1 - size}, NULL, &f));
        facts_release(&f);
    }
    parser_close(p);
}

/* Bytes replaced, two at a time, by a fixed sequence of numbers. */
static void test_damaged(void **state)
{
    (void)state;
    static const char bytes[] = "'\"()[]{}<>#?.,;:-%$\\\n|=x1\xff\xc3";
    parser *p = parser_open();
    uint64_t number = 12345;
    for (int round = 0; round < 1500; round++) {
        char source[sizeof SAMPLE];
        memcpy(source, SAMPLE, sizeof SAMPLE);
        for (int i = 0; i < 2; i++) {
            number = hash64_mix(number + 1);
            source[number % (sizeof SAMPLE - 1)] = bytes[(number >> 32) % (sizeof bytes - 1)];
        }
        facts f;
        assert_true(parse(p, (sv){source, sizeof SAMPLE - 1}, NULL, &f));
        facts_release(&f);
    }
    parser_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deep),     cmocka_unit_test(test_long_chains),
        cmocka_unit_test(test_stopped),  cmocka_unit_test(test_not_text),
        cmocka_unit_test(test_wide),     cmocka_unit_test(test_macro_bomb),
        cmocka_unit_test(test_prefixes), cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests_name("erlang hostile", tests, NULL, NULL);
}
