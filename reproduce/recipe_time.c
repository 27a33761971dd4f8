/* Stories of rules on when something is there, and on who hears of it. */
#include "base/base.h"
#include "reproduce/recipes.h"
#include "reproduce/scene.h"

enum { SETTLED_MS = 4000 };

/* What set-up makes is told as a name that it registers. */
void tell_ready_late(story *s)
{
    scene x = scene_here(s);
    const char *made = arena_printf(&s->memory, "%s_made", x.name);
    actor *a = &s->actors.items[x.at];
    bool info = x.root != NO_IX && strcmp(kind_of(s, x.root), "info") == 0;
    s->control_text = "it is made in init";
    assume(s, "what is made is told as a registered name");
    a->unnamed = a->started = true;
    deeds body = {0};
    if (!s->control) deed_add(&body, DO_GATE_AT, NULL, NULL, 0);
    deed_at(s, deed_add(&body, DO_REGISTER, made, NULL, 0), s->f->node);
    if (s->control) {
        a->init = body;
    } else {
        if (info) deed_add(&a->init, DO_SEND_SELF, NULL, "set_up", 0);
        else deed_add(&a->init, DO_AT_ONCE, NULL, "set_up", 0);
        story_clause *c = clause_add(s, x.at, info ? "info" : "continue", "set_up", x.root);
        c->body = body;
    }
    deed_add(&s->driver, DO_START, x.name, NULL, 0);
    if (!s->control) deed_add(&s->driver, DO_GATE_AWAIT, NULL, NULL, 0);
    deed_at_step(s, deed_add(&s->driver, DO_ASSERT_THERE, made, NULL, 0), 1);
    if (!s->control) deed_add(&s->driver, DO_GATE_FILL, made, NULL, 0);
}

/* The first timer's message comes after the second has been armed. */
void tell_stale(story *s)
{
    scene x = scene_here(s);
    s->control_text = "the clause compares the timer with the one in the state";
    assume(s, "the timer is armed again just before it fires");
    variable_add(s, x.at, "Armed", "0");
    story_clause *c = scene_clause(s, &x, "call", "arm", 0);
    deed_into(&c->body, "Armed", DO_SET, NULL, "Armed + 1", 0);
    deed_at_step(s, deed_add(&c->body, DO_SEND_AFTER, NULL, "{fired, Armed}", 1000), 0);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    c = scene_clause(s, &x, "info", "{fired, N}", UINT32_MAX);
    if (s->control) deed_add(&c->body, DO_IF, NULL, "N == Armed", 0);
    deed_at(s, deed_add(&c->body, DO_ASSERT, NULL, "N == Armed", 0), s->f->node);
    if (s->control) deed_add(&c->body, DO_END, NULL, NULL, 0);
    start_all(s);
    for (int i = 0; i < 2; i++) deed_add(&s->driver, DO_CALL, x.name, "arm", 5000);
    deed_add(&s->driver, DO_SLEEP, NULL, NULL, SETTLED_MS);
}

/* One message goes straight, one round by another server. */
void tell_triangle(story *s)
{
    scene x = scene_here(s);
    sv path;
    uint32_t straight, round;
    step_at(s, 0, &path, &straight);
    step_at(s, 1, &path, &round);
    bool first = straight <= round;
    uint32_t by = actor_add(s, ACTOR_SERVER, "passes_on");
    uint32_t to = actor_add(s, ACTOR_SERVER, "receiver");
    const char *by_name = s->actors.items[by].name, *to_name = s->actors.items[to].name;
    s->control_text = "the first message is a call: it has arrived when the second is sent";
    assume(s, "the messages are meant to come as they are sent");
    if (first)
        s->not_on_otp = "on one node what is sent first comes first; between nodes nothing "
                        "orders the two";
    do_kind how = s->control ? DO_CALL : DO_CAST;
    deeds body = {0};
    if (first) deed_at_step(s, deed_add(&body, how, to_name, "straight", 5000), 0);
    deed_at_step(s, deed_add(&body, first ? DO_CAST : how, by_name, "pass_it_on", 5000), 1);
    if (!first) deed_at_step(s, deed_add(&body, DO_CAST, to_name, "straight", 0), 0);
    scene_body(s, &x, body);
    const char *kind = s->control ? "call" : "cast";
    story_clause *c = clause_add(s, by, first ? "cast" : kind, "pass_it_on", NO_IX);
    deed_at_step(s, deed_add(&c->body, first ? DO_CAST : how, to_name, "round_about", 5000), 2);
    if (!first && s->control) deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    variable_add(s, to, "First", "false");
    c = clause_add(s, to, kind, first ? "straight" : "round_about", NO_IX);
    step_at(s, 3, &c->path, &c->line);
    deed_into(&c->body, "First", DO_SET, NULL, "true", 0);
    if (s->control) deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    c = clause_add(s, to, "cast", first ? "round_about" : "straight", NO_IX);
    deed_at_step(s, deed_add(&c->body, DO_ASSERT, NULL, "First == true", 0), 3);
    start_all(s);
    scene_trigger(s, &x);
}

/* What changes between reading and subscribing is neither read nor told. */
void tell_subscribe_late(story *s)
{
    scene x = scene_here(s);
    uint32_t source = actor_add(s, ACTOR_SERVER, "source");
    const char *name = s->actors.items[source].name;
    s->control_text = "it subscribes first and reads then";
    variable_add(s, source, "Value", "0");
    variable_add(s, source, "Subscribed", "false");
    answers(s, source, "read_it", "Value");
    story_clause *c = clause_add(s, source, "call", "subscribe_it", NO_IX);
    deed_into(&c->body, "Subscribed", DO_SET, NULL, "true", 0);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    c = clause_add(s, source, "cast", "change_it", NO_IX);
    deed_into(&c->body, "Value", DO_SET, NULL, "1", 0);
    deed_add(&c->body, DO_IF, NULL, "Subscribed == true", 0);
    deed_add(&c->body, DO_CAST, x.name, "{changed_to, 1}", 0);
    deed_add(&c->body, DO_END, NULL, NULL, 0);
    variable_add(s, x.at, "Seen", "none");
    deeds body = {0};
    for (int i = 0; i < 2; i++) {
        if ((i == 1) != s->control)
            deed_at_step(s, deed_add(&body, DO_CALL, name, "subscribe_it", 5000), 1);
        else deed_at_step(s, deed_into(&body, "Seen", DO_CALL, name, "read_it", 5000), 0);
        if (i == 0) deed_add(&body, DO_GATE_AT, NULL, NULL, 0);
    }
    scene_body(s, &x, body);
    c = scene_clause(s, &x, "cast", "{changed_to, Now}", UINT32_MAX);
    deed_into(&c->body, "Seen", DO_SET, NULL, "Now", 0);
    answers(s, x.at, "what_is_seen", "Seen");
    start_all(s);
    deed_add(&s->driver, DO_AWAIT_NAME, x.name, NULL, 0);
    scene_trigger(s, &x);
    deed_add(&s->driver, DO_GATE_AWAIT, NULL, NULL, 0);
    deed_add(&s->driver, DO_CAST, name, "change_it", 0);
    deed_into(&s->driver, "Value", DO_CALL, name, "read_it", 5000);
    deed_add(&s->driver, DO_GATE_FILL, x.name, NULL, 0);
    deed_add(&s->driver, DO_SLEEP, NULL, NULL, SETTLED_MS);
    deed_into(&s->driver, "Seen", DO_CALL, x.name, "what_is_seen", 5000);
    deed_add(&s->driver, DO_ASSERT, NULL, "Seen == Value", 0);
}

/* The client's operations in its own order. */
void tell_client_order(story *s)
{
    callback_ix needy = NO_IX;
    for (uint32_t i = s->f->step_count; i-- > 0 && needy == NO_IX;) needy = callback_at_step(s, i);
    if (needy == NO_IX) {
        s->unsupported = "the clause that refuses is not known";
        return;
    }
    uint32_t at = actor_of(s, s->m->callbacks.items[needy].server);
    const char *name = s->actors.items[at].name, *kind = kind_of(s, needy);
    s->control_text = "the client prepares the server first";
    assume(s, "a refusal is a failure: the client does not expect it");
    variable_add(s, at, "Ready", "false");
    story_clause *c = clause_add(s, at, kind, message_of(s, needy), needy);
    deed *d = deed_add(&c->body, DO_ASSERT, NULL, "Ready == true", 0);
    step_at(s, s->f->step_count - 1, &d->path, &d->line);
    end_clause(s, &c->body, needy);
    c = clause_add(s, at, "call", "prepare_it", NO_IX);
    deed_into(&c->body, "Ready", DO_SET, NULL, "true", 0);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    start_all(s);
    for (int i = 0; i < 2; i++) {
        do_kind how = strcmp(kind, "call") == 0   ? DO_CALL
                      : strcmp(kind, "cast") == 0 ? DO_CAST
                                                  : DO_SEND;
        if ((i == 0) == s->control) deed_add(&s->driver, DO_CALL, name, "prepare_it", 5000);
        else deed_at(s, deed_add(&s->driver, how, name, message_of(s, needy), 5000), s->f->node);
    }
}

/* The message that a clause is written for is sent, and another clause runs. */
void tell_shadowed(story *s)
{
    callback_ix root = root_of(s);
    if (root == NO_IX) {
        s->unsupported = "the clause that never runs is not known";
        return;
    }
    uint32_t at = actor_of(s, s->m->callbacks.items[root].server);
    const char *name = s->actors.items[at].name, *kind = kind_of(s, root);
    const char *message = message_of(s, root);
    bool call = strcmp(kind, "call") == 0, cast = strcmp(kind, "cast") == 0;
    if (!call && !cast) kind = "info";
    s->control_text = "the special clause comes first";
    variable_add(s, at, "Ran", "none");
    for (int i = 0; i < 2; i++) {
        bool early = (i == 0) != s->control;
        story_clause *c = clause_add(s, at, kind, early ? "_" : message, early ? NO_IX : root);
        if (early) step_at(s, 0, &c->path, &c->line);
        deed_into(&c->body, "Ran", DO_SET, NULL, early ? "the_first" : "its_own", 0);
        if (call) deed_add(&c->body, DO_REPLY, NULL, "Ran", 0);
    }
    if (!call) answers(s, at, "which_ran", "Ran");
    start_all(s);
    if (!call) deed_add(&s->driver, cast ? DO_CAST : DO_SEND, name, message, 0);
    deed_into(&s->driver, "Ran", DO_CALL, name, call ? message : "which_ran", 5000);
    deed_add(&s->driver, DO_ASSERT, NULL, "Ran == its_own", 0);
}

/* A message that the server waits for goes to a process that is gone. */
void tell_wrong_self(story *s)
{
    scene x = scene_here(s);
    s->control_text = "the server's own pid is taken";
    assume(s, "the message comes when the spawned process has ended");
    variable_add(s, x.at, "Got", "false");
    deeds body = {0};
    if (!s->control) deed_add(&body, DO_SPAWN, NULL, NULL, 0);
    deed_at(s, deed_add(&body, DO_SEND_AFTER, NULL, "for_the_server", 100), s->f->node);
    if (!s->control) deed_add(&body, DO_END, NULL, NULL, 0);
    scene_body(s, &x, body);
    story_clause *c = scene_clause(s, &x, "info", "for_the_server", UINT32_MAX);
    deed_into(&c->body, "Got", DO_SET, NULL, "true", 0);
    answers(s, x.at, "has_got_it", "Got");
    start_all(s);
    deed_add(&s->driver, DO_AWAIT_NAME, x.name, NULL, 0);
    scene_trigger(s, &x);
    deed_add(&s->driver, DO_SLEEP, NULL, NULL, SETTLED_MS);
    deed_into(&s->driver, "Got", DO_CALL, x.name, "has_got_it", 5000);
    deed_add(&s->driver, DO_ASSERT, NULL, "Got == true", 0);
}

/* The client decides by what it was told once. */
void tell_duplicated(story *s)
{
    scene x = {.at = s->f->server == NO_IX ? actor_add(s, ACTOR_SERVER, "asked_once")
                                           : actor_of(s, s->f->server)};
    x.name = s->actors.items[x.at].name;
    s->control_text = "the client asks when it needs to know";
    assume(s, "what the client keeps changes in the server");
    variable_add(s, x.at, "Up", "true");
    answers(s, x.at, "is_it_up", "Up");
    story_clause *c = scene_clause(s, &x, "call", "goes_down", UINT32_MAX);
    deed_into(&c->body, "Up", DO_SET, NULL, "false", 0);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    start_all(s);
    deed_at_step(s, deed_into(&s->driver, "Copy", DO_CALL, x.name, "is_it_up", 5000), 0);
    deed_add(&s->driver, DO_CALL, x.name, "goes_down", 5000);
    if (s->control) deed_into(&s->driver, "Copy", DO_CALL, x.name, "is_it_up", 5000);
    deed_into(&s->driver, "Up", DO_CALL, x.name, "is_it_up", 5000);
    deed_at(s, deed_add(&s->driver, DO_ASSERT, NULL, "Copy == Up", 0), s->f->node);
}
