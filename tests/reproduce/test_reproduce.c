/* From source text to a failing run and a control that does not fail. */
#include "base/base.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "parsers/parsers.h"
#include "reproduce/reproduce.h"

static const char counter[] =
    "defmodule Counter do\n"
    "  use GenServer\n"
    "  def value, do: GenServer.call(Counter, :value)\n"
    "  def start_link(_), do: GenServer.start_link(Counter, 0, name: Counter)\n"
    "  def init(n), do: {:ok, n}\n"
    "  def handle_call(:value, _from, n), do: {:reply, n, n}\n"
    "  def handle_call(:report, _from, n) do\n"
    "    {:reply, {:value, value()}, n}\n"
    "  end\n"
    "end\n";

static const char ring[] = "-module(ring).\n"
                           "-behaviour(gen_server).\n"
                           "-export([init/1, handle_call/3, handle_cast/2, start_link/0]).\n"
                           "start_link() -> gen_server:start_link({local, ring}, ring, [], []).\n"
                           "init(_) -> {ok, 0}.\n"
                           "handle_call(first, _From, S) ->\n"
                           "    {reply, gen_server:call(other, second, infinity), S};\n"
                           "handle_call(last, _From, S) -> {reply, S, S}.\n"
                           "handle_cast(_, S) -> {noreply, S}.\n";
static const char other[] =
    "-module(other).\n"
    "-behaviour(gen_server).\n"
    "-export([init/1, handle_call/3, handle_cast/2, start_link/0]).\n"
    "start_link() -> gen_server:start_link({local, other}, other, [], []).\n"
    "init(_) -> {ok, 0}.\n"
    "handle_call(second, _From, S) ->\n"
    "    {reply, gen_server:call(ring, last, infinity), S}.\n"
    "handle_cast(_, S) -> {noreply, S}.\n";

static const char sums[] =
    "defmodule Sums do\n"
    "  use GenServer\n"
    "  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)\n"
    "  def add(a, b), do: GenServer.call(__MODULE__, {:add, a, b})\n"
    "  def mul(a, b), do: GenServer.call(__MODULE__, {:mul, a, b})\n"
    "  def init(_), do: {:ok, nil}\n"
    "  def handle_call({:add, a, b}, _from, s), do: {:reply, a + b, s}\n"
    "  def handle_call({:mul, a, b}, _from, s), do: {:reply, a * b, s}\n"
    "end\n";

static const char silent[] =
    "-module(silent).\n"
    "-behaviour(gen_server).\n"
    "-export([init/1, handle_call/3, handle_cast/2, start_link/0]).\n"
    "start_link() -> gen_server:start_link({local, silent}, silent, [], []).\n"
    "init(_) -> {ok, 0}.\n"
    "handle_call(question, _From, S) -> {noreply, S}.\n"
    "handle_cast(_, S) -> {noreply, S}.\n";

typedef struct {
    model m;
    findings f;
    uint32_t index; /* of the rule's first finding */
} fixture;

static void analyse(fixture *x, const char *rule, lang language, const char *const *paths,
                    const char *const *texts, uint32_t count)
{
    model_input inputs[4];
    facts all[4] = {0};
    parser *p = parser_open();
    memset(x, 0, sizeof *x);
    for (uint32_t i = 0; i < count; i++) {
        error err = {0};
        assert_true(parser_run(p, language, sv_from(texts[i]), NULL, &all[i], &err));
        inputs[i] = (model_input){.path = sv_from(paths[i]), .facts = &all[i]};
    }
    model_link(&x->m, inputs, count);
    for (uint32_t i = 0; i < count; i++) facts_release(&all[i]);
    parser_close(p);
    classify_run(&x->m, UINT32_MAX, &x->f);
    for (x->index = 0; x->index < x->f.items.count; x->index++)
        if (strcmp(rule_get(x->f.items.items[x->index].rule)->id, rule) == 0) return;
    fail_msg("no finding of %s", rule);
}

static void one(fixture *x, const char *rule, lang language, const char *path, const char *text)
{
    analyse(x, rule, language, &path, &text, 1);
}

static void release(fixture *x)
{
    findings_release(&x->f);
    model_release(&x->m);
}

static void reproduce(fixture *x, reproduction *r)
{
    reproduce_options options = {0};
    error err = {0};
    *r = (reproduction){0};
    if (!reproduce_run(&x->m, &x->f, x->index, &options, r, &err)) fail_msg("%s", err.text);
}

static void test_self_call(void **state)
{
    (void)state;
    fixture x;
    reproduction r;
    one(&x, "self-call", LANG_ELIXIR, "lib/counter.ex", counter);
    reproduce(&x, &r);
    assert_int_equal(r.verdict, REPRODUCED);
    const rt_outcome *o = &r.run.outcomes[r.outcome];
    assert_int_equal(o->category, RT_CRASH);
    assert_true(sv_has(sv_from(o->summary), SV("calling_self")));
    bool placed = false;
    for (uint32_t i = 0; i < o->trace_count; i++)
        placed |= strcmp(o->trace[i].place, "lib/counter.ex:3") == 0;
    assert_true(placed);
    assert_true(r.control_complete);
    assert_int_equal(r.unknowns, 0);
    reproduction_release(&r);
    release(&x);
}

static void ring_fixture(fixture *x)
{
    const char *paths[] = {"src/other.erl", "src/ring.erl"}, *texts[] = {other, ring};
    analyse(x, "call-cycle", LANG_ERLANG, paths, texts, 2);
}

static void test_ring_deadlocks(void **state)
{
    (void)state;
    fixture x;
    reproduction r;
    ring_fixture(&x);
    reproduce(&x, &r);
    assert_int_equal(r.verdict, REPRODUCED);
    assert_int_equal(r.run.outcomes[r.outcome].category, RT_DEADLOCK);
    assert_true(sv_has(buf_sv(&r.scenario), SV("\nexpect some deadlock\n")));
    reproduction_release(&r);
    release(&x);
}

/* The schedule of a verdict leads to the same outcome again. */
static void test_replay(void **state)
{
    (void)state;
    fixture x;
    reproduction r;
    ring_fixture(&x);
    reproduce(&x, &r);
    rt_options options = rt_options_default();
    rt_verdict again;
    error err = {0};
    options.mode = RT_REPLAY;
    options.events_max = 4000;
    options.schedule = sv_from(r.run.outcomes[r.outcome].schedule);
    assert_true(rt_run(SV("again"), buf_sv(&r.scenario), &options, &again, &err));
    assert_int_equal(again.outcome_count, 1);
    assert_true(again.outcomes[0].hash == r.run.outcomes[r.outcome].hash);
    assert_string_equal(again.outcomes[0].summary, r.run.outcomes[r.outcome].summary);
    rt_verdict_release(&again);
    reproduction_release(&r);
    release(&x);
}

static void test_scenario_is_kept_by_the_formatter(void **state)
{
    (void)state;
    fixture x;
    buf text = {0}, laid_out = {0};
    error err = {0};
    ring_fixture(&x);
    assert_true(reproduce_scenario(&x.m, &x.f, x.index, &text, &err));
    assert_true(rt_format(SV("ring"), buf_sv(&text), &laid_out, &err));
    assert_true(sv_has(buf_sv(&laid_out), SV("@ \"src/ring.erl:7\"")));
    assert_true(sv_has(buf_sv(&laid_out), SV("predicted, any of: deadlock")));
    buf_release(&laid_out);
    buf_release(&text);
    release(&x);
}

static void test_missing_reply(void **state)
{
    (void)state;
    fixture x;
    reproduction r;
    one(&x, "missing-reply", LANG_ERLANG, "src/silent.erl", silent);
    reproduce(&x, &r);
    assert_int_equal(r.verdict, REPRODUCED);
    assert_true(r.run.outcomes[r.outcome].categories & (1u << RT_CALL_TIMEOUT));
    assert_true(sv_has(buf_sv(&r.control), SV("reply ok")));
    assert_true(sv_has(buf_sv(&r.control), SV("expect never")));
    reproduction_release(&r);
    release(&x);
}

static void test_rule_without_generator(void **state)
{
    (void)state;
    fixture x;
    reproduction r;
    buf text = {0};
    error err = {0};
    one(&x, "process-for-code-organisation", LANG_ELIXIR, "lib/sums.ex", sums);
    reproduce(&x, &r);
    assert_int_equal(r.verdict, UNSUPPORTED);
    assert_true(strlen(r.why) > 0);
    assert_false(reproduce_scenario(&x.m, &x.f, x.index, &text, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(reproduce_supports(SV("process-for-code-organisation")));
    assert_true(reproduce_supports(SV("self-call")));
    assert_int_equal(text.size, 0);
    reproduction_release(&r);
    release(&x);
}

static void test_charts(void **state)
{
    (void)state;
    fixture x;
    reproduction r;
    buf text = {0};
    one(&x, "self-call", LANG_ELIXIR, "lib/counter.ex", counter);
    reproduce(&x, &r);
    reproduce_mermaid(&r.run.outcomes[r.outcome], &text);
    assert_true(sv_starts(buf_sv(&text), SV("sequenceDiagram\n")));
    assert_true(sv_has(buf_sv(&text), SV("FAILS")));
    assert_true(sv_has(buf_sv(&text), SV("->>")));
    buf_clear(&text);
    reproduce_svg(&r.run.outcomes[r.outcome], &text);
    assert_true(sv_starts(buf_sv(&text), SV("<svg ")));
    assert_true(sv_has(buf_sv(&text), SV("#c00")));
    assert_true(sv_has(buf_sv(&text), SV("&lt;0.1&gt;")));
    assert_false(sv_has(buf_sv(&text), SV("<0.1>")));
    buf_release(&text);
    reproduction_release(&r);
    release(&x);
}

static void test_programs_differ_by_the_fault(void **state)
{
    (void)state;
    fixture x;
    buf faulty = {0}, right = {0};
    error err = {0};
    ring_fixture(&x);
    assert_true(reproduce_emit(&x.m, &x.f, x.index, "erlang", false, &faulty, &err));
    assert_true(reproduce_emit(&x.m, &x.f, x.index, "erlang", true, &right, &err));
    assert_true(sv_starts(buf_sv(&faulty), SV("#!/usr/bin/env escript\n")));
    assert_true(sv_has(buf_sv(&faulty), SV("    call(other, second")));
    assert_false(sv_has(buf_sv(&faulty), SV("control: ")));
    assert_true(sv_has(buf_sv(&right), SV("control: ")));
    buf_clear(&faulty);
    assert_true(reproduce_emit(&x.m, &x.f, x.index, "elixir", false, &faulty, &err));
    assert_true(sv_has(buf_sv(&faulty), SV("    call(:other, :second")));
    assert_false(reproduce_emit(&x.m, &x.f, x.index, "prolog", false, &faulty, &err));
    assert_true(sv_has(sv_from(err.text), SV("prolog")));
    buf_release(&faulty);
    buf_release(&right);
    release(&x);
}

static const char told[] = "scenario \"a story\"\n"
                           "# supposed: nothing\n"
                           "limit mailbox 3\n"
                           "server one @ \"lib/a.ex:3\" {\n"
                           "  name one\n"
                           "  state Seen = 0\n"
                           "  on call {ask, 2} @ \"lib/a.ex:9\" {\n"
                           "    # gate: at\n"
                           "    Seen = Seen + 1 @ \"lib/a.ex:10\"\n"
                           "    if Seen != 2 { crash {badmatch, Seen} }\n"
                           "    try {\n"
                           "      R1 = call elem(1, from) question timeout infinity\n"
                           "    } catch { }\n"
                           "    reply Seen\n"
                           "  }\n"
                           "  on info {fired, N} {\n"
                           "    assert N == Seen\n"
                           "  }\n"
                           "}\n"
                           "driver {\n"
                           "  S2 = start one\n"
                           "  # gate: open when one has 2\n"
                           "}\n"
                           "expect never crash, lost_message\n";

static void test_kept_scenarios_become_programs(void **state)
{
    (void)state;
    static const char *const erlang[] = {"handle_call({ask, 2}, From, one = S)",
                                         "put('Seen', get('Seen') + 1)",
                                         "%% lib/a.ex:10",
                                         "need(get('Seen'), 2)",
                                         "call(element(1, From), question, infinity)",
                                         "{reply, get('Seen'), S}",
                                         "holds(N == get('Seen'))",
                                         "open_gate(one, 2)",
                                         "predicted() -> [crash, lost_message]",
                                         "bound() -> 3."};
    static const char *const elixir[] = {"def handle_call({:ask, 2}, from, :one = s)",
                                         "Process.put(:Seen, :erlang.get(:Seen) + 1)",
                                         "# lib/a.ex:10",
                                         "call(elem(from, 0), :question, :infinity)",
                                         "{:reply, :erlang.get(:Seen), s}",
                                         "holds(v_n == :erlang.get(:Seen))",
                                         "def predicted, do: [:crash, :lost_message]"};
    buf out = {0};
    error err = {0};
    assert_true(reproduce_emit_scenario(SV("x"), sv_from(told), "erlang", &out, &err));
    for (size_t i = 0; i < ARRAY_LEN(erlang); i++)
        if (!sv_has(buf_sv(&out), sv_from(erlang[i]))) fail_msg("no %s", erlang[i]);
    buf_clear(&out);
    assert_true(reproduce_emit_scenario(SV("x"), sv_from(told), "elixir", &out, &err));
    for (size_t i = 0; i < ARRAY_LEN(elixir); i++)
        if (!sv_has(buf_sv(&out), sv_from(elixir[i]))) fail_msg("no %s", elixir[i]);
    buf_release(&out);
}

/* Whatever is missing, it is said by file and line, and nothing is read past the end. */
static void test_broken_scenarios_are_refused(void **state)
{
    (void)state;
    static const char *const broken[] = {"server one {\n  name one\n",
                                         "driver {\n  levitate\n}\n",
                                         "driver {\n  R1 = call one {a, timeout 5\n}\n",
                                         "server one {\n  on call x\n  }\n}\n",
                                         "supervisor s {\n  child w sometimes\n}\n",
                                         "what is this\n"};
    buf out = {0};
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        error err = {0};
        if (reproduce_emit_scenario(SV("x"), sv_from(broken[i]), "erlang", &out, &err))
            fail_msg("taken: %s", broken[i]);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_true(sv_starts(sv_from(err.text), SV("x:")));
    }
    for (size_t size = 0; size < sizeof told; size++) {
        error err = {0};
        char *cut = base_malloc(size + 1);
        memcpy(cut, told, size);
        cut[size] = '\0';
        (void)reproduce_emit_scenario(SV("x"), (sv){cut, size}, "elixir", &out, &err);
        free(cut);
    }
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_self_call),
        cmocka_unit_test(test_ring_deadlocks),
        cmocka_unit_test(test_replay),
        cmocka_unit_test(test_scenario_is_kept_by_the_formatter),
        cmocka_unit_test(test_missing_reply),
        cmocka_unit_test(test_rule_without_generator),
        cmocka_unit_test(test_charts),
        cmocka_unit_test(test_programs_differ_by_the_fault),
        cmocka_unit_test(test_kept_scenarios_become_programs),
        cmocka_unit_test(test_broken_scenarios_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
