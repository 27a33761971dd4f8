/* What most stories have in common. */
#include "base/base.h"
#include "reproduce/recipes.h"
#include "reproduce/scene.h"

scene scene_here(story *s)
{
    scene x = {.root = root_of(s)};
    server_ix server = x.root == NO_IX ? s->f->server : s->m->callbacks.items[x.root].server;
    if (server == NO_IX) {
        x.at = actor_add(s, ACTOR_SERVER, "process_here");
        s->actors.items[x.at].path = s->f->at.path;
        s->actors.items[x.at].line = s->f->at.line;
    } else {
        x.at = actor_of(s, server);
    }
    x.name = s->actors.items[x.at].name;
    if (x.root != NO_IX) {
        uint8_t kind = s->m->callbacks.items[x.root].kind;
        x.starts = kind == CB_INIT || kind == CB_START || kind == CB_RUN || kind == CB_CONTINUE;
    }
    return x;
}

void scene_body(story *s, const scene *x, deeds body)
{
    if (x->root == NO_IX) {
        assume(s, "the place is in no callback clause; a message stands for what leads there");
        scene_clause(s, x, "info", "go_there", UINT32_MAX)->body = body;
        return;
    }
    const model_callback *cb = &s->m->callbacks.items[x->root];
    if (x->starts && cb->kind != CB_CONTINUE) {
        actor *a = &s->actors.items[x->at];
        for (vec_each(&body, d)) vec_push(&a->init, *d);
        vec_release(&body);
        return;
    }
    end_clause(s, &body, x->root);
    if (cb->kind == CB_CONTINUE)
        deed_add(&s->actors.items[x->at].init, DO_AT_ONCE, NULL, message_of(s, x->root), 0);
    const char *pattern = cb->kind == CB_TERMINATE ? "_" : message_of(s, x->root);
    clause_add(s, x->at, kind_of(s, x->root), pattern, x->root)->body = body;
}

void scene_trigger(story *s, const scene *x)
{
    if (x->root == NO_IX) deed_add(&s->driver, DO_SEND, x->name, "go_there", 0);
    else if (!x->starts) trigger(s, x->at, x->root);
}

void step_at(const story *s, uint32_t step, sv *path, uint32_t *line)
{
    *path = s->f->at.path;
    *line = s->f->at.line;
    if (step >= s->f->step_count) return;
    const finding_step *of = &s->all->steps.items[s->f->step_first + step];
    *path = of->at.path;
    *line = of->at.line;
}

void deed_at_step(const story *s, deed *d, uint32_t step)
{
    step_at(s, step, &d->path, &d->line);
}

story_clause *scene_clause(story *s, const scene *x, const char *kind, const char *pattern,
                           uint32_t step)
{
    story_clause *c = clause_add(s, x->at, kind, pattern, NO_IX);
    step_at(s, step, &c->path, &c->line);
    return c;
}

callback_ix callback_at_step(const story *s, uint32_t step)
{
    const model *m = s->m;
    if (step >= s->f->step_count) return NO_IX;
    const finding_step *of = &s->all->steps.items[s->f->step_first + step];
    for (callback_ix k = 0; k < m->callbacks.count; k++) {
        place p = model_place(m, m->callbacks.items[k].node);
        if (p.file == of->at.file && p.line == of->at.line) return k;
    }
    return NO_IX;
}

void variable_add(story *s, uint32_t at, const char *name, const char *initial)
{
    vec_push(&s->actors.items[at].variables, name);
    vec_push(&s->actors.items[at].initials, initial);
}

void answers(story *s, uint32_t at, const char *pattern, const char *value)
{
    story_clause *c = clause_add(s, at, "call", pattern, NO_IX);
    deed_add(&c->body, DO_REPLY, NULL, value, 0);
}

uint32_t scene_supervisor(story *s, const char *name, supervisor_ix ix)
{
    static const char *const strategies[] = {"one_for_one", "one_for_one", "one_for_all",
                                             "rest_for_one", "one_for_one"};
    uint32_t at = actor_add(s, ACTOR_SUPERVISOR, name);
    actor *a = &s->actors.items[at];
    a->intensity = 3;
    a->period_s = 5;
    if (ix == NO_IX) return at;
    const model_supervisor *sup = &s->m->supervisors.items[ix];
    place p = model_place(s->m, sup->flags_node ? sup->flags_node : sup->node);
    a->path = p.path;
    a->line = p.line;
    a->strategy = strategies[MIN(sup->strategy, 4)];
    if (sup->intensity >= 0) a->intensity = sup->intensity;
    else assume(s, "an intensity that is computed is taken as 3 in 5 s");
    if (sup->period_s > 0) a->period_s = sup->period_s;
    return at;
}

void scene_child(story *s, uint32_t sup, uint32_t child, const char *again, int32_t shutdown_ms)
{
    story_child c = {.name = s->actors.items[child].name,
                     .restart = again,
                     .shutdown_ms = shutdown_ms,
                     .count = 1};
    child_ix ix = scene_child_of(s);
    if (ix != NO_IX && s->actors.items[child].server != NO_IX) {
        place p = model_place(s->m, s->m->children.items[ix].node);
        c.path = p.path;
        c.line = p.line;
    }
    vec_push(&s->actors.items[sup].children, c);
}

child_ix scene_child_of(const story *s)
{
    const model *m = s->m;
    for (child_ix i = 0; i < m->children.count; i++)
        if (m->children.items[i].node == s->f->node) return i;
    for (child_ix i = 0; i < m->children.count; i++)
        if (is_evidence(s, m->children.items[i].node)) return i;
    return s->f->server == NO_IX ? NO_IX : model_child_of(m, s->f->server, 0);
}

const char *restart_name(uint8_t type)
{
    static const char *const restarts[] = {"permanent", "permanent", "transient", "temporary"};
    return restarts[MIN(type, 3)];
}
