/* Stories of rules on restarts and start order. */
#include "base/base.h"
#include "reproduce/recipes.h"
#include "reproduce/scene.h"

enum { CHILDREN_MAX = 30, CHILDREN_UNKNOWN = 10 };

supervisor_ix supervisor_at(const story *s)
{
    const model *m = s->m;
    for (int pass = 0; pass < 3; pass++)
        for (supervisor_ix i = 0; i < m->supervisors.count; i++) {
            const model_supervisor *sup = &m->supervisors.items[i];
            if (pass == 0 &&
                (sup->node == s->f->node || (sup->flags_node && sup->flags_node == s->f->node)))
                return i;
            if (pass == 1 &&
                (is_evidence(s, sup->node) || (sup->flags_node && is_evidence(s, sup->flags_node))))
                return i;
            if (pass == 2 && s->f->server != NO_IX && sup->server == s->f->server) return i;
        }
    return NO_IX;
}

static uint32_t supervisor_told(story *s, supervisor_ix ix, const char *name)
{
    static const char *const strategies[] = {"one_for_one", "one_for_one", "one_for_all",
                                             "rest_for_one", "one_for_one"};
    const model_supervisor *sup = &s->m->supervisors.items[ix];
    uint32_t at = actor_add(s, ACTOR_SUPERVISOR, name);
    actor *a = &s->actors.items[at];
    place p = model_place(s->m, sup->flags_node ? sup->flags_node : sup->node);
    a->path = p.path;
    a->line = p.line;
    a->strategy = strategies[MIN(sup->strategy, 4)];
    a->intensity = sup->intensity >= 0 ? sup->intensity : 3;
    a->period_s = sup->period_s > 0 ? sup->period_s : 5;
    if (sup->intensity < 0) assume(s, "an intensity that is computed is taken as 3 in 5 s");
    return at;
}

const char *restart_of(const story *s, const model_supervisor *sup, uint32_t i)
{
    static const char *const restarts[] = {"permanent", "permanent", "transient", "temporary"};
    /* A dynamic one has kinds of children and not children: the finding is about one that comes
     * back. */
    if (sup->dynamic)
        for (i = 0; i < sup->child_count; i++)
            if (s->m->children.items[sup->child_first + i].restart != RESTART_TEMPORARY) break;
    if (i >= sup->child_count) i = 0;
    if (sup->child_count == 0) return "permanent";
    return restarts[MIN(s->m->children.items[sup->child_first + i].restart, 3)];
}

static void fallible_child(story *s, uint32_t sup, const char *type, int64_t fails_after)
{
    uint32_t at = actor_add(s, ACTOR_SERVER, "worker");
    actor *a = &s->actors.items[at];
    deed_add(&a->init, DO_SEND_AFTER, NULL, "fail", fails_after);
    story_clause *c = clause_add(s, at, "info", "fail", NO_IX);
    deed_add(&c->body, DO_CRASH, NULL, "dependency_down", 0);
    story_child child = {.name = s->actors.items[at].name,
                         .restart = type,
                         .shutdown_ms = SHUTDOWN_UNKNOWN,
                         .count = 1};
    vec_push(&s->actors.items[sup].children, child);
}

/* Each child fails once within a second: a dependency that all of them use went away for a
 * moment. */
void tell_intensity(story *s)
{
    supervisor_ix ix = supervisor_at(s);
    if (ix == NO_IX) {
        s->unsupported = "the supervisor is not known";
        return;
    }
    const model_supervisor *sup = &s->m->supervisors.items[ix];
    uint32_t at = supervisor_told(s, ix, "supervisor_here");
    int64_t intensity = s->actors.items[at].intensity;
    uint32_t count = sup->dynamic ? CHILDREN_UNKNOWN : sup->child_count;
    if (!sup->children_complete || sup->dynamic) count = MAX(count, (uint32_t)CHILDREN_UNKNOWN);
    for (uint32_t i = 0; i < sup->child_count; i++)
        if (s->m->children.items[sup->child_first + i].repeated)
            count = MAX(count, (uint32_t)CHILDREN_UNKNOWN);
    count = MIN(MAX(count, 1), (uint32_t)CHILDREN_MAX);
    /* Where one failure restarts all, or the children are too few to spend the budget at once, the
     * failure has to last. */
    bool lasts = count <= intensity || sup->strategy == STRATEGY_ONE_FOR_ALL;
    if (lasts) count = MIN(count, 3);
    if (lasts)
        assume(s, "%u children fail a second after each start, as while what they use is away",
               count);
    else
        assume(s, "%u children%s fail once within a second, as when what they use goes away", count,
               sup->dynamic ? ", of any number," : "");
    s->control_text = "the intensity is higher than the number of failures";
    if (s->control) s->actors.items[at].intensity = (intensity + count) * 1000;
    /* The last first: rest_for_one restarts those behind. */
    for (uint32_t i = 0; i < count; i++)
        fallible_child(s, at, restart_of(s, sup, i), 1000 + 10 * (int64_t)(count - i));
    s->time_ms = lasts ? MIN(s->actors.items[at].period_s, 20) * 1000 + 900 : 1900;
    start_all(s);
}

/* A child that fails again and again, and a supervisor that never gives up on it. */
void tell_disabled_intensity(story *s)
{
    supervisor_ix ix = supervisor_at(s);
    if (ix == NO_IX) {
        s->unsupported = "the supervisor is not known";
        return;
    }
    uint32_t at = supervisor_told(s, ix, "supervisor_here");
    const char *name = s->actors.items[at].name;
    s->control_text = "the intensity is 3 in 5 s: it gives up, and its own supervisor hears of it";
    assume(s, "a child fails 100 ms after each start; 4 s later somebody should have heard of it");
    if (s->control) {
        s->actors.items[at].intensity = 3;
        s->actors.items[at].period_s = 5;
    }
    fallible_child(s, at, restart_of(s, &s->m->supervisors.items[ix], 0), 100);
    start_all(s);
    deed_add(&s->driver, DO_SLEEP, NULL, NULL, 4000);
    deed_add(&s->driver, DO_ASSERT_GONE, name, NULL, 0);
    s->time_ms = 6000;
}

/* The clause with an effect that the evidence names; the finding itself is at the supervisor. */
static callback_ix needing_clause(const story *s)
{
    const model *m = s->m;
    if (s->f->callback != NO_IX) return s->f->callback;
    /* A helper may be shared: only the server of the child that the finding stands at is meant. */
    callback_ix found = NO_IX;
    child_ix child = scene_child_of(s);
    server_ix server = s->f->server;
    if (child != NO_IX && m->children.items[child].module != NO_IX)
        server = m->modules.items[m->children.items[child].module].server;
    for (effect_ix i = 0; i < m->effects.count; i++) {
        const model_effect *e = &m->effects.items[i];
        if (e->kind == API_LOG || e->kind == API_PURE || !is_evidence(s, e->node)) continue;
        if (m->callbacks.items[e->root].server != server) continue;
        if (is_evidence(s, m->callbacks.items[e->root].node)) return e->root;
        if (found == NO_IX) found = e->root;
    }
    return found;
}

/* A child whose init needs a sibling that is started after it. */
void tell_start_order(story *s)
{
    const model *m = s->m;
    callback_ix root = needing_clause(s);
    if (root == NO_IX) {
        s->unsupported = "the clause that needs the sibling is not known";
        return;
    }
    const model_callback *cb = &m->callbacks.items[root];
    const model_effect *e = NULL;
    for (uint32_t i = 0; i < cb->effect_count && !e; i++) {
        const model_effect *k = &m->effects.items[cb->effect_first + i];
        if (k->node == s->f->node || is_evidence(s, k->node)) e = k;
    }
    uint32_t child = actor_of(s, cb->server);
    server_ix needed =
        e && e->id.server != NO_IX && e->id.server != cb->server ? e->id.server : NO_IX;
    uint32_t sibling =
        needed != NO_IX ? actor_of(s, needed) : actor_add(s, ACTOR_SERVER, "sibling");
    const char *names[2] = {s->actors.items[child].name, s->actors.items[sibling].name};
    s->control_text = "the sibling is started first";
    bool cast = e && (e->kind == API_CAST || e->kind == API_SEND);
    if (!e || (!cast && e->kind != API_CALL))
        assume(s, "what the sibling provides is asked of it by a call");
    deeds body = {0};
    deed *d = cast ? deed_add(&body, DO_CAST, names[1], "news", 0)
                   : deed_add(&body, DO_CALL, names[1], "question", 5000);
    deed_at(s, d, e ? e->node : s->f->node);
    if (cb->kind == CB_INIT) {
        s->actors.items[child].init = body;
    } else if (cb->kind == CB_CONTINUE) {
        deed_add(&s->actors.items[child].init, DO_AT_ONCE, NULL, message_of(s, root), 0);
        clause_add(s, child, "continue", message_of(s, root), root)->body = body;
    } else {
        assume(s, "the clause runs as soon as its server is up");
        deed_add(&s->actors.items[child].init, DO_AT_ONCE, NULL, "first_step", 0);
        clause_add(s, child, "continue", "first_step", root)->body = body;
    }
    story_clause *c =
        clause_add(s, sibling, cast ? "cast" : "call", cast ? "news" : "question", NO_IX);
    deed_add(&c->body, cast ? DO_NOREPLY : DO_REPLY, NULL, "ok", 0);
    uint32_t sup = actor_add(s, ACTOR_SUPERVISOR, "siblings_supervisor");
    s->actors.items[sup].intensity = 3;
    s->actors.items[sup].period_s = 5;
    supervisor_ix ix = supervisor_at(s);
    for (child_ix k = model_child_of(m, cb->server, 0); ix == NO_IX && k != NO_IX; k = NO_IX)
        ix = m->children.items[k].supervisor;
    if (ix != NO_IX) {
        const model_supervisor *real = &m->supervisors.items[ix];
        s->actors.items[sup].intensity = real->intensity >= 0 ? real->intensity : 3;
        s->actors.items[sup].period_s = real->period_s > 0 ? real->period_s : 5;
        place p = model_place(m, real->node);
        s->actors.items[sup].path = p.path;
        s->actors.items[sup].line = p.line;
    }
    for (uint32_t i = 0; i < 2; i++) {
        story_child spec = {.name = names[s->control ? 1 - i : i],
                            .restart = "permanent",
                            .shutdown_ms = SHUTDOWN_UNKNOWN,
                            .count = 1};
        vec_push(&s->actors.items[sup].children, spec);
    }
    start_all(s);
}
