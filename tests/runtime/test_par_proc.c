/* The multi-core scheduler: order, links, monitors, exits, calls, selective receive, timers. Each
 * program runs on 1, 2 and 4 threads, also with processes moved about as often as possible, and
 * ends with PAR_NORMAL if all it saw was right. */
#include "base/base.h"
#include "tests/runtime/par_program.h"

static void run(par_handler handler)
{
    static const par_options ways[] = {{1, false}, {2, false}, {2, true}, {4, true}};
    run_program(handler, ways, ARRAY_LEN(ways));
}

/* --- order ------------------------------------------------------------------------------------ */

enum { SENDERS = 8, NUMBERS = 3000 };

static void numberer(par_self *self, uint64_t *state, const par_message *m)
{
    (void)m;
    for (int i = 0; i < 50 && state[1] < NUMBERS; i++)
        par_send(self, state[0], 1, state[2], state[1]++, 0);
    if (state[1] < NUMBERS) par_send(self, par_me(self), 2, 0, 0, 0);
    else par_exit(self, PAR_NORMAL);
}

static void order(par_self *self, uint64_t *state, const par_message *m)
{
    uint64_t *next = (uint64_t *)(uintptr_t)state[0];
    if (m->kind == PAR_START) {
        next = base_calloc(SENDERS, sizeof *next);
        par_own(self, next, free);
        state[0] = (uintptr_t)next;
        for (uint64_t i = 0; i < SENDERS; i++) {
            uint64_t args[PAR_STATE_WORDS] = {par_me(self), 0, i};
            par_spawn(self, numberer, args, 0, NULL);
        }
        return;
    }
    EXPECT(next[m->word[0]]++ == m->word[1]);
    if (++state[1] == (uint64_t)SENDERS * NUMBERS) par_exit(self, PAR_NORMAL);
}

static void test_order(void **state)
{
    (void)state;
    run(order);
}

/* Messages and exit signals of one sender stay in order: the second message never arrives, and
 * 'DOWN' comes after what the dead process had sent. */
static void sink(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_MESSAGE) par_send(self, state[0], m->tag, 0, 0, 0);
}

static void signal_order(par_self *self, uint64_t *state, const par_message *m)
{
    enum { REACHES = 1, REACHES_NOT };
    if (m->kind == PAR_MESSAGE) {
        EXPECT(m->tag == REACHES && state[1] == 0);
        state[1] = 1;
        return;
    }
    if (m->kind == PAR_DOWN) {
        EXPECT(m->from == state[0] && m->tag == 77);
        state[1] = 0;
        if (++state[2] == 300) {
            par_exit(self, PAR_NORMAL);
            return;
        }
    }
    uint64_t args[PAR_STATE_WORDS] = {par_me(self)};
    state[0] = par_spawn(self, sink, args, PAR_MONITORED, NULL);
    par_send(self, state[0], REACHES, 0, 0, 0);
    par_exit_signal(self, state[0], 77);
    par_send(self, state[0], REACHES_NOT, 0, 0, 0);
}

static void test_signal_order(void **state)
{
    (void)state;
    run(signal_order);
}

/* --- links, monitors, exits ------------------------------------------------------------------- */

static void waits(par_self *self, uint64_t *state, const par_message *m)
{
    (void)state;
    if (m->kind == PAR_MESSAGE) par_exit(self, m->tag);
}

/* Links to the process in its state. */
static void links(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_START) par_link(self, state[0]);
}

static void exits(par_self *self, uint64_t *state, const par_message *m)
{
    uint64_t ref;
    switch (state[0]) {
    case 0: /* a chain: the last one ends, all end, the trapper hears */
        par_trap_exits(self, true);
        state[1] = par_spawn(self, waits, NULL, 0, NULL);
        state[2] = par_spawn(self, links, (uint64_t[PAR_STATE_WORDS]){state[1]}, 0, NULL);
        state[3] = par_spawn(self, links, (uint64_t[PAR_STATE_WORDS]){state[2]}, PAR_LINKED, NULL);
        par_send(self, par_me(self), 5, 0, 0, 0);
        break;
    case 1: par_timer_start(self, 3, 0, 0); break; /* the links are there by then */
    case 2: par_send(self, state[1], 55, 0, 0, 0); break;
    case 3:
        EXPECT(m->kind == PAR_EXIT && m->from == state[3] && m->tag == 55);
        /* kill cannot be trapped and arrives as killed */
        state[1] = par_spawn(self, waits, NULL, PAR_LINKED, NULL);
        par_exit_signal(self, state[1], PAR_KILL);
        break;
    case 4:
        EXPECT(m->kind == PAR_EXIT && m->from == state[1] && m->tag == PAR_KILLED);
        /* ending by oneself with kill arrives as kill */
        state[1] = par_spawn(self, waits, NULL, PAR_LINKED, NULL);
        par_send(self, state[1], PAR_KILL, 0, 0, 0);
        break;
    case 5:
        EXPECT(m->kind == PAR_EXIT && m->tag == PAR_KILL);
        /* links and monitors of who is gone */
        par_link(self, state[1]);
        break;
    case 6:
        EXPECT(m->kind == PAR_EXIT && m->from == state[1] && m->tag == PAR_NOPROC);
        state[2] = par_monitor(self, state[1]);
        break;
    case 7:
        EXPECT(m->kind == PAR_DOWN && m->ref == state[2] && m->tag == PAR_NOPROC);
        /* normal is ignored by who does not trap; unlinked and demonitored nothing comes */
        state[1] = par_spawn(self, waits, NULL, PAR_LINKED | PAR_MONITORED, &ref);
        par_unlink(self, state[1]);
        par_demonitor(self, ref);
        ref = par_monitor(self, state[1]);
        state[2] = ref;
        par_exit_signal(self, state[1], PAR_NORMAL);
        par_exit_signal(self, state[1], 66);
        break;
    case 8:
        EXPECT(m->kind == PAR_DOWN && m->ref == state[2] && m->tag == 66);
        par_exit_signal(self, par_me(self), 88); /* trapped, even from oneself */
        break;
    case 9:
        EXPECT(m->kind == PAR_EXIT && m->from == par_me(self) && m->tag == 88);
        EXPECT(par_register(self, SV("root")) && !par_register(self, SV("root")));
        EXPECT(par_whereis(self, SV("root")) == par_me(self) && !par_whereis(self, SV("none")));
        par_exit(self, PAR_NORMAL);
        break;
    }
    state[0]++;
}

static void test_exits(void **state)
{
    (void)state;
    run(exits);
}

/* A tree of linked processes, killed at a leaf while messages fly: the whole tree is gone. */
enum { TREE = 1000 };

static void tree_node(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind != PAR_START) {
        if (m->kind == PAR_MESSAGE && m->word[0]) par_send(self, m->from, 1, m->word[0] - 1, 0, 0);
        return;
    }
    uint64_t left = state[1] / 2, right = state[1] - left - 1;
    uint64_t args[PAR_STATE_WORDS] = {state[0], left};
    if (state[1] > 1 && left)
        par_send(self, par_spawn(self, tree_node, args, PAR_LINKED, NULL), 1, 20, 0, 0);
    args[1] = right;
    if (state[1] > 1 && right)
        par_send(self, par_spawn(self, tree_node, args, PAR_LINKED, NULL), 1, 20, 0, 0);
    par_send(self, state[0], 7, 0, 0, 0);
}

static void tree(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_START) {
        uint64_t args[PAR_STATE_WORDS] = {par_me(self), TREE};
        par_spawn(self, tree_node, args, 0, NULL);
    } else if (m->kind == PAR_MESSAGE) {
        par_monitor(self, m->from);
        state[2] = m->from;
        if (++state[0] == TREE) par_exit_signal(self, state[2], PAR_KILL);
    } else {
        EXPECT(m->kind == PAR_DOWN && m->tag == PAR_KILLED);
        if (++state[1] == TREE) par_exit(self, PAR_NORMAL);
    }
}

static void test_tree(void **state)
{
    (void)state;
    run(tree);
}

/* --- calls ------------------------------------------------------------------------------------ */

enum { ECHO = 1, LATER, NEVER, CRASH, RELEASE, SLOW };

static void server(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_TIMER || m->tag == RELEASE) {
        if (state[0]) par_reply(self, (const par_message *)(uintptr_t)state[0], 99, 0, 0);
        state[0] = 0;
        return;
    }
    if (m->kind != PAR_CALL) return;
    switch (m->tag) {
    case ECHO: par_reply(self, m, m->word[0] + 1, 0, 0); break;
    case SLOW: par_timer_start(self, 20, 0, 0); /* fall through */
    case LATER: state[0] = (uintptr_t)m; break;
    case CRASH: par_exit(self, 42); break;
    default: break;
    }
}

static void calls(par_self *self, uint64_t *state, const par_message *m)
{
    switch (state[0]) {
    case 0:
        state[1] = par_spawn(self, server, NULL, 0, NULL);
        par_send(self, par_me(self), 3, 0, 0, 0); /* waits until the call is over */
        state[2] = par_call(self, state[1], ECHO, 6, 0, 0, 5000);
        break;
    case 1: EXPECT(m->kind == PAR_REPLY && m->ref == state[2] && m->word[0] == 7); break;
    case 2:
        EXPECT(m->kind == PAR_MESSAGE && m->tag == 3);
        state[2] = par_call(self, state[1], SLOW, 0, 0, 0, 3); /* answered after 20 ms */
        break;
    case 3:
        EXPECT(m->kind == PAR_FAILED && m->ref == state[2] && m->tag == PAR_TIMED_OUT);
        par_receive_any(self, 60); /* the late reply is dropped */
        break;
    case 4:
        EXPECT(m->kind == PAR_TIMEOUT);
        state[2] = par_call(self, state[1], NEVER, 0, 0, 0, 4);
        break;
    case 5:
        EXPECT(m->kind == PAR_FAILED && m->tag == PAR_TIMED_OUT);
        state[2] = par_call(self, state[1], CRASH, 0, 0, 0, -1);
        break;
    case 6:
        EXPECT(m->kind == PAR_FAILED && m->ref == state[2] && m->tag == 42);
        state[2] = par_call(self, state[1], ECHO, 0, 0, 0, 5000);
        break;
    case 7:
        EXPECT(m->kind == PAR_FAILED && m->tag == PAR_NOPROC);
        state[1] = par_spawn(self, server, NULL, 0, NULL);
        par_cast(self, state[1], 0, 0, 0, 0);
        par_receive_any(self, 0);
        break;
    case 8:
        EXPECT(m->kind == PAR_TIMEOUT);
        state[2] = par_call(self, state[1], LATER, 0, 0, 0, -1);
        par_exit_signal(self, state[1], 43); /* after it took the request, or before */
        break;
    case 9:
        EXPECT(m->kind == PAR_FAILED && m->ref == state[2] && m->tag >= PAR_NOPROC);
        par_exit(self, PAR_NORMAL);
        break;
    }
    state[0]++;
}

static void test_calls(void **state)
{
    (void)state;
    run(calls);
}

enum { CALLERS = 8, CALLS = 2000 };

static void caller(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_REPLY) EXPECT(m->word[0] == state[1]);
    if (state[1] == CALLS) {
        par_exit(self, PAR_NORMAL);
        return;
    }
    par_call(self, state[0], ECHO, state[1]++, 0, 0, 5000);
}

static void callers(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_START) {
        uint64_t args[PAR_STATE_WORDS] = {par_spawn(self, server, NULL, 0, NULL)};
        for (int i = 0; i < CALLERS; i++) par_spawn(self, caller, args, PAR_MONITORED, NULL);
        return;
    }
    EXPECT(m->kind == PAR_DOWN && m->tag == PAR_NORMAL);
    if (++state[0] == CALLERS) par_exit(self, PAR_NORMAL);
}

/* What comes before, during and after a call waits in the order it came. */
static void call_order(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_START) {
        state[0] = par_spawn(self, server, NULL, 0, NULL);
        for (uint64_t i = 0; i < SENDERS; i++) {
            uint64_t args[PAR_STATE_WORDS] = {par_me(self), 0, i};
            par_spawn(self, numberer, args, 0, NULL);
        }
        uint64_t *next = base_calloc(SENDERS, sizeof *next);
        par_own(self, next, free);
        state[1] = (uintptr_t)next;
    } else if (m->kind == PAR_MESSAGE) {
        EXPECT(((uint64_t *)(uintptr_t)state[1])[m->word[0]]++ == m->word[1]);
        if (++state[2] == (uint64_t)SENDERS * NUMBERS) par_exit(self, PAR_NORMAL);
        if (state[2] % 10) return;
    } else {
        EXPECT(m->kind == PAR_REPLY);
        return;
    }
    par_call(self, state[0], ECHO, 0, 0, 0, 5000);
}

static void test_call_order(void **state)
{
    (void)state;
    run(call_order);
}

static void test_callers(void **state)
{
    (void)state;
    run(callers);
}

/* --- selective receive ------------------------------------------------------------------------ */

enum { JUNK = 2000 };

static bool is_odd_and_big(const uint64_t *state, const par_message *m)
{
    (void)state;
    return m->kind == PAR_MESSAGE && m->tag % 2 == 1 && m->word[0] > JUNK / 2;
}

/* Junk with tags 0 to 9 in turn, taken in pieces: each taken message is the first that fits, and
 * the rest comes in the order it was sent. */
static void selective(par_self *self, uint64_t *state, const par_message *m)
{
    switch (state[0]) {
    case 0:
        for (uint64_t i = 0; i < JUNK; i++) par_send(self, par_me(self), (uint32_t)i % 10, i, 0, 0);
        par_send(self, par_me(self), 50, 0, 0, 0);
        par_receive_tag(self, 50, -1);
        break;
    case 1:
        EXPECT(m->tag == 50);
        par_receive_tag(self, 7, -1);
        state[1] = 7;
        state[2] = JUNK; /* all sevens */
        break;
    case 2:
        EXPECT(m->tag == 7 && m->word[0] == state[1]);
        state[1] += 10;
        par_receive_tag(self, 7, state[1] < JUNK ? -1 : 0);
        if (state[1] < JUNK) return;
        break;
    case 3:
        EXPECT(m->kind == PAR_TIMEOUT);
        par_receive_match(self, is_odd_and_big, -1);
        break;
    case 4:
        EXPECT(m->word[0] == JUNK / 2 + 1);
        state[1] = 0;
        break;
    default: /* the rest, in order */
        while (state[1] % 10 == 7 || state[1] == JUNK / 2 + 1) state[1]++;
        EXPECT(m->kind == PAR_MESSAGE && m->word[0] == state[1]);
        if (++state[1] >= JUNK - 2) par_exit(self, PAR_NORMAL);
        return;
    }
    state[0]++;
}

static void test_selective(void **state)
{
    (void)state;
    run(selective);
}

/* --- timers ----------------------------------------------------------------------------------- */

/* None comes early, in order of their times; a cancelled one never comes. */
static void timers(par_self *self, uint64_t *state, const par_message *m)
{
    static const int64_t after_ms[] = {70, 3, 130, 1, 65, 64, 63, 5, 0, 200};
    if (m->kind == PAR_START) {
        for (size_t i = 0; i < ARRAY_LEN(after_ms); i++) {
            uint64_t due = (uint64_t)(par_now_ms(self) + after_ms[i]);
            uint64_t ref = par_timer_start(self, after_ms[i], 1, due);
            if (i == 4) EXPECT(par_timer_cancel(self, ref) && !par_timer_cancel(self, ref));
        }
        par_timer_start(self, 1000000000, 1, 0); /* ends with the process */
        return;
    }
    EXPECT(m->kind == PAR_TIMER && (int64_t)m->word[0] <= par_now_ms(self));
    EXPECT(m->word[0] >= state[1]);
    state[1] = m->word[0];
    if (++state[0] == ARRAY_LEN(after_ms) - 1) par_exit(self, PAR_NORMAL);
}

static void test_timers(void **state)
{
    (void)state;
    run(timers);
}

/* --- many ------------------------------------------------------------------------------------- */

enum { MANY = 20000 };

static void brief(par_self *self, uint64_t *state, const par_message *m)
{
    (void)m;
    par_send(self, state[0], 1, state[1], 0, 0);
    par_exit(self, PAR_NORMAL);
}

/* Slots are used again, and a pid of old reaches nobody. */
static void many(par_self *self, uint64_t *state, const par_message *m)
{
    enum { AT_ONCE = 500 };
    if (m->kind == PAR_MESSAGE) {
        par_send(self, m->from, 1, 0, 0, 0);
        state[1]++;
        if (state[1] == MANY) {
            par_exit(self, PAR_NORMAL);
            return;
        }
    }
    while (state[0] < MANY && state[0] < state[1] + AT_ONCE) {
        uint64_t args[PAR_STATE_WORDS] = {par_me(self), state[0]++};
        par_spawn(self, brief, args, 0, NULL);
    }
}

static void test_many(void **state)
{
    (void)state;
    run(many);
}

static void test_options(void **state)
{
    (void)state;
    par *system;
    error err = {0};
    assert_false(par_open(&(par_options){.threads = 0}, &system, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(par_open(&(par_options){.threads = PAR_THREADS_MAX + 1}, &system, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),      cmocka_unit_test(test_signal_order),
        cmocka_unit_test(test_exits),      cmocka_unit_test(test_tree),
        cmocka_unit_test(test_calls),      cmocka_unit_test(test_callers),
        cmocka_unit_test(test_call_order), cmocka_unit_test(test_selective),
        cmocka_unit_test(test_timers),     cmocka_unit_test(test_many),
        cmocka_unit_test(test_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
