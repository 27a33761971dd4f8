#include "base/base.h"

#include "runtime/par_in.h"

/* A supervisor is a process like others: it starts and stops one child at a time and lets all else
 * wait in its mailbox meanwhile, so that each of these functions ends in what it waits for. */

typedef enum {
    SUP_SERVES,
    SUP_STARTS,     /* static children from `at` on, all in a row */
    SUP_STARTS_ONE, /* `at` */
    SUP_STOPS,      /* static children from `at` down to `down_to` */
    SUP_STOPS_ONE,  /* dynamic child `at` */
    SUP_STOPS_MANY, /* all dynamic children, at once */
} sup_phase;

enum { TAG_START = 1, TAG_STOP, TAG_COUNT, TAG_RETRY };
enum { STATE_SUP, STATE_REF }; /* words of state */

typedef struct {
    par_pid pid; /* 0: not running; while `failed`, the last one */
    uint64_t state[PAR_STATE_WORDS];
    bool failed; /* its restart failed: to be tried again */
} sup_child;

typedef struct {
    par_strategy strategy;
    uint32_t intensity, period_s;
    uint32_t static_count;
    par_child *specs; /* the static ones', then that of dynamic children */
    bool has_dynamic;
    VEC(sup_child) children; /* the static ones first */
    par_map index;           /* pid -> position + 1 */
    VEC(int64_t) restarts_s;
    uint64_t restarts;
    par_pid parent;
    sup_phase phase;
    uint32_t at, down_to, waiting;
    bool killing, up, restart_after;
    int64_t kill_at_ms;
    uint32_t end_reason;
    const par_message *request; /* start of the supervisor, or call at work */
} sup;

static void sup_release(void *memory)
{
    sup *s = memory;
    free(s->specs);
    vec_release(&s->children);
    vec_release(&s->restarts_s);
    par_map_release(&s->index);
    free(s);
}

static const par_child *spec_of(const sup *s, uint32_t i)
{
    return &s->specs[MIN(i, s->static_count)];
}

static void start_child(par_self *self, sup *s, uint32_t i)
{
    s->at = i;
    par_start(self, spec_of(s, i)->handler, s->children.items[i].state, PAR_LINKED);
}

static bool is_down(const uint64_t *state, const par_message *m)
{
    return m->kind == PAR_DOWN && (state[STATE_REF] == 0 || m->ref == state[STATE_REF]);
}

/* The link goes, so that the child's end is heard of once, by the monitor. */
static uint64_t ask_to_end(par_self *self, par_pid child, bool kill)
{
    uint64_t ref = par_monitor(self, child);
    par_unlink(self, child);
    par_exit_signal(self, child, kill ? PAR_KILL : PAR_SHUTDOWN);
    return ref;
}

static void forget(sup *s, uint32_t i)
{
    sup_child *c = &s->children.items[i];
    par_map_remove(&s->index, c->pid);
    c->pid = 0;
    c->failed = false;
    if (i < s->static_count) return;
    *c = *vec_last(&s->children);
    s->children.count--;
    if (i < s->children.count) par_map_set(&s->index, c->pid, i + 1);
}

static void stop_child(par_self *self, uint64_t *state, sup *s, uint32_t i)
{
    int64_t shutdown_ms = spec_of(s, i)->shutdown_ms;
    s->at = i;
    s->killing = shutdown_ms == 0;
    state[STATE_REF] = ask_to_end(self, s->children.items[i].pid, s->killing);
    par_receive_match(self, is_down, s->killing ? -1 : shutdown_ms);
}

static void sup_starts(par_self *self, sup *s)
{
    while (s->at < s->static_count && s->children.items[s->at].pid) s->at++;
    if (s->at < s->static_count) {
        s->phase = SUP_STARTS;
        start_child(self, s, s->at);
        return;
    }
    s->phase = SUP_SERVES;
    if (!s->up) par_reply(self, s->request, par_me(self), 0, 0);
    s->request = NULL;
    s->up = true;
}

/* Stops static children from the last one that runs down to down_to; then starts them again or
 * ends. */
static void sup_stops(par_self *self, uint64_t *state, sup *s)
{
    s->phase = SUP_STOPS;
    while (s->at > s->down_to && s->children.items[s->at - 1].pid == 0) s->at--;
    if (s->at > s->down_to) {
        stop_child(self, state, s, s->at - 1);
        return;
    }
    if (s->restart_after) sup_starts(self, s);
    else par_exit(self, s->end_reason);
}

static void sup_ends(par_self *self, uint64_t *state, sup *s, uint32_t reason)
{
    s->end_reason = reason;
    s->restart_after = false;
    s->down_to = 0;
    int64_t shutdown_ms = s->specs ? s->specs[s->static_count].shutdown_ms : 0;
    s->waiting = 0;
    for (uint32_t i = s->static_count; i < s->children.count; i++) {
        if (s->children.items[i].failed) continue;
        ask_to_end(self, s->children.items[i].pid, shutdown_ms == 0);
        s->waiting++;
    }
    s->at = s->static_count;
    if (s->waiting == 0) {
        sup_stops(self, state, s);
        return;
    }
    s->phase = SUP_STOPS_MANY;
    s->killing = shutdown_ms == 0;
    s->kill_at_ms = par_now_ms(self) + shutdown_ms;
    state[STATE_REF] = 0;
    par_receive_match(self, is_down, s->killing ? -1 : shutdown_ms);
}

/* OTP's rule: whole seconds, both ends of the period count. */
static bool too_many_restarts(par_self *self, sup *s)
{
    int64_t now_s = par_now_ms(self) / 1000;
    uint32_t kept = 0;
    s->restarts++;
    for (uint32_t i = 0; i < s->restarts_s.count; i++)
        if (s->restarts_s.items[i] >= now_s - s->period_s)
            s->restarts_s.items[kept++] = s->restarts_s.items[i];
    s->restarts_s.count = kept;
    vec_push(&s->restarts_s, now_s);
    return s->restarts_s.count > s->intensity;
}

static void restart(par_self *self, uint64_t *state, sup *s, uint32_t i)
{
    if (too_many_restarts(self, s)) {
        forget(s, i);
        sup_ends(self, state, s, PAR_SHUTDOWN);
        return;
    }
    if (s->strategy == PAR_ONE_FOR_ONE || i >= s->static_count) {
        s->phase = SUP_STARTS_ONE;
        start_child(self, s, i);
        return;
    }
    forget(s, i);
    s->restart_after = true;
    s->at = s->static_count;
    s->down_to = s->strategy == PAR_ONE_FOR_ALL ? 0 : i;
    sup_stops(self, state, s);
}

static void child_ended(par_self *self, uint64_t *state, sup *s, uint32_t i, uint32_t reason)
{
    par_restart kind = spec_of(s, i)->restart;
    bool normal = reason == PAR_NORMAL || reason == PAR_SHUTDOWN;
    if (kind == PAR_PERMANENT || (kind == PAR_TRANSIENT && !normal)) restart(self, state, s, i);
    else forget(s, i);
}

static void keep_pid(sup *s, uint32_t i, par_pid pid)
{
    sup_child *c = &s->children.items[i];
    if (c->pid) par_map_remove(&s->index, c->pid);
    c->pid = pid;
    c->failed = false;
    par_map_set(&s->index, pid, i + 1);
}

static void started(par_self *self, sup *s, par_pid pid)
{
    keep_pid(s, s->at, pid);
    if (s->phase == SUP_STARTS) {
        sup_starts(self, s);
        return;
    }
    s->phase = SUP_SERVES;
    if (s->request) par_reply(self, s->request, pid, 0, 0);
    s->request = NULL;
}

static void start_failed(par_self *self, uint64_t *state, sup *s, uint32_t reason)
{
    sup_child *c = &s->children.items[s->at];
    bool first = !s->up, by_call = s->phase == SUP_STARTS_ONE && s->request;
    s->phase = SUP_SERVES;
    if (first) { /* as OTP: those already up are stopped, and the start fails */
        s->at = s->static_count;
        sup_ends(self, state, s, reason);
    } else if (by_call) {
        par_reply(self, s->request, 0, reason, 0);
        s->request = NULL;
        s->children.count--;
    } else {               /* a restart: again, but other messages have their turn */
        if (c->pid == 0) { /* after a strategy's stop no pid is left to know it by */
            par_cast(self, par_me(self), TAG_RETRY, 0, s->at, 0);
        } else {
            c->failed = true;
            par_cast(self, par_me(self), TAG_RETRY, c->pid, 0, 0);
        }
    }
}

static void down(par_self *self, uint64_t *state, sup *s)
{
    switch (s->phase) {
    case SUP_STOPS:
        forget(s, s->at);
        sup_stops(self, state, s);
        return;
    case SUP_STOPS_ONE:
        forget(s, s->at);
        s->phase = SUP_SERVES;
        par_reply(self, s->request, 1, 0, 0);
        s->request = NULL;
        return;
    case SUP_STOPS_MANY:
        if (--s->waiting == 0) {
            s->at = s->static_count;
            sup_stops(self, state, s);
            return;
        }
        par_receive_match(self, is_down,
                          s->killing ? -1 : MAX(1, s->kill_at_ms - par_now_ms(self)));
        return;
    default: return;
    }
}

/* A child took longer to end than it may. */
static void too_slow(par_self *self, sup *s)
{
    s->killing = true;
    if (s->phase != SUP_STOPS_MANY) par_exit_signal(self, s->children.items[s->at].pid, PAR_KILL);
    for (uint32_t i = s->static_count; s->phase == SUP_STOPS_MANY && i < s->children.count; i++)
        par_exit_signal(self, s->children.items[i].pid, PAR_KILL);
    par_receive_match(self, is_down, -1);
}

static void serve_call(par_self *self, uint64_t *state, sup *s, const par_message *m)
{
    uint64_t at;
    switch (m->tag) {
    case TAG_START:
        if (!s->has_dynamic) break;
        s->request = m;
        s->phase = SUP_STARTS_ONE;
        sup_child *c = vec_add(&s->children);
        memcpy(c->state, s->specs[s->static_count].state, sizeof c->state);
        memcpy(c->state, m->word, sizeof m->word);
        start_child(self, s, s->children.count - 1);
        return;
    case TAG_STOP:
        at = par_map_get(&s->index, m->word[0]);
        if (at <= s->static_count) break;
        s->request = m;
        s->phase = SUP_STOPS_ONE;
        if (!s->children.items[at - 1].failed) {
            stop_child(self, state, s, (uint32_t)at - 1);
            return;
        }
        s->at = (uint32_t)at - 1;
        down(self, state, s);
        return;
    case TAG_COUNT: {
        uint64_t alive = 0;
        for (uint32_t i = 0; i < s->children.count; i++)
            alive += s->children.items[i].pid && !s->children.items[i].failed;
        par_reply(self, m, alive, s->restarts, 0);
        return;
    }
    default: break;
    }
    par_reply(self, m, 0, PAR_NOPROC, 0);
}

static void retry(par_self *self, uint64_t *state, sup *s, const par_message *m)
{
    uint64_t at = m->word[0] ? par_map_get(&s->index, m->word[0]) : m->word[1] + 1;
    if (at == 0 || at > s->children.count) return; /* stopped meanwhile */
    const sup_child *c = &s->children.items[at - 1];
    if (c->failed || c->pid == 0) restart(self, state, s, (uint32_t)at - 1);
}

static void sup_handle(par_self *self, uint64_t *state, const par_message *m)
{
    sup *s = (sup *)(uintptr_t)state[STATE_SUP];
    switch (m->kind) {
    case PAR_START:
        par_trap_exits(self, true);
        s->parent = m->from;
        s->request = m;
        self->message = NULL; /* answered once the children are up */
        par_keep(self->current, (par_message *)(uintptr_t)m);
        sup_starts(self, s);
        return;
    case PAR_REPLY: started(self, s, m->word[0]); return;
    case PAR_FAILED: start_failed(self, state, s, m->tag); return;
    case PAR_DOWN: down(self, state, s); return;
    case PAR_TIMEOUT: too_slow(self, s); return;
    case PAR_CALL: serve_call(self, state, s, m); return;
    case PAR_CAST:
        if (m->tag == TAG_RETRY) retry(self, state, s, m);
        return;
    case PAR_EXIT: {
        uint64_t at = par_map_get(&s->index, m->from);
        if (m->from == s->parent) sup_ends(self, state, s, m->tag);
        else if (at) child_ended(self, state, s, (uint32_t)at - 1, m->tag);
        return;
    }
    default: return;
    }
}

uint64_t par_sup_start(par_self *self, const par_sup *spec)
{
    sup *s = base_calloc(1, sizeof *s);
    s->strategy = spec->strategy;
    s->intensity = spec->intensity;
    s->period_s = spec->period_s;
    s->static_count = spec->child_count;
    s->has_dynamic = spec->dynamic != NULL;
    s->specs = base_calloc(spec->child_count + 1, sizeof *s->specs);
    if (spec->child_count) memcpy(s->specs, spec->children, spec->child_count * sizeof *s->specs);
    if (spec->dynamic) s->specs[spec->child_count] = *spec->dynamic;
    for (uint32_t i = 0; i < spec->child_count; i++)
        memcpy(vec_add(&s->children)->state, spec->children[i].state, sizeof spec->children->state);
    uint64_t state[PAR_STATE_WORDS] = {[STATE_SUP] = (uintptr_t)s};
    par_proc *p = par_make(self, sup_handle, state, PAR_LINKED, NULL);
    vec_push(&par_more_of(p)->owned, (par_owned){s, sup_release});
    return par_await_start(self, p);
}

uint64_t par_sup_start_child(par_self *self, par_pid supervisor, uint64_t a, uint64_t b, uint64_t c)
{
    return par_call(self, supervisor, TAG_START, a, b, c, -1);
}

uint64_t par_sup_stop_child(par_self *self, par_pid supervisor, par_pid child)
{
    return par_call(self, supervisor, TAG_STOP, child, 0, 0, -1);
}

uint64_t par_sup_count(par_self *self, par_pid supervisor)
{
    return par_call(self, supervisor, TAG_COUNT, 0, 0, 0, -1);
}
