/* Stories of the rules on waits: the clauses that wait for one another, as the model has them, and
 * nothing else of the servers. The control makes the same request from a process of its own, so
 * that the clause goes on. */
#include "base/base.h"
#include "classifiers/classifiers.h"
#include "reproduce/recipes.h"
#include "reproduce/scene.h"

enum { CLAUSES_MAX = 16, TARGETS_MAX = 2 };

typedef struct {
    story *s;
    VEC(callback_ix) queue; /* clauses of the story, in order of discovery */
    VEC(bool) asked;        /* some clause of the story sends it */
    bool focus_done;
    bool gated; /* the first clause lets the driver's next requests in before it goes on */
} slice;

static uint32_t slice_add(slice *w, callback_ix callback, bool asked)
{
    for (uint32_t i = 0; i < w->queue.count; i++)
        if (w->queue.items[i] == callback) {
            w->asked.items[i] |= asked;
            return i;
        }
    if (w->queue.count == CLAUSES_MAX) return NO_IX;
    vec_push(&w->queue, callback);
    vec_push(&w->asked, asked);
    return w->queue.count - 1;
}

typedef struct {
    const story *s;
    callback_ix evident[TARGETS_MAX], other[TARGETS_MAX];
    uint32_t evident_count, other_count;
} targets;

static void target_seen(const wait_step *step, void *payload)
{
    targets *t = payload;
    bool evident = is_evidence(t->s, t->s->m->callbacks.items[step->waits_for].node);
    uint32_t *count = evident ? &t->evident_count : &t->other_count;
    callback_ix *list = evident ? t->evident : t->other;
    if (*count < TARGETS_MAX) list[(*count)++] = step->waits_for;
}

static int64_t timeout_of(story *s, const model_effect *e)
{
    if (e->timeout_ms == TIMEOUT_NEVER || e->timeout_ms == TIMEOUT_NONE_MS) return FOREVER_MS;
    if (e->timeout_ms >= 0) return e->timeout_ms;
    s->unknowns++;
    assume(s, "a timeout that is computed is taken as 5 s");
    return 5000;
}

/* The actor of a supervisor, with the child that matters. */
static uint32_t supervisor_actor(story *s, supervisor_ix ix, server_ix child_server)
{
    static const char *const strategies[] = {"one_for_one", "one_for_one", "one_for_all",
                                             "rest_for_one", "one_for_one"};
    static const char *const restarts[] = {"permanent", "permanent", "transient", "temporary"};
    const model *m = s->m;
    const model_supervisor *sup = &m->supervisors.items[ix];
    sv text = sup->registered ? model_text(m, sup->registered)
                              : model_text(m, m->modules.items[sup->module].name);
    for (size_t i = text.size; i-- > 0;)
        if (text.data[i] == '.') {
            text = (sv){text.data + i + 1, text.size - i - 1};
            break;
        }
    const char *name = name_of(s, text);
    for (uint32_t i = 0; i < s->actors.count; i++)
        if (s->actors.items[i].kind != ACTOR_SERVER && s->actors.items[i].server == NO_IX &&
            strcmp(s->actors.items[i].name, name) == 0)
            return i;
    uint32_t child = actor_of(s, child_server);
    uint32_t at = actor_add(s, sup->dynamic ? ACTOR_DYNAMIC : ACTOR_SUPERVISOR, name);
    actor *a = &s->actors.items[at];
    place p = model_place(m, sup->node);
    a->path = p.path;
    a->line = p.line;
    a->strategy = strategies[MIN(sup->strategy, 4)];
    a->intensity = sup->intensity >= 0 ? sup->intensity : 3;
    a->period_s = sup->period_s > 0 ? sup->period_s : 5;
    story_child c = {.name = s->actors.items[child].name,
                     .restart = "permanent",
                     .shutdown_ms = SHUTDOWN_UNKNOWN,
                     .count = 1};
    for (uint32_t i = 0; i < sup->child_count; i++) {
        const model_child *mc = &m->children.items[sup->child_first + i];
        if (mc->module == NO_IX || m->modules.items[mc->module].server != child_server) continue;
        place cp = model_place(m, mc->node);
        c.path = cp.path;
        c.line = cp.line;
        c.restart = restarts[MIN(mc->restart, 3)];
        if (mc->shutdown_stated) c.shutdown_ms = mc->shutdown_ms;
        break;
    }
    vec_push(&a->children, c);
    return at;
}

/* `target`: what is started or stopped, when known. */
static deed *supervisor_request(slice *w, deeds *to, const model_effect *e, server_ix target)
{
    story *s = w->s;
    const model *m = s->m;
    const api_row *row = api_get(e->api);
    supervisor_ix ix = effect_supervisor(m, e);
    server_ix root = m->callbacks.items[e->root].server;
    bool starts = api_flag(row, "start_child"), stops = api_flag(row, "terminate_child");
    uint32_t at;
    if (ix == NO_IX) {
        assume(s, "the supervisor asked is not known; one that is free stands for it");
        at = actor_add(s, ACTOR_DYNAMIC, "supervisor_asked");
        s->actors.items[at].intensity = 3;
        s->actors.items[at].period_s = 5;
    } else {
        bool own = model_is_ancestor(m, ix, root) || target == NO_IX;
        at = supervisor_actor(s, ix, own ? root : target);
    }
    const char *sup = s->actors.items[at].name;
    if (target == NO_IX || (target == root && starts)) {
        if (!starts) return deed_add(to, DO_WHICH_CHILDREN, sup, NULL, FOREVER_MS);
        uint32_t extra = actor_add(s, ACTOR_SERVER, "started_child");
        s->actors.items[extra].started = true;
        return deed_add(to, DO_START_CHILD, sup, s->actors.items[extra].name, FOREVER_MS);
    }
    uint32_t child = actor_of(s, target);
    const char *who = s->actors.items[child].name;
    if (starts) {
        s->actors.items[child].started = true;
        /* Only this request starts it. */
        actor *a = &s->actors.items[at];
        for (uint32_t i = 0; i < a->children.count; i++)
            if (strcmp(a->children.items[i].name, who) == 0) {
                a->children.count--;
                a->children.items[i] = a->children.items[a->children.count];
            }
        return deed_add(to, DO_START_CHILD, sup, who, FOREVER_MS);
    }
    if (!stops) return deed_add(to, DO_WHICH_CHILDREN, sup, NULL, FOREVER_MS);
    bool by_pid = s->actors.items[at].kind == ACTOR_DYNAMIC;
    return deed_add(to, by_pid ? DO_TERMINATE_PID : DO_TERMINATE_CHILD, sup, who, 0);
}

static void question_clause(story *s, uint32_t at)
{
    for (vec_each(&s->actors.items[at].clauses, c))
        if (strcmp(c->pattern, "question") == 0) return;
    story_clause *c = clause_add(s, at, "call", "question", NO_IX);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
}

/* A call to somebody whose clause is not in the model. */
static deed *foreign_call(slice *w, deeds *to, const model_effect *e)
{
    story *s = w->s;
    const model_callback *root = &s->m->callbacks.items[e->root];
    int64_t ms = timeout_of(s, e);
    if (e->id.kind == ID_CALLER) return deed_add(to, DO_CALL, "elem(1, from)", "question", ms);
    if (e->id.kind == ID_SELF || e->id.server == root->server) {
        uint32_t own = actor_of(s, root->server);
        question_clause(s, own);
        return deed_add(to, DO_CALL, s->actors.items[own].name, "question", ms);
    }
    uint32_t at = e->id.server != NO_IX ? actor_of(s, e->id.server) : NO_IX;
    if (at == NO_IX) {
        at = actor_add(s, ACTOR_SERVER, "outside");
        assume(s, "who is asked is not known; a server that answers stands for it");
    }
    question_clause(s, at);
    return deed_add(to, DO_CALL, s->actors.items[at].name, "question", ms);
}

static void wait_deed(slice *w, deeds *to, effect_ix ix)
{
    story *s = w->s;
    const model *m = s->m;
    const model_effect *e = &m->effects.items[ix];
    targets t = {.s = s};
    each_wait(m, ix, target_seen, &t);
    callback_ix *list = t.evident_count ? t.evident : t.other;
    uint32_t count = t.evident_count ? t.evident_count : MIN(t.other_count, 1);
    server_ix server = count ? m->callbacks.items[list[0]].server : NO_IX;
    deed *d = NULL;
    if (e->kind == API_SUP_CALL) {
        d = supervisor_request(w, to, e, server);
        for (uint32_t i = 0; i < count; i++) slice_add(w, list[i], true);
    } else if (e->kind == API_STOP) {
        supervisor_ix sup = effect_supervisor(m, e);
        if (e->id.server == NO_IX && sup == NO_IX) {
            d = foreign_call(w, to, e);
        } else {
            uint32_t at = sup != NO_IX
                              ? supervisor_actor(s, sup, m->callbacks.items[e->root].server)
                              : actor_of(s, e->id.server);
            d = deed_add(to, DO_STOP_SERVER, s->actors.items[at].name, NULL, timeout_of(s, e));
        }
        for (uint32_t i = 0; i < count; i++) slice_add(w, list[i], true);
    } else if (e->kind == API_START && count) {
        uint32_t at = actor_of(s, server);
        s->actors.items[at].started = true;
        d = deed_add(to, DO_START, s->actors.items[at].name, NULL, 0);
        for (uint32_t i = 0; i < count; i++) slice_add(w, list[i], true);
    } else if (count == 0) {
        d = foreign_call(w, to, e);
    } else {
        uint32_t at = actor_of(s, server);
        if (count > 1) {
            s->unknowns++;
            deed_add(to, DO_CHOOSE, NULL, "which clause takes the message is not known", 0);
        }
        for (uint32_t i = 0; i < count; i++) {
            if (i) deed_add(to, DO_OR, NULL, NULL, 0);
            d = deed_add(to, DO_CALL, s->actors.items[at].name, message_of(s, list[i]),
                         timeout_of(s, e));
            deed_at(s, d, e->node);
            slice_add(w, list[i], true);
        }
        if (count > 1) deed_add(to, DO_END, NULL, NULL, 0);
        return;
    }
    deed_at(s, d, e->node);
}

static bool asks_itself(const story *s, const model_effect *e)
{
    const model_callback *root = &s->m->callbacks.items[e->root];
    return e->kind == API_CALL && strcmp(rule_get(s->f->rule)->id, "self-call") == 0 &&
           (e->id.kind == ID_SELF || e->id.server == root->server);
}

/* The effects of a clause that the finding is about, each under what surrounds it. */
static void tell_effects(slice *w, callback_ix callback, deeds *to)
{
    story *s = w->s;
    const model_callback *cb = &s->m->callbacks.items[callback];
    uint32_t told = 0;
    map64 seen = {0};
    for (uint32_t i = 0; i < cb->effect_count && told < 4; i++) {
        effect_ix ix = cb->effect_first + i;
        const model_effect *e = &s->m->effects.items[ix];
        bool focus = e->node == s->f->node;
        uint32_t mark;
        if (!effect_waits(s->m, e) || !(focus || is_evidence(s, e->node))) continue;
        if (!map64_add(&seen, e->node, &mark)) continue;
        told++;
        bool apart = focus && s->control;
        bool branch = (e->ctx & CTX_BRANCH) != 0, caught = (e->ctx & CTX_CAUGHT) != 0;
        bool task = (e->ctx & CTX_AWAITED) && (e->ctx & CTX_SPAWNED);
        /* Where the failure is caught, it is that there is no answer. */
        bool unanswered = focus && caught && !task && asks_itself(s, e);
        if (unanswered) apart = false;
        if (branch) {
            s->unknowns++;
            deed_add(to, DO_CHOOSE, NULL, "only on some branch", 0);
        }
        if (unanswered) deed_into(to, "Answered", DO_SET, NULL, "false", 0);
        if (caught) deed_add(to, DO_TRY, NULL, NULL, 0);
        if (apart) deed_add(to, DO_SPAWN, NULL, NULL, 0);
        if (task) deed_add(to, DO_TASK, NULL, NULL, 0);
        if (!(unanswered && s->control)) wait_deed(w, to, ix);
        if (unanswered) deed_into(to, "Answered", DO_SET, NULL, "true", 0);
        if (task) deed_add(to, DO_END, NULL, NULL, 0);
        if (task) deed_add(to, DO_AWAIT, NULL, NULL, FOREVER_MS);
        if (apart) deed_add(to, DO_END, NULL, NULL, 0);
        if (caught) deed_add(to, DO_END, NULL, NULL, 0);
        if (unanswered) {
            deed_at(s, deed_add(to, DO_ASSERT, NULL, "Answered == true", 0), e->node);
            assume(s, "the clause needs the answer that it asks for");
            s->control_text = "the clause does the work itself, without a request";
        }
        if (branch) {
            deed_add(to, DO_OR, NULL, NULL, 0);
            deed_add(to, DO_END, NULL, NULL, 0);
        }
        w->focus_done |= focus;
    }
    map64_release(&seen);
}

static void tell_clause(slice *w, callback_ix callback)
{
    story *s = w->s;
    const model_callback *cb = &s->m->callbacks.items[callback];
    uint32_t at = actor_of(s, cb->server);
    deeds body = {0};
    if (cb->kind == CB_TERMINATE && s->m->servers.items[cb->server].trap_exit)
        deed_add(&s->actors.items[at].init, DO_TRAP_EXIT, NULL, NULL, 0);
    if (w->gated && callback == w->queue.items[0]) deed_add(&body, DO_GATE_AT, NULL, NULL, 0);
    tell_effects(w, callback, &body);
    if (cb->kind == CB_INIT || cb->kind == CB_START) {
        actor *a = &s->actors.items[at];
        for (vec_each(&body, d)) vec_push(&a->init, *d);
        vec_release(&body);
        return;
    }
    if (cb->kind == CB_CONTINUE)
        deed_add(&s->actors.items[at].init, DO_AT_ONCE, NULL, message_of(s, callback), 0);
    end_clause(s, &body, callback);
    const char *kind = kind_of(s, callback);
    const char *pattern = cb->kind == CB_TERMINATE ? "_" : message_of(s, callback);
    clause_add(s, at, kind, pattern, callback)->body = body;
}

static void trigger_all(slice *w)
{
    story *s = w->s;
    uint32_t told = 0;
    for (uint32_t i = 0; i < w->queue.count; i++) {
        const model_callback *cb = &s->m->callbacks.items[w->queue.items[i]];
        if ((w->asked.items[i] && i) || cb->kind == CB_INIT || cb->kind == CB_CONTINUE ||
            cb->kind == CB_START)
            continue;
        trigger(s, actor_of(s, cb->server), w->queue.items[i]);
        if (w->gated && told++ == 0) deed_add(&s->driver, DO_GATE_AWAIT, NULL, NULL, 0);
    }
    if (w->gated) deed_add(&s->driver, DO_GATE_OPEN, NULL, NULL, 0);
}

static bool slice_begin(slice *w)
{
    story *s = w->s;
    callback_ix root = root_of(s);
    if (root == NO_IX) {
        s->unsupported = "the clause that the finding stands in is not known";
        return false;
    }
    if (!s->control_text)
        s->control_text = "the request is made from a process of its own, and the clause goes on";
    slice_add(w, root, false);
    for (uint32_t i = 0; i < w->queue.count; i++) {
        tell_clause(w, w->queue.items[i]);
        if (i == 0 && !w->focus_done) {
            s->unsupported = "the wait that the finding speaks of is no effect of the clause";
            return false;
        }
    }
    return true;
}

static void slice_release(slice *w)
{
    vec_release(&w->queue);
    vec_release(&w->asked);
}

void tell_waits(story *s)
{
    slice w = {.s = s};
    if (slice_begin(&w)) {
        start_all(s);
        trigger_all(&w);
    }
    slice_release(&w);
}

/* The worker's clause that waits for the owner: another one than its terminate. NO_IX: none. */
static callback_ix busy_clause(const story *s)
{
    const model *m = s->m;
    for (callback_ix i = 0; i < m->callbacks.count; i++) {
        const model_callback *cb = &m->callbacks.items[i];
        if (!is_evidence(s, cb->node) || i == root_of(s) || cb->kind == CB_TERMINATE) continue;
        for (uint32_t k = 0; k < cb->effect_count; k++) {
            const model_effect *e = &m->effects.items[cb->effect_first + k];
            if (effect_waits(m, e) && is_evidence(s, e->node)) return i;
        }
    }
    return NO_IX;
}

/* An owner stops a worker that may be in a clause which waits for the owner: both clauses are
 * begun, in every order. */
void tell_stop_cycle(story *s)
{
    callback_ix busy = busy_clause(s);
    callback_ix root = root_of(s);
    bool asks = root != NO_IX && strcmp(kind_of(s, root), "terminate") != 0 &&
                s->m->callbacks.items[root].kind != CB_INIT;
    slice w = {.s = s, .gated = busy != NO_IX && asks};
    if (slice_begin(&w)) {
        uint32_t before = w.queue.count;
        if (busy != NO_IX) slice_add(&w, busy, false);
        for (uint32_t k = before; k < w.queue.count; k++) tell_clause(&w, w.queue.items[k]);
        start_all(s);
        trigger_all(&w);
    }
    slice_release(&w);
}

/* The client that is called back is a server whose clause makes the request. */
void tell_call_back(story *s)
{
    slice w = {.s = s};
    callback_ix root = root_of(s);
    if (slice_begin(&w)) {
        uint32_t server = actor_of(s, s->m->callbacks.items[root].server);
        uint32_t client = actor_add(s, ACTOR_SERVER, "client");
        story_clause *c = clause_add(s, client, "cast", "begin_it", NO_IX);
        deed_add(&c->body, DO_CALL, s->actors.items[server].name, message_of(s, root), 5000);
        c = clause_add(s, client, "call", "question", NO_IX);
        deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
        /* A pid sent along in the message stands for the client as well. */
        for (vec_each(&s->actors, a))
            for (vec_each(&a->clauses, k))
                for (vec_each(&k->body, d))
                    if (d->who && strncmp(d->who, "outside", 7) == 0) d->who = "elem(1, from)";
        start_all(s);
        deed_add(&s->driver, DO_CAST, s->actors.items[client].name, "begin_it", 0);
    }
    slice_release(&w);
}

/* The child's request and the phase of its supervisor that waits for the child. */
void tell_supervisor(story *s)
{
    slice w = {.s = s};
    callback_ix root = root_of(s);
    if (slice_begin(&w)) {
        uint32_t child = actor_of(s, s->m->callbacks.items[root].server);
        const char *name = s->actors.items[child].name, *sup = NULL;
        for (vec_each(&s->actors, a))
            if (a->kind != ACTOR_SERVER) sup = a->name;
        start_all(s);
        if (!sup) {
            s->unsupported = "the supervisor that is asked is not known";
        } else if (s->m->callbacks.items[root].kind == CB_TERMINATE) {
            deed_add(&s->driver, DO_AWAIT_NAME, name, NULL, 0);
            deed_add(&s->driver, DO_STOP_SERVER, sup, NULL, FOREVER_MS);
        } else if (s->m->callbacks.items[root].kind != CB_INIT) {
            deed_add(&s->driver, DO_AWAIT_NAME, name, NULL, 0);
            trigger(s, child, root);
        }
    }
    slice_release(&w);
}

/* The application controller is a process that runs the start of an application while the
 * requests of others wait. */
void tell_application(story *s)
{
    callback_ix root = root_of(s);
    if (root == NO_IX) {
        s->unsupported = "the clause that the finding stands in is not known";
        return;
    }
    const model_callback *cb = &s->m->callbacks.items[root];
    const model_effect *focus = NULL;
    for (uint32_t i = 0; i < cb->effect_count; i++)
        if (s->m->effects.items[cb->effect_first + i].node == s->f->node)
            focus = &s->m->effects.items[cb->effect_first + i];
    if (!focus) {
        s->unsupported = "the request to the application controller is no effect of the clause";
        return;
    }
    s->control_text = "the request is made from a process of its own, and the clause goes on";
    assume(s, "the application controller is a server that starts and stops applications one "
              "after the other");
    uint32_t at = actor_of(s, cb->server);
    const char *name = s->actors.items[at].name;
    bool ends = cb->kind == CB_TERMINATE || cb->kind == CB_STOP;
    deeds body = {0};
    bool branch = (focus->ctx & CTX_BRANCH) != 0;
    if (branch) {
        s->unknowns++;
        deed_add(&body, DO_CHOOSE, NULL, "only on some branch", 0);
    }
    if (s->control) deed_add(&body, DO_SPAWN, NULL, NULL, 0);
    deed_at(s, deed_add(&body, DO_CALL, "application_controller_", "ask", FOREVER_MS), focus->node);
    if (s->control) deed_add(&body, DO_END, NULL, NULL, 0);
    if (branch) {
        deed_add(&body, DO_OR, NULL, NULL, 0);
        deed_add(&body, DO_END, NULL, NULL, 0);
    }
    if (ends) clause_add(s, at, "terminate", "_", root)->body = body;
    else s->actors.items[at].init = body;
    uint32_t controller = actor_add(s, ACTOR_SERVER, "application_controller_");
    story_clause *c = clause_add(s, controller, "call", "start_or_stop", NO_IX);
    if (ends) deed_add(&c->body, DO_STOP_SERVER, name, NULL, FOREVER_MS);
    else deed_add(&c->body, DO_START, name, NULL, 0);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    c = clause_add(s, controller, "call", "ask", NO_IX);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    s->actors.items[at].started = !ends;
    start_all(s);
    deed_add(&s->driver, DO_CALL, "application_controller_", "start_or_stop", FOREVER_MS);
}

/* A wait without a limit: when the one asked gives no answer, it lasts for ever. */
void tell_endless_wait(story *s)
{
    scene x = scene_here(s);
    uint32_t other = actor_add(s, ACTOR_SERVER, "asked");
    const char *name = s->actors.items[other].name;
    s->control_text = "the wait has a limit, and its end is caught";
    assume(s, "the one asked may stop answering: the rule supposes it, the source does not say "
              "when");
    deeds body = {0};
    if (s->control) deed_add(&body, DO_TRY, NULL, NULL, 0);
    deed *d = deed_add(&body, DO_CALL, name, "question", s->control ? 1000 : FOREVER_MS);
    deed_at(s, d, s->f->node);
    if (s->control) deed_add(&body, DO_END, NULL, NULL, 0);
    scene_body(s, &x, body);
    story_clause *c = clause_add(s, other, "call", "question", NO_IX);
    deed_add(&c->body, DO_CHOOSE, NULL, "it may never answer", 0);
    deed_add(&c->body, DO_NOREPLY, NULL, NULL, 0);
    deed_add(&c->body, DO_OR, NULL, NULL, 0);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    deed_add(&c->body, DO_END, NULL, NULL, 0);
    start_all(s);
    if (!x.starts) deed_add(&s->driver, DO_AWAIT_NAME, x.name, NULL, 0);
    scene_trigger(s, &x);
}
