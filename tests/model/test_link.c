/* Linking: modules, inherited functions, headers, records; names and what a call resolves to. */
#include "base/base.h"
#include "tests/model/linked.h"

/* "M.f/1 clauses 2 inherited default 1" a function; "M.f/1 calls N.g/2 @3" a resolved call. */
static void print_names(linked *l)
{
    const model *m = &l->m;
    l->text.size = 0;
    for (function_ix i = 0; i < m->functions.count; i++) {
        const model_function *f = &m->functions.items[i];
        if (m->modules.items[f->module].kind == MODULE_USING) continue;
        buf_printf(&l->text, "%s clauses %u", model_function_label(m, i, &l->scratch),
                   f->clause_count);
        if (f->inherited) buf_add_c(&l->text, " inherited");
        if (f->is_delegate) buf_add_c(&l->text, " delegate");
        if (f->default_count) buf_printf(&l->text, " default %u", f->default_count);
        buf_add_char(&l->text, '\n');
        for (uint32_t k = 0; k < f->op_count; k++) {
            const model_op *op = &m->ops.items[f->op_first + k];
            buf_printf(&l->text, "%s ", model_function_label(m, i, &l->scratch));
            if (op->kind == OP_FUNCTION)
                buf_printf(&l->text, "calls %s", model_function_label(m, op->target, &l->scratch));
            else if (op->kind == OP_API)
                buf_printf(&l->text, "api %s.%s", api_get(op->api)->module, api_get(op->api)->name);
            else if (op->kind == OP_EXTERNAL)
                buf_printf(&l->text, "foreign %.*s.%.*s", SV_FMT(model_text(m, op->module)),
                           SV_FMT(model_text(m, op->name)));
            else if (op->kind == OP_UNRESOLVED)
                buf_printf(&l->text, "unresolved %s", unresolved_cause_name(op->cause));
            else buf_add_c(&l->text, "receive");
            buf_printf(&l->text, " @%u", model_place(m, op->node).line);
            linked_ctx(l, op->ctx);
            buf_add_char(&l->text, '\n');
        }
    }
}

static const linked_case CASES[] = {
    {"local, remote and foreign calls",
     {{"a.ex",
       "defmodule A do\n  def f(x), do: g(B.h(x))\n  defp g(x), do: Foreign.Lib.z(x)\nend\n"},
      {"b.ex", "defmodule B do\n  def h(x), do: GenServer.call(x, :y)\nend\n"}},
     {"A.f/1 calls B.h/1 @2\n", "A.f/1 calls A.g/1 @2\n", "A.g/1 foreign Foreign.Lib.z @3\n",
      "B.h/1 api GenServer.call @2\n"},
     {0}},
    {"aliases: plain, as, several, nested modules",
     {{"a.ex", "defmodule A do\n  alias Deep.B\n  alias Deep.B, as: C\n  alias Deep.{B, D}\n"
               "  def f, do: B.h()\n  def g, do: C.h()\n  def k, do: D.h()\n"
               "  defmodule In do\n    def h, do: 1\n  end\n  def n, do: In.h()\nend\n"},
      {"b.ex",
       "defmodule Deep.B do\n  def h, do: 1\nend\ndefmodule Deep.D do\n  def h, do: 1\nend\n"}},
     {"A.f/0 calls Deep.B.h/0 @5\n", "A.g/0 calls Deep.B.h/0 @6\n", "A.k/0 calls Deep.D.h/0 @7\n",
      "A.n/0 calls A.In.h/0 @11\n"},
     {0}},
    {"imports: all, only, except; the own function first",
     {{"a.ex", "defmodule A do\n  import B, only: [h: 1]\n  import C, except: [x: 0]\n"
               "  def f, do: h(1)\n  def g, do: y()\n  def own, do: z()\n  defp z, do: 1\n"
               "  def no, do: h(1, 2)\nend\n"},
      {"b.ex", "defmodule B do\n  def h(_), do: 1\n  def h(_, _), do: 2\nend\n"},
      {"c.ex", "defmodule C do\n  def x, do: 1\n  def y, do: 1\n  def z, do: 1\nend\n"}},
     {"A.f/0 calls B.h/1 @4\n", "A.g/0 calls C.y/0 @5\n", "A.own/0 calls A.z/0 @6\n"},
     {"A.no/0 calls B.h/2"}},
    {"default arguments and delegates",
     {{"a.ex", "defmodule A do\n  defdelegate h(x), to: B\n  defdelegate k(x), to: B, as: :h\n"
               "  def d(a, b \\\\ 1, c \\\\ 2), do: {a, b, c}\n"
               "  def f, do: {d(1), d(1, 2), h(1), k(1)}\nend\n"},
      {"b.ex", "defmodule B do\n  def h(x), do: x\n  def g, do: A.d(9)\nend\n"}},
     {"A.d/3 clauses 1 default 2\n", "A.f/0 calls A.d/3 @5\n", "A.k/1 calls B.h/1 @3\n",
      "B.g/0 calls A.d/3 @3\n"},
     {0}},
    {"functions of a local __using__",
     {{"a.ex", "defmodule A do\n  use Base\n  def own, do: start(1)\nend\n"},
      {"base.ex",
       "defmodule Base do\n  defmacro __using__(_opts) do\n    quote do\n"
       "      use GenServer\n      def start(x), do: GenServer.start_link(__MODULE__, x)\n"
       "      def init(x), do: {:ok, x}\n    end\n  end\nend\n"}},
     {"A.start/1 clauses 1 inherited\n", "A.own/0 calls A.start/1 @3\n",
      "A.start/1 api GenServer.start_link @5\n", "A.init/1 clauses 1 inherited\n"},
     {0}},
    {"erlang: export, import, macros of a header, remote macros",
     {{"a.erl", "-module(a).\n-include(\"h.hrl\").\n-import(b, [h/1]).\n-export([f/0]).\n"
                "f() -> h(1), ?ASK(x), ?OTHER:h(2), local().\nlocal() -> undefined_here().\n"},
      {"b.erl", "-module(b).\n-export([h/1]).\nh(X) -> X.\n"},
      {"h.hrl", "-define(ASK(X), gen_server:call(a, X)).\n-define(OTHER, b).\n"}},
     {"a:f/0 calls b:h/1 @5\n", "a:f/0 api gen_server.call @", "a:f/0 calls a:local/0 @5\n",
      "a:local/0 unresolved"},
     {0}},
    {"calls that nobody can resolve are counted",
     {{"a.ex", "defmodule A do\n  def f(mod, fun) do\n    mod.go(1)\n    apply(mod, fun, [])\n"
               "    fun.(1)\n  end\nend\n"}},
     {"A.f/2 unresolved", "@3\n", "@5\n"},
     {0}},
    {"contexts of one function; rescue catches no exit",
     {{"a.ex", "defmodule A do\n  def f(x) do\n    if x, do: B.a()\n"
               "    for y <- x, do: B.b(y)\n    try do\n      B.c()\n    rescue\n      _ -> :no\n"
               "    end\n    spawn(fn -> B.d() end)\n    Task.async(fn -> B.e() end)\n"
               "    try do\n      B.g()\n    catch\n      :exit, _ -> :no\n    end\n  end\nend\n"}},
     {"foreign B.a @3 branch\n", "foreign B.b @4 loop\nA.f/1 foreign B.c @6\n",
      "foreign B.d @10 spawned\n", "foreign B.g @13 caught\n"},
     {0}},
};

static void names(void **state)
{
    (void)state;
    linked_check(CASES, ARRAY_LEN(CASES), print_names);
}

static void records_and_structs(void **state)
{
    (void)state;
    linked *l = linked_open((source[]){
        {"a.erl",
         "-module(a).\n-include(\"h.hrl\").\n-record(own, {x = 1, y}).\nf(#st{n = N}) -> N.\n"},
        {"b.ex", "defmodule B do\n  defstruct [:a, b: 2]\nend\n"},
        {"h.hrl", "-record(st, {n, m = undefined}).\n"},
        {0}});
    const model *m = &l->m;
    buf_clear(&l->text);
    for (vec_each(&m->records, r)) {
        buf_printf(&l->text, "%.*s.%.*s%s", SV_FMT(model_text(m, m->modules.items[r->module].name)),
                   SV_FMT(model_text(m, r->name)), r->is_struct ? " struct" : "");
        for (uint32_t i = 0; i < r->field_count; i++)
            buf_printf(&l->text, " %.*s",
                       SV_FMT(model_text(m, m->fields.items[r->field_first + i].name)));
        buf_add_char(&l->text, '\n');
    }
    assert_says(l, "a.own x y\n");
    assert_says(l, "struct a b\n");
    assert_says(l, "st n m\n");
    linked_close(l);
}

/* Nothing in, nothing out; odd sources do no harm. */
static void odd_snapshots(void **state)
{
    (void)state;
    linked *l = linked_open((source[]){{0}});
    assert_int_equal(l->m.modules.count, 0);
    assert_int_equal(l->m.effects.count, 0);
    linked_close(l);
    l = linked_open((source[]){
        {"a.ex", ""},
        {"b.ex", "defmodule Twice do\n  use Twice\n  defmacro __using__(_) do\n    quote do\n"
                 "      use Twice\n      def f, do: f()\n    end\n  end\nend\n"},
        {"c.ex", "defmodule Twice do\n  def g, do: Twice.f()\nend\n"},
        {"d.hrl", "-include(\"d.hrl\").\n-define(A, ?B).\n-define(B, ?A).\nf() -> ?A.\n"}});
    assert_true(l->m.modules.count >= 2);
    linked_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(records_and_structs),
        cmocka_unit_test(odd_snapshots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
