/* The walk: what a callback does in its own process, through helpers, wrappers, funs and tasks. */
#include "base/base.h"
#include "tests/model/linked.h"

#define ELIXIR "defmodule S do\n  use GenServer\n"
#define ERLANG                                                                                     \
    "-module(s).\n-behaviour(gen_server).\n-export([init/1, handle_call/3, handle_cast/2]).\n"

static const linked_case CONTEXTS[] = {
    {"straight",
     {{"s.ex", ELIXIR "  def handle_cast(:a, s) do\n    GenServer.call(T, {:b, 1})\n"
                      "    {:noreply, s}\n  end\nend\n"}},
     {"S.handle_cast(:a): GenServer.call {:b, 1} 5000 ms @4\n"},
     {0}},
    {"branch",
     {{"s.ex", ELIXIR "  def handle_cast(:a, s) do\n    if s.on, do: GenServer.call(T, :b)\n"
                      "    {:noreply, s}\n  end\nend\n"}},
     {"GenServer.call :b 5000 ms branch @4\n"},
     {0}},
    {"case arms that cannot match are not taken",
     {{"s.ex",
       ELIXIR "  def handle_cast(:a, s) do\n    case {:x, 1} do\n"
              "      {:y, _} -> GenServer.call(T, :no)\n"
              "      {:x, _} -> GenServer.call(T, :yes)\n"
              "      _ -> GenServer.call(T, :late)\n    end\n    {:noreply, s}\n  end\nend\n"}},
     {"GenServer.call :yes"},
     {":no", ":late"}},
    {"caught",
     {{"s.erl", ERLANG "handle_cast(a, S) ->\n    try gen_server:call(t, b)\n"
                       "    catch exit:_ -> gen_server:call(t, c)\n    end,\n    {noreply, S}.\n"}},
     {"s:handle_cast(a): gen_server.call b 5000 ms caught @5\n", "gen_server.call c 5000 ms"},
     {"call c 5000 ms caught"}},
    {"old catch",
     {{"s.erl", ERLANG "handle_cast(a, S) ->\n    catch gen_server:call(t, b),\n"
                       "    {noreply, S}.\n"}},
     {"gen_server.call b 5000 ms caught @5\n"},
     {0}},
    {"loop over a fun and a comprehension",
     {{"s.ex", ELIXIR "  def handle_cast(:a, s) do\n"
                      "    Enum.each(s.all, fn x -> GenServer.call(T, {:b, x}) end)\n"
                      "    for x <- s.all, do: GenServer.call(T, {:c, x})\n"
                      "    {:noreply, s}\n  end\nend\n"}},
     {"GenServer.call {:b, …} 5000 ms loop @4\n", "GenServer.call {:c, …} 5000 ms loop"},
     {0}},
    {"spawned, and self() there",
     {{"s.ex", ELIXIR "  def handle_cast(:a, s) do\n"
                      "    spawn(fn -> send(self(), :b) end)\n    send(self(), :c)\n"
                      "    {:noreply, s}\n  end\nend\n"}},
     {".send :b spawned @4\n", ".send self S :c @5\n"},
     {"self S :b"}},
    {"tasks: awaited, awaited through a variable, not awaited",
     {{"s.ex", ELIXIR "  def handle_cast(:a, s) do\n"
                      "    Task.async(fn -> GenServer.call(T, :b) end) |> Task.await()\n"
                      "    t = Task.async(fn -> GenServer.call(T, :c) end)\n"
                      "    Task.async(fn -> GenServer.call(T, :d) end)\n"
                      "    Task.await(t, 1_000)\n"
                      "    {:noreply, s}\n  end\nend\n"}},
     {"call :b 5000 ms spawned task awaited @4\n", "call :c 5000 ms spawned task awaited @5\n",
      "call :d 5000 ms spawned task @6\n", "Task.await 1000 ms stated @7\n"},
     {0}},
    {"a fun of which nobody knows where it runs",
     {{"s.ex", ELIXIR "  def handle_cast(:a, s) do\n"
                      "    Unknown.Library.later(fn -> GenServer.call(T, :b) end)\n"
                      "    {:noreply, s}\n  end\nend\n"}},
     {"GenServer.call :b 5000 ms closure @4\n"},
     {0}},
    {"receive",
     {{"s.erl", ERLANG "handle_cast(a, S) ->\n    receive x -> gen_server:call(t, b) end,\n"
                       "    {noreply, S}.\n"}},
     {"s:handle_cast(a): receive @5\n", "gen_server.call b 5000 ms"},
     {0}},
    {"a guard that tells others from self()",
     {{"s.ex", ELIXIR "  def handle_cast({:a, pid}, s) when pid != self() do\n"
                      "    GenServer.call(pid, :b)\n    {:noreply, s}\n  end\nend\n"}},
     {"GenServer.call :b 5000 ms not-self @4\n"},
     {0}},
};

static const linked_case WRAPPERS[] = {
    {"a wrapper in another file, with a default",
     {{"s.ex", ELIXIR "  def handle_cast(:a, s) do\n    W.ask(T, {:b, 1})\n    {:noreply, s}\n"
                      "  end\nend\n"},
      {"w.ex", "defmodule W do\n  @ms 700\n"
               "  def ask(who, what, ms \\\\ @ms), do: GenServer.call(who, what, ms)\nend\n"}},
     {"S.handle_cast(:a): GenServer.call {:b, 1} 700 ms stated @3\n"},
     {0}},
    {"two levels, pipe and import",
     {{"s.ex", ELIXIR "  import W\n  def handle_cast(:a, s) do\n    T |> ask(:b)\n"
                      "    {:noreply, s}\n  end\nend\n"},
      {"w.ex", "defmodule W do\n  def ask(who, what), do: really(who, {:really, what})\n"
               "  defp really(who, what), do: who |> GenServer.call(what, :infinity)\nend\n"}},
     {"GenServer.call {:really, :b} infinity stated @3\n"},
     {0}},
    {"a macro with arguments",
     {{"s.erl", "-module(s).\n-behaviour(gen_server).\n"
                "-define(ASK(To, What), gen_server:call(To, {ask, What}, 10)).\n"
                "handle_cast(a, S) -> ?ASK(t, 1), {noreply, S}.\n"}},
     {"s:handle_cast(a): gen_server.call {ask, 1} 10 ms stated @4\n"},
     {0}},
    {"a fun passed to a function that runs it",
     {{"s.ex", ELIXIR "  def handle_cast(:a, s) do\n    W.twice(fn -> GenServer.call(T, :b) end)\n"
                      "    W.twice(&other/0)\n    {:noreply, s}\n  end\n"
                      "  defp other, do: GenServer.call(T, :c)\nend\n"},
      {"w.ex", "defmodule W do\n  def twice(f) do\n    f.()\n    f.()\n  end\nend\n"}},
     {"GenServer.call :b 5000 ms @4\n", "GenServer.call :c 5000 ms @8\n"},
     {"closure"}},
    {"a fun passed to a function that spawns it",
     {{"s.ex", ELIXIR "  def handle_cast(:a, s) do\n    W.later(fn -> GenServer.call(T, :b) end)\n"
                      "    {:noreply, s}\n  end\nend\n"},
      {"w.ex", "defmodule W do\n  def later(f), do: spawn(f)\nend\n"}},
     {"GenServer.call :b 5000 ms spawned @4\n"},
     {0}},
    {"module, function, arguments",
     {{"s.erl", ERLANG "handle_cast(a, S) ->\n    spawn(?MODULE, work, [self()]),\n"
                       "    apply(?MODULE, near, []),\n    {noreply, S}.\n"
                       "work(Pid) -> Pid ! done, gen_server:call(t, b).\n"
                       "near() -> gen_server:call(t, c).\n"}},
     {".send self s done spawned", "gen_server.call b 5000 ms spawned @8\n",
      "gen_server.call c 5000 ms @9\n"},
     {0}},
    {"agent funs run in the agent",
     {{"s.ex", "defmodule S do\n  use Agent\n"
               "  def start_link(_), do: Agent.start_link(fn -> 0 end, name: __MODULE__)\n"
               "  def up, do: Agent.update(__MODULE__, fn n -> n + other() end)\n"
               "  def other, do: Agent.get(__MODULE__, & &1)\nend\n"}},
     {"S.up/0: Agent.get named S", "in-server @5\n"},
     {0}},
    {"parts of From",
     {{"s.ex", ELIXIR "  def handle_call(:a, from, s) do\n"
                      "    GenServer.call(elem(from, 0), :b)\n    {:reply, 1, s}\n  end\n"
                      "  def handle_call(:c, {pid, _}, s) do\n"
                      "    GenServer.call(pid, :d)\n    {:reply, 1, s}\n  end\nend\n"},
      {"t.erl", "-module(t).\n-behaviour(gen_server).\n"
                "handle_call(e, F, S) -> gen_server:call(element(1, F), f), {reply, 1, S}.\n"}},
     {"GenServer.call caller :b", "GenServer.call caller :d", "gen_server.call caller f"},
     {0}},
};

static void contexts(void **state)
{
    (void)state;
    linked_check(CONTEXTS, ARRAY_LEN(CONTEXTS), linked_effects);
}

static void wrappers(void **state)
{
    (void)state;
    linked_check(WRAPPERS, ARRAY_LEN(WRAPPERS), linked_effects);
}

static const model_callback *callback_at(const linked *l, uint32_t line)
{
    for (vec_each(&l->m.callbacks, cb))
        if (model_place(&l->m, cb->node).line == line) return cb;
    fail_msg("no callback at line %u", line);
    return NULL;
}

/* Every function calls the next one twice, with other arguments each time: 2^24 ways. */
static void exponential_code_stops(void **state)
{
    (void)state;
    buf text = {0};
    buf_add_c(&text, "defmodule S do\n  use GenServer\n"
                     "  def handle_cast(:a, s), do: {:noreply, f0(s, 0)}\n");
    for (int i = 0; i < 24; i++)
        buf_printf(&text,
                   "  def f%d(s, n) do\n    GenServer.cast(T, {:m, n})\n"
                   "    f%d(s, {n, 1})\n    f%d(s, {n, 2})\n  end\n",
                   i, i + 1, i + 1);
    buf_add_c(&text, "  def f24(_, n), do: GenServer.call(T, {:end, n})\nend\n");
    buf_add_char(&text, '\0');
    linked *l = linked_open((source[]){{"s.ex", text.data}, {0}});
    assert_true(l->m.walk_steps <= 100000);
    const model_callback *cb = callback_at(l, 3);
    assert_true(cb->effect_count > 0);
    assert_false(cb->truncated);
    linked_close(l);
    buf_release(&text);
}

/* More code than the budget of a clause: what was seen until then stays, and it is said. */
static void too_much_code_is_cut(void **state)
{
    (void)state;
    buf text = {0};
    buf_add_c(&text, "defmodule S do\n  use GenServer\n  def handle_cast(:a, s) do\n");
    for (int i = 0; i < 150; i++) buf_printf(&text, "    f%d()\n", i);
    buf_add_c(&text, "    {:noreply, s}\n  end\n");
    for (int i = 0; i < 150; i++) {
        buf_printf(&text, "  def f%d do\n", i);
        for (int k = 0; k < 200; k++) buf_add_c(&text, "    GenServer.cast(T, {:m, 1, 2})\n");
        buf_add_c(&text, "  end\n");
    }
    buf_add_c(&text, "end\n");
    buf_add_char(&text, '\0');
    linked *l = linked_open((source[]){{"s.ex", text.data}, {0}});
    const model_callback *cb = callback_at(l, 4);
    assert_true(cb->effect_count > 1000);
    assert_true(cb->truncated);
    assert_int_equal(l->m.walk_truncated, 1);
    linked_close(l);
    buf_release(&text);
}

/* Recursion that changes its argument each time. */
static void recursion_stops(void **state)
{
    (void)state;
    linked *l = linked_open(
        (source[]){{"s.erl", "-module(s).\n-behaviour(gen_server).\n"
                             "handle_cast({a, N}, S) -> loop(N, []), {noreply, S}.\n"
                             "loop(0, Acc) -> gen_server:call(t, {done, Acc});\n"
                             "loop(N, Acc) -> other(N - 1, [N | Acc]), loop(N - 2, {Acc}).\n"
                             "other(N, Acc) -> loop(N, [Acc]).\n"},
                   {0}});
    assert_true(l->m.walk_steps <= 400000);
    linked_effects(l);
    assert_says(l, "gen_server.call {done, …}");
    linked_close(l);
}

/* A fun that is given to itself. */
static void self_application_stops(void **state)
{
    (void)state;
    linked *l = linked_open(
        (source[]){{"s.ex", "defmodule S do\n  use GenServer\n  def handle_cast(:a, s) do\n"
                            "    f = fn f -> f.(f)\n      GenServer.call(T, :b) end\n    f.(f)\n"
                            "    {:noreply, s}\n  end\nend\n"},
                   {0}});
    assert_true(l->m.walk_steps <= 400000);
    linked_effects(l);
    assert_says(l, "GenServer.call :b");
    linked_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contexts),
        cmocka_unit_test(wrappers),
        cmocka_unit_test(exponential_code_stops),
        cmocka_unit_test(too_much_code_is_cut),
        cmocka_unit_test(recursion_stops),
        cmocka_unit_test(self_application_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
