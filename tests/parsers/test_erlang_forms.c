/* Erlang files: forms, macros, conditionals, documentation, and all facts that they give. */
#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include "parsers/parsers.h"

/* expected: the dump without its first line. */
typedef struct {
    const char *name, *source, *expected;
} file_case;

static const file_case CASES[] = {
    {"module, behaviour, exports, imports",
     "-module(m).\n"
     "-behaviour(gen_server).\n"
     "-behavior(other).\n"
     "-export([a/1, 'B c'/2]).\n"
     "-import(lists, [map/2, foldl/3]).\n"
     "a(X) -> X.\n"
     "'B c'(X, Y) -> X.\n"
     "hidden() -> ok.\n",
     "module 0 m plain 1-8\n"
     "def 0:a/1 6-6\n"
     "  6:1-6 (X)\n"
     "    X\n"
     "def 0:\"B c\"/2 7-7\n"
     "  7:1-7 (X Y)\n"
     "    X\n"
     "defp 0:hidden/0 8-8\n"
     "  8:1-8 ()\n"
     "    :ok\n"
     "import 0:lists only (list (tuple :map 2) (tuple :foldl 3))\n"
     "behaviour 0:gen_server\n"
     "behaviour 0:other\n"
     "export 0:a/1\n"
     "export 0:\"B c\"/2\n"},
    {"clauses apart and guards",
     "-module(m).\n"
     "f(1) -> a;\n"
     "f(X) when X > 1; is_atom(X), X =/= b -> c.\n"
     "g(Y) -> Y.\n",
     "module 0 m plain 1-4\n"
     "defp 0:f/1 2-3\n"
     "  2:1-2 (1)\n"
     "    :a\n"
     "  3:1-3 (X) when (op or (op \">\" X 1) (op and (call is_atom X) (op \"!==\" X :b)))\n"
     "    :c\n"
     "defp 0:g/1 4-4\n"
     "  4:1-4 (Y)\n"
     "    Y\n"},
    {"export_all",
     "-module(m).\n"
     "-compile([export_all, {parse_transform, lager_transform}]).\n"
     "f() -> ok.\n",
     "module 0 m plain 1-3\n"
     "def 0:f/0 3-3\n"
     "  3:1-3 ()\n"
     "    :ok\n"
     "attribute 0:compile (list :export_all (tuple :parse_transform :lager_transform))\n"
     "export 0:\"\"/0\n"},
    {"records",
     "-module(m).\n"
     "-record(state, {a, b = 1, c = [] :: list(), d :: #other{}}).\n"
     "-record(empty, {}).\n",
     "module 0 m plain 1-3\n"
     "record 0:state a b=1 c=(list) d\n"
     "record 0:empty\n"},
    {"macros",
     "-module(m).\n"
     "-define(A, 1).\n"
     "-define(B(X, Y), {X, Y, ?A}).\n"
     "-define(EMPTY, ).\n"
     "-define(T, integer() | atom()).\n"
     "f() -> {?A, ?B(c, ?A), ?EMPTY, ?NOT_HERE}.\n",
     "module 0 m plain 1-6\n"
     "defp 0:f/0 6-6\n"
     "  6:1-6 ()\n"
     "    (tuple (macro A 1) (macro( B (tuple :c (macro A 1) (macro A 1)) :c (macro A 1)) (macro "
     "EMPTY -) (macro NOT_HERE -))\n"
     "define 0:A 1\n"
     "define 0:B(X Y) (tuple X Y (macro A 1))\n"
     "define 0:EMPTY\n"
     "define 0:T\n"},
    {"includes",
     "-module(m).\n"
     "-include(\"a.hrl\").\n"
     "-include_lib(\"kernel/include/logger.hrl\").\n",
     "module 0 m plain 1-3\n"
     "include 0:\"a.hrl\"\n"
     "include_lib 0:\"kernel/include/logger.hrl\"\n"},
    {"header",
     "-ifndef(M_HRL).\n"
     "-define(M_HRL, true).\n"
     "-record(r, {a}).\n"
     "-define(S, ?MODULE).\n"
     "helper() -> ?MODULE.\n"
     "-endif.\n",
     "module 0 \"\" header 1-6\n"
     "defp 0:helper/0 5-5\n"
     "  5:1-5 ()\n"
     "    \"\"!\n"
     "define 0:M_HRL :true\n"
     "define 0:S \"\"!\n"
     "record 0:r a\n"},
    {"test branch",
     "-module(m).\n"
     "-export([f/0]).\n"
     "f() -> ok.\n"
     "-ifdef(TEST).\n"
     "-export([g/0]).\n"
     "-include_lib(\"eunit/include/eunit.hrl\").\n"
     "f_test() -> ok.\n"
     "g() -> ok.\n"
     "f() -> test.\n"
     "-else.\n"
     "h() -> ok.\n"
     "-endif.\n",
     "module 0 m plain 1-12\n"
     "def 0:f/0 3-3\n"
     "  3:1-3 ()\n"
     "    :ok\n"
     "def 0:f_test/0 7-7 test\n"
     "  7:1-7 ()\n"
     "    :ok\n"
     "def 0:g/0 8-8 test\n"
     "  8:1-8 ()\n"
     "    :ok\n"
     "def 0:f/0 9-9 test\n"
     "  9:1-9 ()\n"
     "    :test\n"
     "defp 0:h/0 11-11\n"
     "  11:1-11 ()\n"
     "    :ok\n"
     "include_lib 0:\"eunit/include/eunit.hrl\"\n"
     "export 0:f/0\n"},
    {"ifndef TEST and other conditions",
     "-module(m).\n"
     "-ifndef(TEST).\n"
     "a() -> 1.\n"
     "-else.\n"
     "a() -> 2.\n"
     "-endif.\n"
     "-if(?OTP_RELEASE >= 24).\n"
     "b() -> 1.\n"
     "-elif(?OTP_RELEASE >= 20).\n"
     "b() -> 2.\n"
     "-else.\n"
     "b() -> 3.\n"
     "-endif.\n"
     "c() -> 4.\n",
     "module 0 m plain 1-14\n"
     "defp 0:a/0 3-3\n"
     "  3:1-3 ()\n"
     "    1\n"
     "defp 0:a/0 5-5 test\n"
     "  5:1-5 ()\n"
     "    2\n"
     "defp 0:b/0 8-12\n"
     "  8:1-8 conditional ()\n"
     "    1\n"
     "  10:1-10 conditional ()\n"
     "    2\n"
     "  12:1-12 conditional ()\n"
     "    3\n"
     "defp 0:c/0 14-14\n"
     "  14:1-14 ()\n"
     "    4\n"},
    {"which definition",
     "-module(m).\n"
     "-ifdef(TEST).\n"
     "-define(T, 10).\n"
     "-else.\n"
     "-define(T, 5000).\n"
     "-endif.\n"
     "-ifdef(DEBUG).\n"
     "-define(LOG(X), io:format(X)).\n"
     "-else.\n"
     "-define(LOG(X), ok).\n"
     "-endif.\n"
     "-ifndef(PORT).\n"
     "-define(PORT, 80).\n"
     "-endif.\n"
     "f() -> {?T, ?LOG(a), ?PORT}.\n"
     "-undef(PORT).\n"
     "g() -> ?PORT.\n"
     "-define(PORT, 81).\n"
     "h() -> ?PORT.\n",
     "module 0 m plain 1-19\n"
     "defp 0:f/0 15-15\n"
     "  15:1-15 ()\n"
     "    (tuple (macro T 5000) (macro( LOG :ok :a) (macro PORT 80))\n"
     "defp 0:g/0 17-17\n"
     "  17:1-17 ()\n"
     "    (macro PORT -)\n"
     "defp 0:h/0 19-19\n"
     "  19:1-19 ()\n"
     "    (macro PORT 81)\n"
     "define 0:T 5000\n"
     "define 0:LOG(X) (call_remote format :io X)\n"
     "define 0:LOG(X) :ok\n"
     "define 0:PORT 80\n"
     "define 0:PORT 81\n"},
    {"macro names as syntax",
     "-module(m).\n"
     "-define(SERVER, ?MODULE).\n"
     "-define(REC, state).\n"
     "-define(FN, go).\n"
     "-define(MOD, other).\n"
     "-define(FUN, other:go).\n"
     "-define(ARITY, 2).\n"
     "-record(?REC, {a}).\n"
     "f() -> ?SERVER:x(1), #?REC{a = 1}, ?FN(1), m:?FN(2), ?MOD:?FN(3), ?FUN(4), fun "
     "?MOD:?FN/?ARITY, gen_server:call(?SERVER, x).\n"
     "?FN(X) -> X#?REC.a.\n",
     "module 0 m plain 1-10\n"
     "defp 0:f/0 9-9\n"
     "  9:1-9 ()\n"
     "    (block (call_remote x (macro SERVER m!) 1) (record state :a 1) (macro( FN (call go 1) 1) "
     "(call_remote go :m 2) (call_remote go (macro MOD :other) 3) (macro( FUN (call_remote go "
     ":other 4) 4) (fun_ref go (macro MOD :other) (macro ARITY 2)) (call_remote call :gen_server "
     "(macro SERVER m!) :x))\n"
     "defp 0:go/1 10-10\n"
     "  10:1-10 (X)\n"
     "    (field a X :state)\n"
     "define 0:SERVER m!\n"
     "define 0:REC :state\n"
     "define 0:FN :go\n"
     "define 0:MOD :other\n"
     "define 0:FUN (fun_ref go :other -)\n"
     "define 0:ARITY 2\n"
     "record 0:state a\n"},
    {"macro parameters as syntax",
     "-module(m).\n"
     "-define(CALL(M, F, A), M:F(A)).\n"
     "-define(LOCAL(F), F(1)).\n"
     "-define(REC(R, V), #R{a = V}).\n"
     "-define(STR(X), {??X, X}).\n"
     "-define(DO(M, C), M:C).\n"
     "f(X) -> ?CALL(a, b, X), ?LOCAL(g), ?REC(state, X), ?STR(a + b), ?DO(m2, h(X, 1)), "
     "?LOCAL(a:b).\n",
     "module 0 m plain 1-7\n"
     "defp 0:f/1 7-7\n"
     "  7:1-7 (X)\n"
     "    (block (macro( CALL (call_remote b :a X) :a :b X) (macro( LOCAL (call g 1) :g) (macro( "
     "REC (record state :a X) :state X) (macro( STR (tuple \"a + b\" (op \"+\" :a :b)) (op \"+\" "
     ":a :b)) (macro( DO (call_remote h :m2 X 1) :m2 (call h X 1)) (macro( LOCAL (call_remote b :a "
     "1) (fun_ref b :a -)))\n"
     "define 0:CALL(M F A) (call_dynamic M F A)\n"
     "define 0:LOCAL(F) (call_fun F 1)\n"
     "define 0:REC(R V) (record R :a V)\n"
     "define 0:STR(X) (tuple (macro X -) X)\n"
     "define 0:DO(M C) (unknown M C)\n"},
    {"recursive macros end",
     "-module(m).\n"
     "-define(A, ?B).\n"
     "-define(B, ?A).\n"
     "-define(F(X), ?F(X)).\n"
     "f() -> {?A, ?F(?F(1))}.\n",
     "module 0 m plain 1-5\n"
     "defp 0:f/0 5-5\n"
     "  5:1-5 ()\n"
     "    (tuple (macro A (macro B (macro A -))) (macro( F (macro( F - (macro( F (macro( F - 1) "
     "1)) (macro( F (macro( F - 1) 1)))\n"
     "define 0:A (macro B (macro A (macro B -)))\n"
     "define 0:B (macro A (macro B (macro A -)))\n"
     "define 0:F(X) (macro( F (macro( F - X) X)\n"},
    {"exception macro",
     "-module(m).\n"
     "-define(EX(C, R, S), C:R:S).\n"
     "f() -> try a() catch ?EX(Cl, Re, St) -> {Cl, Re, St} end.\n"
     "g() -> try a() catch ?OTHER(C) -> C end.\n",
     "module 0 m plain 1-4\n"
     "defp 0:f/0 3-3\n"
     "  3:1-3 ()\n"
     "    (try (call a) (arm_catch - (tuple Cl Re St) Cl Re St))\n"
     "defp 0:g/0 4-4\n"
     "  4:1-4 ()\n"
     "    (try (call a) (arm_catch - C _ (macro( OTHER - C)))\n"
     "define 0:EX(C R S) (unknown C (unknown R S))\n"},
    {"macro as clauses",
     "-module(m).\n"
     "-define(COMMON, {common, X} -> X; other -> 2).\n"
     "-define(HANDLE, handle(a) -> 1; handle(b) -> 2).\n"
     "f(Y) -> case Y of 1 -> a; ?COMMON end.\n"
     "?HANDLE.\n"
     "?UNKNOWN_TESTS(1).\n",
     "module 0 m plain 1-6\n"
     "defp 0:f/1 4-4\n"
     "  4:1-4 (Y)\n"
     "    (case Y (arm - :a 1) (arm - X (tuple :common X)) (arm - 2 :other))\n"
     "defp 0:handle/1 5-5\n"
     "  5:1-5 (:a)\n"
     "    1\n"
     "  5:1-5 (:b)\n"
     "    2\n"
     "attribute 0:?UNKNOWN_TESTS (macro( UNKNOWN_TESTS - 1)\n"
     "define 0:COMMON\n"
     "define 0:HANDLE\n"},
    {"macro guards",
     "-module(m).\n"
     "-define(IS_SMALL(X), X > 0, X < 10).\n"
     "-define(EITHER(X), X =:= a; X =:= b).\n"
     "f(X) when ?IS_SMALL(X) -> ok;\n"
     "f(X) when ?EITHER(X) -> b.\n",
     "module 0 m plain 1-5\n"
     "defp 0:f/1 4-5\n"
     "  4:1-4 (X) when (macro( IS_SMALL (op and (op \">\" X 0) (op \"<\" X 10)) X)\n"
     "    :ok\n"
     "  5:1-5 (X) when (macro( EITHER (op or (op \"===\" X :a) (op \"===\" X :b)) X)\n"
     "    :b\n"
     "define 0:IS_SMALL(X) (op and (op \">\" X 0) (op \"<\" X 10))\n"
     "define 0:EITHER(X) (op or (op \"===\" X :a) (op \"===\" X :b))\n"},
    {"macro segments",
     "-module(m).\n"
     "-define(LEN(X), X:16/big-unsigned).\n"
     "-define(W, 8).\n"
     "f(X) -> <<?LEN(X), X:?W, ?W:8>>.\n",
     "module 0 m plain 1-4\n"
     "defp 0:f/1 4-4\n"
     "  4:1-4 (X)\n"
     "    (binary (macro( LEN (segment \"big-unsigned\" X 16) X) (segment X (macro W 8)) (segment "
     "(macro W 8) 8))\n"
     "define 0:LEN(X) (segment \"big-unsigned\" X 16)\n"
     "define 0:W 8\n"},
    {"function name macro",
     "-module(m).\n"
     "f(X) -> ?FUNCTION_NAME(X, ?FUNCTION_ARITY).\n",
     "module 0 m plain 1-2\n"
     "defp 0:f/1 2-2\n"
     "  2:1-2 (X)\n"
     "    (call f X 1)\n"},
    {"attributes",
     "-module(m).\n"
     "-vsn(\"1.0\").\n"
     "-author('me').\n"
     "-on_load(init/0).\n"
     "-dialyzer({nowarn_function, f/1}).\n"
     "-custom([a, {b, 1}]).\n"
     "-optional_callbacks([x/1]).\n"
     "-callback x(integer()) -> ok.\n"
     "-callback y(A :: atom(), B) -> ok when B :: any().\n"
     "-spec f(X :: integer()) -> ok.\n"
     "-type t() :: a | b.\n"
     "-opaque o() :: t().\n"
     "-export_type([t/0]).\n"
     "-feature(maybe_expr, enable).\n",
     "module 0 m plain 1-14\n"
     "attribute 0:vsn \"1.0\"\n"
     "attribute 0:author :me\n"
     "attribute 0:on_load (op \"/\" :init 0)\n"
     "attribute 0:dialyzer (tuple :nowarn_function (op \"/\" :f 1))\n"
     "attribute 0:custom (list :a (tuple :b 1))\n"
     "attribute 0:optional_callbacks (list (tuple :x 1))\n"
     "attribute 0:callback (tuple :x 1)\n"
     "attribute 0:callback (tuple :y 2)\n"
     "attribute 0:feature (tuple :maybe_expr :enable)\n"},
    {"edoc",
     "%% Copyright somebody\n"
     "%% @doc The module\n"
     "%% does things.\n"
     "%% @end\n"
     "-module(m).\n"
     "\n"
     "%% not about anything\n"
     "\n"
     "%%--------------------\n"
     "%% @doc Adds one.\n"
     "%%   Second line.\n"
     "%% @private\n"
     "%%--------------------\n"
     "-spec f(integer()) -> integer().\n"
     "f(X) -> X + 1. % trailing\n"
     "\n"
     "% plain comment\n"
     "%  more\n"
     "g() -> ok.\n"
     "\n"
     "%% above spec, apart\n"
     "\n"
     "h() -> ok.\n",
     "module 0 m plain 5-23\n"
     "defp 0:f/1 15-15\n"
     "  15:1-15 (X)\n"
     "    (op \"+\" X 1)\n"
     "defp 0:g/0 19-19\n"
     "  19:1-19 ()\n"
     "    :ok\n"
     "defp 0:h/0 23-23\n"
     "  23:1-23 ()\n"
     "    :ok\n"
     "moduledoc m 2-3 \"The module\\ndoes things.\"\n"
     "doc m.f/1 10-11 \"Adds one.\\n  Second line.\"\n"
     "comment m.g/0 17-18 \"plain comment\\n more\"\n"},
    {"doc attributes",
     "-module(m).\n"
     "-moduledoc \"\"\"\n"
     "  Module text.\n"
     "  More.\n"
     "  \"\"\".\n"
     "-doc \"Function text\".\n"
     "-spec f() -> ok.\n"
     "f() -> ok.\n"
     "-doc(false).\n"
     "g() -> ok.\n"
     "-doc #{since => \"1.0\"}.\n"
     "h() -> ok.\n",
     "module 0 m plain 1-12\n"
     "defp 0:f/0 8-8\n"
     "  8:1-8 ()\n"
     "    :ok\n"
     "defp 0:g/0 10-10\n"
     "  10:1-10 ()\n"
     "    :ok\n"
     "defp 0:h/0 12-12\n"
     "  12:1-12 ()\n"
     "    :ok\n"
     "attribute 0:doc :false\n"
     "attribute 0:doc (map :since \"1.0\")\n"
     "moduledoc m 2-5 \"Module text.\\nMore.\"\n"
     "doc m.f/0 6-6 \"Function text\"\n"},
    {"ignores",
     "-module(m).\n"
     "%% lode:ignore self-call it is fine\n"
     "f() -> g(). % lode:ignore\n",
     "module 0 m plain 1-3\n"
     "defp 0:f/0 3-3\n"
     "  3:1-3 ()\n"
     "    (call g)\n"
     "ignore 3 \"self-call\" \"it is fine\"\n"
     "ignore 3 \"*\" \"\"\n"},
    {"script",
     "#!/usr/bin/env escript\n"
     "%%! -smp enable\n"
     "main([A]) -> io:format(A).\n"
     "help() -> ok.\n",
     "module 0 \"\" script 1-4\n"
     "def 0:main/1 3-3\n"
     "  3:1-3 ((list A))\n"
     "    (call_remote format :io A)\n"
     "defp 0:help/0 4-4\n"
     "  4:1-4 ()\n"
     "    :ok\n"},
    {"terms",
     "%% config\n"
     "{application, demo, [{vsn, \"1\"}, {mod, {demo_app, []}}]}.\n"
     "{other, #{a => 1}}.\n",
     "term (tuple :application :demo (list (tuple :vsn \"1\") (tuple :mod (tuple :demo_app "
     "(list)))))\n"
     "term (tuple :other (map :a 1))\n"},
    {"crlf and bom",
     "\xEF\xBB\xBF"
     "-module(m).\r\n"
     "%% about f\r\n"
     "f() ->\r\n"
     "  ok.\r\n",
     "module 0 m plain 1-4\n"
     "defp 0:f/0 3-4\n"
     "  3:1-4 ()\n"
     "    :ok\n"
     "comment m.f/0 2-2 \"about f\"\n"},
    {"suite",
     "-module(x_SUITE).\n"
     "all() -> [a].\n",
     "module 0 x_SUITE plain 1-2 test\n"
     "defp 0:all/0 2-2\n"
     "  2:1-2 ()\n"
     "    (list :a)\n"},
    {"errors do not spread",
     "-module(m).\n"
     "f() -> try catch a -> b end.\n"
     "g() -> ok.\n"
     "h( -> ].\n"
     "i() -> {ok, 1}.\n",
     "module 0 m plain 1-5\n"
     "defp 0:f/0 2-2\n"
     "  2:1-2 ()\n"
     "    (unknown (catch :a) :b)\n"
     "defp 0:g/0 3-3\n"
     "  3:1-3 ()\n"
     "    :ok\n"
     "defp 0:i/0 5-5\n"
     "  5:1-5 ()\n"
     "    (tuple :ok 1)\n"},
    {"pairs that are macros",
     "-module(m).\n"
     "f(M) -> M#{a => 1, ?dirty}.\n",
     "module 0 m plain 1-2\n"
     "defp 0:f/1 2-2\n"
     "  2:1-2 (M)\n"
     "    (map_update M :a 1 (macro dirty -) (unknown))\n"},
    {"nothing", "", ""},
    {"only a comment", "% hi\n", ""},
    {"parse transform and nested records",
     "-module(m).\n"
     "-compile({parse_transform, ms_transform}).\n"
     "-record(in, {v}).\n"
     "-record(out, {in = #in{v = 1}}).\n"
     "f(S) -> S#out.in#in.v, S#out{in = S#out.in#in{v = 2}}.\n"
     "q() -> ets:fun2ms(fun({A, B}) when A > 1 -> B end).\n",
     "module 0 m plain 1-6\n"
     "defp 0:f/1 5-5\n"
     "  5:1-5 (S)\n"
     "    (block (field v (field in S :out) :in) (record_update out S :in (record_update in (field "
     "in S :out) :v 2)))\n"
     "defp 0:q/0 6-6\n"
     "  6:1-6 ()\n"
     "    (call_remote fun2ms :ets (fn (arm_fn (op \">\" A 1) B (tuple A B))))\n"
     "attribute 0:compile (tuple :parse_transform :ms_transform)\n"
     "record 0:in v\n"
     "record 0:out in=(record in :v 1)\n"},
    {"section titles are no docs",
     "-module(m).\n"
     "%%%====\n"
     "%%% API\n"
     "%%%====\n"
     "f() -> ok.\n"
     "%%----\n"
     "%% Function: g/0\n"
     "%% Description: does it\n"
     "%%----\n"
     "g() -> ok.\n",
     "module 0 m plain 1-10\n"
     "defp 0:f/0 5-5\n"
     "  5:1-5 ()\n"
     "    :ok\n"
     "defp 0:g/0 10-10\n"
     "  10:1-10 ()\n"
     "    :ok\n"
     "comment m.g/0 6-9 \"Function: g/0\\nDescription: does it\"\n"},
    {"eunit",
     "-module(m_tests).\n"
     "-include_lib(\"eunit/include/eunit.hrl\").\n"
     "a_test() -> ok.\n"
     "b_test_() -> [?_assert(true)].\n"
     "helper_test(X) -> X.\n",
     "module 0 m_tests plain 1-5 test\n"
     "def 0:a_test/0 3-3 test\n"
     "  3:1-3 ()\n"
     "    :ok\n"
     "def 0:b_test_/0 4-4 test\n"
     "  4:1-4 ()\n"
     "    (list (macro( _assert - :true))\n"
     "defp 0:helper_test/1 5-5\n"
     "  5:1-5 (X)\n"
     "    X\n"
     "include_lib 0:\"eunit/include/eunit.hrl\"\n"},
    {"test conditions by expression",
     "-module(m).\n"
     "-if(defined(TEST)).\n"
     "a() -> 1.\n"
     "-else.\n"
     "b() -> 1.\n"
     "-endif.\n"
     "-if(not defined(TEST)).\n"
     "c() -> 1.\n"
     "-endif.\n",
     "module 0 m plain 1-9\n"
     "defp 0:a/0 3-3 test\n"
     "  3:1-3 ()\n"
     "    1\n"
     "defp 0:b/0 5-5\n"
     "  5:1-5 ()\n"
     "    1\n"
     "defp 0:c/0 8-8\n"
     "  8:1-8 ()\n"
     "    1\n"},
    {"stringification and strings",
     "-module(m).\n"
     "-define(LOG(F, A), io:format(\"~p\" ??A F, [A])).\n"
     "f(X) -> ?LOG(\"x\", g(X, [1])).\n",
     "module 0 m plain 1-3\n"
     "defp 0:f/1 3-3\n"
     "  3:1-3 (X)\n"
     "    (macro( LOG (call_remote format :io (op \"++\" (op \"++\" \"~p\" \"g(X, [1])\") \"x\") "
     "(list (call g X (list 1)))) \"x\" (call g X (list 1)))\n"
     "define 0:LOG(F A) (call_remote format :io (op \"++\" (op \"++\" \"~p\" (macro A -)) F) (list "
     "A))\n"},
    {"macros with different arities",
     "-module(m).\n"
     "-define(C, 0).\n"
     "-define(C(), 1).\n"
     "-define(C(A), {?C, A}).\n"
     "f() -> {?C, ?C(), ?C(2), ?C(2, 3)}.\n",
     "module 0 m plain 1-5\n"
     "defp 0:f/0 5-5\n"
     "  5:1-5 ()\n"
     "    (tuple (macro C 0) (macro( C 1) (macro( C (tuple (macro C 0) 2) 2) (macro( C (call_fun 0 "
     "2 3) 2 3))\n"
     "define 0:C 0\n"
     "define 0:C() 1\n"
     "define 0:C(A) (tuple (macro C 0) A)\n"},
    {"local call wrapper",
     "-module(m).\n"
     "-define(CALL(Req), gen_server:call(?MODULE, Req, ?TIMEOUT)).\n"
     "-define(TIMEOUT, infinity).\n"
     "get(K) -> ?CALL({get, K}).\n"
     "put(K, V) -> ?CALL({put, K, V}).\n",
     "module 0 m plain 1-5\n"
     "defp 0:get/1 4-4\n"
     "  4:1-4 (K)\n"
     "    (macro( CALL (call_remote call :gen_server m! (tuple :get K) (macro TIMEOUT :infinity)) "
     "(tuple :get K))\n"
     "defp 0:put/2 5-5\n"
     "  5:1-5 (K V)\n"
     "    (macro( CALL (call_remote call :gen_server m! (tuple :put K V) (macro TIMEOUT "
     ":infinity)) (tuple :put K V))\n"
     "define 0:CALL(Req) (call_remote call :gen_server m! Req (macro TIMEOUT :infinity))\n"
     "define 0:TIMEOUT :infinity\n"},
    {"native records",
     "-module(m).\n"
     "f(X) -> {#mod:rec{a = 1}, X#_{b = 2}, X#_.c, X#mod:rec.d}.\n",
     "module 0 m plain 1-2\n"
     "defp 0:f/1 2-2\n"
     "  2:1-2 (X)\n"
     "    (tuple (record \"mod:rec\" :a 1) (record_update _ X :b 2) (field c X :_) (field d X "
     ":\"mod:rec\"))\n"},
    {"statem",
     "-module(m).\n"
     "-behaviour(gen_statem).\n"
     "callback_mode() -> [state_functions, state_enter].\n"
     "open({call, From}, {lock, Code}, #{code := Code} = D) -> {next_state, locked, D, [{reply, "
     "From, ok}, {state_timeout, 1_000, lock}]};\n"
     "open(enter, _Old, D) -> {keep_state, D}.\n",
     "module 0 m plain 1-5\n"
     "defp 0:callback_mode/0 3-3\n"
     "  3:1-3 ()\n"
     "    (list :state_functions :state_enter)\n"
     "defp 0:open/3 4-5\n"
     "  4:1-4 ((tuple :call From) (tuple :lock Code) (match (map:= :code Code) D))\n"
     "    (tuple :next_state :locked D (list (tuple :reply From :ok) (tuple :state_timeout 1000 "
     ":lock)))\n"
     "  5:1-5 (:enter _Old D)\n"
     "    (tuple :keep_state D)\n"
     "behaviour 0:gen_statem\n"},
    {"nested ifdef",
     "-module(m).\n"
     "-ifdef(A).\n"
     "-ifdef(TEST).\n"
     "f() -> 1.\n"
     "-else.\n"
     "f() -> 2.\n"
     "-endif.\n"
     "-endif.\n"
     "g() -> 3.\n",
     "module 0 m plain 1-9\n"
     "defp 0:f/0 4-4 test\n"
     "  4:1-4 conditional ()\n"
     "    1\n"
     "defp 0:f/0 6-6\n"
     "  6:1-6 conditional ()\n"
     "    2\n"
     "defp 0:g/0 9-9\n"
     "  9:1-9 ()\n"
     "    3\n"},
};

static void test_files(void **state)
{
    (void)state;
    parser *p = parser_open();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        buf dump = {0};
        facts f = {0};
        error err = {0};
        assert_true(parser_run(p, LANG_ERLANG, sv_from(CASES[i].source), NULL, &f, &err));
        facts_dump(&f, &dump);
        const char *rest = strchr(dump.data, '\n');
        assert_non_null(rest);
        if (strcmp(rest + 1, CASES[i].expected) != 0) print_message("case: %s\n", CASES[i].name);
        assert_string_equal(rest + 1, CASES[i].expected);
        facts_release(&f);
        buf_release(&dump);
    }
    parser_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_files)};
    return cmocka_run_group_tests_name("erlang files", tests, NULL, NULL);
}
