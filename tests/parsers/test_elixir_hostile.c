/* Elixir sources that try to break the front end: deep, wide, cut off, mutated, not UTF-8. */
#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include "parsers/parsers.h"

/* What must hold of any facts: decoding checks every index and the depth of nodes. */
static void check_facts(const facts *f)
{
    buf bytes = {0};
    facts again = {0};
    error err = {0};
    facts_encode(f, &bytes);
    if (!facts_decode(buf_sv(&bytes), &again, &err)) fail_msg("decode: %s", err.text);
    facts_release(&again);
    buf_release(&bytes);
}

/* Parses; false when a cap stopped it. */
static bool parse(parser *p, sv source, facts *f)
{
    error err = {0};
    *f = (facts){0};
    if (!parser_run(p, LANG_ELIXIR, source, NULL, f, &err)) {
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

static void test_deep(void **state)
{
    (void)state;
    static const struct {
        const char *before, *middle, *after;
        int times;
    } CASES[] = {
        {"[", "x", "]", 100000},
        {"{", "x", "}", 50000},
        {"(", "x", ")", 50000},
        {"%{a: ", "x", "}", 20000},
        {"<<", "x", ">>", 20000},
        {"f(", "x", ")", 20000},
        {"f.(", "x", ")", 20000},
        {"fn -> ", "x", " end", 20000},
        {"if x do ", "x", " end", 10000},
        {"case x do y -> ", "x", " end", 10000},
        {"with {:ok, a} <- ", "x", ", do: a", 500},
        {"quote do ", "x", " end", 10000},
        {"defmodule A do ", "x", " end", 10000},
        {"def f do ", "x", " end", 10000},
        {"\"#{", "x", "}\"", 5000},
        {"", "x", " |> f()", 20000},
        {"", "x", " + 1", 50000},
        {"1 <> ", "x", "", 20000},
        {"x = ", "x", "", 20000},
        {"", "x", ".y", 20000},
        {"", "x", "[:a]", 20000},
        {"!", "x", "", 50000},
        {"- ", "x", "", 50000},
        {"@", "x", "", 50000},
        {"^", "x", "", 20000},
        {"&(", "&1", ")", 10000},
        {"", "f(x) when a", " when a", 20000},
        {"def f(x) ", "", "when a ", 5000},
        {"a \\\\ ", "x", "", 5000},
        {"", "A", ".B", 20000},
        {"__MODULE__.", "A", "", 5000},
        {"[x | ", "[]", "]", 10000},
        {"<<x::", "8", ">>", 5000},
        {"test \"a\" do ", "x", " end", 5000},
        {"describe \"a\" do ", "x", " end", 5000},
        {"for x <- ", "x", ", do: x", 300},
        {"alias ", "A", "", 20000},
        {"unquote(", "x", ")", 20000},
        {"try do ", "x", " rescue e -> e end", 5000},
    };
    parser *p = parser_open();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        buf source = {0};
        buf_add_c(&source, "defmodule M do\ndef g do\n");
        add_times(&source, CASES[i].before, CASES[i].times);
        buf_add_c(&source, CASES[i].middle);
        add_times(&source, CASES[i].after, CASES[i].times);
        buf_add_c(&source, "\nend\nend\n");
        facts f;
        if (parse(p, buf_sv(&source), &f) && CASES[i].times >= 20000 && !f.partial &&
            f.nodes.count > NODE_DEPTH_MAX)
            fail_msg("%s%s: cut, and not marked as partial", CASES[i].before, CASES[i].after);
        facts_release(&f);
        /* the same without its ends */
        buf_clear(&source);
        add_times(&source, CASES[i].before, MIN(CASES[i].times, 2000));
        parse(p, buf_sv(&source), &f);
        facts_release(&f);
        buf_release(&source);
    }
    parser_close(p);
}

static void test_wide(void **state)
{
    (void)state;
    static const struct {
        const char *before, *item, *after;
        int times;
    } CASES[] = {
        {"x = [", "1, ", "1]", 50000},
        {"f(", "x, ", "1)", 50000},
        {"def f(", "x, ", "y), do: 1", 40000},
        {"%{", "a: 1, ", "b: 2}", 30000},
        {"case x do\n", "1 -> 2\n", "end", 20000},
        {"", "@x 1\n", "", 20000},
        {"", "# lode:ignore a b\n", "", 20000},
        {"", "alias A.B\n", "", 20000},
        {"fn ", "x, ", "y -> 1 end", 30000},
        {"defstruct [", ":a, ", ":b]", 30000},
        {"\"", "#{x}", "\"", 20000},
        {"~w(", "a ", ")", 50000},
        {"import A, only: [", "f: 1, ", "g: 2]", 30000},
    };
    parser *p = parser_open();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        buf source = {0};
        buf_add_c(&source, "defmodule M do\n");
        buf_add_c(&source, CASES[i].before);
        add_times(&source, CASES[i].item, CASES[i].times);
        buf_add_c(&source, CASES[i].after);
        buf_add_c(&source, "\nend\n");
        facts f;
        if (!parse(p, buf_sv(&source), &f)) fail_msg("stopped: %s", CASES[i].before);
        assert_int_equal(f.error_count, 0);
        facts_release(&f);
        buf_release(&source);
    }
    parser_close(p);
}

static void test_not_utf8(void **state)
{
    (void)state;
    facts f;
    parser *p = parser_open();
    assert_true(parse(p,
                      SV("defmodule A do\n  def f, do: \"\xE9\xFF\"\n  # \xFF\xC3\n"
                         "  def g, do: 'a\xC3'\n  @moduledoc \"\xF0\x9F\"\nend\n"),
                      &f));
    assert_int_equal(f.functions.count, 2);
    node_ix body = f.clauses.items[0].body;
    assert_true(sv_eq_c(facts_text(&f, f.nodes.items[body].name), "\xE9\xFF")); /* kept as it is */
    facts_release(&f);
    assert_true(
        parse(p, SV("\xFF\xFE\xFD\x80 \xC0\xAF ?\xFF ?\\\xFF :\xFF \"\\x\" \"\\u{}\" ~\xFF"), &f));
    facts_release(&f);
    parser_close(p);
}

static void test_long_text_is_cut(void **state)
{
    (void)state;
    buf source = {0};
    buf_add_c(&source, "defmodule A do\n  @moduledoc \"");
    add_times(&source, "\xC3\xA9", 20000);
    buf_add_c(&source, "\"\n  def f, do: \"");
    add_times(&source, "\xC3\xA9", 20000);
    buf_add_c(&source, "\"\nend\n");
    facts f;
    parser *p = parser_open();
    assert_true(parse(p, buf_sv(&source), &f));
    assert_int_equal(facts_text(&f, f.docs.items[0].text).size, 8192);
    node_ix body = f.clauses.items[0].body;
    assert_int_equal(facts_text(&f, f.nodes.items[body].name).size, 1024);
    facts_release(&f);
    buf_release(&source);
    parser_close(p);
}

static const char RICH[] =
    "defmodule A.B do\n  @moduledoc \"\"\"\n  Text #{x}\n  \"\"\"\n  use GenServer, a: 1\n"
    "  alias X.{Y, Z.W}, as: Q\n  import L, only: [f: 1]\n  defstruct [:a, b: 1]\n"
    "  @doc ~S(x)\n  @impl true\n  def f(%{a: x} = y, z \\\\ 1) when x > 1 or is_nil(z) do\n"
    "    with {:ok, v} <- g(x), do: v, else: (_ -> nil)\n    case y do\n      [h | t] -> h.a[:b]\n"
    "      <<n::8, r::binary-size(n)>> -> r\n      _ -> &M.f(&1, x)\n    end\n"
    "    x |> M.f() |> then(& &1.b) |> case do\n      1 -> 2\n    end\n  rescue\n    e in [A, B] "
    "-> e\n"
    "  catch\n    :exit, r -> r\n  after\n    ~w(a b)a\n  end\n  defmacro __using__(o) do\n"
    "    quote do\n      use X\n      def h, do: unquote(o)\n    end\n  end\n"
    "  defp k, do: receive(do: (x -> x), after: (10 -> 1))\n  # lode:ignore a b\n"
    "  for x <- 1..2, into: %{}, do: {x, \"a#{x}\"}\n  defimpl P, for: [C, D] do\n"
    "    def s(_), do: %S{a | b: 1}\n  end\nend\n";

static uint64_t random_next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return hash64_mix(*state);
}

/* Cuts pieces out, doubles pieces, changes bytes: most results are syntax errors. */
static void test_mutated(void **state)
{
    (void)state;
    static const char BYTES[] = "()[]{}<>|&@^!.,;:=->\"'#~%\\ \nde01_A";
    uint64_t seed = 7;
    parser *p = parser_open();
    for (int i = 0; i < 1500; i++) {
        buf source = {0};
        size_t size = sizeof RICH - 1;
        size_t from = random_next(&seed) % size;
        size_t length = random_next(&seed) % 40;
        uint64_t how = random_next(&seed) % 3;
        buf_add(&source, (sv){RICH, from});
        if (how == 0) buf_add(&source, sv_slice(sv_from(RICH), from, from + 2 * length));
        if (how == 1) buf_add_char(&source, BYTES[random_next(&seed) % (sizeof BYTES - 1)]);
        buf_add(&source, sv_slice(sv_from(RICH), from + length, size));
        facts f;
        assert_true(parse(p, buf_sv(&source), &f));
        facts_release(&f);
        buf_release(&source);
    }
    parser_close(p);
}

/* What can be lowered around an error is. */
static void test_error_is_local(void **state)
{
    (void)state;
    facts f;
    parser *p = parser_open();
    assert_true(parse(p,
                      SV("defmodule A do\n  def f(x), do: x\n  def g(x), do: ]\n"
                         "  def h(x), do: GenServer.call(x, :y)\nend\n"),
                      &f));
    assert_true(f.partial);
    assert_true(f.error_bytes < 10);
    assert_int_equal(f.functions.count, 3);
    facts_release(&f);
    parser_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deep),     cmocka_unit_test(test_wide),
        cmocka_unit_test(test_not_utf8), cmocka_unit_test(test_long_text_is_cut),
        cmocka_unit_test(test_mutated),  cmocka_unit_test(test_error_is_local),
    };
    return cmocka_run_group_tests_name("elixir hostile", tests, NULL, NULL);
}
