/* Stories of rules on mailboxes: messages stolen, late, without a clause, or too many. */
#include "base/base.h"
#include "reproduce/recipes.h"

enum { BOUND = 8, BURST = 12, LONG_MS = 6000 };

static bool begin(story *s, callback_ix *root, uint32_t *at)
{
    *root = root_of(s);
    if (*root == NO_IX) {
        s->unsupported = "the clause that the finding stands in is not known";
        return false;
    }
    *at = actor_of(s, s->m->callbacks.items[*root].server);
    return true;
}

/* Puts the body where the callback's clause is, and makes the driver run it. */
static void place_body(story *s, uint32_t at, callback_ix root, deeds body)
{
    const model_callback *cb = &s->m->callbacks.items[root];
    if (cb->kind == CB_INIT || cb->kind == CB_START || cb->kind == CB_RUN) {
        s->actors.items[at].init = body;
        return;
    }
    end_clause(s, &body, root);
    if (cb->kind == CB_CONTINUE)
        deed_add(&s->actors.items[at].init, DO_AT_ONCE, NULL, message_of(s, root), 0);
    const char *pattern = cb->kind == CB_TERMINATE ? "_" : message_of(s, root);
    clause_add(s, at, kind_of(s, root), pattern, root)->body = body;
}

static bool runs_at_start(const story *s, callback_ix root)
{
    uint8_t kind = s->m->callbacks.items[root].kind;
    return kind == CB_INIT || kind == CB_START || kind == CB_RUN || kind == CB_CONTINUE;
}

static void another_request(story *s, uint32_t at)
{
    story_clause *c = clause_add(s, at, "call", "another_request", NO_IX);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
}

static void ask_another(story *s, uint32_t at)
{
    const char *name = s->actors.items[at].name;
    deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
    deed_add(&s->driver, DO_CALL, name, "another_request", 5000);
    deed_add(&s->driver, DO_END, NULL, NULL, 0);
}

void tell_receive(story *s)
{
    callback_ix root;
    uint32_t at;
    if (!begin(s, &root, &at)) return;
    bool steals = s->f->level == LEVEL_ERROR;
    deeds body = {0};
    deed_add(&body, DO_GATE_AT, NULL, NULL, 0);
    s->control_text = "the answer is there, and only it is taken";
    if (!steals) assume(s, "the answer may stay away");
    if (s->control) deed_add(&body, DO_SEND_SELF, NULL, "{answer, 1}", 0);
    deed *d =
        deed_add(&body, DO_RECEIVE, NULL, steals && !s->control ? NULL : "{answer, 1}", FOREVER_MS);
    deed_at(s, d, s->f->node);
    place_body(s, at, root, body);
    another_request(s, at);
    start_all(s);
    const char *name = s->actors.items[at].name;
    if (runs_at_start(s, root)) deed_add(&s->driver, DO_AWAIT_NAME, name, NULL, 0);
    else trigger(s, at, root);
    deed_add(&s->driver, DO_GATE_AWAIT, NULL, NULL, 0);
    ask_another(s, at);
    deed_add(&s->driver, DO_GATE_OPEN, NULL, NULL, 0);
}

static bool has_info(const story *s, server_ix server)
{
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
    callback_ix root;
    uint32_t at;
    if (!begin(s, &root, &at)) return;
    s->control_text = "a clause takes the result";
    deeds body = {0};
    deed_add(&body, DO_TASK, NULL, NULL, 0);
    deed_at(s, deed_add(&body, DO_SLEEP, NULL, NULL, 1), s->f->node);
    deed_add(&body, DO_END, NULL, NULL, 0);
    place_body(s, at, root, body);
    info_clauses(s, at, s->m->callbacks.items[root].server);
    start_all(s);
    if (!runs_at_start(s, root)) trigger(s, at, root);
}

void tell_info_source(story *s)
{
    callback_ix root;
    uint32_t at;
    if (!begin(s, &root, &at)) return;
    s->control_text = "a clause takes the message";
    assume(s, "the source sends its message");
    deeds body = {0};
    deed *d = deed_add(&body, DO_SEND_AFTER, NULL, "{from_the_source, 1}", 10);
    deed_at(s, d, s->f->node);
    place_body(s, at, root, body);
    info_clauses(s, at, s->m->callbacks.items[root].server);
    start_all(s);
    if (!runs_at_start(s, root)) trigger(s, at, root);
}

static int64_t focus_timeout(const story *s, callback_ix root, int64_t fallback)
{
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
    callback_ix root;
    uint32_t at;
    if (!begin(s, &root, &at)) return;
    int64_t ms = focus_timeout(s, root, 5000);
    s->control_text = "the call waits until the answer is there";
    s->reply_by_ref = true;
    s->not_on_otp = "since OTP 24 a plain call's late reply is dropped by its alias";
    assume(s, "replies are sent by reference, as before OTP 24 and by proxies");
    uint32_t slow = slow_server(s, ms + 100);
    deeds body = {0};
    deed_add(&body, DO_TRY, NULL, NULL, 0);
    deed *d = deed_add(&body, DO_CALL, s->actors.items[slow].name, "question",
                       s->control ? FOREVER_MS : ms);
    deed_at(s, d, s->f->node);
    deed_add(&body, DO_END, NULL, NULL, 0);
    place_body(s, at, root, body);
    bool control = s->control;
    s->control = false; /* the control has no clause either */
    info_clauses(s, at, s->m->callbacks.items[root].server);
    s->control = control;
    start_all(s);
    if (strcmp(kind_of(s, root), "call") == 0)
        deed_add(&s->driver, DO_CALL, s->actors.items[at].name, message_of(s, root), FOREVER_MS);
    else if (!runs_at_start(s, root)) trigger(s, at, root);
}

/* The inner wait is as long as the outer one, which began earlier. */
void tell_timeout_chain(story *s)
{
    callback_ix root;
    uint32_t at;
    if (!begin(s, &root, &at)) return;
    if (strcmp(kind_of(s, root), "call") != 0) {
        s->unsupported = "the clause takes no call";
        return;
    }
    int64_t ms = MAX(focus_timeout(s, root, LONG_MS), 5000);
    s->control_text = "the wait is in a process of its own";
    uint32_t slow = slow_server(s, 5500);
    deeds body = {0};
    if (s->control) deed_add(&body, DO_SPAWN, NULL, NULL, 0);
    deed *d = deed_add(&body, DO_CALL, s->actors.items[slow].name, "question",
                       s->control ? FOREVER_MS : ms);
    deed_at(s, d, s->f->node);
    if (s->control) deed_add(&body, DO_END, NULL, NULL, 0);
    place_body(s, at, root, body);
    start_all(s);
    trigger(s, at, root);
}

/* Slow work in a clause, while another client waits its 5 s. */
void tell_blocking(story *s)
{
    callback_ix root;
    uint32_t at;
    if (!begin(s, &root, &at)) return;
    s->control_text = "the work is done by a process of its own";
    assume(s, "the work may take 6 s");
    deeds body = {0};
    deed_add(&body, DO_CHOOSE, NULL, "how long the work takes is not known", 0);
    if (s->control) deed_add(&body, DO_SPAWN, NULL, NULL, 0);
    deed_at(s, deed_add(&body, DO_SLEEP, NULL, NULL, LONG_MS), s->f->node);
    if (s->control) deed_add(&body, DO_END, NULL, NULL, 0);
    deed_add(&body, DO_OR, NULL, NULL, 0);
    deed_add(&body, DO_END, NULL, NULL, 0);
    place_body(s, at, root, body);
    another_request(s, at);
    start_all(s);
    deed_add(&s->driver, DO_AWAIT_NAME, s->actors.items[at].name, NULL, 0);
    if (!runs_at_start(s, root)) trigger(s, at, root);
    ask_another(s, at);
}

/* A burst of casts to a clause that takes its time. */
void tell_flood(story *s)
{
    callback_ix root;
    uint32_t at;
    if (!begin(s, &root, &at)) return;
    s->control_text = "the sender waits for each message to be taken: it calls";
    s->mailbox_max = BOUND;
    assume(s, "the clause takes 100 ms, and messages come faster");
    const char *message = message_of(s, root), *kind = s->control ? "call" : kind_of(s, root);
    if (strcmp(kind, "call") == 0 && !s->control) kind = "cast";
    if (strcmp(kind, "cast") != 0 && !s->control) kind = "info";
    story_clause *c = clause_add(s, at, kind, message, root);
    deed_at(s, deed_add(&c->body, DO_SLEEP, NULL, NULL, 100), s->f->node);
    if (s->control) deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    start_all(s);
    const char *name = s->actors.items[at].name;
    deed_add(&s->driver, DO_REPEAT, NULL, NULL, BURST);
    if (s->control) deed_add(&s->driver, DO_CALL, name, message, 5000);
    else if (strcmp(kind, "cast") == 0) deed_add(&s->driver, DO_CAST, name, message, 0);
    else deed_add(&s->driver, DO_SEND, name, message, 0);
    deed_add(&s->driver, DO_END, NULL, NULL, 0);
}

/* Each request starts one more loop of the same timer. */
void tell_timer_pileup(story *s)
{
    callback_ix root;
    uint32_t at;
    if (!begin(s, &root, &at)) return;
    s->control_text = "only the timer's own clause starts it again";
    s->mailbox_max = BOUND;
    s->time_ms = 8000;
    assume(s, "the periodic work takes half of each second");
    story_clause *c = clause_add(s, at, "call", "request", root);
    if (!s->control) deed_at(s, deed_add(&c->body, DO_SEND_AFTER, NULL, "tick", 1000), s->f->node);
    deed_add(&c->body, DO_REPLY, NULL, "ok", 0);
    c = clause_add(s, at, "info", "tick", NO_IX);
    deed_add(&c->body, DO_SLEEP, NULL, NULL, 500);
    deed_add(&c->body, DO_SEND_AFTER, NULL, "tick", 1000);
    deed_add(&c->body, DO_NOREPLY, NULL, NULL, 0);
    start_all(s);
    deed_add(&s->driver, DO_REPEAT, NULL, NULL, BURST);
    deed_add(&s->driver, DO_CALL, s->actors.items[at].name, "request", 5000);
    deed_add(&s->driver, DO_END, NULL, NULL, 0);
}
