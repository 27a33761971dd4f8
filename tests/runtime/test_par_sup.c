/* The multi-core scheduler's supervisors: start and stop order, restarts by type and strategy, the
 * limit, failed starts, children that do not end, dynamic children. */
#include "base/base.h"
#include "tests/runtime/par_program.h"

static void run(par_handler handler)
{
    static const par_options ways[] = {{1, false}, {2, false}, {3, true}};
    run_program(handler, ways, ARRAY_LEN(ways));
}

/* A child that tells the root of its start and end. state: root, number, what it does. */
enum { OBEYS, STUBBORN, FAILS_FIRST };
enum { UP = 1, GONE, DIE };
static _Atomic int starts_left; /* of a FAILS_FIRST child: how many starts fail */

static void child(par_self *self, uint64_t *state, const par_message *m)
{
    switch (m->kind) {
    case PAR_START:
        if (state[2] == FAILS_FIRST && starts_left-- > 0) {
            par_exit(self, 70);
            return;
        }
        par_trap_exits(self, true);
        par_send(self, state[0], UP, state[1], par_me(self), 0);
        return;
    case PAR_EXIT:
        if (state[2] == STUBBORN) return;
        par_send(self, state[0], GONE, state[1], 0, 0);
        par_exit(self, m->tag);
        return;
    default:
        if (m->tag == DIE) par_exit(self, (uint32_t)m->word[0]);
    }
}

/* What happens, in order, in words of two characters. Events: "S " the supervisor is up, "F " its
 * start failed, "D " it ended, "u0" child 0 is up, "g0" it was asked to end and does; "q " nothing
 * for a while. Doings: "k0" child 0 is told to end with 70, "n0" to end normally, "s " the
 * supervisor is to stop, "c2" it counts 2 children. */
typedef struct {
    const char *words;
    par_sup sup;
    par_child children[3];
    int starts_fail;
} script;

static const script *playing;
static par_pid pids[3], supervisor;

static bool is_doing(const char *word)
{
    return strchr("kns", *word) != NULL;
}

/* Does what is to be done before the next event. */
static void act(par_self *self, uint64_t *at)
{
    for (const char *word; *(word = playing->words + *at) && is_doing(word); *at += 2) {
        if (*word == 's') par_exit_signal(self, supervisor, PAR_SHUTDOWN);
        else par_send(self, pids[word[1] - '0'], DIE, *word == 'k' ? 70 : PAR_NORMAL, 0, 0);
    }
    const char *word = playing->words + *at;
    if (*word == 'q') par_receive_any(self, 25);
    if (*word == 'c') par_sup_count(self, supervisor);
    if (*word == 0) par_exit(self, PAR_NORMAL);
}

static void play(par_self *self, uint64_t *state, const par_message *m)
{
    const char *word = playing->words + state[0];
    uint32_t number = (uint32_t)(word[1] - '0');
    switch (m->kind) {
    case PAR_START: {
        par_child children[3];
        memcpy(children, playing->children, sizeof children);
        for (uint64_t i = 0; i < 3; i++) {
            children[i].handler = child;
            children[i].state[0] = par_me(self);
            children[i].state[1] = i;
        }
        starts_left = playing->starts_fail;
        par_sup sup = playing->sup;
        sup.children = children;
        par_trap_exits(self, true);
        par_sup_start(self, &sup);
        return;
    }
    case PAR_REPLY:
        EXPECT(*word == 'S' || (*word == 'c' && m->word[0] == number));
        if (*word == 'S') supervisor = m->word[0];
        break;
    case PAR_FAILED: EXPECT(*word == 'F'); break;
    case PAR_EXIT: EXPECT(*word == 'D'); break;
    case PAR_TIMEOUT: EXPECT(*word == 'q'); break;
    default:
        EXPECT(*word == (m->tag == UP ? 'u' : 'g') && m->word[0] == number);
        if (m->tag == UP) pids[number] = m->word[1];
    }
    state[0] += 2;
    act(self, &state[0]);
}

#define CHILD(type, ms, does)                                                                      \
    {                                                                                              \
        .restart = PAR_##type, .shutdown_ms = (ms), .state = { [2] = (does) }                      \
    }
#define THREE(type)                                                                                \
    {                                                                                              \
        CHILD(type, -1, OBEYS), CHILD(type, -1, OBEYS), CHILD(type, -1, OBEYS)                     \
    }

static void test_scripts(void **state)
{
    (void)state;
    static const script scripts[] = {
        /* started in order, stopped in reverse */
        {"S u0u1u2c3s g2g1g0D ", {PAR_ONE_FOR_ONE, 1, 5, NULL, 3, NULL}, THREE(PERMANENT), 0},
        /* only the one that ended is replaced, until the limit */
        {"S u0u1u2k1u1n1u1k2g1g0D ", {PAR_ONE_FOR_ONE, 2, 5, NULL, 3, NULL}, THREE(PERMANENT), 0},
        {"S u0u1u2k1g2g0u0u1u2s g2g1g0D ",
         {PAR_ONE_FOR_ALL, 1, 5, NULL, 3, NULL},
         THREE(PERMANENT),
         0},
        {"S u0u1u2k1g2u1u2k0g2g1D ", {PAR_REST_FOR_ONE, 1, 5, NULL, 3, NULL}, THREE(PERMANENT), 0},
        /* transient: not after a normal end; temporary: never */
        {"S u0u1u2n0q c2k1u1s g2g1D ", {PAR_ONE_FOR_ONE, 1, 5, NULL, 3, NULL}, THREE(TRANSIENT), 0},
        {"S u0u1u2k0q c2k1q c1s g2D ", {PAR_ONE_FOR_ALL, 0, 5, NULL, 3, NULL}, THREE(TEMPORARY), 0},
        /* killed at once, and after its time */
        {"S u0u1s D ",
         {PAR_ONE_FOR_ONE, 1, 5, NULL, 2, NULL},
         {CHILD(PERMANENT, 5, STUBBORN), CHILD(PERMANENT, 0, OBEYS)},
         0},
        /* a start that fails: those already up are stopped */
        {"F u0g0D ",
         {PAR_ONE_FOR_ONE, 1, 5, NULL, 2, NULL},
         {CHILD(PERMANENT, -1, OBEYS), CHILD(PERMANENT, -1, FAILS_FIRST)},
         1},
    };
    for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
        playing = &scripts[i];
        run(play);
    }
}

/* A restart that fails is tried again, each time counting, until it works. */
static void failing(par_self *self, uint64_t *state, const par_message *m)
{
    enum { FAILURES = 3 };
    switch (state[0]) {
    case 0: {
        const par_child one = {
            .handler = child, .state = {par_me(self), 0, FAILS_FIRST}, .shutdown_ms = -1};
        starts_left = 0;
        par_sup sup = {PAR_ONE_FOR_ONE, FAILURES + 1, 60, &one, 1, NULL};
        par_trap_exits(self, true);
        par_sup_start(self, &sup);
        break;
    }
    case 1: state[1] = m->word[0]; break;
    case 2:
        EXPECT(m->kind == PAR_MESSAGE && m->tag == UP);
        starts_left = FAILURES;
        par_send(self, m->word[1], DIE, 70, 0, 0);
        break;
    case 3:
        EXPECT(m->kind == PAR_MESSAGE && m->tag == UP);
        par_sup_count(self, state[1]);
        break;
    case 4:
        EXPECT(m->kind == PAR_REPLY && m->word[0] == 1 && m->word[1] == FAILURES + 1);
        par_exit(self, PAR_NORMAL);
        break;
    }
    state[0]++;
}

static void test_failing(void **state)
{
    (void)state;
    run(failing);
}

/* Dynamic children: started one by one, some stopped, some restarted, all stopped at once. */
enum { DYNAMIC = 500 };

static void quiet(par_self *self, uint64_t *state, const par_message *m)
{
    (void)state;
    if (m->kind == PAR_MESSAGE) par_exit(self, m->tag);
}

static void dynamic(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_START) {
        const par_child template = {
            .handler = quiet, .restart = PAR_TRANSIENT, .shutdown_ms = 1000};
        par_sup sup = {PAR_ONE_FOR_ONE, 10, 5, NULL, 0, &template};
        par_trap_exits(self, true);
        par_sup_start(self, &sup);
    } else if (state[0] == 0) {
        state[1] = m->word[0];
        par_sup_start_child(self, state[1], 0, 0, 0);
    } else if (state[0] < DYNAMIC) {
        EXPECT(m->kind == PAR_REPLY && m->word[0]);
        state[2] = m->word[0];
        par_sup_start_child(self, state[1], 0, 0, 0);
    } else if (state[0] == DYNAMIC) {
        par_sup_stop_child(self, state[1], m->word[0]);
    } else if (state[0] == DYNAMIC + 1) {
        EXPECT(m->kind == PAR_REPLY && m->word[0] == 1);
        par_send(self, state[2], 70, 0, 0, 0); /* restarted: transient */
        par_receive_any(self, 25);
    } else if (state[0] == DYNAMIC + 2) {
        EXPECT(m->kind == PAR_TIMEOUT);
        par_sup_count(self, state[1]);
    } else if (state[0] == DYNAMIC + 3) {
        EXPECT(m->kind == PAR_REPLY && m->word[0] == DYNAMIC - 1 && m->word[1] == 1);
        par_sup_stop_child(self, state[1], par_me(self));
    } else if (state[0] == DYNAMIC + 4) {
        EXPECT(m->kind == PAR_REPLY && m->word[0] == 0);
        par_exit_signal(self, state[1], PAR_SHUTDOWN);
    } else {
        EXPECT(m->kind == PAR_EXIT && m->from == state[1] && m->tag == PAR_SHUTDOWN);
        par_exit(self, PAR_NORMAL);
    }
    if (m->kind != PAR_START) state[0]++;
}

static void test_dynamic(void **state)
{
    (void)state;
    run(dynamic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_failing),
        cmocka_unit_test(test_dynamic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
