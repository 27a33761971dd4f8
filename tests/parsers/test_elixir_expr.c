/* Elixir expressions: each as the body of f(x, y) in module M, and what it is lowered to. */
#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include "parsers/parsers.h"

typedef struct {
    const char *source, *expected;
} expr_case;

static const expr_case CASES[] = {
    {"x |> f() |> M.g(1)", "(call_remote| g M (call| f x) 1)"},
    {"x |> f", "(call| f x)"},
    {"x |> case do :a -> 1 end", "(case x (arm - 1 :a))"},
    {"x |> then(&g(&1, 2))", "(call| then x (fn (arm_fn - (call g &1 2) &1)))"},
    {"x |> tap(fn v -> IO.inspect(v) end)",
     "(call| tap x (fn (arm_fn - (call_remote inspect IO v) v)))"},
    {"x |> h.(1)", "(call_fun| h x 1)"},
    {"x |> (&g/1).()", "(call_fun| (fun_ref g - 1) x)"},
    {"x |> (fn v -> v end).()", "(call_fun| (fn (arm_fn - v v)) x)"},
    {"x |> Kernel.+(1)", "(call_remote| \"+\" Kernel x 1)"},
    {"x |> if do 1 else 2 end", "(if x 1 2)"},
    {"&f/1", "(fun_ref f - 1)"},
    {"&M.f/2", "(fun_ref f M 2)"},
    {"&:erlang.f/2", "(fun_ref f :erlang 2)"},
    {"&+/2", "(fun_ref \"+\" - 2)"},
    {"&(&1 + &2)", "(fn (arm_fn - (op \"+\" &1 &2) &1 &2))"},
    {"&M.f(&1, x)", "(fn (arm_fn - (call_remote f M &1 x) &1))"},
    {"& &1.name", "(fn (arm_fn - (field name &1) &1))"},
    {"&{&1, &2}", "(fn (arm_fn - (tuple &1 &2) &1 &2))"},
    {"&\"#{&1}!\"", "(fn (arm_fn - (binary &1 \"!\") &1))"},
    {"Enum.map(l, &(&1.pid))", "(call_remote map Enum l (fn (arm_fn - (field pid &1) &1)))"},
    {"fn -> 1 end", "(fn (arm_fn - 1))"},
    {"fn a, {b, c} when a > b when is_nil(c) -> a; _ -> nil end",
     "(fn (arm_fn (op or (op \">\" a b) (call is_nil c)) a a (tuple b c)) (arm_fn - :nil _))"},
    {"with {:ok, a} when a > 1 <- g(), b = a + 1, true <- b do b else :error -> 1; _ -> 2 end",
     "(with (with_step (tuple :ok a) (op \">\" a 1) (call g)) (match b (op \"+\" a 1)) (with_step "
     ":true - b) (do b) (arm - 1 :error) (arm - 2 _))"},
    {"with({:ok, a} <- g(), do: a, else: (_ -> nil))",
     "(with (with_step (tuple :ok a) - (call g)) (do a) (arm - :nil _))"},
    {"case g() do {:ok, v} when v > 1 -> v; [h | t] -> {h, t}; %{a: ^p} -> p end",
     "(case (call g) (arm (op \">\" v 1) v (tuple :ok v)) (arm - (tuple h t) (list| h t)) (arm - p "
     "(map :a (pin p))))"},
    {"case(x, do: (1 -> 2; _ -> 3))", "(case x (arm - 2 1) (arm - 3 _))"},
    {"cond do x > 1 -> :a; true -> :b end", "(cond (arm (op \">\" x 1) :a) (arm :true :b))"},
    {"if x, do: 1, else: 2", "(if x 1 2)"},
    {"if x do 1 end", "(if x 1)"},
    {"unless x, do: 1", "(if x :nil 1)"},
    {"unless x do 1 else 2 end", "(if x 2 1)"},
    {"for {k, v} <- m, v > 1, into: %{}, do: {k, v}",
     "(for (generator (tuple k v) m) (op \">\" v 1) (tuple :into (map)) (do (tuple k v)))"},
    {"for <<r::8, g::size(r) <- bin>>, do: {r, g}",
     "(for (generator (binary (segment 8 r 8) (segment \"size(r)\" g r)) bin) (do (tuple r g)))"},
    {"for x <- l, reduce: 0 do acc -> acc + x end",
     "(for (generator x l) (tuple :reduce 0) (do (fn (arm_fn - (op \"+\" acc x) acc))))"},
    {"for x <- l, uniq: true do x end", "(for (generator x l) (tuple :uniq :true) (do x))"},
    {"receive do {:a, v} -> v after 100 -> :timeout end",
     "(receive (arm - v (tuple :a v)) (arm_after - :timeout 100))"},
    {"receive do {:EXIT, ^pid, r} when r != :normal -> r after t -> 1; end",
     "(receive (arm (op \"!=\" r :normal) r (tuple :EXIT (pin pid) r)) (arm_after - 1 t))"},
    {"try do g() rescue e in [A, B] -> e; e in A -> 2; A -> 3; e -> e catch :exit, r -> r; v -> v "
     "else x -> x after c() end",
     "(try (call g) (arm_rescue - e e A B) (arm_rescue - 2 e A) (arm_rescue - 3 - A) (arm_rescue - "
     "e e) (arm_catch - r :exit r) (arm_catch - v :throw v) (arm_else - x x) (arm_finally - (call "
     "c)))"},
    {"try do g() end", "(call g)"},
    {"quote do unquote(x) + unquote_splicing(y) end", "(quote (op \"+\" (unquote x) (unquote y)))"},
    {"quote bind_quoted: [a: 1] do def z(a), do: a end",
     "(quote (call def (call z a) (list (tuple :do a))))"},
    {"unquote(f)(1)", "(call_fun (unquote f) 1)"},
    {"mod.unquote(name)(1)", "(call_dynamic mod (unquote name) 1)"},
    {"[1, a: 2, b: 3]", "(list 1 (tuple :a 2) (tuple :b 3))"},
    {"[{:a, 1} | rest]", "(list| (tuple :a 1) rest)"},
    {"g(1, a: 2, b: 3)", "(call g 1 (list (tuple :a 2) (tuple :b 3)))"},
    {"g 1, a: 2", "(call g 1 (list (tuple :a 2)))"},
    {"transaction do 1; 2 end", "(call transaction (list (tuple :do (block 1 2))))"},
    {"transaction x, timeout: 5 do 1 rescue e -> e end",
     "(call transaction x (list (tuple :timeout 5)) (list (tuple :do 1) (tuple :rescue (fn (arm_fn "
     "- e e)))))"},
    {"M.run x do :ok end", "(call_remote run M x (list (tuple :do :ok)))"},
    {"%{m | a: 1, b: 2}", "(map_update m :a 1 :b 2)"},
    {"%{m | \"a\" => 1, \"b\" => 2}", "(map_update m \"a\" 1 \"b\" 2)"},
    {"%S{a: 1}", "(struct S :a 1)"},
    {"%S.T{s | a: 1}", "(struct_update S.T s :a 1)"},
    {"%__MODULE__{a: 1} = s", "(match (struct M :a 1) s)"},
    {"%name{} = s", "(match (struct name) s)"},
    {"x[:a][:b]", "(index (index x :a) :b)"},
    {"@foo[:a]", "(index (attr foo) :a)"},
    {"<<a::8, b::binary-size(4), c::size(n)-unit(8), \"x\", rest::binary>> = y",
     "(match (binary (segment 8 a 8) (segment \"binary-size(4)\" b 4) (segment \"size(n)-unit(8)\" "
     "c n) \"x\" (segment binary rest)) y)"},
    {"\"a#{b}c\"", "(binary \"a\" b \"c\")"},
    {"\"tab\\t quote\\\" uni\\u00e9 \\x41\"", "\"tab\\x09 quote\\\" unié A\""},
    {"'abc'", "\"abc\""},
    {"~s(a b)", "\"a b\""},
    {"~w(a b c)a", "(list :a :b :c)"},
    {"~w(a b)", "(list \"a\" \"b\")"},
    {"~r/a+#{b}/i", "(binary \"a+\" b)"},
    {"?a", "97"},
    {"?\\n", "10"},
    {"0xFF", "255"},
    {"1_000", "1000"},
    {"1.5e3", "1.5e3"},
    {"-1", "(op \"-\" 1)"},
    {"-x", "(op \"-\" x)"},
    {"\"\"\"\n  heredoc\n    text\n  \"\"\"", "\"heredoc\\n  text\\n\""},
    {"~S\"\"\"\n  raw \\n\n  \"\"\"", "\"raw \\\\n\\n\""},
    {":\"quoted atom\"", ":\"quoted atom\""},
    {":ok", ":ok"},
    {"nil", ":nil"},
    {"true", ":true"},
    {"Foo.Bar", "Foo.Bar"},
    {":gen_server", ":gen_server"},
    {"__MODULE__", "M!"},
    {"__MODULE__.Sub", "M.Sub"},
    {"unquote(x).Sub", "(call_remote concat Module (unquote x) Sub)"},
    {"a.b.c", "(field c (field b a))"},
    {"a.b()", "(call_remote b a)"},
    {"M.b", "(call_remote b M)"},
    {"M.b()", "(call_remote b M)"},
    {"M.\"quoted name\"(1)", "(call_remote \"quoted name\" M 1)"},
    {"f.(1, 2)", "(call_fun f 1 2)"},
    {"f(1).(2)", "(call_fun (call f 1) 2)"},
    {"self()", "(call self)"},
    {"send(pid, {:msg, self()})", "(call send pid (tuple :msg (call self)))"},
    {"a not in b", "(op not (op in a b))"},
    {"not (a in b)", "(op not (op in a b))"},
    {"!a", "(op not a)"},
    {"a && b || c", "(op or (op and a b) c)"},
    {"a and b or c", "(op or (op and a b) c)"},
    {"a <> b ++ c -- d", "(op \"<>\" a (op \"++\" b (op \"--\" c d)))"},
    {"a ~> b", "(op \"~>\" a b)"},
    {"a <~> b", "(op \"<~>\" a b)"},
    {"1..2", "(op .. 1 2)"},
    {"1..10//2", "(op \"//\" (op .. 1 10) 2)"},
    {"..", "(op ..)"},
    {"a != b", "(op \"!=\" a b)"},
    {"a =~ ~r/x/", "(op \"=~\" a \"x\")"},
    {"(a; b)", "(block a b)"},
    {"()", ":nil"},
    {"{}", "(tuple)"},
    {"{a, b: 1}", "(tuple a (list (tuple :b 1)))"},
    {"^x = y", "(match (pin x) y)"},
    {"a = b = c", "(match a (match b c))"},
    {"raise ArgumentError, \"x\"", "(call raise ArgumentError \"x\")"},
    {"alias A.B; B.f()", "(call_remote f A.B)"},
    {"alias A.{B, C.D}; {B, D}", "(tuple A.B A.C.D)"},
    {"alias A.B, as: X; X.Y.f()", "(call_remote f A.B.Y)"},
    {"import Foo; bar()", "(call bar)"},
    {"require Foo, as: F; F.x()", "(call_remote x Foo)"},
    {"g(fn x -> x end, 1)", "(call g (fn (arm_fn - x x)) 1)"},
    {"if(a) do alias A.B; B.x() end; B.y()",
     "(block (if a (call_remote x A.B)) (call_remote y B))"},
    {"spawn(fn -> loop(s) end)", "(call spawn (fn (arm_fn - (call loop s))))"},
    {"super(x)", "(call super x)"},
    {"var!(x)", "(call var! x)"},
    {"a = 1; b", "(block (match a 1) b)"},
    {"if a = g() do a end", "(if (match a (call g)) a)"},
    {"with x <- 1, do: x", "(with (with_step x - 1) (do x))"},
    {"{:ok, pid} = GenServer.start_link(__MODULE__, [], name: __MODULE__)",
     "(match (tuple :ok pid) (call_remote start_link GenServer M! (list) (list (tuple :name "
     "M!))))"},
    {"Task.async(fn -> 1 end) |> Task.await(5000)",
     "(call_remote| await Task (call_remote async Task (fn (arm_fn - 1))) 5000)"},
    {"GenServer.call(pid, :x) == :ok and true",
     "(op and (op \"==\" (call_remote call GenServer pid :x) :ok) :true)"},
    {"put_in(state.a.b, 1)", "(call put_in (field b (field a state)) 1)"},
    {"Logger.info \"a\"", "(call_remote info Logger \"a\")"},
    {"~D[2020-01-01]", "\"2020-01-01\""},
    {"&1", "&1"},
    {"x when y", "(op when x y)"},
    {"foo bar baz", "(call foo (call bar baz))"},
    {"%{}", "(map)"},
    {"for x when x > 1 <- l, do: x", "(for (generator x l) (op \">\" x 1) (do x))"},
    {"M.{A, B}", "(list M.A M.B)"},
    {"\"\\\njoined\"", "\"joined\""},
    {"x |> y[:a]", "(op \"|>\" x (index y :a))"},
    {"@foo.bar", "(field bar (attr foo))"},
    {"&__MODULE__.f/1", "(fun_ref f M! 1)"},
    {"&mod.f/1", "(fun_ref f mod 1)"},
    {"& &1", "(fn (arm_fn - &1 &1))"},
    {"Enum.each(l, fn {k, v} -> send(k, v) end)",
     "(call_remote each Enum l (fn (arm_fn - (call send k v) (tuple k v))))"},
    {"x |> M.f(fn -> 1 end) |> case do {:ok, v} -> v; _ -> nil end",
     "(case (call_remote| f M x (fn (arm_fn - 1))) (arm - v (tuple :ok v)) (arm - :nil _))"},
    {"f(do: 1)", "(call f (list (tuple :do 1)))"},
    {"f a do x -> x end", "(call f a (list (tuple :do (fn (arm_fn - x x)))))"},
    {":\"a#{b}\"", "(binary \"a\" b)"},
    {"%{:a => 1, \"b\" => 2}", "(map :a 1 \"b\" 2)"},
    {"%{f() | a: 1}", "(map_update (call f) :a 1)"},
    {"'a#{b}'", "(binary \"a\" b)"},
    {"~s\"a\\\"b\"", "\"a\\\"b\""},
    {"\"a\" <> rest = s", "(match (op \"<>\" \"a\" rest) s)"},
    {"%{\"k\" => v} = m", "(match (map \"k\" v) m)"},
    {"<<x::utf8>>", "(binary (segment utf8 x))"},
    {"<<1, 2, 3>>", "(binary 1 2 3)"},
    {"<<x::8*4>>", "(binary (segment \"8*4\" x 8))"},
    {"if x, do: a(), else: (b(); c())", "(if x (call a) (block (call b) (call c)))"},
    {"case x do\n  1 ->\n    a()\n    b()\n\n  _ ->\n    # nothing\n    :ok\nend",
     "(case x (arm - (block (call a) (call b)) 1) (arm - :ok _))"},
    {"case x do y -> end", "(case x (arm - :nil y))"},
    {"fn -> end", "(fn (arm_fn - :nil))"},
    {"not is_nil(x)", "(op not (call is_nil x))"},
    {"a..b", "(op .. a b)"},
    {"f(&1)", "(call f &1)"},
    {"-1.5", "(op \"-\" 1.5)"},
    {"+1", "(op \"+\" 1)"},
    {"a ||| b", "(op \"|||\" a b)"},
    {"a ** 2", "(op \"**\" a 2)"},
    {"a <<< 2", "(op \"<<<\" a 2)"},
    {"@x +1", "(call @ :x (op \"+\" 1))"},
    {"x.y.z()", "(call_remote z (field y x))"},
    {"x.y().z", "(field z (call_remote y x))"},
    {":erlang.send_after(10, self(), :tick)",
     "(call_remote send_after :erlang 10 (call self) :tick)"},
    {"Process.send_after self(), :tick, 10",
     "(call_remote send_after Process (call self) :tick 10)"},
    {"{:reply, :ok, %{state | x: [y | state.x]}}",
     "(tuple :reply :ok (map_update state :x (list| y (field x state))))"},
    {"with :ok <- a(),\n     {:ok, b} <- c() do\n  b\nend",
     "(with (with_step :ok - (call a)) (with_step (tuple :ok b) - (call c)) (do b))"},
    {"receive do\nafter\n  0 -> :none\nend", "(receive (arm_after - :none 0))"},
    {"try do\n  :ok\nrescue\n  _ -> :error\nend", "(try :ok (arm_rescue - :error _))"},
};

/* The line of the dump that holds the body of the clause at 2:3. */
static void body_add(const char *source, buf *out)
{
    buf text = {0};
    buf_printf(&text, "defmodule M do\n  def f(x, y) do\n%s\n  end\nend\n", source);
    facts f = {0};
    error err = {0};
    parser *p = parser_open();
    if (!parser_run(p, LANG_ELIXIR, buf_sv(&text), NULL, &f, &err)) fail_msg("%s", err.text);
    buf dump = {0};
    facts_dump(&f, &dump);
    size_t at = sv_find(buf_sv(&dump), SV("\n  2:3-"), 0);
    assert_true(at != SIZE_MAX);
    size_t start = sv_find(buf_sv(&dump), SV("\n"), at + 1) + 5;
    size_t end = sv_find(buf_sv(&dump), SV("\n"), start);
    if (f.partial) buf_add_c(out, "partial ");
    buf_add(out, sv_slice(buf_sv(&dump), start, end));
    parser_close(p);
    facts_release(&f);
    buf_release(&dump);
    buf_release(&text);
}

static void test_expressions(void **state)
{
    (void)state;
    uint32_t wrong = 0;
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        buf got = {0};
        body_add(CASES[i].source, &got);
        if (!sv_eq_c(buf_sv(&got), CASES[i].expected)) {
            print_error("%s\n  expected %s\n  got      %s\n", CASES[i].source, CASES[i].expected,
                        got.data);
            wrong++;
        }
        buf_release(&got);
    }
    assert_int_equal(wrong, 0);
}

static const fact_node *call_named(const facts *f, const char *name)
{
    for (vec_each(&f->nodes, n))
        if ((n->kind == NODE_CALL || n->kind == NODE_CALL_REMOTE) &&
            sv_eq_c(facts_text(f, n->name), name))
            return n;
    fail_msg("no call of %s", name);
    return NULL;
}

static void test_places(void **state)
{
    (void)state;
    facts f = {0};
    parser *p = parser_open();
    assert_true(parser_run(p, LANG_ELIXIR,
                           SV("defmodule M do\n"
                              "  def f(x) do\n"
                              "    GenServer.call(x,\n"
                              "      :y)\n"
                              "    x |> Enum.map(g (1))\n"
                              "  end\n"
                              "end\n"),
                           NULL, &f, NULL));
    const fact_node *call = call_named(&f, "call");
    assert_int_equal(call->line, 3);
    assert_int_equal(call->col, 15); /* of the name */
    assert_int_equal(call->end_line, 4);
    assert_int_equal(call->flags, NODE_FLAG_ARGS);
    const fact_node *map = call_named(&f, "map");
    assert_int_equal(map->flags, NODE_FLAG_ARGS | NODE_FLAG_PIPED);
    const fact_node *spaced = call_named(&f, "g");
    assert_int_equal(spaced->flags, 0); /* parentheses of the argument, not of the call */
    assert_int_equal(f.modules.items[0].end_line, 7);
    facts_release(&f);
    parser_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expressions),
        cmocka_unit_test(test_places),
    };
    return cmocka_run_group_tests_name("elixir expressions", tests, NULL, NULL);
}
