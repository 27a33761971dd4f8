/* Elixir modules: names, aliases, directives, __using__, scripts; and files that are broken. */
#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include "parsers/parsers.h"

typedef struct {
    const char *name, *source, *expected;
} module_case;

static const module_case CASES[] = {
    {"nested modules, implicit alias",
     "defmodule A do\n"
     "  defmodule B do\n"
     "    def x, do: __MODULE__\n"
     "  end\n"
     "  defmodule C.D do\n"
     "    alias B, as: Bee\n"
     "    def y, do: {B, Bee.z(), C.D}\n"
     "  end\n"
     "  defmodule __MODULE__.E do\n"
     "  end\n"
     "  def z, do: B.x()\n"
     "end\n",
     "facts elixir 12 lines\n"
     "module 0 A plain 1-12\n"
     "module 1 A.B plain 2-4 in 0\n"
     "module 2 A.C.D plain 5-8 in 0\n"
     "module 3 A.E plain 9-10 in 0\n"
     "def 1:x/0 3-3\n"
     "  3:5-3 ()\n"
     "    A.B!\n"
     "def 2:y/0 7-7\n"
     "  7:5-7 ()\n"
     "    (tuple A.B (call_remote z A.B) A.C.D)\n"
     "def 0:z/0 11-11\n"
     "  11:3-11 ()\n"
     "    (call_remote x A.B)\n"},
    {"alias forms and scope",
     "defmodule A do\n"
     "  alias Foo.Bar\n"
     "  alias Foo.{Baz, Qux.Quux}\n"
     "  alias __MODULE__\n"
     "  alias __MODULE__.{In, Out}\n"
     "  alias Very.Long, as: Short\n"
     "  alias Bar.Deep\n"
     "  alias :lists, as: L\n"
     "  def a, do: {Bar, Baz.X, Quux, A, In, Out.Y, Short, Deep, L}\n"
     "  def b do\n"
     "    alias Bar, as: Inner\n"
     "    Inner.f()\n"
     "  end\n"
     "  def c, do: Inner.f()\n"
     "end\n",
     "facts elixir 15 lines\n"
     "module 0 A plain 1-15\n"
     "def 0:a/0 9-9\n"
     "  9:3-9 ()\n"
     "    (tuple Foo.Bar Foo.Baz.X Foo.Qux.Quux A A.In A.Out.Y Very.Long Foo.Bar.Deep lists)\n"
     "def 0:b/0 10-13\n"
     "  10:3-13 ()\n"
     "    (call_remote f Foo.Bar)\n"
     "def 0:c/0 14-14\n"
     "  14:3-14 ()\n"
     "    (call_remote f Inner)\n"},
    {"protocol and implementations",
     "defprotocol P do\n"
     "  @doc \"size\"\n"
     "  def size(x)\n"
     "end\n"
     "defimpl P, for: Map do\n"
     "  def size(m), do: map_size(m)\n"
     "end\n"
     "defimpl P, for: [List, Tuple] do\n"
     "  def size(_), do: 0\n"
     "end\n"
     "defmodule S do\n"
     "  defstruct [:a]\n"
     "  defimpl P do\n"
     "    def size(_), do: 1\n"
     "  end\n"
     "end\n",
     "facts elixir 16 lines\n"
     "module 0 P protocol 1-4\n"
     "module 1 P.Map impl 5-7\n"
     "module 2 P.List impl 8-10\n"
     "module 3 P.Tuple impl 8-10\n"
     "module 4 S plain 11-16\n"
     "module 5 P.S impl 13-15 in 4\n"
     "def 0:size/1 3-3\n"
     "  3:3-3 (x)\n"
     "def 1:size/1 6-6\n"
     "  6:3-6 (m)\n"
     "    (call map_size m)\n"
     "def 2:size/1 9-9\n"
     "  9:3-9 (_)\n"
     "    0\n"
     "def 3:size/1 9-9\n"
     "  9:3-9 (_)\n"
     "    0\n"
     "def 5:size/1 14-14\n"
     "  14:5-14 (_)\n"
     "    1\n"
     "struct 4:S a\n"
     "doc P.size/1 2-2 \"size\"\n"},
    {"use, import, require",
     "defmodule A do\n"
     "  use GenServer\n"
     "  use Agent, restart: :transient\n"
     "  use MyApp.Web, :controller\n"
     "  use unquote(x)\n"
     "  import Ecto.Query, only: [from: 2, where: 3]\n"
     "  import Foo, except: [a: 1]\n"
     "  import Bar, only: :macros\n"
     "  import Baz.{X, Y}\n"
     "  require Logger\n"
     "  def f, do: (import Inner; g())\n"
     "end\n",
     "facts elixir 12 lines\n"
     "module 0 A plain 1-12\n"
     "def 0:f/0 11-11\n"
     "  11:3-11 ()\n"
     "    (call g)\n"
     "use 0:GenServer\n"
     "use 0:Agent (list (tuple :restart :transient))\n"
     "use 0:MyApp.Web :controller\n"
     "use 0:\"unquote(x)\"\n"
     "import 0:Ecto.Query only (list (tuple :from 2) (tuple :where 3))\n"
     "import 0:Foo except (list (tuple :a 1))\n"
     "import 0:Bar only :macros\n"
     "import 0:Baz.X\n"
     "import 0:Baz.Y\n"
     "import 0:Inner\n"},
    {"__using__",
     "defmodule A do\n"
     "  defmacro __using__(opts) do\n"
     "    x = compute(opts)\n"
     "    quote location: :keep, bind_quoted: [opts: opts] do\n"
     "      use GenServer, opts\n"
     "      import A\n"
     "      alias A.Helper\n"
     "      @behaviour A\n"
     "      @opts opts\n"
     "      def start_link(a), do: GenServer.start_link(__MODULE__, a, @opts)\n"
     "      def init(a) do\n"
     "        {:ok, Helper.new(unquote(x), a)}\n"
     "      end\n"
     "      defoverridable init: 1\n"
     "      plug :auth\n"
     "    end\n"
     "  end\n"
     "  def compute(o), do: o\n"
     "end\n",
     "facts elixir 19 lines\n"
     "module 0 A plain 1-19\n"
     "module 1 A using 4-16 in 0\n"
     "defmacro 0:__using__/1 2-17\n"
     "  2:3-17 (opts)\n"
     "    (block (match x (call compute opts)) (quote :nil))\n"
     "def 1:start_link/1 10-10\n"
     "  10:7-10 (a)\n"
     "    (call_remote start_link GenServer A! a (attr opts))\n"
     "def 1:init/1 11-13\n"
     "  11:7-13 (a)\n"
     "    (tuple :ok (call_remote new A.Helper (unquote x) a))\n"
     "defp 1:\"(module)\"/0 15-15\n"
     "  15:7-15 ()\n"
     "    (call plug :auth)\n"
     "def 0:compute/1 18-18\n"
     "  18:3-18 (o)\n"
     "    o\n"
     "use 1:GenServer opts\n"
     "import 1:A\n"
     "behaviour 1:A\n"
     "attribute 1:opts opts\n"
     "attribute 1:defoverridable (list (tuple :init 1))\n"},
    {"conditional using",
     "defmodule A do\n"
     "  defmacro __using__(opts) do\n"
     "    if opts[:x] do\n"
     "      quote do\n"
     "        def a, do: 1\n"
     "      end\n"
     "    else\n"
     "      quote do: (def b, do: 2)\n"
     "    end\n"
     "  end\n"
     "end\n",
     "facts elixir 11 lines\n"
     "module 0 A plain 1-11\n"
     "module 1 A using 4-8 in 0\n"
     "defmacro 0:__using__/1 2-10\n"
     "  2:3-10 (opts)\n"
     "    (if (index opts :x) (quote :nil) (quote :nil))\n"
     "def 1:a/0 5-5\n"
     "  5:9-5 ()\n"
     "    1\n"
     "def 1:b/0 8-8\n"
     "  8:18-8 ()\n"
     "    2\n"},
    {"definitions in a quote are not the module's",
     "defmodule A do\n"
     "  defmacro make(name) do\n"
     "    quote do\n"
     "      use Nope\n"
     "      alias X.Y\n"
     "      @attr 1\n"
     "      @spec f() :: 1\n"
     "      def unquote(name)(a), do: Y.f(a)\n"
     "      defmodule Inner do\n"
     "      end\n"
     "    end\n"
     "  end\n"
     "end\n",
     "facts elixir 13 lines\n"
     "module 0 A plain 1-13\n"
     "defmacro 0:make/1 2-12\n"
     "  2:3-12 (name)\n"
     "    (quote (block (call use Nope) (call @ :attr 1) (call def (call_fun (unquote name) a) "
     "(list (tuple :do (call_remote f X.Y a)))) (call defmodule Inner (list (tuple :do "
     ":nil)))))\n"},
    {"module under a condition",
     "if Code.ensure_loaded?(Ecto) do\n"
     "  defmodule A do\n"
     "    def f, do: 1\n"
     "  end\n"
     "end\n",
     "facts elixir 5 lines\n"
     "module 0 A plain 2-4\n"
     "module 1 \"\" script 1-5\n"
     "def 0:f/0 3-3\n"
     "  3:5-3 ()\n"
     "    1\n"
     "term (if (call_remote ensure_loaded? Code Ecto) :nil)\n"},
    {"test module",
     "defmodule ATest do\n"
     "  use ExUnit.Case, async: true\n"
     "  setup do\n"
     "    {:ok, pid: start()}\n"
     "  end\n"
     "  describe \"calls\" do\n"
     "    setup [:a]\n"
     "    test \"works\", %{pid: pid} do\n"
     "      assert A.f(pid) == 1\n"
     "    end\n"
     "  end\n"
     "  test \"later\"\n"
     "  test \"one line\", do: assert true\n"
     "  defmodule Server do\n"
     "    use GenServer\n"
     "  end\n"
     "end\n",
     "facts elixir 17 lines\n"
     "module 0 ATest plain 1-17 test\n"
     "module 1 ATest.Server plain 14-16 in 0\n"
     "def 0:\"test calls works\"/1 8-10 test\n"
     "  8:5-10 ((map :pid pid))\n"
     "    (call assert (op \"==\" (call_remote f A pid) 1))\n"
     "def 0:\"test one line\"/1 13-13 test\n"
     "  13:3-13 (_)\n"
     "    (call assert :true)\n"
     "defp 0:\"(module)\"/0 1-17\n"
     "  1:1-17 ()\n"
     "    (block (call setup (list (tuple :do (tuple :ok (list (tuple :pid (call start))))))) "
     "(block (call setup (list :a))) (call test \"later\"))\n"
     "use 0:ExUnit.Case (list (tuple :async :true))\n"
     "use 1:GenServer\n"},
    {"own case template",
     "defmodule X do\n"
     "  use MyApp.DataCase\n"
     "end\n",
     "facts elixir 3 lines\n"
     "module 0 X plain 1-3 test\n"
     "use 0:MyApp.DataCase\n"},
    {"script",
     "use Mix.Config\n"
     "import_config \"x.exs\"\n"
     "config :app, A, port: 4000\n"
     "IO.puts(\"x\")\n",
     "facts elixir 4 lines\n"
     "module 0 \"\" script 1-4\n"
     "use 0:Mix.Config\n"
     "term (call import_config \"x.exs\")\n"
     "term (call config :app A (list (tuple :port 4000)))\n"
     "term (call_remote puts IO \"x\")\n"},
    {"mix.exs",
     "defmodule App.MixProject do\n"
     "  use Mix.Project\n"
     "  def project do\n"
     "    [app: :app, deps: deps()]\n"
     "  end\n"
     "  def application, do: [mod: {App, []}, extra_applications: [:logger]]\n"
     "  defp deps, do: [{:ecto, \"~> 3.0\"}, {:x, path: \"../x\"}]\n"
     "end\n",
     "facts elixir 8 lines\n"
     "module 0 App.MixProject plain 1-8\n"
     "def 0:project/0 3-5\n"
     "  3:3-5 ()\n"
     "    (list (tuple :app :app) (tuple :deps (call deps)))\n"
     "def 0:application/0 6-6\n"
     "  6:3-6 ()\n"
     "    (list (tuple :mod (tuple App (list))) (tuple :extra_applications (list :logger)))\n"
     "defp 0:deps/0 7-7\n"
     "  7:3-7 ()\n"
     "    (list (tuple :ecto \"~> 3.0\") (tuple :x (list (tuple :path \"../x\"))))\n"
     "use 0:Mix.Project\n"},
    {"module level calls with bodies",
     "defmodule Router do\n"
     "  use Plug.Router\n"
     "  plug :match\n"
     "  get \"/\" do\n"
     "    send_resp(conn, 200, \"ok\")\n"
     "  end\n"
     "  schema \"t\" do\n"
     "    field :a, :string\n"
     "  end\n"
     "end\n",
     "facts elixir 10 lines\n"
     "module 0 Router plain 1-10\n"
     "defp 0:\"(module)\"/0 1-10\n"
     "  1:1-10 ()\n"
     "    (block (call plug :match) (call get \"/\" (list (tuple :do (call send_resp conn 200 "
     "\"ok\")))) (call schema \"t\" (list (tuple :do (call field :a :string)))))\n"
     "use 0:Plug.Router\n"},
    {"function with module inside",
     "defmodule A do\n"
     "  def f do\n"
     "    x = 1\n"
     "    defmodule B do\n"
     "      def g, do: h\n"
     "      def h, do: 2\n"
     "    end\n"
     "    x\n"
     "  end\n"
     "end\n",
     "facts elixir 10 lines\n"
     "module 0 A plain 1-10\n"
     "module 1 A.B plain 4-7 in 0\n"
     "def 0:f/0 2-9\n"
     "  2:3-9 ()\n"
     "    (block (match x 1) x)\n"
     "def 1:g/0 5-5\n"
     "  5:7-5 ()\n"
     "    (call h)\n"
     "def 1:h/0 6-6\n"
     "  6:7-6 ()\n"
     "    2\n"},
    {"phoenix web",
     "defmodule W do\n"
     "  def controller do\n"
     "    quote do\n"
     "      use Phoenix.Controller\n"
     "      import W.Gettext\n"
     "    end\n"
     "  end\n"
     "  defmacro __using__(which) when is_atom(which) do\n"
     "    apply(__MODULE__, which, [])\n"
     "  end\n"
     "end\n",
     "facts elixir 11 lines\n"
     "module 0 W plain 1-11\n"
     "def 0:controller/0 2-7\n"
     "  2:3-7 ()\n"
     "    (quote (block (call use Phoenix.Controller) (call import W.Gettext)))\n"
     "defmacro 0:__using__/1 8-10\n"
     "  8:3-10 (which) when (call is_atom which)\n"
     "    (call apply W! which (list))\n"},
    {"module without its end",
     "defmodule A do\n"
     "  use GenServer\n"
     "  def f(x), do: x\n"
     "  def g(y) do\n"
     "    if y do\n"
     "      1\n"
     "  end\n",
     "facts elixir 7 lines partial errors=1 error_bytes=77\n"
     "module 0 A plain 1-7\n"
     "module 1 \"\" script 1-7\n"
     "def 0:f/1 3-3\n"
     "  3:3-3 (x)\n"
     "    x\n"
     "defp 0:\"(module)\"/0 1-1\n"
     "  1:1-1 ()\n"
     "    (block def (unknown (call g y)) (if y 1))\n"
     "use 0:GenServer\n"
     "term (unknown)\n"},
    {"all errors", ") ] } >> end end ,,, do )\n",
     "facts elixir 1 lines partial errors=1 error_bytes=25\n"
     "module 0 \"\" script 1-1\n"
     "term (unknown)\n"},
    {"defmodule with one line", "defmodule(A, do: def(f(x), do: x))\n",
     "facts elixir 1 lines\n"
     "module 0 A plain 1-1\n"
     "def 0:f/1 1-1\n"
     "  1:18-1 (x)\n"
     "    x\n"},
    {"atoms as module names",
     "defmodule :my_mod do\n"
     "  def f, do: __MODULE__\n"
     "end\n"
     "defmodule Elixir.Abs do\n"
     "  def f, do: Elixir.Other.g()\n"
     "end\n",
     "facts elixir 6 lines\n"
     "module 0 my_mod plain 1-3\n"
     "module 1 Abs plain 4-6\n"
     "def 0:f/0 2-2\n"
     "  2:3-2 ()\n"
     "    my_mod!\n"
     "def 1:f/0 5-5\n"
     "  5:3-5 ()\n"
     "    (call_remote g Other)\n"},
    {"erlang style names in use",
     "defmodule A do\n"
     "  @behaviour :gen_statem\n"
     "  def start, do: :gen_statem.start_link({:local, __MODULE__}, __MODULE__, [], [])\n"
     "  def callback_mode, do: [:state_functions, :state_enter]\n"
     "  def idle(:enter, _old, data), do: {:keep_state, data, [{:state_timeout, 10, :t}]}\n"
     "end\n",
     "facts elixir 6 lines\n"
     "module 0 A plain 1-6\n"
     "def 0:start/0 3-3\n"
     "  3:3-3 ()\n"
     "    (call_remote start_link :gen_statem (tuple :local A!) A! (list) (list))\n"
     "def 0:callback_mode/0 4-4\n"
     "  4:3-4 ()\n"
     "    (list :state_functions :state_enter)\n"
     "def 0:idle/3 5-5\n"
     "  5:3-5 (:enter _old data)\n"
     "    (tuple :keep_state data (list (tuple :state_timeout 10 :t)))\n"
     "behaviour 0:gen_statem\n"},
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
    return cmocka_run_group_tests_name("elixir modules", tests, NULL, NULL);
}
