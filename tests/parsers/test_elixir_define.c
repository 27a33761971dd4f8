/* Elixir definitions: functions, macros, structs, attributes, documentation, comments. */
#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include "parsers/parsers.h"

typedef struct {
    const char *name, *source, *expected;
} module_case;

static const module_case CASES[] = {
    {"default arguments and heads",
     "defmodule A do\n"
     "  def f(a, b \\\\ 1, c \\\\ g())\n"
     "  def f(a, b, c), do: {a, b, c}\n"
     "  def f(a), do: a\n"
     "end\n",
     "facts elixir 5 lines\n"
     "module 0 A plain 1-5\n"
     "def 0:f/3-2 2-3\n"
     "  2:3-2 (a (op \"\\\\\\\\\" b 1) (op \"\\\\\\\\\" c (call g)))\n"
     "  3:3-3 (a b c)\n"
     "    (tuple a b c)\n"
     "def 0:f/1 4-4\n"
     "  4:3-4 (a)\n"
     "    a\n"},
    {"guards and several clauses apart",
     "defmodule A do\n"
     "  def f(x) when is_integer(x) and x > 1, do: 1\n"
     "  def g, do: 1\n"
     "  def f(x) when is_atom(x) when is_nil(x), do: 2\n"
     "end\n",
     "facts elixir 5 lines\n"
     "module 0 A plain 1-5\n"
     "def 0:f/1 2-4\n"
     "  2:3-2 (x) when (op and (call is_integer x) (op \">\" x 1))\n"
     "    1\n"
     "  4:3-4 (x) when (op or (call is_atom x) (call is_nil x))\n"
     "    2\n"
     "def 0:g/0 3-3\n"
     "  3:3-3 ()\n"
     "    1\n"},
    {"rescue, catch, else, after of a function",
     "defmodule A do\n"
     "  def f(x) do\n"
     "    g(x)\n"
     "  rescue\n"
     "    e in [RuntimeError] -> e\n"
     "  catch\n"
     "    :exit, r -> r\n"
     "    t -> t\n"
     "  else\n"
     "    v -> v\n"
     "  after\n"
     "    done()\n"
     "  end\n"
     "end\n",
     "facts elixir 14 lines\n"
     "module 0 A plain 1-14\n"
     "def 0:f/1 2-13\n"
     "  2:3-13 (x)\n"
     "    (try (call g x) (arm_rescue - e e RuntimeError) (arm_catch - r :exit r) (arm_catch - t "
     ":throw t) (arm_else - v v) (arm_finally - (call done)))\n"},
    {"macros and guards",
     "defmodule A do\n"
     "  defmacro m(x), do: quote(do: unquote(x))\n"
     "  defmacrop p(x) do x end\n"
     "  defguard is_even(n) when rem(n, 2) == 0\n"
     "  defguardp is_odd(n) when rem(n, 2) == 1\n"
     "end\n",
     "facts elixir 6 lines\n"
     "module 0 A plain 1-6\n"
     "defmacro 0:m/1 2-2\n"
     "  2:3-2 (x)\n"
     "    (quote (unquote x))\n"
     "defmacrop 0:p/1 3-3\n"
     "  3:3-3 (x)\n"
     "    x\n"
     "defmacro 0:is_even/1 4-4\n"
     "  4:3-4 (n)\n"
     "    (op \"==\" (call rem n 2) 0)\n"
     "defmacrop 0:is_odd/1 5-5\n"
     "  5:3-5 (n)\n"
     "    (op \"==\" (call rem n 2) 1)\n"},
    {"delegates",
     "defmodule A do\n"
     "  alias X.B\n"
     "  defdelegate f(a, b \\\\ 1), to: B\n"
     "  defdelegate g(a), to: :lists, as: :reverse\n"
     "  defdelegate h(a), to: __MODULE__.Sub\n"
     "end\n",
     "facts elixir 6 lines\n"
     "module 0 A plain 1-6\n"
     "def 0:f/2-1 3-3 delegate\n"
     "  3:3-3 (a (op \"\\\\\\\\\" b 1))\n"
     "    (call_remote f X.B a b)\n"
     "def 0:g/1 4-4 delegate\n"
     "  4:3-4 (a)\n"
     "    (call_remote reverse :lists a)\n"
     "def 0:h/1 5-5 delegate\n"
     "  5:3-5 (a)\n"
     "    (call_remote h A.Sub a)\n"},
    {"structs",
     "defmodule A do\n"
     "  defstruct [:a, :b, c: 1, d: %{}]\n"
     "  defmodule E do\n"
     "    defexception message: \"x\", code: 1\n"
     "  end\n"
     "  defmodule F do\n"
     "    defstruct ~w(a b)a\n"
     "  end\n"
     "end\n",
     "facts elixir 9 lines\n"
     "module 0 A plain 1-9\n"
     "module 1 A.E plain 3-5 in 0\n"
     "module 2 A.F plain 6-8 in 0\n"
     "struct 0:A a b c=1 d=(map)\n"
     "struct 1:A.E message=\"x\" code=1\n"
     "struct 2:A.F a b\n"},
    {"attributes",
     "defmodule A do\n"
     "  @timeout 5_000\n"
     "  @name {:global, __MODULE__}\n"
     "  @opts [a: 1]\n"
     "  @list [1, 2]\n"
     "  @behaviour GenServer\n"
     "  @behaviour :gen_event\n"
     "  @compile {:inline, f: 1}\n"
     "  Module.register_attribute(__MODULE__, :x, accumulate: true)\n"
     "  @x 1\n"
     "  @x 2\n"
     "  @spec f(integer) :: {:ok, pid | nil}\n"
     "  @type t :: %{a: integer}\n"
     "  @callback cb(term) :: term\n"
     "  def f(a), do: {@timeout, @opts[:a], a}\n"
     "  defoverridable f: 1\n"
     "end\n",
     "facts elixir 17 lines\n"
     "module 0 A plain 1-17\n"
     "def 0:f/1 15-15\n"
     "  15:3-15 (a)\n"
     "    (tuple (attr timeout) (index (attr opts) :a) a)\n"
     "defp 0:\"(module)\"/0 9-9\n"
     "  9:10-9 ()\n"
     "    (call_remote register_attribute Module A! :x (list (tuple :accumulate :true)))\n"
     "behaviour 0:GenServer\n"
     "behaviour 0:gen_event\n"
     "attribute 0:timeout 5000\n"
     "attribute 0:name (tuple :global A!)\n"
     "attribute 0:opts (list (tuple :a 1))\n"
     "attribute 0:list (list 1 2)\n"
     "attribute 0:compile (tuple :inline (list (tuple :f 1)))\n"
     "attribute 0:x 1\n"
     "attribute 0:x 2\n"
     "attribute 0:defoverridable (list (tuple :f 1))\n"},
    {"docs and comments",
     "defmodule A do\n"
     "  @moduledoc \"\"\"\n"
     "  About A.\n"
     "\n"
     "    indented\n"
     "  \"\"\"\n"
     "  # Says why.\n"
     "  # In two lines.\n"
     "  def a, do: 1\n"
     "\n"
     "  # About b.\n"
     "  @doc \"Does b.\"\n"
     "  @doc since: \"1.0\"\n"
     "  @impl true\n"
     "  @spec b() :: 1\n"
     "  def b, do: 1\n"
     "\n"
     "  @doc false\n"
     "  def c, do: 1 # not above\n"
     "\n"
     "  @doc ~S'''\n"
     "  raw \\d\n"
     "  '''\n"
     "  @impl GenServer\n"
     "  def d(x)\n"
     "  # second clause\n"
     "  def d(1), do: 1\n"
     "  @impl false\n"
     "  def e, do: 1\n"
     "end\n",
     "facts elixir 30 lines\n"
     "module 0 A plain 1-30\n"
     "def 0:a/0 9-9\n"
     "  9:3-9 ()\n"
     "    1\n"
     "def 0:b/0 16-16 impl\n"
     "  16:3-16 ()\n"
     "    1\n"
     "def 0:c/0 19-19\n"
     "  19:3-19 ()\n"
     "    1\n"
     "def 0:d/1 25-27 impl\n"
     "  25:3-25 (x)\n"
     "  27:3-27 (1)\n"
     "    1\n"
     "def 0:e/0 29-29\n"
     "  29:3-29 ()\n"
     "    1\n"
     "moduledoc A 2-6 \"About A.\\n\\n  indented\"\n"
     "doc A.b/0 12-12 \"Does b.\"\n"
     "doc A.d/1 21-23 \"raw \\\\d\"\n"
     "comment A.a/0 7-8 \"Says why.\\nIn two lines.\"\n"
     "comment A.b/0 11-11 \"About b.\"\n"
     "comment A.d/1 26-26 \"second clause\"\n"},
    {"conditional definitions",
     "defmodule A do\n"
     "  if Mix.env() == :test do\n"
     "    def f, do: 1\n"
     "  else\n"
     "    def f, do: 2\n"
     "  end\n"
     "  for x <- [:a, :b] do\n"
     "    def unquote(x)(), do: 1\n"
     "  end\n"
     "  def g, do: 1\n"
     "end\n",
     "facts elixir 11 lines\n"
     "module 0 A plain 1-11\n"
     "def 0:f/0 3-5\n"
     "  3:5-3 conditional ()\n"
     "    1\n"
     "  5:5-5 conditional ()\n"
     "    2\n"
     "def 0:\"unquote(x)\"/0 8-8\n"
     "  8:5-8 ()\n"
     "    1\n"
     "def 0:g/0 10-10\n"
     "  10:3-10 ()\n"
     "    1\n"
     "defp 0:\"(module)\"/0 1-11\n"
     "  1:1-11 ()\n"
     "    (block (if (op \"==\" (call_remote env Mix) :test) :nil :nil) (for (generator x (list :a "
     ":b)) (do :nil)))\n"},
    {"calls without parentheses",
     "defmodule A do\n"
     "  def f do\n"
     "    state = init\n"
     "    go state, bound\n"
     "  end\n"
     "  def g(init), do: init\n"
     "  defp init, do: 1\n"
     "  def h do\n"
     "    fn init -> init end\n"
     "  end\n"
     "end\n",
     "facts elixir 11 lines\n"
     "module 0 A plain 1-11\n"
     "def 0:f/0 2-5\n"
     "  2:3-5 ()\n"
     "    (block (match state (call init)) (call go state bound))\n"
     "def 0:g/1 6-6\n"
     "  6:3-6 (init)\n"
     "    init\n"
     "defp 0:init/0 7-7\n"
     "  7:3-7 ()\n"
     "    1\n"
     "def 0:h/0 8-10\n"
     "  8:3-10 ()\n"
     "    (fn (arm_fn - init init))\n"},
    {"operators as functions",
     "defmodule A do\n"
     "  def a + b, do: {a, b}\n"
     "  def -a, do: a\n"
     "  def left ~> right when is_atom(left), do: right\n"
     "  def unquote(name)(x), do: x\n"
     "  def unquote(:b), do: 1\n"
     "end\n",
     "facts elixir 7 lines\n"
     "module 0 A plain 1-7\n"
     "def 0:\"+\"/2 2-2\n"
     "  2:3-2 (a b)\n"
     "    (tuple a b)\n"
     "def 0:\"-\"/1 3-3\n"
     "  3:3-3 (a)\n"
     "    a\n"
     "def 0:\"~>\"/2 4-4\n"
     "  4:3-4 (left right) when (call is_atom left)\n"
     "    right\n"
     "def 0:\"unquote(name)\"/1 5-5\n"
     "  5:3-5 (x)\n"
     "    x\n"
     "def 0:\"unquote(:b)\"/0 6-6\n"
     "  6:3-6 ()\n"
     "    1\n"},
    {"ignore comments",
     "defmodule A do\n"
     "  # lode:ignore self-call because it is fine\n"
     "  def f, do: GenServer.call(__MODULE__, :x)\n"
     "  def g, do: 1 # lode:ignore * all of it\n"
     "  # lode:ignore\n"
     "  def h, do: 2\n"
     "  # lode:ignored is another word\n"
     "end\n",
     "facts elixir 8 lines\n"
     "module 0 A plain 1-8\n"
     "def 0:f/0 3-3\n"
     "  3:3-3 ()\n"
     "    (call_remote call GenServer A! :x)\n"
     "def 0:g/0 4-4\n"
     "  4:3-4 ()\n"
     "    1\n"
     "def 0:h/0 6-6\n"
     "  6:3-6 ()\n"
     "    2\n"
     "ignore 3 \"self-call\" \"because it is fine\"\n"
     "ignore 4 \"*\" \"all of it\"\n"
     "ignore 6 \"*\" \"\"\n"},
    {"syntax error inside",
     "defmodule A do\n"
     "  def f(x) do\n"
     "    x +\n"
     "  end\n"
     "  def g(y), do: GenServer.call(y, :z)\n"
     "end\n",
     "facts elixir 6 lines partial errors=1 error_bytes=0\n"
     "module 0 A plain 1-6\n"
     "def 0:f/1 2-6\n"
     "  2:3-6 (x)\n"
     "    (op \"+\" x end)\n"
     "def 0:g/1 5-5\n"
     "  5:3-5 (y)\n"
     "    (call_remote call GenServer y :z)\n"},
};

static void test_all(void **state)
{
    (void)state;
    parser *p = parser_open();
    uint32_t wrong = 0;
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        facts f = {0};
        error err = {0};
        buf got = {0};
        if (!parser_run(p, LANG_ELIXIR, sv_from(CASES[i].source), NULL, &f, &err))
            buf_add_c(&got, err.text);
        else facts_dump(&f, &got);
        if (!sv_eq_c(buf_sv(&got), CASES[i].expected)) {
            print_error("%s\n-- expected\n%s-- got\n%s\n", CASES[i].name, CASES[i].expected,
                        got.data);
            wrong++;
        }
        facts_release(&f);
        buf_release(&got);
    }
    parser_close(p);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all)};
    return cmocka_run_group_tests_name("elixir definitions", tests, NULL, NULL);
}
