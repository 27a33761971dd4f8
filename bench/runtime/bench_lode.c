/* Our side of `make bench-runtime`: one measurement, as runtime.py asks for it.
 *   bench_lode THREADS NAME    prints one figure */
#include "base/base.h"
#include "runtime/par.h"

#include <time.h>
#include <unistd.h>

enum { MESSAGE = 1, JUNK, GO, DONE, SETUP };

static uint64_t amount; /* what is measured: round trips, hops, messages, processes */
static uint64_t depth;  /* of the mailbox */
static double begun, figure;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double resident_bytes(void)
{
    unsigned long size = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f && fscanf(f, "%lu %lu", &size, &resident) != 2) resident = 0;
    if (f) fclose(f);
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static void finish(par_self *self, double result)
{
    figure = result;
    par_exit(self, PAR_NORMAL);
}

static void rate(par_self *self)
{
    finish(self, (double)amount / (seconds() - begun));
}

/* Answers whatever it is asked. */
static void server(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_MESSAGE) par_send(self, m->from, MESSAGE, 0, 0, 0);
    else if (m->kind == PAR_CALL) par_reply(self, m, m->word[0], 0, 0);
    else if (m->kind == PAR_CAST && ++state[0] == amount) par_send(self, m->from, DONE, 0, 0, 0);
}

static void ping(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_START) {
        state[0] = par_spawn(self, server, NULL, 0, NULL);
        begun = seconds();
    } else if (++state[1] == amount) {
        rate(self);
        return;
    }
    par_send(self, state[0], MESSAGE, 0, 0, 0);
}

enum { RING = 503 };
static uint64_t tokens;

static void ring_node(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind != PAR_MESSAGE) return;
    if (m->tag == SETUP) state[0] = m->word[0];
    else if (m->word[0] == 0) par_send(self, state[1], DONE, 0, 0, 0);
    else par_send(self, state[0], MESSAGE, m->word[0] - 1, 0, 0);
}

static void ring(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_START) {
        par_pid nodes[RING];
        for (int i = 0; i < RING; i++) {
            uint64_t args[PAR_STATE_WORDS] = {i ? nodes[i - 1] : 0, par_me(self)};
            nodes[i] = par_spawn(self, ring_node, args, 0, NULL);
        }
        par_send(self, nodes[0], SETUP, nodes[RING - 1], 0, 0);
        begun = seconds();
        for (uint64_t i = 0; i < tokens; i++)
            par_send(self, nodes[i * RING / tokens], MESSAGE, amount / tokens, 0, 0);
    } else if (++state[0] == tokens) {
        rate(self);
    }
}

static void ring_1(par_self *self, uint64_t *state, const par_message *m)
{
    tokens = 1;
    ring(self, state, m);
}

static void ring_50(par_self *self, uint64_t *state, const par_message *m)
{
    tokens = 50;
    ring(self, state, m);
}

enum { PRODUCERS = 8 };

static void producer(par_self *self, uint64_t *state, const par_message *m)
{
    (void)m;
    for (int i = 0; i < 100; i++) par_send(self, state[0], MESSAGE, 0, 0, 0);
    if ((state[1] += 100) < amount / PRODUCERS) par_send(self, par_me(self), MESSAGE, 0, 0, 0);
    else par_exit(self, PAR_NORMAL);
}

static void fan_in(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_START) {
        uint64_t args[PAR_STATE_WORDS] = {par_me(self)};
        begun = seconds();
        for (int i = 0; i < PRODUCERS; i++) par_spawn(self, producer, args, 0, NULL);
    } else if (++state[0] == amount) {
        rate(self);
    }
}

static void brief(par_self *self, uint64_t *state, const par_message *m)
{
    (void)m;
    par_send(self, state[0], DONE, 0, 0, 0);
    par_exit(self, PAR_NORMAL);
}

/* 100 at a time. */
static void spawn_exit(par_self *self, uint64_t *state, const par_message *m)
{
    uint64_t args[PAR_STATE_WORDS] = {par_me(self)};
    if (m->kind == PAR_START) begun = seconds();
    else if (++state[1] == amount) rate(self);
    else if (state[1] != state[0]) return;
    for (int i = 0; i < 100 && state[0] < amount; i++, state[0]++)
        par_spawn(self, brief, args, 0, NULL);
}

static void call(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_START) {
        state[0] = par_spawn(self, server, NULL, 0, NULL);
        begun = seconds();
    } else if (++state[1] == amount) {
        rate(self);
        return;
    }
    par_call(self, state[0], MESSAGE, 0, 0, 0, 5000);
}

static void caller(par_self *self, uint64_t *state, const par_message *m)
{
    (void)m;
    if (state[1]++ == amount / PRODUCERS) {
        par_send(self, state[2], DONE, 0, 0, 0);
        par_exit(self, PAR_NORMAL);
        return;
    }
    par_call(self, state[0], MESSAGE, 0, 0, 0, 5000);
}

static void callers(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_START) {
        uint64_t args[PAR_STATE_WORDS] = {par_spawn(self, server, NULL, 0, NULL), 0, par_me(self)};
        begun = seconds();
        for (int i = 0; i < PRODUCERS; i++) par_spawn(self, caller, args, 0, NULL);
    } else if (++state[0] == PRODUCERS) {
        rate(self);
    }
}

static void cast(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_START) {
        state[0] = par_spawn(self, server, NULL, 0, NULL);
        begun = seconds();
    }
    if (m->tag == DONE) {
        rate(self);
        return;
    }
    for (int i = 0; i < 100 && state[1] < amount; i++, state[1]++)
        par_cast(self, state[0], MESSAGE, 0, 0, 0);
    if (state[1] < amount) par_send(self, par_me(self), MESSAGE, 0, 0, 0);
}

static void nothing(par_self *self, uint64_t *state, const par_message *m)
{
    (void)self, (void)state, (void)m;
}

static void idle_bytes(par_self *self, uint64_t *state, const par_message *m)
{
    (void)state;
    if (m->kind == PAR_START) {
        begun = resident_bytes();
        for (uint64_t i = 0; i < amount; i++) par_spawn(self, nothing, NULL, 0, NULL);
        par_send(self, par_me(self), GO, 0, 0, 0); /* after all have started */
        par_receive_tag(self, GO, -1);
        return;
    }
    finish(self, (resident_bytes() - begun) / (double)amount);
}

static void queued_bytes(par_self *self, uint64_t *state, const par_message *m)
{
    (void)m;
    if (m->kind == PAR_START) {
        begun = resident_bytes();
        state[0] = amount;
    }
    for (uint64_t i = 0; i < amount; i++) par_send(self, par_me(self), JUNK, i, 0, 0);
    finish(self, (resident_bytes() - begun) / (double)amount);
}

/* ns for each message passed over, again and again. */
static void selective(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_START) {
        for (uint64_t i = 0; i < depth; i++) par_send(self, par_me(self), JUNK, i, 0, 0);
    } else if (state[0]++ == 0) {
        begun = seconds(); /* the first one moved them out of the way */
    } else if (state[0] * depth > amount) {
        finish(self, (seconds() - begun) * 1e9 / (double)(depth * (state[0] - 1)));
        return;
    }
    par_send(self, par_me(self), GO, 0, 0, 0);
    par_receive_tag(self, GO, -1);
}

/* The same for the first time: each message is looked at and put aside. */
static void selective_first(par_self *self, uint64_t *state, const par_message *m)
{
    (void)state;
    if (m->kind != PAR_START) {
        finish(self, (seconds() - begun) * 1e9 / (double)depth);
        return;
    }
    for (uint64_t i = 0; i < depth; i++) par_send(self, par_me(self), JUNK, i, 0, 0);
    par_send(self, par_me(self), GO, 0, 0, 0);
    begun = seconds();
    par_receive_tag(self, GO, -1);
}

static void call_queued(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_START)
        for (uint64_t i = 0; i < depth; i++) par_send(self, par_me(self), JUNK, i, 0, 0);
    call(self, state, m);
}

static void supervise(par_self *self, uint64_t *state, const par_message *m)
{
    if (m->kind == PAR_START) {
        const par_child child = {.handler = nothing, .restart = PAR_TEMPORARY, .shutdown_ms = 5000};
        const par_sup sup = {PAR_ONE_FOR_ONE, 1, 5, NULL, 0, &child};
        begun = seconds();
        par_trap_exits(self, true);
        par_sup_start(self, &sup);
        return;
    }
    if (m->kind == PAR_EXIT) {
        rate(self);
        return;
    }
    if (state[1]++ == 0) state[0] = m->word[0];
    if (state[1] <= amount) par_sup_start_child(self, state[0], 0, 0, 0);
    else par_exit_signal(self, state[0], PAR_SHUTDOWN);
}

static const struct {
    const char *name;
    par_handler handler;
    uint64_t amount, depth;
} benches[] = {
    {"ping_pong", ping, 4000000, 0},
    {"ring_1", ring_1, 8000000, 0},
    {"ring_50", ring_50, 16000000, 0},
    {"fan_in_8", fan_in, 8000000, 0},
    {"spawn_exit", spawn_exit, 4000000, 0},
    {"call", call, 4000000, 0},
    {"call_8", callers, 4000000, 0},
    {"cast", cast, 8000000, 0},
    {"idle_bytes", idle_bytes, 200000, 0},
    {"queued_bytes", queued_bytes, 1000000, 0},
    {"selective_1e3", selective, 100000000, 1000},
    {"selective_1e5", selective, 100000000, 100000},
    {"selective_1e6", selective, 100000000, 1000000},
    {"selective_first_1e6", selective_first, 0, 1000000},
    {"call_queued_1e6", call_queued, 2000000, 1000000},
    {"supervise_1e5", supervise, 100000, 0},
};

int main(int argc, char **argv)
{
    int64_t threads = 0;
    if (argc != 3 || !sv_to_i64(sv_from(argv[1]), &threads)) return 2;
    for (size_t i = 0; i < ARRAY_LEN(benches); i++) {
        if (strcmp(benches[i].name, argv[2]) != 0) continue;
        par *system;
        error err = {0};
        amount = benches[i].amount;
        depth = benches[i].depth;
        if (!par_open(&(par_options){.threads = (uint32_t)threads}, &system, &err)) {
            fprintf(stderr, "%s\n", err.text);
            return 4;
        }
        uint32_t reason = par_run(system, benches[i].handler, NULL);
        par_close(system);
        printf("%.6g\n", figure);
        return reason == PAR_NORMAL ? 0 : 70;
    }
    return 2;
}
