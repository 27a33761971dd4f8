/* Stories of rules on ends: of helpers, of children, of what holds them. */
#include "base/base.h"
#include "reproduce/recipes.h"
#include "reproduce/scene.h"

enum { SETTLED_MS = 4000 };

static supervisor_ix supervisor_of(const story *s, child_ix child)
{
    return child == NO_IX ? supervisor_at(s) : s->m->children.items[child].supervisor;
}

static void helper_ends(deeds *body, do_kind how)
{
    deed_add(body, how, NULL, NULL, 0);
    deed_add(body, DO_SLEEP, NULL, NULL, 10);
    deed_add(body, DO_EXIT, NULL, "{helper, failed}", 0);
    deed_add(body, DO_END, NULL, NULL, 0);
}

static void still_there(story *s, const char *name)
{
    deed_add(&s->driver, DO_SLEEP, NULL, NULL, SETTLED_MS);
    deed_add(&s->driver, DO_ASSERT_THERE, name, NULL, 0);
}

void tell_linked_helper(story *s)
{
    scene x = scene_here(s);
    deeds body = {0};
    s->control_text = "the helper is not linked: its failure is its own";
    assume(s, "the helper fails");
    helper_ends(&body, s->control ? DO_SPAWN : DO_SPAWN_LINK);
    deed_at(s, &body.items[1], s->f->node);
    scene_body(s, &x, body);
    start_all(s);
    deed_add(&s->driver, DO_AWAIT_NAME, x.name, NULL, 0);
    scene_trigger(s, &x);
    still_there(s, x.name);
}

/* Exits are handled but not trapped: the process dies with its helper. Or they are trapped and not
 * handled: it goes on without the helper and does not know. */
void tell_trap_exit(story *s)
{
    scene x = scene_here(s);
    server_ix server = s->actors.items[x.at].server;
    bool traps = server != NO_IX && s->m->servers.items[server].trap_exit;
    s->control_text = traps ? "a clause takes the exit" : "exits are trapped";
    assume(s, "what the process is linked to fails");
    variable_add(s, x.at, "Knows", "false");
    if (traps || s->control)
        deed_at_step(s, deed_add(&s->actors.items[x.at].init, DO_TRAP_EXIT, NULL, NULL, 0), 1);
    story_clause *c = scene_clause(s, &x, "call", "link_it", 0);
    helper_ends(&c->body, DO_SPAWN_LINK);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    bool handled = !traps || s->control;
    c = scene_clause(s, &x, "info", handled ? "{EXIT, _, _}" : "_", UINT32_MAX);
    if (handled) deed_into(&c->body, "Knows", DO_SET, NULL, "true", 0);
    answers(s, x.at, "knows", "Knows");
    start_all(s);
    deed_add(&s->driver, DO_AWAIT_NAME, x.name, NULL, 0);
    deed_add(&s->driver, DO_CALL, x.name, "link_it", 5000);
    still_there(s, x.name);
    deed_into(&s->driver, "Knows", DO_CALL, x.name, "knows", 5000);
    deed_add(&s->driver, DO_ASSERT, NULL, "Knows == true", 0);
}

/* Somebody outside hears of the clean-up, or not, when the supervisor is stopped. */
static void clean_up_on_stop(story *s, const scene *x, int64_t takes_ms, child_ix child,
                             int32_t shutdown_ms, bool traps)
{
    uint32_t outside = actor_add(s, ACTOR_SERVER, "outside");
    const char *name = s->actors.items[outside].name;
    variable_add(s, outside, "Clean", "false");
    story_clause *c = clause_add(s, outside, "call", "clean_up", NO_IX);
    deed_into(&c->body, "Clean", DO_SET, NULL, "true", 0);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    answers(s, outside, "is_clean", "Clean");
    if (traps) deed_add(&s->actors.items[x->at].init, DO_TRAP_EXIT, NULL, NULL, 0);
    c = scene_clause(s, x, "terminate", "_", UINT32_MAX);
    if (takes_ms) deed_add(&c->body, DO_SLEEP, NULL, NULL, takes_ms);
    deed_at_step(s, deed_add(&c->body, DO_CALL, name, "clean_up", FOREVER_MS), 0);
    uint32_t sup = scene_supervisor(s, "supervisor_here", supervisor_of(s, child));
    scene_child(s, sup, x->at, "permanent", shutdown_ms);
    start_all(s);
    deed_add(&s->driver, DO_AWAIT_NAME, x->name, NULL, 0);
    deed_add(&s->driver, DO_STOP_SERVER, s->actors.items[sup].name, NULL, FOREVER_MS);
    deed_into(&s->driver, "Clean", DO_CALL, name, "is_clean", 5000);
    deed_add(&s->driver, DO_ASSERT, NULL, "Clean == true", 0);
}

void tell_no_terminate(story *s)
{
    scene x = scene_here(s);
    child_ix child = s->f->server == NO_IX ? NO_IX : model_child_of(s->m, s->f->server, 0);
    s->control_text = "exits are trapped: terminate runs";
    int32_t shutdown = SHUTDOWN_UNKNOWN;
    if (child != NO_IX && s->m->children.items[child].shutdown_stated)
        shutdown = s->m->children.items[child].shutdown_ms;
    if (child == NO_IX)
        assume(s, "the supervisor is not known; one with the defaults stands for it");
    clean_up_on_stop(s, &x, 0, child, shutdown, s->control);
}

void tell_shutdown(story *s)
{
    child_ix child = scene_child_of(s);
    scene x = scene_here(s);
    int32_t ms = 5000;
    if (child != NO_IX && s->m->children.items[child].shutdown_stated)
        ms = s->m->children.items[child].shutdown_ms;
    if (ms == SHUTDOWN_INFINITY || ms == SHUTDOWN_UNKNOWN || ms > 600000) ms = 5000;
    s->control_text = "shutdown is infinity: it is waited for";
    if (ms != SHUTDOWN_BRUTAL) assume(s, "the clean-up takes %d ms", ms * 3);
    clean_up_on_stop(s, &x, ms == SHUTDOWN_BRUTAL ? 0 : (int64_t)ms * 3, child,
                     s->control ? SHUTDOWN_INFINITY : ms, true);
}

/* A permanent child that ends because it is done; one that is started when it is needed and
 * brought back all the same; or a temporary one that is not started again. */
void tell_restart_type(story *s)
{
    child_ix child = scene_child_of(s);
    scene x = scene_here(s);
    const model_child *c = child == NO_IX ? NULL : &s->m->children.items[child];
    uint8_t type = c ? c->restart : RESTART_PERMANENT;
    server_ix server = c && c->module != NO_IX ? s->m->modules.items[c->module].server : NO_IX;
    if (server != NO_IX) x.at = actor_of(s, server), x.name = s->actors.items[x.at].name;
    bool lost = type == RESTART_TEMPORARY;
    bool done = !lost && type != RESTART_TRANSIENT &&
                (callback_at_step(s, 0) != NO_IX ||
                 (server != NO_IX && s->m->servers.items[server].kind == SERVER_TASK));
    s->control_text = lost   ? "it is permanent"
                      : done ? "it is transient: a normal end is the end"
                             : "it is temporary: who needs it starts it";
    if (!done) assume(s, lost ? "it fails" : "it fails each time, 20 ms after it was started");
    deed_add(&s->actors.items[x.at].init, DO_SEND_AFTER, NULL, "its_end", 20);
    story_clause *end = scene_clause(s, &x, "info", "its_end", 0);
    deed_at_step(s, deed_add(&end->body, DO_STOP, NULL, done ? "normal" : "failed", 0), 0);
    uint32_t sup = scene_supervisor(s, "supervisor_here", supervisor_of(s, child));
    if (lost && s->control) s->actors.items[sup].intensity = 1000;
    const char *other = lost ? "permanent" : done ? "transient" : "temporary";
    scene_child(s, sup, x.at, s->control ? other : restart_name(type), SHUTDOWN_UNKNOWN);
    s->time_ms = 6000;
    start_all(s);
    if (!lost) return;
    deed_add(&s->driver, DO_SLEEP, NULL, NULL, 1010);
    deed_add(&s->driver, DO_ASSERT_SOON, x.name, NULL, 0);
}

void tell_unsupervised(story *s)
{
    scene x = scene_here(s);
    s->control_text = "a supervisor starts it";
    assume(s, "the process may end by a failure");
    uint32_t sup = s->control ? scene_supervisor(s, "supervisor_here", NO_IX) : NO_IX;
    if (s->control) scene_child(s, sup, x.at, "permanent", SHUTDOWN_UNKNOWN);
    if (s->control) {
        start_all(s);
    } else {
        s->actors.items[x.at].started = true;
        deed_at(s, deed_add(&s->driver, DO_START, x.name, NULL, 0), s->f->node);
    }
    deed_add(&s->driver, DO_KILL, x.name, "broken", 0);
    deed_add(&s->driver, DO_ASSERT_SOON, x.name, NULL, 0);
}

static void look_and_start(story *s, const char *name, bool waits)
{
    deed_at_step(s, deed_into(&s->driver, "Found", DO_LOOKUP, name, NULL, 0), 0);
    deed_add(&s->driver, DO_IF, NULL, "Found == undefined", 0);
    if (waits) deed_add(&s->driver, DO_GATE_AT, NULL, NULL, 0);
    deed *d = deed_add(&s->driver, s->control ? DO_START : DO_START_OK, name, NULL, 0);
    deed_at_step(s, d, s->f->step_count > 1 ? 1 : UINT32_MAX);
    deed_add(&s->driver, DO_END, NULL, NULL, 0);
}

/* Two callers at once. */
void tell_lookup_or_start(story *s)
{
    uint32_t at = actor_add(s, ACTOR_SERVER, "looked_for");
    const char *name = s->actors.items[at].name;
    s->actors.items[at].started = true;
    s->actors.items[at].path = s->f->at.path;
    s->actors.items[at].line = s->f->at.line;
    s->control_text = "that it has been started already is no failure";
    assume(s, "two callers come at the same time");
    deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
    look_and_start(s, name, true);
    deed_add(&s->driver, DO_END, NULL, NULL, 0);
    deed_add(&s->driver, DO_GATE_AWAIT, NULL, NULL, 0);
    look_and_start(s, name, false);
    deed_add(&s->driver, DO_GATE_FILL, name, NULL, 0);
}

/* One child takes the other's pid when it starts, and keeps it. */
void tell_coupled(story *s)
{
    const model *m = s->m;
    scene x = scene_here(s);
    uint32_t other = NO_IX;
    for (child_ix i = 0; i < m->children.count && other == NO_IX; i++) {
        const model_child *c = &m->children.items[i];
        server_ix server = c->module == NO_IX ? NO_IX : m->modules.items[c->module].server;
        if (!is_evidence(s, c->node) || server == NO_IX) continue;
        if (server != s->actors.items[x.at].server) other = actor_of(s, server);
    }
    if (other == NO_IX) other = actor_add(s, ACTOR_SERVER, "sibling");
    const char *name = s->actors.items[other].name;
    s->control_text = "the strategy is one_for_all: both are started again";
    assume(s, "what one child has of the other since it started is told as the other's pid");
    answers(s, other, "question", "ok");
    variable_add(s, x.at, "Held", "none");
    deed *d = deed_into(&s->actors.items[x.at].init, "Held", DO_LOOKUP, name, NULL, 0);
    deed_at_step(s, d, 0);
    story_clause *c = scene_clause(s, &x, "call", "use_it", 1);
    deed_add(&c->body, DO_CALL, "Held", "question", 5000);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    uint32_t sup = scene_supervisor(s, "supervisor_here", supervisor_of(s, scene_child_of(s)));
    actor *a = &s->actors.items[sup];
    if (s->control) a->strategy = "one_for_all";
    if (a->intensity < 1) a->intensity = 1;
    scene_child(s, sup, other, "permanent", SHUTDOWN_UNKNOWN);
    scene_child(s, sup, x.at, "permanent", SHUTDOWN_UNKNOWN);
    start_all(s);
    deed_add(&s->driver, DO_AWAIT_NAME, x.name, NULL, 0);
    deed_into(&s->driver, "Former", DO_LOOKUP, name, NULL, 0);
    deed_add(&s->driver, DO_KILL, name, "broken", 0);
    deed_add(&s->driver, DO_AWAIT_OTHER, name, "Former", 0);
    deed_add(&s->driver, DO_SLEEP, NULL, NULL, SETTLED_MS);
    deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
    deed_add(&s->driver, DO_CALL, x.name, "use_it", 5000);
    deed_add(&s->driver, DO_END, NULL, NULL, 0);
}
