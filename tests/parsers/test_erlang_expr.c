/* Erlang expressions: each as the body of f(X, Y) in module t, and what it is lowered to. */
#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include "parsers/parsers.h"

typedef struct {
    const char *source, *expected;
} expr_case;

static const expr_case CASES[] = {
    {"foo", ":foo"},
    {"'hello world'", ":\"hello world\""},
    {"'it\\'s \\x{e9}\\101\\n'", ":\"it's éA\\n\""},
    {"'Elixir.Foo.Bar'", "Foo.Bar"},
    {"X", "X"},
    {"_", "_"},
    {"42", "42"},
    {"16#ff", "255"},
    {"16#FFFFFFFFFFFFFFFFFFFFFFFF", "79228162514264337593543950335"},
    {"1_000_000", "1000000"},
    {"2#1010", "10"},
    {"$a", "97"},
    {"$\\n", "10"},
    {"$\\\\", "92"},
    {"$\\s", "32"},
    {"$é", "233"},
    {"1.5e-3", "\"1.5e-3\""},
    {"\"text\"", "\"text\""},
    {"\"a\\tb\\\"c\\x41\\101\\e\"", "\"a\\x09b\\\"cAA\\x1b\""},
    {"\"one\" \"two\" \"three\"", "\"onetwothree\""},
    {"\"one\" ?TWO \"three\"", "(op \"++\" (op \"++\" \"one\" (macro TWO -)) \"three\")"},
    {"~\"sigil\"", "\"sigil\""},
    {"~b\"sig\\\"il\"", "\"sig\\\"il\""},
    {"~B\"raw\\n\"", "\"raw\\\\n\""},
    {"\"\"\"\n    first\n      second\n    \"\"\"", "\"first\\n  second\""},
    {"[]", "(list)"},
    {"[1, 2]", "(list 1 2)"},
    {"[H | T]", "(list| H T)"},
    {"[a, b | T]", "(list| :a :b T)"},
    {"{}", "(tuple)"},
    {"{ok, X}", "(tuple :ok X)"},
    {"#{}", "(map)"},
    {"#{a => 1, b => 2}", "(map :a 1 :b 2)"},
    {"X#{a => 1}", "(map_update X :a 1)"},
    {"X#{a := 1, b := 2}", "(map_update X :a 1 :b 2)"},
    {"#{a := V, b => 1}", "(map :a V :b 1)"},
    {"X#{a => 1}#{b => 2}", "(map_update (map_update X :a 1) :b 2)"},
    {"<<>>", "(binary)"},
    {"<<\"abc\">>", "(binary \"abc\")"},
    {"<<X:8, Y:16/little-signed, Rest/binary>>",
     "(binary (segment X 8) (segment \"little-signed\" Y 16) (segment binary Rest -))"},
    {"<<X:Size/binary-unit:8>>", "(binary (segment \"binary-unit:8\" X Size))"},
    {"<<\"é\"/utf8>>", "(binary (segment utf8 \"é\" -))"},
    {"<<(f(X)):32>>", "(binary (segment (call f X) 32))"},
    {"X + 1 * 2", "(op \"+\" X (op \"*\" 1 2))"},
    {"-1", "(op \"-\" 1)"},
    {"not X", "(op not X)"},
    {"bnot X", "(op \"~~~\" X)"},
    {"X div 2 rem 3", "(op rem (op div X 2) 3)"},
    {"X band 1 bor 2 bxor 3 bsl 4 bsr 5",
     "(op \">>>\" (op \"<<<\" (op \"^^^\" (op \"|||\" (op &&& X 1) 2) 3) 4) 5)"},
    {"X =:= Y", "(op \"===\" X Y)"},
    {"X =/= Y", "(op \"!==\" X Y)"},
    {"X == Y", "(op \"==\" X Y)"},
    {"X /= Y", "(op \"!=\" X Y)"},
    {"X =< Y", "(op \"<=\" X Y)"},
    {"X >= Y", "(op \">=\" X Y)"},
    {"X andalso Y orelse Z", "(op or (op and X Y) Z)"},
    {"X and Y or Z xor W", "(op xor (op or (op and X Y) Z) W)"},
    {"\"a\" ++ X ++ \"b\"", "(op \"++\" \"a\" (op \"++\" X \"b\"))"},
    {"X -- [1]", "(op \"--\" X (list 1))"},
    {"X = Y = 1", "(match X (match Y 1))"},
    {"Pid ! hello", "(call_remote send :erlang Pid :hello)"},
    {"A ! B ! C", "(call_remote send :erlang A (call_remote send :erlang B C))"},
    {"?MODULE ! stop", "(call_remote send :erlang t! :stop)"},
    {"f()", "(call f)"},
    {"f(1, 2)", "(call f 1 2)"},
    {"m:f(X)", "(call_remote f :m X)"},
    {"X:f(1)", "(call_remote f X 1)"},
    {"m:F(1)", "(call_dynamic :m F 1)"},
    {"M:F(1, 2)", "(call_dynamic M F 1 2)"},
    {"F(1)", "(call_fun F 1)"},
    {"(fun f/1)(X)", "(call_fun (fun_ref f - 1) X)"},
    {"(S#s.cb)(1)", "(call_fun (field cb S :s) 1)"},
    {"?MODULE:f(1)", "(call_remote f t! 1)"},
    {"erlang:apply(M, f, [1])", "(call_remote apply :erlang M :f (list 1))"},
    {"apply(M, f, [1])", "(call apply M :f (list 1))"},
    {"spawn(fun() -> loop(X) end)", "(call spawn (fn (arm_fn - (call loop X))))"},
    {"m:f(1)(2)", "(call_fun (call_remote f :m 1) 2)"},
    {"'Elixir.Foo':bar(1)", "(call_remote bar Foo 1)"},
    {"fun f/1", "(fun_ref f - 1)"},
    {"fun m:f/2", "(fun_ref f :m 2)"},
    {"fun ?MODULE:f/1", "(fun_ref f t! 1)"},
    {"fun M:f/1", "(fun_ref f M 1)"},
    {"fun M:F/A", "(call_remote make_fun :erlang M F A)"},
    {"fun(1) -> a; (N) when N > 1, N < 9; N =:= 0 -> b end",
     "(fn (arm_fn - :a 1) (arm_fn (op or (op and (op \">\" N 1) (op \"<\" N 9)) (op \"===\" N 0)) "
     ":b N))"},
    {"fun Loop(0) -> ok; Loop(N) -> Loop(N - 1) end",
     "(fn Loop (arm_fn - :ok 0) (arm_fn - (call_fun Loop (op \"-\" N 1)) N))"},
    {"fun() -> a, b end", "(fn (arm_fn - (block :a :b)))"},
    {"begin a, b end", "(block :a :b)"},
    {"begin a end", ":a"},
    {"(a)", ":a"},
    {"if X > 1, Y -> a; true -> b, c end",
     "(cond (arm (op and (op \">\" X 1) Y) :a) (arm :true (block :b :c)))"},
    {"case X of 1 -> a; {ok, V} when V > 1 -> b; _ -> c end",
     "(case X (arm - :a 1) (arm (op \">\" V 1) :b (tuple :ok V)) (arm - :c _))"},
    {"case f(X) of #s{a = A} = S -> A end",
     "(case (call f X) (arm - A (match (record s :a A) S)))"},
    {"receive a -> 1; {b, X} when X -> 2 end", "(receive (arm - 1 :a) (arm X 2 (tuple :b X)))"},
    {"receive a -> 1 after 1000 -> timeout, b end",
     "(receive (arm - 1 :a) (arm_after - (block :timeout :b) 1000))"},
    {"receive after infinity -> ok end", "(receive (arm_after - :ok :infinity))"},
    {"try f() catch error:badarg -> 1; throw:T -> T; exit:{x, R}:St when R -> St; Any -> Any end",
     "(try (call f) (arm_catch - 1 :error :badarg) (arm_catch - T :throw T) (arm_catch R St :exit "
     "(tuple :x R) St) (arm_catch - Any :throw Any))"},
    {"try f(), g() of ok -> 1; X when X > 1 -> 2 catch _:_ -> 3 after h(), i() end",
     "(try (block (call f) (call g)) (arm_else - 1 :ok) (arm_else (op \">\" X 1) 2 X) (arm_catch - "
     "3 _ _) (arm_finally - (block (call h) (call i))))"},
    {"try f() after g() end", "(try (call f) (arm_finally - (call g)))"},
    {"try f() catch C:R:S -> erlang:raise(C, R, S) end",
     "(try (call f) (arm_catch - (call_remote raise :erlang C R S) C R S))"},
    {"catch f(X)", "(catch (call f X))"},
    {"X = (catch f(X))", "(match X (catch (call f X)))"},
    {"maybe {ok, A} ?= f(), B = g(A), ok ?= h(B), {A, B} end",
     "(with (with_step (tuple :ok A) - (call f)) (match B (call g A)) (with_step :ok - (call h B)) "
     "(do (tuple A B)))"},
    {"maybe ok ?= f() else {error, E} when E -> E; _ -> other end",
     "(with (with_step :ok - (call f)) (do -) (arm E E (tuple :error E)) (arm - :other _))"},
    {"[X || X <- L]", "(for (generator X L) (do X))"},
    {"[{X, Y} || {X, _} <- L, Y <- M, X > Y, is_atom(X)]",
     "(for (generator (tuple X _) L) (generator Y M) (op \">\" X Y) (call is_atom X) (do (tuple X "
     "Y)))"},
    {"[X || <<X:8>> <= B]", "(for (generator (binary (segment X 8)) B) (do X))"},
    {"<< <<X>> || X <- L >>", "(for (generator X L) (do (binary X)))"},
    {"<< <<X>> || <<X>> <= B, X > 1 >>",
     "(for (generator (binary X) B) (op \">\" X 1) (do (binary X)))"},
    {"#{K => V || {K, V} <- L}", "(for (generator (tuple K V) L) (do (tuple K V)))"},
    {"#{K => V + 1 || K := V <- M, V > 0}",
     "(for (generator (tuple K V) M) (op \">\" V 0) (do (tuple K (op \"+\" V 1))))"},
    {"[X + Y || X <- A && Y <- B]", "(for (generator X A) (generator Y B) (do (op \"+\" X Y)))"},
    {"[X || X <:- L]", "(for (generator X L) (do X))"},
    {"#r{}", "(record r)"},
    {"#r{a = 1, b = X}", "(record r :a 1 :b X)"},
    {"#r{a = 1, _ = '_'}", "(record r :a 1 :_ :_)"},
    {"X#r{a = 1}", "(record_update r X :a 1)"},
    {"X#r.a", "(field a X :r)"},
    {"#r.a", "(field a - :r)"},
    {"X#r.a#s.b", "(field b (field a X :r) :s)"},
    {"X#r{a = 1}#r.b", "(field b (record_update r X :a 1) :r)"},
    {"(f(X))#r.a", "(field a (call f X) :r)"},
    {"#r{a = #s{b = 1}}", "(record r :a (record s :b 1))"},
    {"#'quoted rec'{a = 1}", "(record \"quoted rec\" :a 1)"},
    {"?UNKNOWN", "(macro UNKNOWN -)"},
    {"?UNKNOWN(1, a)", "(macro( UNKNOWN - 1 :a)"},
    {"?UNKNOWN:f(1)", "(call_remote f (macro UNKNOWN -) 1)"},
    {"m:?UNKNOWN(1)", "(call_dynamic :m (macro UNKNOWN -) 1)"},
    {"#?UNKNOWN{a = 1}", "(record ?UNKNOWN :a 1)"},
    {"?MODULE", "t!"},
    {"?MODULE_STRING", "\"t\""},
    {"?FUNCTION_NAME", ":f"},
    {"?FUNCTION_ARITY", "2"},
    {"?LINE", "3"},
    {"?MACHINE", ":BEAM"},
    {"?FILE", "(macro FILE -)"},
    {"gen_server:call(?MODULE, {get, X}, infinity)",
     "(call_remote call :gen_server t! (tuple :get X) :infinity)"},
    {"{via, gproc, {n, l, X}}", "(tuple :via :gproc (tuple :n :l X))"},
    {"f(g(h(1)))", "(call f (call g (call h 1)))"},
    {"lists:foreach(fun(P) -> P ! stop end, Ps)",
     "(call_remote foreach :lists (fn (arm_fn - (call_remote send :erlang P :stop) P)) Ps)"},
    {"-X + -Y", "(op \"+\" (op \"-\" X) (op \"-\" Y))"},
    {"[{a, 1}, {b, [c | D]}]", "(list (tuple :a 1) (tuple :b (list| :c D)))"},
    {"X#{{k, 1} => #{n => v}}", "(map_update X (tuple :k 1) (map :n :v))"},
};

/* The first line of the dump that is a body, without its indentation. */
static sv body_of(sv dump)
{
    sv line;
    while (sv_next(&dump, '\n', &line))
        if (sv_starts(line, SV("    "))) return sv_slice(line, 4, line.size);
    return SV("");
}

static void test_expressions(void **state)
{
    (void)state;
    parser *p = parser_open();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        buf source = {0}, dump = {0};
        buf_printf(&source, "-module(t).\nf(X, Y) ->\n%s.\n", CASES[i].source);
        facts f = {0};
        error err = {0};
        assert_true(parser_run(p, LANG_ERLANG, buf_sv(&source), NULL, &f, &err));
        facts_dump(&f, &dump);
        sv body = body_of(buf_sv(&dump));
        char *got = base_calloc(body.size + 1, 1);
        memcpy(got, body.data, body.size);
        if (strcmp(got, CASES[i].expected) != 0) print_message("in: %s\n", CASES[i].source);
        assert_string_equal(got, CASES[i].expected);
        assert_int_equal(f.error_count, 0);
        assert_false(f.partial);
        free(got);
        facts_release(&f);
        buf_release(&source);
        buf_release(&dump);
    }
    parser_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_expressions)};
    return cmocka_run_group_tests_name("erlang expressions", tests, NULL, NULL);
}
