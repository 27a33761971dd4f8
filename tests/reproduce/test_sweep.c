/* How much load a finding's processes bear: where the measured lines tip, and that they tip where
 * arithmetic says. */
#include "base/base.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "reproduce/reproduce.h"
#include "tests/model/linked.h"

static const char fleet[] =
    "defmodule Fleet.Supervisor do\n"
    "  use Supervisor\n"
    "  def start_link(a), do: Supervisor.start_link(__MODULE__, a, name: __MODULE__)\n"
    "  def init(_) do\n"
    "    Supervisor.init([Fleet.A, Fleet.B, Fleet.C, Fleet.D, Fleet.E], strategy: :one_for_one)\n"
    "  end\n"
    "end\n";
static const char bank[] =
    "defmodule Bank.Supervisor do\n"
    "  use Supervisor\n"
    "  def start_link(a), do: Supervisor.start_link(__MODULE__, a, name: __MODULE__)\n"
    "  def init(_) do\n"
    "    Supervisor.init([Bank.Vault, Bank.Teller, Bank.Clock], strategy: :one_for_one,\n"
    "      max_restarts: 0)\n"
    "  end\n"
    "end\n";
static const char audit[] =
    "defmodule Audit do\n"
    "  use GenServer\n"
    "  def start_link(_), do: GenServer.start_link(__MODULE__, \"log\", name: __MODULE__)\n"
    "  def log_all(all), do: Enum.each(all, fn e -> GenServer.cast(__MODULE__, {:log, e}) end)\n"
    "  def init(path), do: {:ok, path}\n"
    "  def handle_cast({:log, e}, path) do\n"
    "    File.write!(path, e, [:append])\n"
    "    {:noreply, path}\n"
    "  end\n"
    "end\n";
static const char sleepy[] =
    "-module(sleepy).\n"
    "-behaviour(gen_server).\n"
    "-export([start_link/0, all/1, init/1, handle_call/3, handle_cast/2]).\n"
    "start_link() -> gen_server:start_link({local, sleepy}, sleepy, [], []).\n"
    "all(Es) -> [gen_server:cast(sleepy, {log, E}) || E <- Es].\n"
    "init(_) -> {ok, 0}.\n"
    "handle_call(_, _From, S) -> {reply, S, S}.\n"
    "handle_cast({log, _}, S) -> timer:sleep(200), {noreply, S}.\n";
static const char prices[] =
    "defmodule Prices do\n"
    "  use GenServer\n"
    "  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)\n"
    "  def get(item), do: GenServer.call(__MODULE__, {:get, item})\n"
    "  def init(_), do: {:ok, :ets.new(:prices, [:named_table])}\n"
    "  def handle_call({:get, item}, _from, t), do: {:reply, :ets.lookup(t, item), t}\n"
    "end\n";
static const char rates[] =
    "defmodule Rates do\n"
    "  use GenServer\n"
    "  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)\n"
    "  def rate(c), do: GenServer.call(__MODULE__, {:rate, c})\n"
    "  def init(_), do: {:ok, nil}\n"
    "  def handle_call({:rate, c}, _from, s) do\n"
    "    {:reply, :httpc.request('http://rates.example/' ++ c), s}\n"
    "  end\n"
    "end\n";
static const char probe[] =
    "defmodule Meter.Supervisor do\n"
    "  use Supervisor\n"
    "  def start_link(hosts), do: Supervisor.start_link(__MODULE__, hosts, name: __MODULE__)\n"
    "  def init(hosts) do\n"
    "    children = for host <- hosts, do: Supervisor.child_spec({Meter.Probe, host}, id: host)\n"
    "    Supervisor.init(children, strategy: :one_for_one, max_restarts: 100)\n"
    "  end\n"
    "end\n"
    "defmodule Meter.Probe do\n"
    "  use GenServer\n"
    "  def start_link(host), do: GenServer.start_link(__MODULE__, host)\n"
    "  def init(host), do: {:ok, :httpc.request('http://directory.example/' ++ host)}\n"
    "end\n";

static const char stubborn[] = "defmodule Quotes.Stubborn do\n"
                               "  def price(symbol) do\n"
                               "    try do\n"
                               "      GenServer.call(Quotes.Server, {:price, symbol}, 1_000)\n"
                               "    catch\n"
                               "      :exit, {:timeout, _} -> price(symbol)\n"
                               "    end\n"
                               "  end\n"
                               "end\n";

static load_memo *memo; /* NULL but where a test shares it */

static void measure(const char *rule, const char *path, const char *text, load_curve *c)
{
    const source sources[] = {{path, text}, {NULL, NULL}};
    linked *l = linked_open(sources);
    findings f = {0};
    error err = {0};
    uint32_t at = 0;
    classify_run(&l->m, UINT32_MAX, &f);
    while (at < f.items.count && strcmp(rule_get(f.items.items[at].rule)->id, rule) != 0) at++;
    if (at == f.items.count) fail_msg("no finding of %s", rule);
    *c = (load_curve){0};
    if (!reproduce_load(&l->m, &f, at, memo, c, &err)) fail_msg("%s", err.text);
    findings_release(&f);
    linked_close(l);
}

static const load_line *line_named(const load_curve *c, const char *name)
{
    for (uint32_t i = 0; i < c->line_count; i++)
        if (strcmp(c->lines[i].name, name) == 0) return &c->lines[i];
    fail_msg("no line %s", name);
    return NULL;
}

static double share_at(const load_line *line, double x)
{
    double y = 0;
    for (uint32_t i = 0; i < line->point_count && line->points[i].x <= x; i++)
        y = line->points[i].y;
    return y;
}

static void test_supervisor_dies_of_crashes(void **state)
{
    (void)state;
    load_curve c;
    measure("default-intensity-fanout", "lib/fleet.ex", fleet, &c);
    const load_line *line = line_named(&c, "3 in 5 s");
    assert_true(line->tips && !line->control);
    assert_true(line->x_tip > 9 && line->x_tip < 15);
    for (uint32_t i = 1; i < line->point_count; i++)
        assert_true(line->points[i].y >= line->points[i - 1].y);
    assert_int_equal(c.line_count, 2);
    assert_true(c.lines[1].control);
    assert_true(c.lines[1].x_tip > line->x_tip * 1.2);
    assert_true(share_at(&c.lines[1], line->x_tip) <= 5);
    assert_true(sv_starts(sv_from(c.told), SV("this supervisor, 3 in 5 s with 5 children, dies")));
    assert_true(sv_has(sv_from(c.told), SV("in 5 s would hold")));
    load_curve_release(&c);
}

/* A supervisor that allows no restart dies of the first crash: with probability 1 - e^-x. */
static void test_no_restart_allowed(void **state)
{
    (void)state;
    load_curve c;
    measure("low-intensity", "lib/bank.ex", bank, &c);
    const load_line *line = line_named(&c, "0 in 5 s");
    double off = 0;
    for (uint32_t i = 0; i < line->point_count; i++)
        off = MAX(off, fabs(line->points[i].y / 100 - (1 - exp(-line->points[i].x))));
    assert_true(off < 0.15); /* 150 seeds: what chance leaves */
    assert_true(fabs(line->x_tip - 0.693) < 0.2);
    load_curve_release(&c);
}

static void test_measured_again_is_the_same(void **state)
{
    (void)state;
    load_curve a, b;
    buf one = {0}, two = {0};
    measure("low-intensity", "lib/bank.ex", bank, &a);
    measure("low-intensity", "lib/bank.ex", bank, &b);
    load_curve_svg(&a, &one);
    load_curve_svg(&b, &two);
    assert_true(sv_eq(buf_sv(&one), buf_sv(&two)));
    assert_int_equal(a.runs, b.runs);
    buf_release(&one);
    buf_release(&two);
    load_curve_release(&a);
    load_curve_release(&b);
}

/* A mailbox grows from where messages come faster than they go. */
static void test_flood(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double from;
    } expected[] = {{"1 ms a message", 1000},
                    {"10 ms a message", 100},
                    {"100 ms a message", 10},
                    {"1 s a message", 1}};
    load_curve c;
    measure("cast-without-backpressure", "lib/audit.ex", audit, &c);
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        const load_line *line = line_named(&c, expected[i].name);
        assert_true(line->tips);
        assert_true(line->x_tip > expected[i].from && line->x_tip < expected[i].from * 1.05);
        assert_true(line->points[0].y == 0);
    }
    const load_line *control = line_named(&c, "100 ms a message, without the fault");
    assert_true(control->control && !control->tips);
    for (uint32_t i = 0; i < control->point_count; i++) assert_true(control->points[i].y == 0);
    assert_true(sv_has(sv_from(c.told), SV("is not in the source: swept")));
    load_curve_release(&c);
}

/* A sleep that the source states is the service time, and nothing is swept. */
static void test_stated_sleep(void **state)
{
    (void)state;
    load_curve c;
    measure("cast-without-backpressure", "src/sleepy.erl", sleepy, &c);
    const load_line *line = line_named(&c, "200 ms a message");
    assert_true(line->x_tip > 5 && line->x_tip < 5.3);
    assert_int_equal(c.line_count, 2);
    assert_false(sv_has(sv_from(c.told), SV("swept")));
    load_curve_release(&c);
}

static void test_bottleneck(void **state)
{
    (void)state;
    load_curve c;
    measure("single-process-bottleneck", "lib/prices.ex", prices, &c);
    const load_line *line = line_named(&c, "10 ms an answer");
    assert_true(line->tips && line->x_tip > 100 && line->x_tip < 105);
    assert_false(line_named(&c, "100 ms an answer, without the fault")->tips);
    load_curve_release(&c);
}

/* n callers of 200 ms each: the last waits n times as long. */
static void test_blocking(void **state)
{
    (void)state;
    load_curve c;
    measure("blocking-callback", "lib/rates.ex", rates, &c);
    const load_line *line = line_named(&c, "200 ms of work");
    assert_true(line->tips && line->x_tip == 25);
    for (uint32_t i = 0; i < line->point_count; i++)
        assert_true(line->points[i].y == 200 * line->points[i].x);
    const load_line *control = line_named(&c, "200 ms of work in a process of its own");
    for (uint32_t i = 0; i < control->point_count; i++) assert_true(control->points[i].y == 200);
    load_curve_release(&c);
}

/* Inits under one supervisor run one after another: four connections do not help them. */
static void test_inits(void **state)
{
    (void)state;
    load_curve c;
    measure("init-thundering-herd", "lib/meter.ex", probe, &c);
    const load_line *at_once = line_named(&c, "200 ms an answer");
    const load_line *serial = line_named(&c, "200 ms an answer, started by one supervisor");
    assert_true(at_once->x_tip == 25 && serial->x_tip == 7);
    for (uint32_t i = 0; i < serial->point_count; i++)
        assert_true(serial->points[i].y == 4 * 200 * serial->points[i].x);
    assert_false(line_named(&c, "200 ms an answer, asked spread over 10 s")->tips);
    load_curve_release(&c);
}

/* Callers that ask again: the load that a pause leaves standing is below what it bears else. */
static void test_storm(void **state)
{
    (void)state;
    load_curve c;
    measure("timeout-retry-storm", "lib/quotes.ex", stubborn, &c);
    const load_line *line = line_named(&c, "100 ms an answer");
    assert_true(line->tips && line->x_tip > 5 && line->x_tip <= 11);
    const load_line *control = line_named(&c, "100 ms an answer, given up after three tries");
    assert_true(control->control && !control->tips);
    assert_true(sv_has(sv_from(c.told), SV("timeout is 1 s")));
    load_curve_release(&c);
}

static void test_chart(void **state)
{
    (void)state;
    load_point points[] = {{1, 0}, {10, 40}, {100, 90}};
    load_line line = {"1 < 2 & more", false, points, 3, true, 20};
    load_curve c = {.title = "a <b>",
                    .x_label = "x",
                    .y_label = "y",
                    .y_tip = 50,
                    .told = "a sentence",
                    .why = "",
                    .lines = &line,
                    .line_count = 1};
    buf out = {0};
    load_curve_svg(&c, &out);
    assert_true(sv_starts(buf_sv(&out), SV("<svg ")));
    assert_true(sv_has(buf_sv(&out), SV("prefers-color-scheme: dark")));
    assert_true(sv_has(buf_sv(&out), SV("1 &lt; 2 &amp; more")));
    assert_true(sv_has(buf_sv(&out), SV(">20</text>"))); /* the tip's number, and a tick */
    assert_true(sv_has(buf_sv(&out), SV("a sentence</text>")));
    assert_false(sv_has(buf_sv(&out), SV("<b>")));
    buf_clear(&out);
    c.line_count = 0;
    c.told = "";
    c.why = "nothing is known";
    load_curve_svg(&c, &out);
    assert_true(sv_has(buf_sv(&out), SV("nothing is known</text>")));
    buf_release(&out);
}

/* What was measured before is not run again, and says the same. */
static void test_memo(void **state)
{
    (void)state;
    load_curve first, second, other;
    buf one = {0}, two = {0};
    measure("blocking-callback", "lib/rates.ex", rates, &first);
    memo = load_memo_open();
    measure("blocking-callback", "lib/rates.ex", rates, &other);
    measure("blocking-callback", "lib/rates.ex", rates, &second);
    load_memo_close(memo);
    memo = NULL;
    load_curve_svg(&first, &one);
    load_curve_svg(&second, &two);
    assert_true(sv_eq(buf_sv(&one), buf_sv(&two)));
    buf_release(&one);
    buf_release(&two);
    load_curve_release(&first);
    load_curve_release(&second);
    load_curve_release(&other);
}

static void test_which_rules(void **state)
{
    (void)state;
    assert_true(reproduce_is_load(SV("hot-supervisor")));
    assert_false(reproduce_is_load(SV("self-call")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_supervisor_dies_of_crashes),
        cmocka_unit_test(test_no_restart_allowed),
        cmocka_unit_test(test_measured_again_is_the_same),
        cmocka_unit_test(test_flood),
        cmocka_unit_test(test_stated_sleep),
        cmocka_unit_test(test_bottleneck),
        cmocka_unit_test(test_blocking),
        cmocka_unit_test(test_inits),
        cmocka_unit_test(test_storm),
        cmocka_unit_test(test_memo),
        cmocka_unit_test(test_chart),
        cmocka_unit_test(test_which_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
