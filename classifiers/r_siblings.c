/* Children that need each other: start-order-dependency and coupled-siblings-one-for-one. */
#include "base/base.h"
#include "classifiers/r_tree.h"
#include "classifiers/rules.h"

enum { TARGETS_MAX = 16 };

/* Children that an effect may speak to: by the server of its receiver, and by literal names among
 * its receiver, its arguments and the module called. */
static uint32_t targets_of(const model *m, const tree_index *t, const model_effect *e,
                           child_ix *out)
{
    sym names[TARGETS_MAX];
    uint32_t name_count = 0, count = 0;
    if (e->id.server != NO_IX &&
        (e->id.kind == ID_NAMED || e->id.kind == ID_MODULE || e->id.kind == ID_SUPERVISOR))
        names[name_count++] = m->modules.items[m->servers.items[e->id.server].module].name;
    const model_val *receiver = model_value(m, e->receiver);
    if (receiver->kind == VAL_ATOM) names[name_count++] = receiver->name;
    for (uint32_t i = 0; i < e->arg_count && i < 4 && name_count < TARGETS_MAX; i++) {
        const model_val *v = model_value(m, m->effect_args.items[e->arg_first + i]);
        if (v->kind == VAL_ATOM) names[name_count++] = v->name;
    }
    const fact_node *at = model_node(m, e->node);
    /* Store.Supervisor.start_child(pid, ..): a process of that module, by convention. */
    if (name_count == 0 && e->frame != NO_IX) {
        const model_function *f = &m->functions.items[m->frames.items[e->frame].function];
        module_ix own = m->servers.items[m->callbacks.items[e->root].server].module;
        if (f->module != own) names[name_count++] = m->modules.items[f->module].name;
    }
    if (at->kind == NODE_CALL_REMOTE && name_count < TARGETS_MAX) {
        const fact_node *module = model_node(m, model_kid(m, e->node, 0));
        if (module->kind == NODE_ATOM) names[name_count++] = module->name;
    }
    for (uint32_t i = 0; i < name_count; i++) {
        uint32_t first, end;
        tree_named(t, names[i], &first, &end);
        for (uint32_t k = first; k < end && count < TARGETS_MAX; k++)
            out[count++] = t->names.items[k].child;
    }
    return count;
}

/* Effects that fail, or are lost, when the process or table they speak to is not there. */
static bool needs_target(const model *m, const model_effect *e)
{
    switch (e->kind) {
    case API_CALL:
    case API_SUP_CALL:
    case API_SUBSCRIBE:
    case API_PUBLISH:
    case API_RUN_IN_SERVER:
    case API_TASK:
    case API_ETS_READ:
    case API_ETS_WRITE: return true;
    case API_CAST:
    case API_SEND: return true;
    case API_REGISTER: return false;
    case API_BLOCKING: return true; /* a pool or repository */
    case EFFECT_FOREIGN: {
        /* Foo.Repo.all, Tracker.track(Name, ..): a module or name that is a child. */
        const fact_node *at = model_node(m, e->node);
        return at->kind == NODE_CALL_REMOTE;
    }
    default: return false;
    }
}

static bool is_sync(const model_effect *e)
{
    return e->kind == API_CALL || e->kind == API_SUP_CALL || e->kind == API_RUN_IN_SERVER ||
           e->kind == API_BLOCKING || e->kind == API_ETS_READ || e->kind == API_ETS_WRITE ||
           e->kind == API_SUBSCRIBE;
}

/* A child of the snapshot whose module is only called for its functions is no target: a foreign
 * effect on a module of the snapshot says nothing. */
static bool speaks_to(const model *m, const model_effect *e, const model_child *target)
{
    if (e->kind != EFFECT_FOREIGN) return true;
    if (target->module == NO_IX) return true;
    server_ix server = m->modules.items[target->module].server;
    return server == NO_IX || m->servers.items[server].kind == SERVER_OTHER;
}

typedef struct {
    classify *c;
    tree_index t;
    map64 seen;
} order_search;

static void order_finding(order_search *q, const model_effect *e, child_ix user, child_ix target,
                          child_ix branch_user, child_ix branch_target)
{
    classify *c = q->c;
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[e->root];
    const model_child *u = &m->children.items[user], *t = &m->children.items[target];
    const model_child *bu = &m->children.items[branch_user],
                      *bt = &m->children.items[branch_target];
    bool start = cb->kind == CB_INIT || cb->kind == CB_CONTINUE || cb->kind == CB_RUN;
    confidence conf = CONF_POSSIBLE;
    if (start && is_sync(e) && !(e->ctx & (CTX_BRANCH | CTX_CAUGHT | CTX_SPAWNED)))
        conf = cb->kind == CB_INIT ? CONF_CERTAIN : CONF_LIKELY;
    if (conf != CONF_POSSIBLE && (bu->conditional || bt->conditional || e->kind == API_BLOCKING))
        conf = CONF_LIKELY;
    /* Two that are there on some configuration only may stand in different lists. */
    if (bu->conditional && bt->conditional) conf = CONF_POSSIBLE;
    const char *user_name = child_label(c, u), *target_name = child_label(c, t);
    if (start)
        finding_add(c, conf, bu->node, NO_IX,
                    arena_printf(&c->scratch, "order %s needs %s", user_name, target_name),
                    "%s is started before %s, but needs it in %s: it is not there yet on boot, and "
                    "is stopped first on shutdown",
                    user_name, target_name, model_callback_label(m, e->root, &c->scratch));
    else
        finding_add(c, conf, bu->node, NO_IX,
                    arena_printf(&c->scratch, "order %s uses %s", user_name, target_name),
                    "%s is started before %s and uses it in %s: a message that comes in at once "
                    "finds nobody there, and on shutdown %s is stopped first",
                    user_name, target_name, model_callback_label(m, e->root, &c->scratch),
                    target_name);
    if (!start) finding_level(c, LEVEL_WARNING);
    finding_path_add(c, e, arena_printf(&c->scratch, "uses %s", target_name));
    finding_step_add(c, bt->node, "%s is started only here", child_label(c, bt));
}

static void order_of_effect(order_search *q, const model_effect *e, child_ix user)
{
    const model *m = q->c->m;
    child_ix targets[TARGETS_MAX];
    uint32_t count = targets_of(m, &q->t, e, targets);
    const model_child *u = &m->children.items[user];
    /* When any child that the name may mean has been started before, it is that one. */
    child_ix later = NO_IX, later_user = NO_IX, later_target = NO_IX;
    supervisor_ix later_at = NO_IX;
    for (uint32_t i = 0; i < count; i++) {
        const model_child *t = &m->children.items[targets[i]];
        supervisor_ix s;
        child_ix bu, bt;
        if (targets[i] == user || t->module == u->module || !speaks_to(m, e, t)) continue;
        if (t->is_dynamic) return;
        if (!tree_meet(m, &q->t, user, targets[i], &s, &bu, &bt)) continue;
        const model_child *branch_u = &m->children.items[bu], *branch_t = &m->children.items[bt];
        if (bu == bt || branch_u->is_dynamic || branch_t->is_dynamic) return;
        if (branch_t->position <= branch_u->position) return;
        if (later == NO_IX) {
            later = targets[i];
            later_user = bu;
            later_target = bt;
            later_at = s;
        }
    }
    if (later == NO_IX || supervisor_in_test(m, later_at)) return;
    if (!seen_first(&q->seen, user, later)) return;
    order_finding(q, e, user, later, later_user, later_target);
}

/* Calls to libraries with the name of a child: Phoenix.Tracker.track(MyTracker, ..). */
typedef struct {
    order_search *q;
    child_ix user;
    callback_ix callback;
} foreign_search;

static bool visit_foreign(const model *m, const model_op *op, const reach_path *path, void *payload)
{
    foreign_search *f = payload;
    order_search *q = f->q;
    const fact_node *at = model_node(m, op->node);
    if (op->kind != OP_EXTERNAL || at->kind != NODE_CALL_REMOTE || op->ctx & CTX_CLOSURE)
        return true;
    uint32_t first, end;
    sym name = model_node(m, model_strip(m, model_kid(m, op->node, 1)))->name;
    if (model_node(m, model_strip(m, model_kid(m, op->node, 1)))->kind != NODE_ATOM) return true;
    tree_named(&q->t, name, &first, &end);
    child_ix later = NO_IX, bu = NO_IX, bt = NO_IX;
    supervisor_ix s = NO_IX;
    for (uint32_t i = first; i < end; i++) {
        child_ix target = q->t.names.items[i].child;
        if (target == f->user || m->children.items[target].registered != name) continue;
        if (!tree_meet(m, &q->t, f->user, target, &s, &bu, &bt) || bu == bt) continue;
        if (m->children.items[bu].is_dynamic ||
            m->children.items[bt].position <= m->children.items[bu].position)
            return true;
        later = target;
    }
    if (later == NO_IX || supervisor_in_test(m, s) || !seen_first(&q->seen, f->user, later))
        return true;
    classify *c = q->c;
    const model_child *u = &m->children.items[f->user], *t = &m->children.items[later];
    const char *user_name = child_label(c, u), *target_name = child_label(c, t);
    bool sure = m->callbacks.items[f->callback].kind == CB_INIT && !(op->ctx & CTX_BRANCH) &&
                path->depth == 0 && !m->children.items[bu].conditional;
    finding_add(c, sure ? CONF_LIKELY : CONF_POSSIBLE, m->children.items[bu].node, NO_IX,
                arena_printf(&c->scratch, "order %s uses %s", user_name, target_name),
                "%s is started before %s and uses it in %s: it is not there yet on boot, and is "
                "stopped first on shutdown",
                user_name, target_name, model_callback_label(m, f->callback, &c->scratch));
    reach_steps(c, path, op->node, arena_printf(&c->scratch, "uses %s", target_name));
    finding_step_add(c, m->children.items[bt].node, "started only here");
    return true;
}

static void foreign_uses(order_search *q)
{
    const model *m = q->c->m;
    for (child_ix i = 0; i < m->children.count; i++) {
        server_ix server = child_server(m, &m->children.items[i]);
        if (server == NO_IX) continue;
        const model_server *s = &m->servers.items[server];
        for (uint32_t k = 0; k < s->callback_count; k++) {
            foreign_search f = {q, i, s->callback_first + k};
            reach_calls(m, m->callbacks.items[f.callback].clause, visit_foreign, &f);
        }
    }
}

/* Work that by its name prepares what children need, done when they run already. */
static bool prepares(sv name)
{
    static const char *const words[] = {"warmup",  "warm_up", "migrat", "seed",
                                        "prepare", "setup",   "set_up", "populate"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (sv_has(name, sv_from(words[i]))) return true;
    return false;
}

static void work_after_start(classify *c)
{
    const model *m = c->m;
    const model_op *start = NULL;
    for (vec_each(&m->ops, op)) {
        if (op->clause == NO_IX) continue;
        const fact_node *at = model_node(m, op->node);
        sv name = model_text(m, at->name), module = call_module(m, op->node);
        if (sv_eq_c(name, "start_link") &&
            (sv_eq_c(module, "Supervisor") || sv_eq_c(module, "supervisor"))) {
            start = op;
            continue;
        }
        if (!start || start->clause != op->clause || op->kind != OP_FUNCTION || !prepares(name))
            continue;
        const model_function *f = &m->functions.items[op->function];
        if (f->is_test || m->files.items[f->file].is_test || op->ctx & CTX_SPAWNED) continue;
        finding_add(c, CONF_POSSIBLE, start->node, NO_IX,
                    arena_printf(&c->scratch, "after start %.*s", SV_FMT(name)),
                    "%s runs only when all children have started: what they do until then finds "
                    "things not prepared",
                    call_label(c, op->node));
        finding_step_add(c, op->node, "done after the children have started");
    }
}

void rule_start_order_dependency(classify *c)
{
    const model *m = c->m;
    order_search q = {.c = c};
    tree_index_build(m, &q.t);
    /* First what the start itself needs, then what later messages need. */
    for (int pass = 0; pass < 2; pass++)
        for (child_ix i = 0; i < m->children.count; i++) {
            const model_child *u = &m->children.items[i];
            server_ix server = child_server(m, u);
            if (server == NO_IX || u->is_dynamic) continue;
            const model_server *s = &m->servers.items[server];
            /* The child is the event manager; the module's init runs where the handler is added. */
            if (s->kind == SERVER_EVENT) continue;
            for (uint32_t k = 0; k < s->callback_count; k++) {
                const model_callback *cb = &m->callbacks.items[s->callback_first + k];
                bool start = cb->kind == CB_INIT || cb->kind == CB_CONTINUE || cb->kind == CB_RUN;
                if (start != (pass == 0) || cb->kind == CB_TERMINATE) continue;
                for (effect_ix n = cb->effect_first; n < cb->effect_first + cb->effect_count; n++) {
                    const model_effect *e = &m->effects.items[n];
                    if (!needs_target(m, e) || (start && e->ctx & CTX_CLOSURE)) continue;
                    if (!start && !is_sync(e)) continue;
                    order_of_effect(&q, e, i);
                }
            }
        }
    foreign_uses(&q);
    work_after_start(c);
    map64_release(&q.seen);
    tree_index_release(&q.t);
}

/* ---- coupled-siblings-one-for-one ------------------------------------------------------------ */

/* Requests by their tag that leave something of the caller behind in the server. */
static bool leaves_something(const model *m, val_ix message)
{
    static const char *const words[] = {"register", "subscribe", "attach",  "join",   "add",
                                        "monitor",  "listen",    "enroll",  "watch",  "track",
                                        "declare",  "connect",   "checkin", "handler"};
    const model_val *v = model_value(m, message);
    if (v->kind == VAL_TUPLE && v->kid_count) v = model_value(m, model_value_kid(m, message, 0));
    if (v->kind != VAL_ATOM) return false;
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (sv_has(model_text(m, v->name), sv_from(words[i]))) return true;
    return false;
}

static bool holds_self(const model *m, val_ix v, uint32_t depth)
{
    const model_val *at = model_value(m, v);
    if (at->kind == VAL_SELF) return true;
    for (uint32_t i = 0; i < at->kid_count && depth < 4; i++)
        if (holds_self(m, model_value_kid(m, v, i), depth + 1)) return true;
    return false;
}

typedef struct {
    const char *what;
    confidence conf;
} coupling;

/* What of an effect on a sibling does not survive the sibling's restart. */
static bool couples(const model *m, const model_effect *e, const model_callback *cb, coupling *out)
{
    bool start = cb->kind == CB_INIT || cb->kind == CB_CONTINUE;
    if (!effect_in_process(e)) return false;
    if (e->kind == API_SUP_CALL && e->api != NO_IX) {
        /* What a request starts may be gone when it has been answered. */
        *out = (coupling){"starts children under it, which are gone when it is restarted",
                          cb->kind == CB_CALL ? CONF_POSSIBLE : CONF_LIKELY};
        return api_flag(api_get(e->api), "start_child");
    }
    if (!start) return false;
    if (e->kind == API_CALL || e->kind == API_CAST || e->kind == API_SEND) {
        if (holds_self(m, e->message, 0) || leaves_something(m, e->message)) {
            *out = (coupling){"registers with it when it starts, which it does not know any more "
                              "when it is restarted",
                              CONF_LIKELY};
            return true;
        }
        *out = (coupling){"asks it for something when it starts and may hold what it got",
                          CONF_POSSIBLE};
        return e->kind == API_CALL;
    }
    if (e->kind == API_ETS_WRITE) {
        *out = (coupling){"writes to its table when it starts, which is new and empty when it is "
                          "restarted",
                          CONF_LIKELY};
        return true;
    }
    if (e->kind == API_MONITOR || e->kind == API_LINK) return false;
    return false;
}

/* Does the user notice when the sibling goes: a monitor or link anywhere, or it looks it up? */
static bool notices(const model *m, const model_server *s)
{
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        if (cb->kind == CB_INFO && sv_eq_c(model_text(m, cb->tag), "DOWN")) return true;
        for (effect_ix k = cb->effect_first; k < cb->effect_first + cb->effect_count; k++)
            if (m->effects.items[k].kind == API_MONITOR || m->effects.items[k].kind == API_LINK)
                return true;
    }
    return false;
}

/* Named tables that a server makes in init: name -> child. */
static void tables_of_children(const model *m, map64 *owner)
{
    for (child_ix i = 0; i < m->children.count; i++) {
        server_ix server = child_server(m, &m->children.items[i]);
        if (server == NO_IX) continue;
        const model_server *s = &m->servers.items[server];
        for (uint32_t k = 0; k < s->callback_count; k++) {
            const model_callback *cb = &m->callbacks.items[s->callback_first + k];
            if (cb->kind != CB_INIT && cb->kind != CB_CONTINUE) continue;
            for (effect_ix n = cb->effect_first; n < cb->effect_first + cb->effect_count; n++) {
                const model_effect *e = &m->effects.items[n];
                if (e->kind != API_ETS_NEW || !e->arg_count || !effect_in_process(e)) continue;
                const model_val *v = model_value(m, m->effect_args.items[e->arg_first]);
                uint32_t held = i;
                if (v->kind == VAL_ATOM) map64_add(owner, v->name, &held);
            }
        }
    }
}

static child_ix table_owner(const model *m, const map64 *owner, const model_effect *e)
{
    if (e->kind != API_ETS_WRITE && e->kind != API_ETS_READ) return NO_IX;
    if (!e->arg_count) return NO_IX;
    const model_val *v = model_value(m, m->effect_args.items[e->arg_first]);
    return v->kind == VAL_ATOM ? map64_get(owner, v->name, NO_IX) : NO_IX;
}

static bool mentions(const model *m, node_ix node, sym name, uint32_t depth)
{
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_ATOM) return at->name == name;
    for (uint32_t i = 0; i < at->kid_count && depth < 8; i++)
        if (mentions(m, model_kid(m, node, i), name, depth + 1)) return true;
    return false;
}

static void coupled_finding(classify *c, const model_effect *e, child_ix user, child_ix target,
                            supervisor_ix s, coupling how)
{
    const model *m = c->m;
    const model_child *u = &m->children.items[user], *t = &m->children.items[target];
    bool reversed = m->supervisors.items[s].strategy == STRATEGY_REST_FOR_ONE;
    finding_add(c, how.conf, m->supervisors.items[s].node, NO_IX,
                arena_printf(&c->scratch, "%s coupled %s %s", supervisor_key(c, s),
                             child_label(c, u), child_label(c, t)),
                "%s %s: %s, a sibling under a %s supervisor, %s", child_label(c, u),
                reversed ? "is started before what it depends on" : "is not restarted with it",
                child_label(c, t), reversed ? "rest_for_one" : "one_for_one", how.what);
    finding_path_add(c, e, how.what);
    finding_step_add(c, u->node, "%s stands here", child_label(c, u));
    finding_step_add(c, t->node, "%s can be restarted alone", child_label(c, t));
}

static bool alone_on_restart(const model *m, supervisor_ix s, child_ix user, child_ix target)
{
    const model_supervisor *row = &m->supervisors.items[s];
    const model_child *u = &m->children.items[user], *t = &m->children.items[target];
    if (row->strategy == STRATEGY_ONE_FOR_ONE) return true;
    return row->strategy == STRATEGY_REST_FOR_ONE && t->position > u->position;
}

typedef struct {
    classify *c;
    tree_index t;
    map64 owner, seen;
} coupled_search;

static void coupled_effect(coupled_search *q, child_ix user, const model_effect *e)
{
    const model *m = q->c->m;
    const model_child *u = &m->children.items[user];
    const model_callback *cb = &m->callbacks.items[e->root];
    coupling how;
    if (!couples(m, e, cb, &how)) return;
    child_ix targets[TARGETS_MAX + 1];
    uint32_t count = targets_of(m, &q->t, e, targets);
    child_ix table = table_owner(m, &q->owner, e);
    if (e->kind == API_ETS_WRITE) count = 0;
    if (table != NO_IX) targets[count++] = table;
    if (e->kind == API_SUP_CALL && count == 0) {
        /* The supervisor is known only from the start arguments: a sibling named there. */
        const model_supervisor *s = &m->supervisors.items[u->supervisor];
        for (uint32_t i = 0; i < s->child_count && u->start_args; i++) {
            const model_child *t = &m->children.items[s->child_first + i];
            sym name = t->registered ? t->registered : t->id;
            if (s->child_first + i == user || !name || count == TARGETS_MAX) continue;
            if ((t->is_supervisor || t->as_supervisor != NO_IX) &&
                mentions(m, u->start_args, name, 0))
                targets[count++] = s->child_first + i;
        }
        /* Or by a name that is computed: a supervisor before it that nothing else fills. */
        for (uint32_t i = 0; i < s->child_count && count == 0; i++) {
            const model_child *t = &m->children.items[s->child_first + i];
            if (s->child_first + i >= user || t->as_supervisor == NO_IX) continue;
            if (m->supervisors.items[t->as_supervisor].child_count) continue;
            targets[count++] = s->child_first + i;
            how.conf = CONF_POSSIBLE;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        const model_child *t = &m->children.items[targets[i]];
        supervisor_ix s;
        child_ix bu, bt;
        if (targets[i] == user || t->module == u->module) continue;
        if (!tree_meet(m, &q->t, user, targets[i], &s, &bu, &bt) || bu == bt) continue;
        const model_child *branch_t = &m->children.items[bt], *branch_u = &m->children.items[bu];
        if (branch_u->is_dynamic || branch_t->is_dynamic || !child_restarts(branch_t)) continue;
        if (!alone_on_restart(m, s, bu, bt) || supervisor_in_test(m, s)) continue;
        if (!seen_first(&q->seen, user, targets[i])) continue;
        if (how.conf != CONF_POSSIBLE && e->ctx & CTX_BRANCH) how.conf = CONF_POSSIBLE;
        coupled_finding(q->c, e, user, targets[i], s, how);
    }
}

/* rest_for_one with a task supervisor before the server that starts its tasks: when the server is
 * restarted, the tasks of the old one go on. */
static void tasks_outlive_owner(classify *c, supervisor_ix ix)
{
    const model *m = c->m;
    const model_supervisor *s = &m->supervisors.items[ix];
    if (s->strategy != STRATEGY_REST_FOR_ONE || supervisor_in_test(m, ix)) return;
    const model_child *tasks = NULL;
    for (uint32_t i = 0; i < s->child_count; i++) {
        const model_child *child = &m->children.items[s->child_first + i];
        if (child->as_supervisor != NO_IX && supervisor_of_tasks(m, child->as_supervisor)) {
            tasks = child;
            continue;
        }
        server_ix server = child_server(m, child);
        if (!tasks || server == NO_IX) continue;
        const model_server *owner = &m->servers.items[server];
        for (uint32_t k = 0; k < owner->callback_count; k++) {
            const model_callback *cb = &m->callbacks.items[owner->callback_first + k];
            for (effect_ix n = cb->effect_first; n < cb->effect_first + cb->effect_count; n++) {
                const model_effect *e = &m->effects.items[n];
                if (e->api == NO_IX ||
                    !sv_eq_c(sv_from(api_get(e->api)->module), "Task.Supervisor"))
                    continue;
                finding_add(c, CONF_POSSIBLE, s->node, NO_IX,
                            arena_printf(&c->scratch, "%s tasks of %s", supervisor_key(c, ix),
                                         child_label(c, child)),
                            "%s starts its tasks under %s, which stands before it under "
                            "rest_for_one: when %s is restarted, the tasks of the old one go on "
                            "beside those of the new",
                            child_label(c, child), child_label(c, tasks), child_label(c, child));
                finding_path_add(c, e, "starts a task");
                finding_step_add(c, tasks->node, "not restarted with its owner");
                return;
            }
        }
    }
}

void rule_coupled_siblings_one_for_one(classify *c)
{
    const model *m = c->m;
    coupled_search q = {.c = c};
    tree_index_build(m, &q.t);
    tables_of_children(m, &q.owner);
    for (child_ix i = 0; i < m->children.count; i++) {
        server_ix server = child_server(m, &m->children.items[i]);
        if (server == NO_IX || m->children.items[i].is_dynamic) continue;
        const model_server *s = &m->servers.items[server];
        if (notices(m, s)) continue;
        for (uint32_t k = 0; k < s->callback_count; k++) {
            const model_callback *cb = &m->callbacks.items[s->callback_first + k];
            for (effect_ix n = cb->effect_first; n < cb->effect_first + cb->effect_count; n++)
                coupled_effect(&q, i, &m->effects.items[n]);
        }
    }
    for (supervisor_ix s = 0; s < m->supervisors.count; s++) tasks_outlive_owner(c, s);
    map64_release(&q.owner);
    map64_release(&q.seen);
    tree_index_release(&q.t);
}
