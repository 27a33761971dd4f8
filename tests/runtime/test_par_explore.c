/* The exhaustive search gives the same, to the letter, on any number of threads. */
#include "base/base.h"
#include "runtime/runtime.h"

#include <setjmp.h>
#include <cmocka.h>

static void run_on(sv text, rt_options o, uint32_t threads, buf *out)
{
    rt_verdict v;
    error err = {0};
    o.threads = threads;
    buf_clear(out);
    if (!rt_run(SV("test"), text, &o, &v, &err)) fail_msg("%s", err.text);
    rt_verdict_json(&v, out);
    rt_verdict_release(&v);
}

static void same_on_all(sv text, const rt_options *o)
{
    static const uint32_t threads[] = {2, 3, 8};
    buf one = {0}, other = {0};
    run_on(text, *o, 1, &one);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        run_on(text, *o, threads[i], &other);
        if (!sv_eq(buf_sv(&one), buf_sv(&other)))
            fail_msg("%u threads differ:\n%.*s\n%.*s", threads[i], SV_FMT(buf_sv(&one)),
                     SV_FMT(buf_sv(&other)));
    }
    buf_release(&one);
    buf_release(&other);
}

/* Senders, a receiver that also chooses and gives up, pids compared: many classes, some blocked. */
static const char busy[] =
    "process receiver { repeat 5 { receive { on {m, X, P} { log X; if P < self { log 1 } } } }\n"
    " receive { on done { log 2 } after 0 { log 3 } } }\n"
    "process sender(P, N) { choose { C = 1 } or { C = 2 }; send P {m, {N, C}, self}\n"
    " if N == 2 { send P done } }\n"
    "driver { P = spawn receiver\n"
    " spawn sender(P, 1); spawn sender(P, 2); spawn sender(P, 3); spawn sender(P, 4)\n"
    " send P {m, 5, self} }\n";

/* Crashes, restarts, names, timers of one instant, calls that time out, a ring. */
static const char tree[] =
    "server a { name a\n on call go { R = call b ping timeout 20; reply R }\n"
    " on call ping { reply pong }\n on cast die { crash oops } }\n"
    "server b { name b\n on call go { R = call a ping timeout 20; reply R }\n"
    " on call ping { reply pong } }\n"
    "supervisor top { strategy one_for_all; intensity 1 per 5; child a; child b }\n"
    "process client(S) { call S go timeout infinity }\n"
    "process killer { cast a die }\n"
    "driver { start top; spawn client(a); spawn client(b); spawn killer }\n";

static void test_same(void **state)
{
    (void)state;
    static const char *const texts[] = {busy, tree};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        rt_options o = rt_options_default();
        o.schedules_max = 6000;
        same_on_all(sv_from(texts[i]), &o);
        o.schedules_max = 777;
        same_on_all(sv_from(texts[i]), &o);
        o.preemptions_max = 1;
        same_on_all(sv_from(texts[i]), &o);
        o = rt_options_default();
        o.stop_at_first = true;
        same_on_all(sv_from(texts[i]), &o);
        o.delays_max = 2;
        same_on_all(sv_from(texts[i]), &o);
    }
}

/* More classes than one round of tasks has: none is lost in the cutting, none seen twice. */
static void test_classes(void **state)
{
    (void)state;
    static const char senders[] =
        "process receiver { repeat 7 { receive { on {m, X} { log X } } } }\n"
        "process sender(P, N) { send P {m, N} }\n"
        "driver { P = spawn receiver; spawn sender(P, 1); spawn sender(P, 2); spawn sender(P, 3)\n"
        "spawn sender(P, 4); spawn sender(P, 5); spawn sender(P, 6); spawn sender(P, 7) }\n";
    for (uint32_t threads = 1; threads <= 3; threads++) {
        rt_options o = rt_options_default();
        rt_verdict v;
        error err = {0};
        o.threads = threads;
        assert_true(rt_run(SV("test"), sv_from(senders), &o, &v, &err));
        assert_true(v.complete);
        assert_int_equal(v.classes, 5040);
        assert_int_equal(v.schedules, 5040);
        assert_int_equal(v.blocked, 0);
        assert_int_equal(v.outcomes_total, 5040);
        rt_verdict_release(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
