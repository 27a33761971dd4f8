/* The explored scheduler: how many classes there are, what is complete, replay, shortening, and
 * that the same seed gives the same run everywhere. */
#include "base/base.h"
#include "runtime/runtime.h"

#include <setjmp.h>
#include <cmocka.h>

static rt_verdict explore(sv text, const rt_options *o)
{
    rt_verdict v;
    error err = {0};
    if (!rt_run(SV("test"), text, o, &v, &err)) fail_msg("%s", err.text);
    return v;
}

/* K senders to one receiver that runs the given code. */
static void write_senders(buf *out, uint32_t senders, bool in_order)
{
    buf_add_c(out, "process receiver {");
    if (!in_order) buf_printf(out, "repeat %u { receive { on {m, X} { log X } } }", senders);
    for (uint32_t i = 1; i <= senders && in_order; i++)
        buf_printf(out, "receive { on {m, %u} };", i);
    buf_add_c(out, "}\nprocess sender(P, N) { send P {m, N} }\ndriver {\nP = spawn receiver\n");
    for (uint32_t i = 1; i <= senders; i++) buf_printf(out, "spawn sender(P, %u)\n", i);
    buf_add_c(out, "}\n");
}

static void test_senders(void **state)
{
    (void)state;
    rt_options o = rt_options_default();
    uint64_t factorial = 1;
    for (uint32_t k = 1; k <= 6; k++) {
        buf text = {0};
        factorial *= k;
        write_senders(&text, k, false);
        rt_verdict v = explore(buf_sv(&text), &o);
        assert_true(v.complete);
        assert_int_equal(v.classes, factorial);
        assert_int_equal(v.schedules, factorial);
        assert_int_equal(v.outcomes_total, factorial);
        rt_verdict_release(&v);
        buf_clear(&text);
        write_senders(&text, k, true);
        v = explore(buf_sv(&text), &o);
        assert_true(v.complete);
        assert_int_equal(v.schedules, 1);
        rt_verdict_release(&v);
        buf_release(&text);
    }
}

static const char ring[] =
    "server a { name a\n on call go { call b ping timeout infinity @ \"a.ex:3\"; reply ok }\n"
    "on call ping { reply pong } }\n"
    "server b { name b\n on call go { call a ping timeout infinity; reply ok }\n"
    "on call ping { reply pong } }\n"
    "process client(S) { call S go timeout infinity }\n"
    "driver { start a; start b; spawn client(a); spawn client(b) }\n";

static void test_ring(void **state)
{
    (void)state;
    rt_options o = rt_options_default();
    rt_verdict v = explore(sv_from(ring), &o);
    assert_true(v.complete);
    assert_int_equal(v.outcome_count, 2);
    const rt_outcome *bad = &v.outcomes[0], *good = &v.outcomes[1];
    assert_int_equal(bad->category, RT_DEADLOCK);
    assert_int_equal(bad->categories, 1u << RT_DEADLOCK);
    assert_non_null(strstr(bad->summary, "a<0.1> waits for b<0.2> waits for a<0.1>"));
    assert_int_equal(good->category, RT_NONE);
    bool place = false;
    for (uint32_t i = 0; i < bad->trace_count; i++)
        place = place || strcmp(bad->trace[i].place, "a.ex:3") == 0;
    assert_true(place);

    /* Its schedule leads there again, and so does the shortened one. */
    rt_options replay = o;
    replay.mode = RT_REPLAY;
    replay.schedule = sv_from(bad->schedule);
    rt_verdict again = explore(sv_from(ring), &replay);
    assert_int_equal(again.outcome_count, 1);
    assert_true(again.outcomes[0].hash == bad->hash);
    rt_verdict_release(&again);
    o.minimise = true;
    rt_verdict shorter = explore(sv_from(ring), &o);
    assert_true(strlen(shorter.outcomes[0].schedule) < strlen(bad->schedule));
    replay.schedule = sv_from(shorter.outcomes[0].schedule);
    again = explore(sv_from(ring), &replay);
    assert_int_equal(again.outcomes[0].category, RT_DEADLOCK);
    rt_verdict_release(&again);
    rt_verdict_release(&shorter);
    rt_verdict_release(&v);

    error err = {0};
    replay.schedule = SV("p0 p0.7");
    assert_false(rt_run(SV("test"), sv_from(ring), &replay, &v, &err));
    assert_non_null(strstr(err.text, "step 2"));
    replay.schedule = SV("p0 nonsense");
    assert_false(rt_run(SV("test"), sv_from(ring), &replay, &v, &err));
}

static void test_bounds_are_not_complete(void **state)
{
    (void)state;
    rt_options o = rt_options_default();
    o.delays_max = 0;
    rt_verdict v = explore(sv_from(ring), &o);
    assert_false(v.complete);
    assert_int_equal(v.schedules, 1);
    rt_verdict_release(&v);
    o = rt_options_default();
    o.schedules_max = 2;
    v = explore(sv_from(ring), &o);
    assert_false(v.complete);
    rt_verdict_release(&v);
    o = rt_options_default();
    v = explore(SV("driver { loop { X = 1 } }"), &o);
    assert_false(v.complete);
    rt_verdict_release(&v);
    o.events_max = 100;
    v = explore(SV("driver { loop { log 1 } }"), &o);
    assert_false(v.complete);
    rt_verdict_release(&v);
    o = rt_options_default();
    o.stop_at_first = true;
    v = explore(sv_from(ring), &o);
    assert_false(v.complete);
    assert_int_equal(v.outcomes[0].category, RT_DEADLOCK);
    rt_verdict_release(&v);
}

/* The same run, to the byte, whatever the compiler, the machine or the memory's layout. */
static void test_same_seed_same_run(void **state)
{
    (void)state;
    static const struct {
        uint64_t seed, hash;
        const char *schedule_head;
    } golden[] = {
        {0, UINT64_C(0x25714e3ebc668588), "p0 p0 p0.1"},
        {7, UINT64_C(0x5369ec8497851e27), "p0 p0 p0.1"},
    };
    for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
        rt_options o = rt_options_default();
        o.mode = RT_ONCE;
        o.seed = golden[i].seed;
        rt_verdict v = explore(sv_from(ring), &o);
        uint64_t hash = hash64(sv_from(v.outcomes[0].schedule)) ^ v.outcomes[0].hash;
        if (hash != golden[i].hash) print_error("seed %zu: %016" PRIx64 "\n", i, hash);
        assert_true(hash == golden[i].hash);
        assert_true(sv_starts(sv_from(v.outcomes[0].schedule), sv_from(golden[i].schedule_head)));
        rt_verdict_release(&v);
    }
}

static void test_reduction(void **state)
{
    (void)state;
    rt_options o = rt_options_default();
    buf small = {0};
    error err = {0};
    assert_true(rt_minimise(SV("test"), sv_from(ring), &o, RT_DEADLOCK, &small, &err));
    /* It is still a ring of two, without what the ring does not need. */
    assert_non_null(strstr(small.data, "call a ping"));
    assert_non_null(strstr(small.data, "call b ping"));
    assert_null(strstr(small.data, "reply"));
    buf_release(&small);
    assert_false(rt_minimise(SV("test"), sv_from(ring), &o, RT_CRASH, &small, &err));
    assert_non_null(strstr(err.text, "shows no crash"));
}

static void test_messages_of_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"driver { sned a b }", "x:1:10: no statement begins with sned; did you mean send?"},
        {"driver { start nobody }", "x:1:16: nothing is called nobody"},
        {"server a { on call x { reply 1 } }", "x: no driver"},
        {"driver { log 1", "not closed"},
        {"driver { break }", "break stands inside"},
        {"server s { state N = 0\n on cast N { }\n}\ndriver { }", "x:2:10: N is state already"},
        {"supervisor s { strategy one_for_on }\ndriver { }", "did you mean one_for_one?"},
        {"driver { }\nexpect some deadlok",
         "x:2:13: deadlok is no category; did you mean deadlock?"},
        {"driver { X = lenn([]) }", "did you mean len?"},
        {"driver { log \"open }", "closed"},
        {"process p { }\nprocess p { }\ndriver { }", "x:2:9: there is another p on line 1"},
        {"driver { receive { } }", "would wait for ever"},
        {"driver { log 99999999999999999999 }", "no number"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        error err = {0};
        assert_false(rt_check(SV("x"), sv_from(cases[i].text), &err));
        if (!strstr(err.text, cases[i].message))
            fail_msg("%s\n  is not: %s", err.text, cases[i].message);
    }
    /* Depth is bounded. */
    buf deep = {0};
    buf_add_c(&deep, "driver { log ");
    for (int i = 0; i < 5000; i++) buf_add_c(&deep, "{");
    error err = {0};
    assert_false(rt_check(SV("x"), buf_sv(&deep), &err));
    assert_non_null(strstr(err.text, "nested"));
    buf_clear(&deep);
    for (int i = 0; i < 5000; i++) buf_add_c(&deep, i ? "loop {" : "driver {");
    assert_false(rt_check(SV("x"), buf_sv(&deep), &err));
    buf_release(&deep);
}

static void test_output(void **state)
{
    (void)state;
    rt_options o = rt_options_default();
    rt_verdict v = explore(sv_from(ring), &o);
    buf out = {0};
    rt_verdict_json(&v, &out);
    assert_non_null(strstr(out.data, "\"category\":\"deadlock\""));
    assert_non_null(strstr(out.data, "\"complete\":true"));
    buf_clear(&out);
    rt_verdict_print(&v, &out);
    assert_non_null(strstr(out.data, "complete: there are no others"));
    buf_release(&out);
    rt_verdict_release(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_senders),
        cmocka_unit_test(test_ring),
        cmocka_unit_test(test_bounds_are_not_complete),
        cmocka_unit_test(test_same_seed_same_run),
        cmocka_unit_test(test_reduction),
        cmocka_unit_test(test_messages_of_errors),
        cmocka_unit_test(test_output),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
