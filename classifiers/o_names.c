/* cast-before-registered, ready-after-start: names and tables that are not there yet, or no more.
 */
#include "base/base.h"
#include "classifiers/o_shared.h"

/* ---- cast-before-registered ---- */

/* Is `above` the supervisor itself or an ancestor of it? */
static bool stands_below(const model *m, supervisor_ix below, supervisor_ix above, uint32_t *depth)
{
    *depth = 0;
    while (below != NO_IX && *depth < 32) {
        if (below == above) return true;
        below = m->supervisors.items[below].parent;
        (*depth)++;
    }
    return false;
}

/* The child row of `above` that leads to (or is) `child`; NO_IX. */
static child_ix branch_of(const model *m, child_ix child, supervisor_ix above)
{
    for (uint32_t depth = 0; child != NO_IX && depth < 32; depth++) {
        supervisor_ix at = m->children.items[child].supervisor;
        if (at == above) return child;
        child_ix up = NO_IX;
        if (at == NO_IX || m->supervisors.items[at].parent == NO_IX) return NO_IX;
        const model_supervisor *parent = &m->supervisors.items[m->supervisors.items[at].parent];
        for (uint32_t i = 0; i < parent->child_count && up == NO_IX; i++)
            if (m->children.items[parent->child_first + i].as_supervisor == at)
                up = parent->child_first + i;
        child = up;
    }
    return NO_IX;
}

/* Does every place where `target` is supervised start after the one of `asker` in some common
 * supervisor? *asker_child, *target_child: the specifications. */
static bool starts_later(const model *m, server_ix asker, server_ix target, child_ix *asker_child,
                         child_ix *target_child)
{
    for (child_ix a = model_child_of(m, asker, 0); a != NO_IX;
         a = model_child_of(m, asker, a + 1)) {
        if (m->children.items[a].is_dynamic) return false; /* started at some later time */
        for (child_ix t = model_child_of(m, target, 0); t != NO_IX;
             t = model_child_of(m, target, t + 1)) {
            supervisor_ix at = m->children.items[a].supervisor;
            for (uint32_t depth = 0; at != NO_IX && depth < 32; depth++) {
                uint32_t ignored = 0;
                if (stands_below(m, m->children.items[t].supervisor, at, &ignored)) break;
                at = m->supervisors.items[at].parent;
            }
            if (at == NO_IX || m->supervisors.items[at].dynamic) continue;
            child_ix left = branch_of(m, a, at), right = branch_of(m, t, at);
            if (left == NO_IX || right == NO_IX || left == right) continue;
            if (m->children.items[right].is_dynamic || m->children.items[left].is_dynamic) continue;
            if (m->children.items[right].position <= m->children.items[left].position) return false;
            *asker_child = a;
            *target_child = right;
            return true;
        }
    }
    return false;
}

static void judge_cast(classify *c, callback_ix root, const model_effect *e, map64 *seen)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[root];
    server_ix target = e->id.server;
    if (target == NO_IX || target == cb->server || !effect_in_process(e)) return;
    if (e->id.kind != ID_NAMED && e->id.kind != ID_MODULE) return;
    child_ix asker_child = NO_IX, target_child = NO_IX;
    if (!starts_later(m, cb->server, target, &asker_child, &target_child)) return;
    if (!seen_first(seen, root, e->node)) return;
    bool named = e->id.kind == ID_NAMED;
    bool ending = cb->kind == CB_TERMINATE;
    const char *label = model_callback_label(m, root, &c->scratch);
    const char *to = server_label(c, target);
    const char *what = e->kind == API_CAST ? "casts" : "sends";
    const char *fate = e->kind == API_CAST ? "the message is lost in silence" : "the send fails";
    finding_add(c, named ? CONF_CERTAIN : CONF_LIKELY, e->node, cb->server,
                arena_printf(&c->scratch, "%s->%s", callback_key(c, root), to),
                ending ? "%s %s to %s, which its supervisor has stopped before (children stop in "
                         "reverse order): %s"
                       : "%s %s to %s, which the supervisor starts only after it: %s",
                label, what, to, fate);
    finding_callback(c, root);
    finding_path_add(
        c, e, ending ? "the name is no longer registered here" : "the name is not registered yet");
    finding_step_add(c, m->children.items[asker_child].node, "%s starts here",
                     server_label(c, cb->server));
    finding_step_add(c, m->children.items[target_child].node, "%s starts after it", to);
}

void rule_cast_before_registered(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (callback_ix i = 0; i < m->callbacks.count; i++) {
        const model_callback *cb = &m->callbacks.items[i];
        if (cb->kind != CB_INIT && cb->kind != CB_CONTINUE && cb->kind != CB_TERMINATE) continue;
        for (uint32_t k = 0; k < cb->effect_count; k++) {
            const model_effect *e = &m->effects.items[cb->effect_first + k];
            bool sends = e->kind == API_SEND && e->id.kind == ID_NAMED;
            if (e->kind == API_CAST || sends) judge_cast(c, i, e, &seen);
        }
    }
    map64_release(&seen);
}

/* ---- ready-after-start ---- */

typedef struct {
    sym name;
    node_ix node;
    callback_ix root;
} late_table;

/* Literal name of the table of an ets call: its first argument. */
static sym table_name(const model *m, node_ix call)
{
    const fact_node *at = model_node(m, model_strip(m, model_arg(m, call, 0)));
    return at->kind == NODE_ATOM ? at->name : 0;
}

/* Is the clause run only after start_link has returned: handle_continue, or what init sends to
 * itself? */
static bool runs_after_start(const model *m, const model_callback *cb)
{
    if (cb->kind == CB_CONTINUE) return true;
    if (cb->kind != CB_INFO && cb->kind != CB_CAST) return false;
    const model_server *s = &m->servers.items[cb->server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *init = &m->callbacks.items[s->callback_first + i];
        if (init->kind != CB_INIT) continue;
        for (uint32_t k = 0; k < init->effect_count; k++) {
            const model_effect *e = &m->effects.items[init->effect_first + k];
            uint32_t arity = 0;
            if (e->id.kind == ID_SELF && cb->tag && value_tag(m, e->message, &arity) == cb->tag)
                return true;
        }
    }
    return false;
}

/* The first use of the table by a function that does not run in the server. */
static const model_op *outside_use(const model *m, server_ix server, sym table, node_ix made)
{
    module_ix own = m->servers.items[server].module;
    for (vec_each(&m->ops, op)) {
        if (op->kind != OP_API || op->node == made) continue;
        uint8_t kind = api_get(op->api)->kind;
        if (kind != API_ETS_READ && kind != API_ETS_WRITE) continue;
        if (table_name(m, op->node) != table) continue;
        if (node_count_kind(m, m->clauses.items[op->clause].body, NODE_TRY, 1)) continue;
        const model_function *fn = &m->functions.items[op->function];
        if (m->files.items[fn->file].is_test) continue;
        if (fn->module == own) {
            if (fn->kind != FUNCTION_PUBLIC || fn->is_impl) continue;
            bool callback = false;
            const model_server *s = &m->servers.items[server];
            for (uint32_t i = 0; i < s->callback_count && !callback; i++)
                callback = m->callbacks.items[s->callback_first + i].function == op->function;
            if (callback) continue;
        }
        return op;
    }
    return NULL;
}

/* Subscriptions, names and monitors of others: what happens before is missed. */
static void judge_late_source(classify *c, const model_effect *e, map64 *seen)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[e->root];
    const char *what = NULL;
    switch (e->kind) {
    case API_REGISTER: what = "takes its name"; break;
    case API_SUBSCRIBE: what = "subscribes"; break;
    case API_MONITOR: what = "begins to watch another process"; break;
    default: return;
    }
    if (!effect_in_process(e) || cb->kind != CB_CONTINUE) return;
    /* Watching what the clause has started itself misses nothing. */
    for (uint32_t k = 0; e->kind == API_MONITOR && k < cb->effect_count; k++)
        if (m->effects.items[cb->effect_first + k].kind == API_START) return;
    if (e->id.kind == ID_SELF || !seen_first(seen, cb->server, UINT32_MAX - e->kind)) return;
    finding_add(c, CONF_POSSIBLE, e->node, cb->server,
                arena_printf(&c->scratch, "%s:%s", callback_key(c, e->root), what),
                "the server %s only in %s, after start_link has returned: what happens before is "
                "missed",
                what, model_callback_label(m, e->root, &c->scratch));
    finding_callback(c, e->root);
    finding_path_add(c, e, "not before this");
}

void rule_ready_after_start(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (vec_each(&m->effects, e)) {
        const model_callback *cb = &m->callbacks.items[e->root];
        judge_late_source(c, e, &seen);
        if (e->kind != API_ETS_NEW || !effect_in_process(e) || !runs_after_start(m, cb)) continue;
        sym name = table_name(m, e->node);
        if (!name || !node_has_atom(m, model_arg(m, e->node, 1), "named_table")) continue;
        const model_op *use = outside_use(m, cb->server, name, e->node);
        if (!use || !seen_first(&seen, cb->server, name)) continue;
        const char *user = model_function_label(m, use->function, &c->scratch);
        const char *label = model_callback_label(m, e->root, &c->scratch);
        finding_add(c, CONF_LIKELY, e->node, cb->server,
                    arena_printf(&c->scratch, "table:%.*s", SV_FMT(model_text(m, name))),
                    "the table %.*s is made in %s, after start_link has returned; %s uses it "
                    "without asking the server and fails when it comes first",
                    SV_FMT(model_text(m, name)), label, user);
        finding_callback(c, e->root);
        finding_path_add(c, e, "the table is made here");
        finding_step_add(c, use->node, "%s needs it", user);
    }
    map64_release(&seen);
}
