/* Stories of rules on the order of messages: something has to have run before, and nothing sees
 * to it. */
#include "base/base.h"
#include "reproduce/recipes.h"
#include "reproduce/scene.h"

/* The callback clause that stands at a step of the evidence, other than `not_this`; NO_IX. */
static callback_ix clause_at_evidence(const story *s, callback_ix not_this, bool last)
{
    const model *m = s->m;
    callback_ix found = NO_IX;
    for (uint32_t i = 0; i < s->f->step_count; i++) {
        const finding_step *step = &s->all->steps.items[s->f->step_first + i];
        for (callback_ix k = 0; k < m->callbacks.count; k++) {
            if (k == not_this || m->callbacks.items[k].server != s->f->server) continue;
            if (m->callbacks.items[k].kind == CB_INIT) continue;
            place p = model_place(m, m->callbacks.items[k].node);
            if (p.file != step->at.file || p.line != step->at.line) continue;
            if (found == NO_IX || last) found = k;
        }
    }
    return found;
}

/* The next step needs Ready to be true: without it the process crashes, or the failure is that it
 * runs nevertheless. */
static deed *need_add(deeds *to, do_kind how)
{
    if (how == DO_NEED) return deed_add(to, DO_NEED, "Ready", "true", 0);
    return deed_add(to, DO_ASSERT, NULL, "Ready == true", 0);
}

/* A clause that needs the variable to be true, or whose run without it is the failure. */
static void needy_clause(story *s, uint32_t at, callback_ix callback, do_kind how, bool gate)
{
    deeds body = {0};
    if (gate) deed_add(&body, DO_GATE_AT, NULL, NULL, 0);
    deed *d = need_add(&body, how);
    deed_at(s, d, s->m->callbacks.items[callback].node);
    end_clause(s, &body, callback);
    const char *kind = kind_of(s, callback);
    clause_add(s, at, kind, message_of(s, callback), callback)->body = body;
}

static const model_effect *focus_of(const story *s, callback_ix root)
{
    const model_callback *cb = &s->m->callbacks.items[root];
    for (uint32_t i = 0; i < cb->effect_count; i++)
        if (s->m->effects.items[cb->effect_first + i].node == s->f->node)
            return &s->m->effects.items[cb->effect_first + i];
    return NULL;
}

/* The set-up is begun by init in a way that lets other messages go first: a message to itself, or
 * a timeout of 0. */
static void tell_late_setup(story *s, bool zero, callback_ix user, do_kind how)
{
    callback_ix root = root_of(s);
    if (root == NO_IX) {
        s->unsupported = "the clause that the finding stands in is not known";
        return;
    }
    const model_callback *cb = &s->m->callbacks.items[root];
    bool in_init = cb->kind == CB_INIT;
    uint32_t at = actor_of(s, cb->server);
    const char *name = s->actors.items[at].name;
    s->control_text = "the step is a continue: nothing comes before it";
    variable_add(s, at, "Ready", in_init ? "false" : "true");
    deeds body = {0};
    deed_add(&body, DO_GATE_AT, NULL, NULL, 0);
    if (!in_init) deed_into(&body, "Ready", DO_SET, NULL, "false", 0);
    if (!in_init && strcmp(kind_of(s, root), "call") == 0)
        deed_add(&body, DO_REPLY_TO, NULL, "ok", 0);
    if (s->control || zero) {
        deed *d = deed_add(&body, DO_AT_ONCE, NULL, s->control ? "set_up" : NULL, 0);
        deed_at(s, d, s->f->node);
    } else {
        const model_effect *e = focus_of(s, root);
        bool timer = e && (e->kind == API_TIMER || e->kind == API_INTERVAL);
        deed *d = timer ? deed_add(&body, DO_SEND_AFTER, NULL, "set_up",
                                   e->timeout_ms > 0 ? e->timeout_ms : 0)
                        : deed_add(&body, DO_SEND_SELF, NULL, "set_up", 0);
        deed_at(s, d, s->f->node);
    }
    if (in_init) s->actors.items[at].init = body;
    else clause_add(s, at, kind_of(s, root), message_of(s, root), root)->body = body;
    story_clause *c = clause_add(s, at, s->control ? "continue" : "info",
                                 zero && !s->control ? "timeout" : "set_up", NO_IX);
    deed_into(&c->body, "Ready", DO_SET, NULL, "true", 0);
    if (user != NO_IX) {
        needy_clause(s, at, user, how, false);
    } else {
        assume(s, "some request comes in between");
        c = clause_add(s, at, "call", "some_request", NO_IX);
        need_add(&c->body, how);
        deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    }
    start_all(s);
    deed_add(&s->driver, DO_AWAIT_NAME, name, NULL, 0);
    if (!in_init) trigger(s, at, root);
    deed_add(&s->driver, DO_GATE_AWAIT, NULL, NULL, 0);
    if (user != NO_IX) {
        trigger(s, at, user);
    } else {
        deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
        deed_add(&s->driver, DO_CALL, name, "some_request", 5000);
        deed_add(&s->driver, DO_END, NULL, NULL, 0);
    }
    deed_add(&s->driver, DO_GATE_OPEN, NULL, NULL, 0);
}

void tell_self_send(story *s)
{
    callback_ix user = clause_at_evidence(s, root_of(s), true);
    if (user != NO_IX && strcmp(kind_of(s, user), "continue") == 0) user = NO_IX;
    tell_late_setup(s, false, user, DO_NEED);
}

void tell_zero_timeout(story *s)
{
    tell_late_setup(s, true, NO_IX, DO_ASSERT);
}

/* A clause that works only after another one has run; both messages come from anywhere. */
void tell_gated(story *s)
{
    callback_ix root = root_of(s);
    if (root == NO_IX) {
        s->unsupported = "the clause that the finding stands in is not known";
        return;
    }
    const char *kind = kind_of(s, root);
    if (strcmp(kind, "continue") == 0 || strcmp(kind, "terminate") == 0 ||
        s->m->callbacks.items[root].kind == CB_INIT) {
        s->unsupported = "the clause takes no message";
        return;
    }
    callback_ix setter = clause_at_evidence(s, root, true);
    uint32_t at = actor_of(s, s->m->callbacks.items[root].server);
    s->control_text = "what the clause needs is there from the start";
    variable_add(s, at, "Ready", s->control ? "true" : "false");
    bool refuses = s->f->level == LEVEL_NOTE;
    if (refuses) assume(s, "a refusal counts as failure: the client does not expect it");
    bool set = setter != NO_IX && strcmp(kind_of(s, setter), "continue") != 0 &&
               strcmp(kind_of(s, setter), "terminate") != 0;
    needy_clause(s, at, root, refuses ? DO_ASSERT : DO_NEED, set);
    if (set) {
        deeds body = {0};
        deed_into(&body, "Ready", DO_SET, NULL, "true", 0);
        end_clause(s, &body, setter);
        clause_add(s, at, kind_of(s, setter), message_of(s, setter), setter)->body = body;
    } else {
        assume(s, "the message comes before what it needs");
    }
    start_all(s);
    trigger(s, at, root);
    if (set) {
        deed_add(&s->driver, DO_GATE_AWAIT, NULL, NULL, 0);
        deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
        const char *to = s->actors.items[at].name, *message = message_of(s, setter);
        const char *how = kind_of(s, setter);
        if (strcmp(how, "call") == 0) deed_add(&s->driver, DO_CALL, to, message, 5000);
        else if (strcmp(how, "cast") == 0) deed_add(&s->driver, DO_CAST, to, message, 0);
        else deed_add(&s->driver, DO_SEND, to, message, 0);
        deed_add(&s->driver, DO_END, NULL, NULL, 0);
        deed_add(&s->driver, DO_GATE_OPEN, NULL, NULL, 0);
    }
}

/* Does it reply on some other way through the clause? */
static bool answers_on_some_branch(const story *s, callback_ix root)
{
    const model *m = s->m;
    const model_callback *cb = &m->callbacks.items[root];
    for (uint32_t i = 0; i < cb->return_count; i++) {
        val_ix v = m->returns.items[cb->return_first + i];
        if (model_value(m, v)->kind == VAL_TUPLE) v = model_value_kid(m, v, 0);
        if (model_value(m, v)->kind == VAL_ATOM &&
            sv_eq_c(model_text(m, model_value(m, v)->name), "reply"))
            return true;
    }
    return false;
}

/* A call that a clause takes and does not answer. */
void tell_no_reply(story *s)
{
    callback_ix root = root_of(s);
    if (root == NO_IX) {
        s->unsupported = "the clause that takes the call is not known";
        return;
    }
    const char *kind = kind_of(s, root);
    if (strcmp(kind, "call") != 0 && s->m->callbacks.items[root].kind != CB_EVENT) {
        s->unsupported = "the clause takes no call";
        return;
    }
    uint32_t at = actor_of(s, s->m->callbacks.items[root].server);
    s->control_text = "the clause replies";
    const char *message = message_of(s, root);
    story_clause *c = clause_add(s, at, "call", message, root);
    bool always = !answers_on_some_branch(s, root);
    if (s->control) {
        deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    } else {
        if (!always) {
            s->unknowns++;
            deed_add(&c->body, DO_CHOOSE, NULL, "only on some branch", 0);
        }
        deed_at(s, deed_add(&c->body, DO_NOREPLY, NULL, NULL, 0), s->f->node);
        if (!always) {
            deed_add(&c->body, DO_OR, NULL, NULL, 0);
            deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
            deed_add(&c->body, DO_END, NULL, NULL, 0);
        }
    }
    start_all(s);
    deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
    deed_add(&s->driver, DO_CALL, s->actors.items[at].name, message, 5000);
    deed_add(&s->driver, DO_END, NULL, NULL, 0);
}

/* A message to a name that may not be registered yet. */
void tell_unregistered(story *s)
{
    const model *m = s->m;
    callback_ix root = root_of(s);
    const model_effect *e = root == NO_IX ? NULL : focus_of(s, root);
    server_ix to = e && e->id.server != NO_IX ? e->id.server : NO_IX;
    for (uint32_t i = 0; i < m->edges.count && to == NO_IX; i++) {
        const model_edge *edge = &m->edges.items[i];
        if (edge->op != NO_IX && m->ops.items[edge->op].node == s->f->node) to = edge->server;
    }
    uint32_t at = to != NO_IX ? actor_of(s, to) : actor_add(s, ACTOR_SERVER, "receiver");
    const char *name = s->actors.items[at].name;
    s->control_text = "the sender waits until the name is registered";
    assume(s, "sender and receiver start side by side");
    variable_add(s, at, "Got", "false");
    story_clause *c = clause_add(s, at, "cast", "news", NO_IX);
    deed_into(&c->body, "Got", DO_SET, NULL, "true", 0);
    answers(s, at, "has_got_it", "Got");
    deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
    if (s->control) deed_add(&s->driver, DO_AWAIT_NAME, name, NULL, 0);
    else deed_add(&s->driver, DO_GATE_AT, NULL, NULL, 0);
    deed_at(s, deed_add(&s->driver, DO_CAST, name, "news", 0), s->f->node);
    deed_add(&s->driver, DO_END, NULL, NULL, 0);
    if (!s->control) {
        deed_add(&s->driver, DO_GATE_AWAIT, NULL, NULL, 0);
        deed_add(&s->driver, DO_GATE_FILL, name, NULL, 0);
        deed_add(&s->driver, DO_GATE_PASSED, NULL, NULL, 0);
    }
    start_all(s);
    deed_add(&s->driver, DO_SLEEP, NULL, NULL, 4000);
    deed_into(&s->driver, "Got", DO_CALL, name, "has_got_it", 5000);
    deed_add(&s->driver, DO_ASSERT, NULL, "Got == true", 0);
}
