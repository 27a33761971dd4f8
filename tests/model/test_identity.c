/* Who is meant: names, pids in fields, names of several parts; and the edges of the population. */
#include "base/base.h"
#include "tests/model/linked.h"

#define T                                                                                          \
    "defmodule T do\n  use GenServer\n"                                                            \
    "  def start_link(_), do: GenServer.start_link(T, 1, name: T)\n"                               \
    "  def handle_call(:b, _, s), do: {:reply, 1, s}\nend\n"

static const linked_case IDENTITIES[] = {
    {"a registered name, one by its macro, one in another module",
     {{"s.ex", "defmodule S do\n  use GenServer\n  @t T\n  def handle_cast(:a, s) do\n"
               "    GenServer.call(T, :b)\n    GenServer.call(@t, :b, 1)\n    {:noreply, s}\n"
               "  end\nend\n"},
      {"t.ex", T}},
     {"GenServer.call named T :b 5000 ms @5\n", "GenServer.call named T :b 1 ms stated @6\n"},
     {0}},
    {"the own name is a named process too; self() is itself",
     {{"s.ex", "defmodule S do\n  use GenServer\n"
               "  def start_link(_), do: GenServer.start_link(S, 1, name: __MODULE__)\n"
               "  def handle_cast(:a, s) do\n    GenServer.call(__MODULE__, :b)\n"
               "    GenServer.call(self(), :b)\n    {:noreply, s}\n  end\nend\n"}},
     {"GenServer.call named S :b 5000 ms @5\n", "GenServer.call self S :b 5000 ms @6\n"},
     {0}},
    {"a name that nobody registers is nobody",
     {{"s.ex", "defmodule S do\n  use GenServer\n  def handle_cast(:a, s) do\n"
               "    GenServer.call(Nobody, :b)\n    {:noreply, s}\n  end\nend\n"}},
     {"GenServer.call :b 5000 ms @4\n"},
     {0}},
    {"a pid in a state field from start_link in init",
     {{"s.ex", "defmodule S do\n  use GenServer\n  def init(_) do\n"
               "    {:ok, pid} = W.start_link([])\n    {:ok, %{worker: pid, other: 1}}\n  end\n"
               "  def handle_cast(:a, s) do\n    GenServer.call(s.worker, :b)\n    {:noreply, s}\n"
               "  end\n  def handle_cast(:c, %{worker: w} = s) do\n    GenServer.call(w, :b)\n"
               "    {:noreply, s}\n  end\nend\n"},
      {"w.ex", "defmodule W do\n  use GenServer\n"
               "  def start_link(a), do: GenServer.start_link(__MODULE__, a)\n"
               "  def handle_call(:b, _, s), do: {:reply, 1, s}\nend\n"}},
     {"S.handle_cast(:a): GenServer.call module W :b 5000 ms @8\n",
      "S.handle_cast(:c): GenServer.call module W :b 5000 ms @12\n"},
     {0}},
    {"a pid in a record field",
     {{"s.erl", "-module(s).\n-behaviour(gen_server).\n-record(st, {w, n}).\n"
                "init([]) -> {ok, P} = w:start_link(), {ok, #st{w = P, n = 0}}.\n"
                "handle_cast(a, S = #st{w = W}) -> gen_server:call(W, b), {noreply, S};\n"
                "handle_cast(c, S) -> gen_server:call(S#st.w, b), {noreply, S}.\n"},
      {"w.erl", "-module(w).\n-behaviour(gen_server).\n"
                "start_link() -> gen_server:start_link(?MODULE, [], []).\n"
                "handle_call(b, _, S) -> {reply, 1, S}.\n"}},
     {"gen_server.call module w b 5000 ms @5\n", "gen_server.call module w b 5000 ms @6\n"},
     {0}},
    {"a client function that takes the pid",
     {{"s.ex", "defmodule S do\n  use GenServer\n  def handle_cast({:a, pid}, s) do\n"
               "    W.ask(pid)\n    {:noreply, s}\n  end\nend\n"},
      {"w.ex", "defmodule W do\n  use GenServer\n  def ask(pid), do: GenServer.call(pid, :b)\n"
               "  def handle_call(:b, _, s), do: {:reply, 1, s}\n"
               "  def handle_cast({:c, p}, s), do: {:noreply, {s, ask(p)}}\nend\n"}},
     {"S.handle_cast({:a, …}): GenServer.call module W :b",
      "W.handle_cast({:c, …}): GenServer.call own-kind W :b"},
     {"own-kind="}},
    {"a via name of several parts, and the own key",
     {{"s.ex",
       "defmodule S do\n  use GenServer\n  def name(id), do: {:via, Registry, {R, {:s, id}}}\n"
       "  def start_link(id), do: GenServer.start_link(S, id, name: name(id))\n"
       "  def init(id), do: {:ok, %{id: id}}\n"
       "  def ask(id), do: GenServer.call(name(id), :b)\n"
       "  def handle_call(:b, _, s), do: {:reply, 1, s}\n"
       "  def handle_cast(:a, s), do: {:noreply, {s, ask(s.id)}}\n"
       "  def handle_cast({:o, id}, s), do: {:noreply, {s, ask(id)}}\nend\n"}},
     {"S.handle_cast(:a): GenServer.call own-kind= S :b",
      "S.handle_cast({:o, …}): GenServer.call own-kind S :b"},
     {0}},
    {"{global, Name} and {Name, node()}",
     {{"s.erl", "-module(s).\n-behaviour(gen_server).\n"
                "handle_cast(a, S) -> gen_server:call({global, gee}, b),\n"
                "  gen_server:call({gee, other@host}, c), {noreply, S}.\n"},
      {"t.erl", "-module(t).\n-behaviour(gen_server).\n"
                "start_link() -> gen_server:start_link({global, gee}, ?MODULE, [], []).\n"}},
     {"gen_server.call named t b 5000 ms @3\n", "gen_server.call module t c 5000 ms @4\n"},
     {0}},
    {"the only server with a clause for the message: a convention",
     {{"s.ex", "defmodule S do\n  use GenServer\n  def handle_cast({:a, who}, s) do\n"
               "    GenServer.call(who, {:rare, 1})\n    {:noreply, s}\n  end\nend\n"},
      {"t.ex", "defmodule T do\n  use GenServer\n"
               "  def handle_call({:rare, _}, _, s), do: {:reply, 1, s}\nend\n"}},
     {"GenServer.call module~ T {:rare, 1}"},
     {0}},
};

static void identities(void **state)
{
    (void)state;
    linked_check(IDENTITIES, ARRAY_LEN(IDENTITIES), linked_effects);
}

/* "S.f/0 call named T b/0 5000 ms"; "in callback" when it stands in one. */
static void print_edges(linked *l)
{
    const model *m = &l->m;
    l->text.size = 0;
    for (vec_each(&m->edges, e)) {
        buf_printf(&l->text, "%s %s %s", model_function_label(m, e->function, &l->scratch),
                   edge_kind_name(e->kind), LINKED_IDS[e->id]);
        if (e->server != NO_IX) buf_printf(&l->text, " %s", linked_server(l, e->server));
        if (e->tag) buf_printf(&l->text, " %.*s/%u", SV_FMT(model_text(m, e->tag)), e->tag_arity);
        linked_timeout(l, e->timeout_ms, e->timeout_stated);
        if (e->callback != NO_IX) buf_add_c(&l->text, " in callback");
        buf_add_char(&l->text, '\n');
    }
}

static const linked_case EDGES[] = {
    {"timeouts: default, number, infinity, unknown, computed",
     {{"s.ex", "defmodule S do\n  @ms 3 * 1000\n  def a, do: GenServer.call(T, :b)\n"
               "  def c, do: GenServer.call(T, {:x, 1}, 10)\n"
               "  def d, do: GenServer.call(T, :b, :infinity)\n"
               "  def e(t), do: GenServer.call(T, :b, t)\n"
               "  def f, do: GenServer.call(T, :b, @ms)\n"
               "  def g, do: GenServer.call(T, :b, :timer.seconds(2))\nend\n"},
      {"t.ex", T}},
     {"S.a/0 call named T b/0 5000 ms\n", "S.c/0 call named T x/2 10 ms stated\n",
      "S.d/0 call named T b/0 infinity stated\nS.e/1 call named T b/0 unknown stated\n",
      "S.f/0 call named T b/0 3000 ms stated\nS.g/0 call named T b/0 2000 ms stated\n"},
     {0}},
    {"kinds",
     {{"s.erl", "-module(s).\n-behaviour(gen_server).\n-export([a/0]).\n"
                "a() -> gen_server:cast(t, {c, 1}), t ! d, erlang:send_after(5, t, e),\n"
                "  erlang:monitor(process, t), gen_server:stop(t).\n"
                "handle_call(x, F, S) -> gen_server:reply(F, 1), {noreply, S}.\n"},
      {"t.erl", "-module(t).\n-behaviour(gen_server).\n"
                "start_link() -> gen_server:start_link({local, t}, ?MODULE, [], []).\n"}},
     {"s:a/0 cast named t c/2\n", "s:a/0 send named t d/0\n", "s:a/0 timer named t e/0",
      "s:handle_call/3 reply"},
     {0}},
    {"starts and stops",
     {{"s.erl", "-module(s).\n-behaviour(gen_server).\n-export([a/0]).\n"
                "a() -> gen_server:start(t, [], []), gen_server:stop(t),\n"
                "  supervisor:start_child(sup, []), application:stop(app).\n"},
      {"t.erl", "-module(t).\n-behaviour(gen_server).\n"
                "start_link() -> gen_server:start_link({local, t}, ?MODULE, [], []).\n"}},
     {"s:a/0 start module t", "s:a/0 stop named t", "s:a/0 sup_call", "s:a/0 app_call controller"},
     {0}},
};

static void edges(void **state)
{
    (void)state;
    linked_check(EDGES, ARRAY_LEN(EDGES), print_edges);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(identities), cmocka_unit_test(edges)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
