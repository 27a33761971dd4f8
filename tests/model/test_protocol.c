#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include "model/model.h"
#include "parsers/parsers.h"

/* Links one source and hands its printed protocol to the test. */
typedef struct {
    model m;
    facts f;
    buf text;
} linked;

static linked *link_source(const char *path, const char *source)
{
    linked *l = base_calloc(1, sizeof *l);
    parser *p = parser_open();
    error err = {0};
    sv name = sv_from(path);
    assert_true(parser_run(p, lang_of_path(name), sv_from(source), NULL, &l->f, &err));
    parser_close(p);
    model_link(&l->m, &(model_input){name, &l->f}, 1);
    model_protocol_print(&l->m, &l->text);
    return l;
}

static void unlink_source(linked *l)
{
    model_release(&l->m);
    facts_release(&l->f);
    buf_release(&l->text);
    free(l);
}

static bool says(const linked *l, const char *line)
{
    return sv_has(buf_sv(&l->text), sv_from(line));
}

static void assert_says(const linked *l, const char *line)
{
    if (!says(l, line)) fail_msg("no \"%s\" in\n%.*s", line, SV_FMT(buf_sv(&l->text)));
}

static void assert_silent(const linked *l, const char *line)
{
    if (says(l, line)) fail_msg("\"%s\" in\n%.*s", line, SV_FMT(buf_sv(&l->text)));
}

#define HEAD "defmodule S do\n  use GenServer\n"

static void field_that_starts_unset(void **state)
{
    (void)state;
    linked *l = link_source(
        "s.ex", HEAD "  def init(_), do: {:ok, %{conn: nil}}\n"
                     "  def handle_call(:connect, _, s), do: {:reply, :ok, %{s | conn: open()}}\n"
                     "  def handle_call(:ask, _, s), do: {:reply, GenServer.call(s.conn, :x), s}\n"
                     "  defp open, do: Some.open()\n"
                     "end\n");
    assert_says(l, "  state conn=unset initial\n");
    assert_says(l, "handle_call connect accept -> conn=set (line 4)");
    assert_says(l, "handle_call ask crash (line 5)");
    assert_says(l, "use S handle_call conn crash unset s.ex:5\n");
    unlink_source(l);
}

static void looks_before_it_uses(void **state)
{
    (void)state;
    static const char *const checks[] = {
        "if s.conn, do: GenServer.call(s.conn, :x)",
        "case s.conn do\n nil -> :none\n c -> GenServer.call(c, :x)\n end",
        "s.conn != nil && GenServer.call(s.conn, :x)",
        "unless is_nil(s.conn), do: GenServer.call(s.conn, :x)",
        "with c when c != nil <- s.conn, do: GenServer.call(c, :x)",
        "cond do\n s.conn == nil -> :none\n true -> GenServer.call(s.conn, :x)\n end",
        "try do\n GenServer.call(s.conn, :x)\n catch\n :exit, _ -> :gone\n end",
        "is_pid(s.conn) and GenServer.call(s.conn, :x)",
    };
    for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
        buf source = {0};
        buf_printf(&source,
                   HEAD "  def init(_), do: {:ok, %%{conn: nil}}\n"
                        "  def handle_cast({:set, c}, s), do: {:noreply, Map.put(s, :conn, c)}\n"
                        "  def handle_cast(:use, s) do\n    %s\n    {:noreply, s}\n  end\nend\n",
                   checks[i]);
        linked *l = link_source("s.ex", source.data);
        assert_says(l, "handle_cast set/2 accept -> conn=set");
        assert_silent(l, "crash");
        unlink_source(l);
        buf_release(&source);
    }
}

static void crash_in_a_helper(void **state)
{
    (void)state;
    linked *l = link_source(
        "s.erl",
        "-module(s).\n-behaviour(gen_server).\n-export([init/1, handle_call/3, handle_cast/2]).\n"
        "-record(st, {sock, n = 0}).\n"
        "init([]) -> {ok, #st{}}.\n"
        "handle_cast({open, S}, St) -> {noreply, St#st{sock = S}}.\n"
        "handle_call(send, _From, St) -> {reply, push(St), St};\n"
        "handle_call(info, _From, #st{sock = undefined} = St) -> {reply, {error, closed}, St};\n"
        "handle_call(info, _From, St) -> {reply, ok, St}.\n"
        "push(#st{sock = Sock}) -> gen_tcp:send(Sock, <<>>).\n");
    assert_says(l, "  state sock=unset initial\n");
    assert_says(l, "handle_call send crash (line 7)");
    assert_says(l, "use s handle_call sock crash unset s.erl:10\n");
    assert_says(l, "handle_call info refuse (line 8)");
    assert_says(l, "use s handle_call sock refuse unset s.erl:8\n");
    /* Only the set state reaches the second clause. */
    sv text = buf_sv(&l->text);
    size_t set = sv_find(text, SV("state sock=set"), 0);
    assert_true(set != SIZE_MAX);
    assert_true(sv_find(sv_slice(text, 0, set), SV("info accept"), 0) == SIZE_MAX);
    assert_true(sv_find(text, SV("info accept"), set) != SIZE_MAX);
    unlink_source(l);
}

static void continue_comes_before_messages(void **state)
{
    (void)state;
    linked *l = link_source(
        "s.ex",
        HEAD "  defstruct [:table, mode: :idle]\n"
             "  def init(_), do: {:ok, %__MODULE__{}, {:continue, :fill}}\n"
             "  def handle_continue(:fill, s), do: {:noreply, %{s | table: %{}}}\n"
             "  def handle_continue(_, s), do: {:noreply, s}\n"
             "  def handle_call(:size, _, s), do: {:reply, map_size(s.table), s}\n"
             "  def handle_cast(:clear, s), do: {:noreply, %{s | table: nil}}\n"
             "  def handle_cast(:go, %{mode: :idle} = s), do: {:noreply, %{s | mode: :busy}}\n"
             "end\n");
    assert_says(l, "  state table=set initial\n");
    assert_says(l, "  state table=unset\n");
    assert_says(l, "handle_cast clear accept -> table=unset");
    assert_says(l, "  state mode=idle initial\n");
    assert_says(l, "handle_cast go accept -> mode=busy");
    assert_says(l, "handle_cast go crash"); /* no clause for it when busy */
    unlink_source(l);
}

static void argument_of_init(void **state)
{
    (void)state;
    linked *l = link_source("s.ex", HEAD
                            "  def start_link(opts) do\n"
                            "    {name, arg} = prepare(opts)\n"
                            "    GenServer.start_link(__MODULE__, arg, name: name)\n"
                            "  end\n"
                            "  defp prepare(opts), do: {opts[:name], %{conn: nil, ref: nil}}\n"
                            "  def init(state), do: {:ok, state}\n"
                            "  def handle_info(:up, s), do: {:noreply, %{s | conn: self()}}\n"
                            "  def handle_call(:get, _, s), do: {:reply, Enum.count(s.conn), s}\n"
                            "end\n");
    assert_says(l, "  state conn=unset initial\n");
    assert_says(l, "handle_call get crash");
    unlink_source(l);
}

static void states_of_a_statem(void **state)
{
    (void)state;
    linked *l =
        link_source("m.erl", "-module(m).\n-behaviour(gen_statem).\n"
                             "-export([init/1, callback_mode/0, off/3, on/3]).\n"
                             "callback_mode() -> state_functions.\n"
                             "init([]) -> {ok, off, #{}}.\n"
                             "off(cast, press, D) -> {next_state, on, D};\n"
                             "off({call, _From}, read, _D) -> {keep_state_and_data, [postpone]}.\n"
                             "on({call, From}, read, D) -> {keep_state, D, [{reply, From, ok}]};\n"
                             "on(info, stop, D) -> {next_state, off, D}.\n");
    assert_says(l, "  state off initial\n");
    assert_says(l, "  state on\n");
    assert_says(l, "handle_cast press accept -> on (line 6)");
    assert_says(l, "handle_call read postpone (line 7)");
    assert_says(l, "handle_cast press crash (line 6)"); /* in state on */
    assert_says(l, "handle_info stop crash (line 9)");  /* in state off */
    unlink_source(l);
}

static void fields_that_change_together(void **state)
{
    (void)state;
    /* ref is unset only when conn is: the clause that needs ref asks for conn first. */
    linked *l = link_source(
        "s.ex", HEAD "  def init(_), do: {:ok, %{conn: nil, ref: nil}}\n"
                     "  def handle_cast({:up, c}, s) do\n"
                     "    {:noreply, %{s | conn: c, ref: Process.monitor(c)}}\n"
                     "  end\n"
                     "  def handle_cast(:down, s), do: {:noreply, %{s | conn: nil, ref: nil}}\n"
                     "  def handle_cast(:drop, s) do\n"
                     "    if s.conn, do: Process.demonitor(s.ref)\n"
                     "    {:noreply, s}\n"
                     "  end\n"
                     "end\n");
    assert_silent(l, "drop crash");
    unlink_source(l);
}

static void documented_orders(void **state)
{
    (void)state;
    linked *l = link_source(
        "s.ex",
        HEAD "  @doc \"Must be called before `take/0`.\"\n"
             "  def open, do: GenServer.call(__MODULE__, :open)\n"
             "  def take, do: GenServer.call(__MODULE__, :take)\n"
             "  def init(_), do: {:ok, %{key: nil}}\n"
             "  def handle_call(:open, _, s), do: {:reply, :ok, %{s | key: 1}}\n"
             "  def handle_call(:take, _, %{key: nil} = s), do: {:reply, {:error, :closed}, s}\n"
             "  def handle_call(:take, _, s), do: {:reply, :ok, s}\n"
             "end\n");
    assert_int_equal(l->m.orders.count, 1);
    assert_says(l, "order open before take: enforced (s.ex:3)\n");
    unlink_source(l);
}

static void graph_is_printed(void **state)
{
    (void)state;
    linked *l = link_source(
        "s.ex", HEAD "  def init(_), do: {:ok, %{on: false}}\n"
                     "  def handle_cast(:turn, %{on: false} = s), do: {:noreply, %{s | on: true}}\n"
                     "  def handle_cast(:turn, s), do: {:noreply, %{s | on: false}}\n"
                     "end\n");
    buf dot = {0}, again = {0};
    model_protocol_dot(&l->m, &dot);
    model_protocol_dot(&l->m, &again);
    assert_true(sv_eq(buf_sv(&dot), buf_sv(&again)));
    assert_true(sv_has(buf_sv(&dot), SV("s0 [label=\"on=false\", peripheries=2];")));
    assert_true(sv_has(buf_sv(&dot), SV("s0 -> s1 [style=solid, label=\"handle_cast turn\"];")));
    assert_true(sv_has(buf_sv(&dot), SV("s1 -> s0")));
    buf_release(&dot);
    buf_release(&again);
    unlink_source(l);
}

/* Deep and wide code ends in "unknown" within its bounds, and not in a crash or for ever. */
static void bounds_hold(void **state)
{
    (void)state;
    buf source = {0};
    buf_add_c(&source, HEAD "  def init(_), do: {:ok, %{a: nil, b: nil, c: nil, d: nil}}\n"
                            "  def handle_cast(:go, s) do\n");
    for (int i = 0; i < 60; i++)
        buf_printf(&source, "    x%d = if s.%c, do: f(s), else: g(s)\n", i, 'a' + i % 4);
    buf_add_c(&source, "    {:noreply, %{s | a: 1}}\n  end\n"
                       "  defp f(s), do: if s.b, do: g(s), else: f(s)\n"
                       "  defp g(s), do: if s.c, do: f(s), else: g(s)\n  def deep(s) do\n    ");
    for (int i = 0; i < 300; i++) buf_add_c(&source, "[");
    for (int i = 0; i < 300; i++) buf_add_c(&source, "]");
    buf_add_c(&source, "\n  end\nend\n");
    linked *l = link_source("s.ex", source.data);
    assert_says(l, "state a=unset initial");
    unlink_source(l);
    buf_release(&source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(field_that_starts_unset),
        cmocka_unit_test(looks_before_it_uses),
        cmocka_unit_test(crash_in_a_helper),
        cmocka_unit_test(continue_comes_before_messages),
        cmocka_unit_test(argument_of_init),
        cmocka_unit_test(states_of_a_statem),
        cmocka_unit_test(fields_that_change_together),
        cmocka_unit_test(documented_orders),
        cmocka_unit_test(graph_is_printed),
        cmocka_unit_test(bounds_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
