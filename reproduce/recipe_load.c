/* Stories of rules on work that many ask for at once, and on what piles up. */
#include "base/base.h"
#include "reproduce/recipes.h"
#include "reproduce/scene.h"

enum { AT_ONCE = 7, WORK_MS = 1000, FULL = 3 };

static uint32_t busy_server(story *s, const char *base, int64_t ms)
{
    uint32_t at = actor_add(s, ACTOR_SERVER, base);
    story_clause *c = clause_add(s, at, "call", "question", NO_IX);
    deed_add(&c->body, DO_SLEEP, NULL, NULL, ms);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    return at;
}

/* The lock's holder may keep it; meanwhile nobody else gets an answer. */
void tell_global_lock(story *s)
{
    scene x = scene_here(s);
    uint32_t lock = busy_server(s, "lock_holder", 6000);
    s->control_text = "the lock is taken by a process of its own, and the clause goes on";
    assume(s, "the lock, or a row of the transaction, is held elsewhere for 6 s");
    deeds body = {0};
    if (s->control) deed_add(&body, DO_SPAWN, NULL, NULL, 0);
    deed *d = deed_add(&body, DO_CALL, s->actors.items[lock].name, "question", FOREVER_MS);
    deed_at(s, d, s->f->node);
    if (s->control) deed_add(&body, DO_END, NULL, NULL, 0);
    scene_body(s, &x, body);
    answers(s, x.at, "another_request", "ok");
    start_all(s);
    deed_add(&s->driver, DO_AWAIT_NAME, x.name, NULL, 0);
    scene_trigger(s, &x);
    deed_add(&s->driver, DO_SLEEP, NULL, NULL, 100);
    deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
    deed_add(&s->driver, DO_CALL, x.name, "another_request", 5000);
    deed_add(&s->driver, DO_END, NULL, NULL, 0);
}

/* Each of a few callers asks again when its time is over; the server works through all of it. */
void tell_retry_storm(story *s)
{
    enum { CALLERS = 4, ATTEMPTS = 4 };
    scene x = scene_here(s);
    const char *name = "asked";
    uint32_t at = busy_server(s, name, 3000);
    name = s->actors.items[at].name;
    s->actors.items[at].path = s->f->at.path;
    s->actors.items[at].line = s->f->at.line;
    if (s->actors.items[x.at].clauses.count == 0) s->actors.items[x.at].started = true;
    s->control_text = "who gave up does not ask again";
    s->mailbox_max = 6;
    assume(s, "a request takes 3 s, and %d ask at once", CALLERS);
    start_all(s);
    for (int i = 0; i < CALLERS; i++) {
        deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
        deed_add(&s->driver, DO_REPEAT, NULL, NULL, s->control ? 1 : ATTEMPTS);
        deed_add(&s->driver, DO_TRY, NULL, NULL, 0);
        deed_at(s, deed_add(&s->driver, DO_CALL, name, "question", 5000), s->f->node);
        for (int k = 0; k < 3; k++) deed_add(&s->driver, DO_END, NULL, NULL, 0);
    }
}

/* Every request leaves a monitor behind: one end is told many times. */
void tell_monitor_leak(story *s)
{
    scene x = scene_here(s);
    uint32_t watched = actor_add(s, ACTOR_SERVER, "watched");
    const char *name = s->actors.items[watched].name;
    s->control_text = "the monitor is taken away when the request is done";
    assume(s, "the watched process outlives the requests");
    variable_add(s, x.at, "Ends", "0");
    deeds body = {0};
    deed_at(s, deed_into(&body, "Monitor", DO_MONITOR, name, NULL, 0), s->f->node);
    if (s->control) deed_add(&body, DO_DEMONITOR, NULL, "Monitor", 0);
    if (x.starts) x.root = NO_IX, x.starts = false;
    scene_body(s, &x, body);
    story_clause *c = scene_clause(s, &x, "info", "{DOWN, _, _, _, _}", UINT32_MAX);
    deed_into(&c->body, "Ends", DO_SET, NULL, "Ends + 1", 0);
    deed_add(&c->body, DO_ASSERT, NULL, "Ends <= 1", 0);
    start_all(s);
    for (int i = 0; i < FULL; i++) scene_trigger(s, &x);
    deed_add(&s->driver, DO_SLEEP, NULL, NULL, 4000);
    deed_add(&s->driver, DO_STOP_SERVER, name, NULL, FOREVER_MS);
}

/* A body that each of several messages runs. */
static void again_and_again(story *s, scene *x, deeds body, int times)
{
    if (x->starts) x->root = NO_IX, x->starts = false;
    scene_body(s, x, body);
    start_all(s);
    for (int i = 0; i < times; i++) scene_trigger(s, x);
}

void tell_binary(story *s)
{
    scene x = scene_here(s);
    deeds body = {0};
    s->control_text = "the slice is copied";
    s->mailbox_max = 0;
    assume(s, "each message brings 64 KiB, of which 100 bytes are kept");
    variable_add(s, x.at, "Held", "0");
    deed_at(s, deed_add(&body, s->control ? DO_HOLD_COPY : DO_HOLD_SLICE, NULL, NULL, 0),
            s->f->node);
    deed_add(&body, DO_ASSERT, NULL, "Held <= 150000", 0);
    again_and_again(s, &x, body, FULL);
}

void tell_unbounded(story *s)
{
    scene x = scene_here(s);
    deeds body = {0};
    s->control_text = "what does not fit is refused";
    assume(s, "nothing comes that takes entries away; more than %d of them stand for too many",
           (int)FULL);
    variable_add(s, x.at, "Kept", "0");
    if (s->control) deed_add(&body, DO_IF, NULL, "Kept < 3", 0);
    deed_at(s, deed_into(&body, "Kept", DO_SET, NULL, "Kept + 1", 0), s->f->node);
    if (s->control) deed_add(&body, DO_END, NULL, NULL, 0);
    deed_add(&body, DO_ASSERT, NULL, "Kept <= 3", 0);
    again_and_again(s, &x, body, FULL + 1);
}

static uint32_t dynamic_supervisor(story *s, const char *base)
{
    uint32_t at = actor_add(s, ACTOR_DYNAMIC, base);
    s->actors.items[at].intensity = 3;
    s->actors.items[at].period_s = 5;
    s->actors.items[at].path = s->f->at.path;
    s->actors.items[at].line = s->f->at.line;
    return at;
}

static uint32_t started_on_request(story *s, const char *base)
{
    uint32_t at = actor_add(s, ACTOR_SERVER, base);
    s->actors.items[at].unnamed = s->actors.items[at].started = true;
    return at;
}

/* Requests start children; the supervisor starts one after the other. */
void tell_hot_supervisor(story *s)
{
    enum { REQUESTS = 6, SHARED = 3 };
    const char *sups[SHARED];
    for (int i = 0; i < (s->control ? SHARED : 1); i++) {
        uint32_t sup = dynamic_supervisor(s, "supervisor_here");
        sups[i] = s->actors.items[sup].name;
    }
    uint32_t child = started_on_request(s, "child_here");
    const char *name = s->actors.items[child].name;
    actor *a = &s->actors.items[child];
    s->control_text = "three supervisors share the requests";
    s->mailbox_max = FULL;
    assume(s, "%d requests come at once, and a start takes 100 ms", REQUESTS);
    if (!s->control) deed_add(&a->init, DO_GATE_AT, NULL, NULL, 0);
    deed_add(&a->init, DO_SLEEP, NULL, NULL, 100);
    start_all(s);
    for (int i = 0; i < REQUESTS; i++) {
        deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
        deed *d = deed_add(&s->driver, DO_START_CHILD, sups[s->control ? i % SHARED : 0], name, 0);
        deed_at(s, d, s->f->node);
        deed_add(&s->driver, DO_END, NULL, NULL, 0);
    }
    if (s->control) return;
    deed_add(&s->driver, DO_GATE_AWAIT, NULL, NULL, 0);
    deed_add(&s->driver, DO_GATE_FILL, sups[0], NULL, REQUESTS - 1);
}

/* Children asked for at once: each init waits its turn at the resource, and the next start for it.
 */
void tell_herd(story *s)
{
    uint32_t sup = dynamic_supervisor(s, "supervisor_here");
    uint32_t resource = busy_server(s, "resource", WORK_MS);
    uint32_t child = started_on_request(s, "child_here");
    actor *a = &s->actors.items[child];
    s->control_text = "init returns at once, and the resource is asked afterwards";
    assume(s, "%d children are asked for at once, and the resource takes 1 s for each", AT_ONCE);
    deeds body = {0};
    deed *d = deed_add(&body, DO_CALL, s->actors.items[resource].name, "question", FOREVER_MS);
    deed_at(s, d, s->f->node);
    if (s->control) {
        deed_add(&a->init, DO_AT_ONCE, NULL, "fetch_it", 0);
        clause_add(s, child, "continue", "fetch_it", NO_IX)->body = body;
    } else {
        a->init = body;
    }
    start_all(s);
    for (int i = 0; i < AT_ONCE; i++) {
        deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
        deed_add(&s->driver, DO_TASK, NULL, NULL, 0);
        deed_add(&s->driver, DO_START_CHILD, s->actors.items[sup].name, s->actors.items[child].name,
                 0);
        deed_add(&s->driver, DO_END, NULL, NULL, 0);
        deed_add(&s->driver, DO_AWAIT, NULL, NULL, 5000);
        deed_add(&s->driver, DO_END, NULL, NULL, 0);
    }
}

/* All tick at the same moment and ask the same resource. */
void tell_in_step(story *s)
{
    uint32_t resource = busy_server(s, "resource", WORK_MS);
    const char *name = s->actors.items[resource].name;
    s->control_text = "each begins at another moment";
    assume(s, "%d instances share a resource that takes 1 s for each", AT_ONCE);
    for (int i = 0; i < AT_ONCE; i++) {
        uint32_t at = actor_add(s, ACTOR_SERVER, "instance");
        actor *a = &s->actors.items[at];
        a->path = s->f->at.path;
        a->line = s->f->at.line;
        int64_t ms = s->control ? 1000 + (WORK_MS + 500) * i : 1000;
        deed_at(s, deed_add(&a->init, DO_SEND_AFTER, NULL, "tick", ms), s->f->node);
        story_clause *c = clause_add(s, at, "info", "tick", NO_IX);
        deed_add(&c->body, DO_CALL, name, "question", 5000);
    }
    start_all(s);
}

/* How long it waits before it tries again, as far as the source says. */
static int64_t retry_ms(const story *s)
{
    for (effect_ix i = 0; i < s->m->effects.count; i++) {
        const model_effect *e = &s->m->effects.items[i];
        if (e->node == s->f->node && e->timeout_ms > 0) return MIN(e->timeout_ms, 60000);
    }
    return 0;
}

/* The other side stays away: as many attempts in the last minute as in the first. */
void tell_reconnect(story *s)
{
    enum { ATTEMPTS = 12 };
    scene x = scene_here(s);
    int64_t ms = retry_ms(s);
    s->control_text = "the delay grows";
    if (ms == 0) assume(s, "where no delay is stated it tries again after 100 ms");
    ms = ms ? ms : 100;
    assume(s,
           "the other side stays away for %d times %" PRId64 " ms; more than 8 attempts are too "
           "many",
           ATTEMPTS, ms);
    variable_add(s, x.at, "Attempts", "0");
    deed_add(&s->actors.items[x.at].init, DO_SEND_SELF, NULL, "connect_it", 0);
    story_clause *c = scene_clause(s, &x, "info", "connect_it", UINT32_MAX);
    deed_into(&c->body, "Attempts", DO_SET, NULL, "Attempts + 1", 0);
    deed_add(&c->body, DO_ASSERT, NULL, "Attempts <= 8", 0);
    if (s->control) deed_add(&c->body, DO_IF, NULL, "Attempts < 4", 0);
    deed_at(s, deed_add(&c->body, DO_SEND_AFTER, NULL, "connect_it", ms), s->f->node);
    if (s->control) {
        deed_add(&c->body, DO_ELSE, NULL, NULL, 0);
        deed_add(&c->body, DO_SEND_AFTER, NULL, "connect_it", ms * 40);
        deed_add(&c->body, DO_END, NULL, NULL, 0);
    }
    s->time_ms = ATTEMPTS * ms;
    start_all(s);
}

/* Many ask the one process at once; each could have done it for itself. */
void tell_bottleneck(story *s)
{
    scene x = scene_here(s);
    bool call = x.root != NO_IX && strcmp(kind_of(s, x.root), "call") == 0;
    const char *message = call ? message_of(s, x.root) : "question";
    s->control_text = "every client does the work itself";
    assume(s, "under load a request takes 1 s, and %d come at once", AT_ONCE);
    story_clause *c = clause_add(s, x.at, "call", message, call ? x.root : NO_IX);
    if (!call) step_at(s, UINT32_MAX, &c->path, &c->line);
    deed_at(s, deed_add(&c->body, DO_SLEEP, NULL, NULL, WORK_MS), s->f->node);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    start_all(s);
    for (int i = 0; i < AT_ONCE; i++) {
        deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
        if (s->control) deed_add(&s->driver, DO_SLEEP, NULL, NULL, WORK_MS);
        else deed_add(&s->driver, DO_CALL, x.name, message, 5000);
        deed_add(&s->driver, DO_END, NULL, NULL, 0);
    }
}

/* What is started after the slow one is not there yet when it is needed. */
void tell_blocking_init(story *s)
{
    scene x = scene_here(s);
    uint32_t later = actor_add(s, ACTOR_SERVER, "started_later");
    const char *name = s->actors.items[later].name;
    actor *a = &s->actors.items[x.at];
    s->control_text = "init returns at once, and the work is done afterwards";
    assume(s, "the work takes 6 s, and 5 s after the start somebody needs what is started later");
    deeds body = {0};
    if (!s->control) deed_add(&body, DO_GATE_AT, NULL, NULL, 0);
    deed_at(s, deed_add(&body, DO_SLEEP, NULL, NULL, 6000), s->f->node);
    if (s->control) {
        deed_add(&a->init, DO_AT_ONCE, NULL, "do_the_work", 0);
        scene_clause(s, &x, "continue", "do_the_work", UINT32_MAX)->body = body;
    } else {
        a->init = body;
    }
    answers(s, later, "question", "ok");
    child_ix child = s->f->server == NO_IX ? NO_IX : model_child_of(s->m, s->f->server, 0);
    supervisor_ix ix = child == NO_IX ? NO_IX : s->m->children.items[child].supervisor;
    uint32_t sup = scene_supervisor(s, "supervisor_here", ix);
    scene_child(s, sup, x.at, "permanent", SHUTDOWN_UNKNOWN);
    scene_child(s, sup, later, "permanent", SHUTDOWN_UNKNOWN);
    start_all(s);
    deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
    if (!s->control) deed_add(&s->driver, DO_GATE_AWAIT, NULL, NULL, 0);
    if (s->control) deed_add(&s->driver, DO_AWAIT_NAME, x.name, NULL, 0);
    deed_add(&s->driver, DO_SLEEP, NULL, NULL, 5000);
    deed_add(&s->driver, DO_CALL, name, "question", 5000);
    deed_add(&s->driver, DO_END, NULL, NULL, 0);
}
