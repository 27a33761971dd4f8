/* What random walks see, the explorer sees too: random small scenarios of sends, selective
 * receives, links, monitors, kills, names, timers, calls, requests and supervisors, from a fixed
 * seed. */
#include "base/base.h"
#include "runtime/runtime.h"

#include <setjmp.h>
#include <cmocka.h>

static uint64_t random_state;

static uint32_t below(uint32_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % n;
}

/* %u: one of the processes. */
static const char *const further[] = {
    "T = send_after 3 self {m, 9}; X = cancel_timer T; log X\n",
    "try { R = send_request srv a; V = receive_response R timeout 2; log V } catch _ { log no }\n",
    "try { R = send_request srv b; V = wait_response R timeout 40; log V } catch _ { log no }\n",
    "W = whereis p%u; if is_pid(W) { U = alive W; log U }\n",
    "try { unregister p%u } catch _ { log no }\n",
    "try { register foo } catch _ { log no }\n",
    "try { M = monitor p%u; V = demonitor M info; log V } catch _ { log no }\n",
    "try { A = alias reply; send p%u {al, A} } catch _ { log no }\n",
    "receive { on {al, X} { send X {m, 2} }; after 2 { log none } }\n",
    "A = alias; send self {al, A}; unalias A\n",
    "try { S = get_state srv; log S } catch _ { log no }\n",
    "R = start slow timeout 2; log is_tuple(R)\n",
    "try { stop_server slow timeout 10 } catch E { log E }\n",
    "{P, M} = spawn_monitor { receive { on go; after 1 }; exit x }; link P; unlink P; send P go\n",
    "try { V = terminate_child sup a; log V } catch _ { log no }\n",
    "try { V = restart_child sup a; log is_tuple(V) } catch _ { log no }\n",
    "try { [_, {a, W, _}] = which_children sup; log is_pid(W) } catch _ { log no }\n",
    "try { V = count_children sup; log V } catch _ { log no }\n",
    "W = whereis wa; if is_pid(W) { kill W }\n",
    "try { cast wb die } catch _ { log no }\n",
    "T = async { return 1 }; V = yield T timeout 2; log V\n",
};

static void write_further(buf *out, uint32_t process)
{
    sv text = sv_from(further[below(ARRAY_LEN(further))]);
    size_t at = sv_find(text, SV("%u"), 0);
    buf_add(out, sv_slice(text, 0, at));
    if (at == SIZE_MAX) return;
    buf_printf(out, "%u", process);
    buf_add(out, sv_slice(text, at + 2, text.size));
}

static void write_statement(buf *out, uint32_t processes)
{
    static const char *const reasons[] = {"kill", "normal", "boom"};
    uint32_t other = below(processes);
    if (below(3) == 0) {
        write_further(out, other);
        return;
    }
    switch (below(17)) {
    case 0:
    case 1:
    case 2:
        buf_printf(out, "try { send p%u {m, %u} } catch _ { log nosend }\n", other, 1 + below(3));
        break;
    case 3:
        buf_add_c(out, "receive { on {m, 1} { log one }; on {m, 2} { log two }; after 5 { log t } }"
                       "\n");
        break;
    case 4: buf_add_c(out, "receive { on {m, X} { log X }; after 0 { log none } }\n"); break;
    case 5:
        buf_add_c(out, "receive { on {m, X} when X > 1 { log X }; on {DOWN, _, process, _, R} "
                       "{ log {down, R} }; on {EXIT, _, R} { log {exit, R} }; after 7 { log t } }"
                       "\n");
        break;
    case 6: buf_printf(out, "W = whereis p%u; log W\n", other); break;
    case 7: buf_printf(out, "try { monitor p%u } catch _ { log no_monitor }\n", other); break;
    case 8: buf_printf(out, "try { link p%u } catch _ { log no_link }\n", other); break;
    case 9: buf_add_c(out, "trap_exit\n"); break;
    case 10:
        buf_printf(out, "try { exit_signal p%u %s } catch _ { log no_kill }\n", other,
                   reasons[below(3)]);
        break;
    case 11: buf_add_c(out, "choose { log a } or { log b }\n"); break;
    case 12: buf_add_c(out, "receive { on {m, X} { log X } }\n"); break;
    case 13: buf_printf(out, "send_after %u p%u {m, 3}\n", below(7), other); break;
    case 14: buf_printf(out, "try { unlink p%u } catch _ { log no_unlink }\n", other); break;
    case 15:
        buf_printf(out, "try { M = monitor p%u; demonitor M } catch _ { log no_monitor }\n", other);
        break;
    default:
        buf_printf(out, "try { C = call srv %s timeout %u; log C } catch E { log elem(1, E) }\n",
                   below(2) ? "a" : "b", below(2) ? 2 : 50);
    }
}

static void write_scenario(buf *out)
{
    uint32_t processes = 2 + below(2);
    for (uint32_t i = 0; i < processes; i++) {
        buf_printf(out, "process q%u { name p%u\n", i, i);
        for (uint32_t n = 2 + below(2); n; n--) write_statement(out, processes);
        buf_add_c(out, "}\n");
    }
    buf_add_c(out, "server srv { name srv\n state N = 0\n on call a { N = N + 1; reply N }\n"
                   "on call b { sleep 3; N = N * 2 + 1; reply N } }\n"
                   "server slow { name slow\n init { sleep 1 } }\n"
                   "server w(Id) { name Id\n on cast die { stop oops } }\n"
                   "supervisor sup { name sup\n strategy rest_for_one\n intensity 2 per 5\n"
                   "child w(wa) id a\n child w(wb) id b }\n"
                   "driver { start srv; start sup\n");
    for (uint32_t i = 0; i < processes; i++) buf_printf(out, "spawn q%u\n", i);
    buf_add_c(out, "}\nlimit time 2000\n");
}

static bool has(const rt_verdict *v, uint64_t hash)
{
    for (uint32_t i = 0; i < v->outcome_count; i++)
        if (v->outcomes[i].hash == hash) return true;
    return false;
}

static void test_walks_are_explored(void **state)
{
    (void)state;
    random_state = UINT64_C(88172645463325252);
    uint32_t complete = 0;
    for (uint32_t n = 0; n < 80; n++) {
        buf text = {0};
        error err = {0};
        rt_verdict all, some;
        write_scenario(&text);
        rt_options o = rt_options_default();
        o.outcomes_max = 100000;
        o.schedules_max = 5000;
        if (!rt_run(SV("random"), buf_sv(&text), &o, &all, &err)) fail_msg("%s", err.text);
        o.mode = n % 2 ? RT_RANDOM : n % 4 ? RT_POS : RT_PCT;
        o.schedules_max = 150;
        o.seed = n + 1;
        assert_true(rt_run(SV("random"), buf_sv(&text), &o, &some, &err));
        for (uint32_t i = 0; all.complete && i < some.outcome_count; i++) {
            if (has(&all, some.outcomes[i].hash)) continue;
            print_error("%s\nnot explored:\n%s", text.data, some.outcomes[i].log);
            fail();
        }
        /* The same on threads. */
        rt_verdict live;
        o.mode = RT_LIVE;
        o.threads = 3;
        o.schedules_max = 20;
        assert_true(rt_run(SV("random"), buf_sv(&text), &o, &live, &err));
        assert_int_equal(live.schedules, 20);
        for (uint32_t i = 0; all.complete && i < live.outcome_count; i++) {
            if (has(&all, live.outcomes[i].hash)) continue;
            print_error("%s\non threads only:\n%s", text.data, live.outcomes[i].log);
            fail();
        }
        rt_verdict_release(&live);
        complete += all.complete;
        assert_true(all.classes <= all.schedules);
        rt_verdict_release(&all);
        rt_verdict_release(&some);
        buf_release(&text);
    }
    assert_true(complete >= 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_walks_are_explored)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
