/* unsupervised-process: processes that no supervisor knows. */
#include "base/base.h"
#include "classifiers/rules.h"
#include "classifiers/shared.h"

static bool in_mix_task(const model *m, function_ix function)
{
    const model_function *f = &m->functions.items[function];
    const model_file *file = &m->files.items[f->file];
    sv module = model_text(m, m->modules.items[f->module].name);
    return f->is_test || file->is_script || file->is_test || file->is_example ||
           sv_starts(module, SV("Mix.Tasks.")) || sv_starts(module, SV("Mix.")) ||
           f->kind == FUNCTION_MACRO || f->kind == FUNCTION_MACRO_PRIVATE;
}

/* Is the value of the call thrown away: a statement of a block that is not the last? */
typedef struct {
    node_ix call;
    bool dropped;
} drop_query;

static bool visit_drop(const model *m, node_ix node, void *payload)
{
    drop_query *q = payload;
    const fact_node *at = model_node(m, node);
    for (uint32_t i = 0; at->kind == NODE_BLOCK && i + 1 < at->kid_count; i++)
        if (model_kid(m, node, i) == q->call) q->dropped = true;
    return !q->dropped;
}

static bool result_dropped(const model *m, function_ix function, node_ix call)
{
    const model_function *f = &m->functions.items[function];
    drop_query q = {.call = call};
    for (uint32_t i = 0; i < f->clause_count && !q.dropped; i++)
        model_visit(m, m->clauses.items[f->clause_first + i].body, visit_drop, &q);
    return q.dropped;
}

/* The call in the callback's own module that leads to the effect: where the owner decides. */
static node_ix owner_call(const model *m, const model_effect *e, function_ix *function)
{
    node_ix call = e->node;
    frame_ix at = e->frame;
    *function = m->frames.items[at].function;
    module_ix own =
        m->modules.items[m->servers.items[m->callbacks.items[e->root].server].module].server ==
                NO_IX
            ? NO_IX
            : m->servers.items[m->callbacks.items[e->root].server].module;
    while (at != NO_IX && m->functions.items[m->frames.items[at].function].module != own) {
        if (!m->frames.items[at].call) break;
        call = m->frames.items[at].call;
        at = m->frames.items[at].parent;
        if (at != NO_IX) *function = m->frames.items[at].function;
    }
    return call;
}

static bool is_plain_owner(const model *m, const model_callback *cb)
{
    uint8_t kind = m->servers.items[cb->server].kind;
    return (kind == SERVER_GENSERVER || kind == SERVER_STATEM || kind == SERVER_STAGE) &&
           cb->kind != CB_TERMINATE && cb->kind != CB_CODE_CHANGE;
}

static void report(classify *c, const model_effect *e, confidence conf, const char *word,
                   const char *text)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[e->root];
    function_ix function;
    node_ix at = owner_call(m, e, &function);
    finding_add(
        c, conf, at, cb->server,
        arena_printf(&c->scratch, "%s %s %s", word, call_label(c, at), function_key(c, function)),
        text, model_callback_label(m, e->root, &c->scratch), call_label(c, at));
    finding_callback(c, e->root);
    finding_path_add(c, e, "starts a process outside the tree");
}

/* Does the started server see to it that it ends with whoever it is for: a link or monitor made in
 * its init? */
static bool watches_its_owner(const model *m, server_ix started)
{
    if (started == NO_IX) return false;
    const model_server *s = &m->servers.items[started];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        if (cb->kind != CB_INIT && cb->kind != CB_CONTINUE) continue;
        for (uint32_t k = 0; k < cb->effect_count; k++) {
            const model_effect *e = &m->effects.items[cb->effect_first + k];
            if (effect_in_process(e) && (e->kind == API_LINK || e->kind == API_MONITOR))
                return true;
        }
    }
    return false;
}

static bool holds_pid(const model *m, val_ix v, server_ix server, uint32_t depth)
{
    const model_val *at = model_value(m, v);
    if (at->kind == VAL_PID) return (server_ix)at->number == server;
    for (uint32_t i = 0; depth < 4 && i < at->kid_count; i++)
        if (holds_pid(m, model_value_kid(m, v, i), server, depth + 1)) return true;
    return false;
}

/* Is the process handed to the caller, who uses and ends it? */
static bool given_away(const model *m, const model_callback *cb, server_ix started)
{
    if (cb->kind != CB_CALL || started == NO_IX) return false;
    for (uint32_t i = 0; i < cb->return_count; i++) {
        val_ix v = m->returns.items[cb->return_first + i];
        const model_val *at = model_value(m, v);
        if (at->kind == VAL_TUPLE && at->kid_count >= 3 &&
            holds_pid(m, model_value_kid(m, v, 1), started, 0))
            return true;
    }
    return false;
}

/* Behind more calls than this, what is started is the business of the code in between. */
enum { OWNER_DEPTH_MAX = 3 };

/* A process that a server starts in a callback. */
static void judge_start(classify *c, const model_effect *e)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[e->root];
    const model_server *s = &m->servers.items[cb->server];
    const api_row *row = api_get(e->api);
    sym link = model_sym(m, "link");
    bool linked = api_flag(row, "link") || (link && node_names_atom(m, e->node, link)),
         exits = false;
    bool takes_exit = server_takes_info(m, cb->server, "EXIT", 3, &exits);
    function_ix function;
    node_ix at = owner_call(m, e, &function);
    if (!linked) {
        confidence conf =
            api_flag(row, "supervised") || cb->kind == CB_INIT ? CONF_POSSIBLE : CONF_LIKELY;
        server_ix started = effect_started(m, e);
        if (watches_its_owner(m, started) || given_away(m, cb, started) ||
            effect_depth(m, e) > OWNER_DEPTH_MAX)
            conf = CONF_POSSIBLE;
        report(c, e, effect_trust(m, e, conf), "start",
               "%s starts a server with %s, without a link and outside any supervisor: it lives on "
               "when its owner dies, and nobody restarts it");
        return;
    }
    if (s->trap_exit && takes_exit && exits) return; /* it supervises by hand */
    bool dropped = result_dropped(m, function, at);
    bool later = cb->kind != CB_INIT;
    report(c, e, dropped && later ? CONF_LIKELY : CONF_POSSIBLE, "start_link",
           "%s starts a server with %s under itself and not under a supervisor: a crash of either "
           "takes the other along, and nothing restarts it alone");
}

/* Does terminate take processes down with the server? */
static bool ends_helpers(const model *m, const model_server *s)
{
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        for (uint32_t k = 0; cb->kind == CB_TERMINATE && k < cb->effect_count; k++)
            if (m->effects.items[cb->effect_first + k].kind == API_EXIT) return true;
    }
    return false;
}

static bool spawns_unlinked(const api_row *row)
{
    return row->kind == API_SPAWN && !api_flag(row, "link") && !api_flag(row, "supervised") &&
           !api_flag(row, "rpc") && !api_flag(row, "node");
}

static void judge_spawn(classify *c, const model_effect *e)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[e->root];
    const model_server *s = &m->servers.items[cb->server];
    const api_row *row = api_get(e->api);
    bool exits = false;
    if (api_flag(row, "link")) {
        bool takes = server_takes_info(m, cb->server, "EXIT", 3, &exits);
        if (!s->trap_exit || (takes && exits)) return;
        report(c, e, CONF_POSSIBLE, "spawn_link",
               "%s links a process with %s, but the server traps exits and has no clause for them: "
               "its death goes unnoticed");
        return;
    }
    if (!spawns_unlinked(row) || (s->trap_exit && ends_helpers(m, s))) return;
    report(
        c, e, CONF_POSSIBLE, "spawn",
        "%s starts a process with %s that nobody is linked to: it goes on when its owner is gone, "
        "and its crash is only logged");
    for (uint32_t i = 0; i < s->callback_count && !s->trap_exit; i++) {
        const model_callback *init = &m->callbacks.items[s->callback_first + i];
        if (init->kind != CB_INIT) continue;
        finding_step_add(c, init->node,
                         "the owner does not trap exits: nothing ends it on shutdown");
        break;
    }
}

/* ---- functions that are no callbacks ---- */

static bool is_start_name(sv name)
{
    return sv_eq(name, SV("start_link")) || sv_eq(name, SV("start")) || sv_eq(name, SV("init")) ||
           sv_eq(name, SV("child_spec")) || sv_eq(name, SV("start_monitor"));
}

/* Does the function start a server with a bare primitive: the `start` or `start_link` of a module?
 */
static const model_op *start_in(const model *m, function_ix function)
{
    const model_function *f = &m->functions.items[function];
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (op->kind != OP_API || op->ctx & CTX_SPAWNED) continue;
        const api_row *row = api_get(op->api);
        if (row->kind == API_START && row->server != SERVER_SUPERVISOR) return op;
    }
    return NULL;
}

/* A public function, not itself a start function, that starts a server of another module. */
static void judge_client(classify *c, const model_op *op)
{
    const model *m = c->m;
    const model_function *f = &m->functions.items[op->function];
    const model_module *mod = &m->modules.items[f->module];
    if (!f->exported || is_start_name(model_text(m, f->name)) || op->kind != OP_FUNCTION) return;
    const model_function *target = &m->functions.items[op->target];
    if (target->module == f->module || !is_start_name(model_text(m, target->name))) return;
    uint8_t kind = mod->server == NO_IX ? SERVER_NONE : m->servers.items[mod->server].kind;
    if (kind == SERVER_SUPERVISOR || kind == SERVER_DYNAMIC_SUPERVISOR) return;
    const model_op *start = start_in(m, op->target);
    if (!start) return;
    bool linked = api_flag(api_get(start->api), "link");
    finding_add(c, CONF_POSSIBLE, op->node, NO_IX,
                arena_printf(&c->scratch, "client %s", function_key(c, op->function)),
                linked ? "%s starts %s and links it to whoever calls: both die together, and no "
                         "supervisor restarts it"
                       : "%s starts %s outside any supervisor: nobody restarts it, and it outlives "
                         "whoever called",
                model_function_label(m, op->function, &c->scratch),
                model_function_label(m, op->target, &c->scratch));
    finding_step_add(c, op->node, "starts a server");
    finding_step_add(c, start->node, "with this");
}

static void judge_bare_spawn(classify *c, const model_op *op)
{
    const model *m = c->m;
    const api_row *row = api_get(op->api);
    if (!spawns_unlinked(row) || api_flag(row, "monitor")) return;
    finding_add(c, CONF_POSSIBLE, op->node, NO_IX,
                arena_printf(&c->scratch, "spawn %s %s", call_label(c, op->node),
                             function_key(c, op->function)),
                "%s starts a process with %s that no supervisor knows: its crash is only logged",
                model_function_label(m, op->function, &c->scratch), call_label(c, op->node));
    finding_level(c, LEVEL_NOTE);
    finding_step_add(c, op->node, "starts a process outside the tree");
}

void rule_unsupervised_process(classify *c)
{
    const model *m = c->m;
    map64 seen = {0}, told = {0};
    for (vec_each(&m->effects, e)) {
        if (e->api == NO_IX || !effect_in_process(e)) continue;
        const api_row *row = api_get(e->api);
        if (row->kind != API_START && row->kind != API_SPAWN) continue;
        const model_callback *cb = &m->callbacks.items[e->root];
        if (!is_plain_owner(m, cb)) continue;
        seen_first(&told, e->node, 0);
        if (!seen_first(&seen, cb->server, e->node)) continue;
        if (row->kind == API_START && row->server != SERVER_NONE) judge_start(c, e);
        else if (row->kind == API_SPAWN) judge_spawn(c, e);
    }
    for (vec_each(&m->ops, op)) {
        if (op->ctx & CTX_SPAWNED || in_mix_task(m, op->function)) continue;
        if (op->kind == OP_FUNCTION) judge_client(c, op);
        if (op->kind == OP_API && api_get(op->api)->kind == API_SPAWN &&
            seen_first(&told, op->node, 0))
            judge_bare_spawn(c, op);
    }
    map64_release(&seen);
    map64_release(&told);
}
