/* Stories of rules on mailboxes: messages stolen, late, without a clause, or too many. */
#include "base/base.h"
#include "reproduce/recipes.h"
#include "reproduce/scene.h"

enum { BOUND = 8, BURST = 12, LONG_MS = 6000 };

static void ask_another(story *s, uint32_t at)
{
    const char *name = s->actors.items[at].name;
    deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
    deed_add(&s->driver, DO_CALL, name, "another_request", 5000);
    deed_add(&s->driver, DO_END, NULL, NULL, 0);
}

void tell_receive(story *s)
{
    scene x = scene_here(s);
    bool steals = s->f->level == LEVEL_ERROR;
    deeds body = {0};
    deed_add(&body, DO_GATE_AT, NULL, NULL, 0);
    s->control_text = "the answer is there, and only it is taken";
    if (!steals) assume(s, "the answer may stay away");
    if (s->control) deed_add(&body, DO_SEND_SELF, NULL, "{answer, 1}", 0);
    deed *d =
        deed_add(&body, DO_RECEIVE, NULL, steals && !s->control ? NULL : "{answer, 1}", FOREVER_MS);
    deed_at(s, d, s->f->node);
    scene_body(s, &x, body);
    answers(s, x.at, "another_request", "ok");
    start_all(s);
    deed_add(&s->driver, DO_AWAIT_NAME, x.name, NULL, 0);
    scene_trigger(s, &x);
    deed_add(&s->driver, DO_GATE_AWAIT, NULL, NULL, 0);
    ask_another(s, x.at);
    deed_add(&s->driver, DO_GATE_OPEN, NULL, NULL, 0);
}

static bool has_info(const story *s, server_ix server)
{
    if (server == NO_IX) return false;
    const model_server *of = &s->m->servers.items[server];
    for (uint32_t i = 0; i < of->callback_count; i++)
        if (s->m->callbacks.items[of->callback_first + i].kind == CB_INFO) return true;
    return false;
}

/* The info clauses of the server as far as they matter: has it any, so that an unexpected message
 * is a crash, and has the control one for it. */
static void info_clauses(story *s, uint32_t at, server_ix server)
{
    if (s->control || has_info(s, server)) {
        story_clause *c =
            clause_add(s, at, "info", s->control ? "_" : "expected_by_a_clause", NO_IX);
        deed_add(&c->body, DO_NOREPLY, NULL, NULL, 0);
    }
}

void tell_task_result(story *s)
{
    scene x = scene_here(s);
    s->control_text = "a clause takes the result";
    deeds body = {0};
    deed_add(&body, DO_TASK, NULL, NULL, 0);
    deed_at(s, deed_add(&body, DO_SLEEP, NULL, NULL, 1), s->f->node);
    deed_add(&body, DO_END, NULL, NULL, 0);
    scene_body(s, &x, body);
    info_clauses(s, x.at, s->actors.items[x.at].server);
    start_all(s);
    scene_trigger(s, &x);
}

void tell_info_source(story *s)
{
    scene x = scene_here(s);
    s->control_text = "a clause takes the message";
    assume(s, "the source sends its message");
    deeds body = {0};
    deed *d = deed_add(&body, DO_SEND_AFTER, NULL, "{from_the_source, 1}", 10);
    deed_at(s, d, s->f->node);
    scene_body(s, &x, body);
    info_clauses(s, x.at, s->actors.items[x.at].server);
    start_all(s);
    scene_trigger(s, &x);
}

static int64_t focus_timeout(const story *s, callback_ix root, int64_t fallback)
{
    if (root == NO_IX) return fallback;
    const model_callback *cb = &s->m->callbacks.items[root];
    for (uint32_t i = 0; i < cb->effect_count; i++) {
        const model_effect *e = &s->m->effects.items[cb->effect_first + i];
        if (e->node == s->f->node && e->timeout_ms > 0) return e->timeout_ms;
    }
    return fallback;
}

static uint32_t slow_server(story *s, int64_t ms)
{
    uint32_t slow = actor_add(s, ACTOR_SERVER, "slow");
    story_clause *c = clause_add(s, slow, "call", "question", NO_IX);
    deed_add(&c->body, DO_CHOOSE, NULL, "it may be slow", 0);
    deed_add(&c->body, DO_SLEEP, NULL, NULL, ms);
    deed_add(&c->body, DO_OR, NULL, NULL, 0);
    deed_add(&c->body, DO_END, NULL, NULL, 0);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    return slow;
}

void tell_late_reply(story *s)
{
    scene x = scene_here(s);
    int64_t ms = focus_timeout(s, x.root, 5000);
    s->control_text = "the call waits until the answer is there";
    s->reply_by_ref = true;
    assume(s, "replies are sent by reference, as before OTP 24 and by proxies");
    uint32_t slow = slow_server(s, ms + 100);
    deeds body = {0};
    deed_add(&body, DO_TRY, NULL, NULL, 0);
    deed *d = deed_add(&body, DO_CALL, s->actors.items[slow].name, "question",
                       s->control ? FOREVER_MS : ms);
    deed_at(s, d, s->f->node);
    deed_add(&body, DO_END, NULL, NULL, 0);
    scene_body(s, &x, body);
    bool control = s->control;
    s->control = false; /* the control has no clause either */
    info_clauses(s, x.at, s->actors.items[x.at].server);
    s->control = control;
    start_all(s);
    if (x.root != NO_IX && strcmp(kind_of(s, x.root), "call") == 0)
        deed_add(&s->driver, DO_CALL, x.name, message_of(s, x.root), FOREVER_MS);
    else scene_trigger(s, &x);
}

/* The inner wait is as long as the outer one, which began earlier. */
void tell_timeout_chain(story *s)
{
    scene x = scene_here(s);
    bool call = x.root != NO_IX && strcmp(kind_of(s, x.root), "call") == 0;
    const char *message = call ? message_of(s, x.root) : "request";
    int64_t ms = MAX(focus_timeout(s, x.root, LONG_MS), 5000);
    s->control_text = "the wait is in a process of its own";
    uint32_t slow = slow_server(s, 5500);
    deeds body = {0};
    if (s->control) deed_add(&body, DO_SPAWN, NULL, NULL, 0);
    deed *d = deed_add(&body, DO_CALL, s->actors.items[slow].name, "question",
                       s->control ? FOREVER_MS : ms);
    deed_at(s, d, s->f->node);
    if (s->control) deed_add(&body, DO_END, NULL, NULL, 0);
    if (call) {
        scene_body(s, &x, body);
    } else {
        assume(s, "the caller whose time ends first waits for the clause");
        deed_add(&body, DO_REPLY, NULL, "ok", 0);
        scene_clause(s, &x, "call", message, UINT32_MAX)->body = body;
    }
    start_all(s);
    deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
    deed_add(&s->driver, DO_CALL, x.name, message, 5000);
    deed_add(&s->driver, DO_END, NULL, NULL, 0);
}

/* Slow work in a clause, while another client waits its 5 s. */
void tell_blocking(story *s)
{
    scene x = scene_here(s);
    s->control_text = "the work is done by a process of its own";
    assume(s, "the work may take 6 s");
    deeds body = {0};
    deed_add(&body, DO_CHOOSE, NULL, "how long the work takes is not known", 0);
    if (s->control) deed_add(&body, DO_SPAWN, NULL, NULL, 0);
    deed_at(s, deed_add(&body, DO_SLEEP, NULL, NULL, LONG_MS), s->f->node);
    if (s->control) deed_add(&body, DO_END, NULL, NULL, 0);
    deed_add(&body, DO_OR, NULL, NULL, 0);
    deed_add(&body, DO_END, NULL, NULL, 0);
    scene_body(s, &x, body);
    answers(s, x.at, "another_request", "ok");
    start_all(s);
    deed_add(&s->driver, DO_AWAIT_NAME, x.name, NULL, 0);
    scene_trigger(s, &x);
    ask_another(s, x.at);
}

/* A burst of casts to a clause that takes its time. */
void tell_flood(story *s)
{
    scene x = scene_here(s);
    s->control_text = "the sender waits for each message to be taken: it calls";
    s->mailbox_max = BOUND;
    assume(s, "the clause takes 100 ms, and messages come faster");
    bool known = x.root != NO_IX && !x.starts;
    const char *message = known ? message_of(s, x.root) : "news";
    const char *kind = known ? kind_of(s, x.root) : "info";
    if (strcmp(kind, "call") == 0) kind = "cast";
    if (strcmp(kind, "cast") != 0) kind = "info";
    bool cast = strcmp(kind, "cast") == 0;
    story_clause *c = scene_clause(s, &x, s->control ? "call" : kind, message, UINT32_MAX);
    if (known) {
        place p = model_place(s->m, s->m->callbacks.items[x.root].node);
        c->path = p.path;
        c->line = p.line;
    }
    if (!s->control) deed_add(&c->body, DO_GATE_AT, NULL, NULL, 0);
    deed_at(s, deed_add(&c->body, DO_SLEEP, NULL, NULL, 100), s->f->node);
    if (s->control) deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    start_all(s);
    deed_add(&s->driver, DO_REPEAT, NULL, NULL, BURST);
    do_kind how = s->control ? DO_CALL : cast ? DO_CAST : DO_SEND;
    deed_add(&s->driver, how, x.name, message, 5000);
    deed_add(&s->driver, DO_END, NULL, NULL, 0);
    if (!s->control) deed_add(&s->driver, DO_GATE_FILL, x.name, NULL, BOUND + 1);
}

/* Each request starts one more loop of the same timer. */
void tell_timer_pileup(story *s)
{
    scene x = scene_here(s);
    s->control_text = "only the timer's own clause starts it again";
    s->mailbox_max = BOUND;
    s->time_ms = 8000;
    assume(s, "the periodic work takes half of each second");
    story_clause *c = scene_clause(s, &x, "call", "request", UINT32_MAX);
    if (!s->control) deed_at(s, deed_add(&c->body, DO_SEND_AFTER, NULL, "tick", 1000), s->f->node);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    c = clause_add(s, x.at, "info", "tick", NO_IX);
    deed_add(&c->body, DO_SLEEP, NULL, NULL, 500);
    deed_add(&c->body, DO_SEND_AFTER, NULL, "tick", 1000);
    deed_add(&c->body, DO_NOREPLY, NULL, NULL, 0);
    start_all(s);
    deed_add(&s->driver, DO_REPEAT, NULL, NULL, BURST);
    deed_add(&s->driver, DO_CALL, x.name, "request", 5000);
    deed_add(&s->driver, DO_END, NULL, NULL, 0);
}
