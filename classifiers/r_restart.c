/* restart-type-mismatch and shutdown-mismatch: a child's specification against what it does. */
#include "base/base.h"
#include "classifiers/r_tree.h"
#include "classifiers/rules.h"

/* ---- how a server ends ---------------------------------------------------------------------- */

/* A return value that stops the server normally: {stop, normal, ...}. */
static bool stops_normally(const model *m, val_ix v)
{
    const model_val *at = model_value(m, v);
    if (at->kind != VAL_TUPLE || at->kid_count < 2) return false;
    const model_val *tag = model_value(m, model_value_kid(m, v, 0));
    const model_val *reason = model_value(m, model_value_kid(m, v, 1));
    return tag->kind == VAL_ATOM && sv_eq_c(model_text(m, tag->name), "stop") &&
           reason->kind == VAL_ATOM && sv_eq_c(model_text(m, reason->name), "normal");
}

/* The first callback that ends the server normally on its own account: not on a request to stop,
 * since then somebody means it. */
static callback_ix ends_normally(const model *m, server_ix server)
{
    static const char *const asked[] = {"stop", "shutdown", "close", "quit", "terminate",
                                        "exit", "EXIT",     "kill",  "down", "DOWN"};
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        callback_ix ix = s->callback_first + i;
        const model_callback *cb = &m->callbacks.items[ix];
        if (cb->kind == CB_TERMINATE || cb->kind == CB_CODE_CHANGE || cb->kind == CB_INIT) continue;
        bool meant = cb->kind == CB_CALL || cb->kind == CB_CAST;
        for (size_t k = 0; k < ARRAY_LEN(asked); k++)
            meant |= sv_has(model_text(m, cb->tag), sv_from(asked[k]));
        if (meant) continue;
        for (uint32_t k = 0; k < cb->return_count; k++)
            if (stops_normally(m, m->returns.items[cb->return_first + k])) return ix;
    }
    return NO_IX;
}

static void permanent_that_ends(classify *c, const model_child *child)
{
    const model *m = c->m;
    server_ix server = child_server(m, child);
    if (server == NO_IX || child->restart != RESTART_PERMANENT) return;
    const model_server *s = &m->servers.items[server];
    if (s->kind == SERVER_TASK && child->restart_stated) {
        finding_add(c, CONF_POSSIBLE, child->node, server, "permanent task",
                    "%s is a task and permanent: each time it has done its work it is started "
                    "again, until the restart budget is used up",
                    child_label(c, child));
        return;
    }
    callback_ix ends = ends_normally(m, server);
    if (ends == NO_IX) return;
    finding_add(c, child->restart_stated ? CONF_LIKELY : CONF_POSSIBLE, child->node, server,
                arena_printf(&c->scratch, "permanent ends %s", callback_key(c, ends)),
                "%s is permanent, but %s stops it with reason normal: it is started again at once, "
                "and the restart counts against the budget of its supervisor",
                child_label(c, child), model_callback_label(m, ends, &c->scratch));
    finding_step_add(c, m->callbacks.items[ends].node, "returns {stop, normal, ..}");
}

/* ---- children that are started on demand ---------------------------------------------------- */

typedef struct {
    const model *m;
    bool looks_up;
    bool monitors;
} demand_query;

static bool is_lookup(sv module, sv name)
{
    static const char *const names[] = {"whereis",  "whereis_name", "lookup",         "lookup_pid",
                                        "find_pid", "get_pid",      "lookup_or_start"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (sv_eq_c(name, names[i]))
            return !sv_eq_c(module, "ets") && !sv_eq_c(module, "dets") &&
                   !sv_eq_c(module, "mnesia");
    return false;
}

static void look_at_function(const model *m, function_ix function, demand_query *q)
{
    const model_function *f = &m->functions.items[function];
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        const fact_node *at = model_node(m, op->node);
        if (at->kind == NODE_CALL_REMOTE || at->kind == NODE_CALL) {
            sv module = at->kind == NODE_CALL
                            ? SV("")
                            : model_text(m, model_node(m, model_kid(m, op->node, 0))->name);
            q->looks_up |= is_lookup(module, model_text(m, at->name));
        }
        if (op->kind != OP_API) continue;
        uint8_t kind = api_get(op->api)->kind;
        q->looks_up |= kind == API_WHEREIS;
        q->monitors |= kind == API_MONITOR;
    }
}

/* Functions that call `function`, as flat arrays made once a run. */
typedef struct {
    uint32_t *first; /* by function */
    function_ix *callers;
    VEC(op_ix) sites; /* calls of start_child */
} caller_index;

static void callers_build(const model *m, caller_index *x)
{
    x->first = base_calloc(m->functions.count + 2, sizeof *x->first);
    uint32_t total = 0;
    for (vec_each(&m->ops, op))
        if (op->kind == OP_FUNCTION && op->target != NO_IX) {
            x->first[op->target + 1]++;
            total++;
        }
    for (uint32_t i = 0; i < m->functions.count; i++) x->first[i + 1] += x->first[i];
    x->callers = base_calloc(total + 1, sizeof *x->callers);
    uint32_t *fill = base_calloc(m->functions.count + 1, sizeof *fill);
    for (vec_each(&m->ops, op))
        if (op->kind == OP_FUNCTION && op->target != NO_IX)
            x->callers[x->first[op->target] + fill[op->target]++] = op->function;
    free(fill);
    for (op_ix i = 0; i < m->ops.count; i++) {
        const model_op *op = &m->ops.items[i];
        if (op->clause != NO_IX &&
            sv_eq_c(model_text(m, model_node(m, op->node)->name), "start_child"))
            vec_push(&x->sites, i);
    }
}

static void callers_release(caller_index *x)
{
    free(x->first);
    free(x->callers);
    vec_release(&x->sites);
}

/* Who starts children on demand: the function of a start_child site or one of its callers (two
 * steps up) that also looks the process up, or monitors what it started. */
static function_ix on_demand(const model *m, const caller_index *x, function_ix start,
                             demand_query *q, uint32_t depth, uint32_t *steps)
{
    demand_query here = {.m = m};
    *steps = depth;
    look_at_function(m, start, &here);
    if (here.looks_up || here.monitors) {
        *q = here;
        return start;
    }
    if (depth == 3) return NO_IX;
    uint32_t end = MIN(x->first[start + 1], x->first[start] + 16);
    for (uint32_t i = x->first[start]; i < end; i++) {
        if (m->functions.items[x->callers[i]].is_test ||
            m->files.items[m->functions.items[x->callers[i]].file].is_test)
            continue;
        function_ix found = on_demand(m, x, x->callers[i], q, depth + 1, steps);
        if (found != NO_IX) return found;
    }
    return NO_IX;
}

/* A function of the same module that looks such processes up by key. */
static function_ix looked_up_beside(const model *m, function_ix start, demand_query *q)
{
    const model_module *mod = &m->modules.items[m->functions.items[start].module];
    for (uint32_t i = 0; i < mod->function_count; i++) {
        demand_query here = {.m = m};
        look_at_function(m, mod->function_first + i, &here);
        if (!here.looks_up) continue;
        *q = here;
        return mod->function_first + i;
    }
    return NO_IX;
}

/* start_child calls by the supervisor's module or name: op -> supervisor is not kept in the model,
 * so the sites are found again by the receiver. */
static bool starts_under(const model *m, const model_op *op, const model_supervisor *s)
{
    const fact_node *at = model_node(m, op->node);
    if (at->kind != NODE_CALL_REMOTE || !sv_eq_c(model_text(m, at->name), "start_child"))
        return false;
    node_ix receiver = model_strip(m, model_arg(m, op->node, 0));
    const fact_node *to = model_node(m, receiver);
    if (to->kind != NODE_ATOM) {
        /* {:via, PartitionSupervisor, {Name, key}}, or a pid in a module of its own */
        if (s->module == NO_IX || m->functions.items[op->function].module != s->module)
            return false;
        return true;
    }
    sym name = to->name;
    module_ix module = model_module_named(m, name);
    return name == s->registered || (module != NO_IX && module == s->module);
}

static bool within_function(const model *m, function_ix function, node_ix node)
{
    const model_function *f = &m->functions.items[function];
    const fact_node *at = model_node(m, node);
    return at->reserved == f->file + 1 && f->line <= at->line && at->line <= f->end_line;
}

/* A template is started by any start_child on its supervisor; another child by the site that gives
 * its specification, which a helper in the same file may make. */
static bool may_start_here(const model *m, const model_op *op, const model_supervisor *s,
                           const model_child *child)
{
    return s->strategy == STRATEGY_SIMPLE_ONE_FOR_ONE ||
           model_node(m, op->node)->reserved == model_node(m, child->node)->reserved;
}

static void restarted_on_demand(classify *c, const caller_index *x, const model_child *child)
{
    const model *m = c->m;
    const model_supervisor *s = &m->supervisors.items[child->supervisor];
    if (!child->is_dynamic || child->restart == RESTART_TEMPORARY ||
        child->restart == RESTART_UNKNOWN || child->module == NO_IX)
        return;
    /* The site of a dynamic child is its place, unless it is the template of init. */
    for (vec_each(&x->sites, at)) {
        const model_op *op = &m->ops.items[*at];
        bool site = op->node == child->node || within_function(m, op->function, child->node);
        if (!site && (!may_start_here(m, op, s, child) || !starts_under(m, op, s))) continue;
        demand_query q = {.m = m};
        uint32_t steps = 0;
        function_ix who = on_demand(m, x, op->function, &q, 0, &steps);
        bool near = who != NO_IX && steps < 2;
        bool found = who != NO_IX;
        if (!found) who = looked_up_beside(m, op->function, &q);
        if (who == NO_IX) continue;
        if (m->files.items[m->functions.items[who].file].is_test) continue;
        const char *type = child->restart == RESTART_PERMANENT ? "permanent" : "transient";
        finding_add(c, child->restart_stated && near ? CONF_LIKELY : CONF_POSSIBLE, child->node,
                    NO_IX, arena_printf(&c->scratch, "on demand %s", child_label(c, child)),
                    "%s is %s although %s %s and starts it when it is needed: after a crash the "
                    "supervisor brings back a copy that nobody asked for, and repeated crashes use "
                    "up the budget of all the others",
                    child_label(c, child), type, model_function_label(m, who, &c->scratch),
                    q.looks_up ? "looks the process up" : "monitors the process");
        server_ix server = child_server(m, child);
        if (server != NO_IX)
            for (vec_each(&m->behaviours, b))
                if (b->module == child->module && b->is_use && b->opts) {
                    finding_step_add(c, b->opts, "the restart type is stated here");
                    break;
                }
        finding_step_add(c, op->node, "started here");
        finding_step_add(c, s->node, "under this supervisor");
        return;
    }
}

void rule_restart_type_mismatch(classify *c)
{
    const model *m = c->m;
    caller_index x = {0};
    callers_build(m, &x);
    for (vec_each(&m->children, child)) {
        if (supervisor_in_test(m, child->supervisor)) continue;
        permanent_that_ends(c, child);
        restarted_on_demand(c, &x, child);
    }
    callers_release(&x);
}

/* ---- shutdown ------------------------------------------------------------------------------- */

static const model_callback *terminate_of(const model *m, server_ix server)
{
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++)
        if (m->callbacks.items[s->callback_first + i].kind == CB_TERMINATE)
            return &m->callbacks.items[s->callback_first + i];
    return NULL;
}

/* Where the specification itself stands, when a helper function of the same module makes it. */
static void spec_step(classify *c, const model_child *child)
{
    const model *m = c->m;
    function_ix helper = model_call_target(m, NO_IX, child->node);
    if (helper == NO_IX || !m->functions.items[helper].clause_count) return;
    const model_clause *clause = &m->clauses.items[m->functions.items[helper].clause_first];
    if (clause->body) finding_step_add(c, node_last(m, clause->body), "its specification");
}

/* Are all children of the supervisor killed at once, so that no time is too short for them? */
static bool kills_all_children(const model *m, supervisor_ix s)
{
    const model_supervisor *row = &m->supervisors.items[s];
    for (uint32_t i = 0; i < row->child_count; i++) {
        const model_child *child = &m->children.items[row->child_first + i];
        if (!child->shutdown_stated || child->shutdown_ms != SHUTDOWN_BRUTAL) return false;
    }
    return row->child_count > 0 && row->children_complete;
}

static void supervisor_child(classify *c, const model_child *child)
{
    bool is_supervisor = child->is_supervisor || child->as_supervisor != NO_IX;
    server_ix server = child_server(c->m, child);
    if (child->as_supervisor == NO_IX && server != NO_IX) {
        uint8_t kind = c->m->servers.items[server].kind;
        is_supervisor &= kind == SERVER_SUPERVISOR || kind == SERVER_DYNAMIC_SUPERVISOR;
    }
    if (!is_supervisor || child->shutdown_ms == SHUTDOWN_INFINITY ||
        child->shutdown_ms == SHUTDOWN_UNKNOWN ||
        (child->as_supervisor != NO_IX && kills_all_children(c->m, child->as_supervisor)))
        return;
    const char *how =
        child->shutdown_ms == SHUTDOWN_BRUTAL
            ? "killed at once"
            : arena_printf(&c->scratch, "killed after %s", timeout_label(c, child->shutdown_ms));
    finding_add(
        c, child->is_supervisor || child->as_supervisor != NO_IX ? CONF_LIKELY : CONF_POSSIBLE,
        child->node, NO_IX, arena_printf(&c->scratch, "supervisor child %s", child_label(c, child)),
        "%s is a supervisor but is %s on shutdown%s: children that need longer are left "
        "behind without their terminate having run",
        child_label(c, child), how,
        child->shutdown_stated ? "" : " (its specification does not say type supervisor)");
    if (child->as_supervisor != NO_IX)
        finding_step_add(c, c->m->supervisors.items[child->as_supervisor].node,
                         "the supervisor it starts");
}

/* Work of terminate that outlives a kill or takes longer than the time given. */
static void worker_child(classify *c, const model_child *child)
{
    const model *m = c->m;
    server_ix server = child_server(m, child);
    if (server == NO_IX || child->is_supervisor || child->as_supervisor != NO_IX) return;
    const model_callback *terminate = terminate_of(m, server);
    const model_server *s = &m->servers.items[server];
    if (child->shutdown_ms == SHUTDOWN_BRUTAL && child->shutdown_stated) {
        for (effect_ix k = 0; terminate && k < terminate->effect_count; k++) {
            const model_effect *e = &m->effects.items[terminate->effect_first + k];
            bool sure;
            if (!effect_cleans_up(m, e, &sure)) continue;
            finding_add(c, sure ? CONF_LIKELY : CONF_POSSIBLE, child->node, server,
                        "brutal_kill with terminate",
                        "%s is killed on shutdown, so its terminate/2, which cleans up, never runs",
                        child_label(c, child));
            finding_path_add(c, e, "clean-up that is skipped");
            spec_step(c, child);
            return;
        }
        for (uint32_t i = 0; i < s->callback_count; i++) {
            const model_callback *cb = &m->callbacks.items[s->callback_first + i];
            for (effect_ix k = cb->effect_first; k < cb->effect_first + cb->effect_count; k++) {
                const model_effect *e = &m->effects.items[k];
                if (e->kind != API_ETS_WRITE && effect_block(m, e) != BLOCK_FILE) continue;
                finding_add(c, CONF_POSSIBLE, child->node, server, "brutal_kill with shared data",
                            "%s writes to data that outlives it and is killed on shutdown: what "
                            "it wrote stays behind",
                            child_label(c, child));
                finding_path_add(c, e, "writes here");
                spec_step(c, child);
                return;
            }
        }
        return;
    }
    if (!terminate || child->shutdown_ms < 0 || !s->trap_exit) return;
    for (effect_ix k = terminate->effect_first;
         k < terminate->effect_first + terminate->effect_count; k++) {
        const model_effect *e = &m->effects.items[k];
        if (!effect_in_process(e)) continue;
        bool waits = e->kind == API_CALL || e->kind == API_STOP || e->kind == API_AWAIT;
        bool longer =
            waits && (e->timeout_ms == TIMEOUT_NEVER || e->timeout_ms > child->shutdown_ms);
        if (!longer) continue;
        /* A limit stated here is a time its author reckons with; one further down is any limit. */
        bool reckoned =
            e->timeout_stated && e->timeout_ms != TIMEOUT_NEVER && effect_depth(m, e) <= 1;
        finding_add(c, reckoned ? CONF_LIKELY : CONF_POSSIBLE, child->node, server,
                    arena_printf(&c->scratch, "terminate waits %s", call_label(c, e->node)),
                    "%s may wait %s in terminate/2, but its supervisor kills it after %s",
                    child_label(c, child),
                    e->timeout_ms == TIMEOUT_NEVER ? "without limit"
                                                   : timeout_label(c, e->timeout_ms),
                    timeout_label(c, child->shutdown_ms));
        finding_path_add(c, e, "waits here");
        return;
    }
}

void rule_shutdown_mismatch(classify *c)
{
    const model *m = c->m;
    for (vec_each(&m->children, child)) {
        if (supervisor_in_test(m, child->supervisor)) continue;
        supervisor_child(c, child);
        worker_child(c, child);
    }
}
