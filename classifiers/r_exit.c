/* Exits and links: trap-exit-mismatch, linked-helper, terminate-without-trap-exit. */
#include "base/base.h"
#include "classifiers/r_tree.h"
#include "classifiers/rules.h"

static bool is_plain_server(const model *m, const model_server *s)
{
    return (s->kind == SERVER_GENSERVER || s->kind == SERVER_STATEM || s->kind == SERVER_STAGE) &&
           !m->modules.items[s->module].is_test;
}

/* ---- trap-exit-mismatch --------------------------------------------------------------------- */

/* The clause that takes {'EXIT', Pid, Reason} and nothing else; NULL. */
static const model_callback *exit_clause(const model *m, const model_server *s, callback_ix *ix)
{
    for (uint32_t i = 0; i < s->callback_count; i++) {
        *ix = s->callback_first + i;
        const model_callback *cb = &m->callbacks.items[*ix];
        bool info = cb->kind == CB_INFO || (cb->kind == CB_EVENT && cb->event == CB_INFO);
        if (info && cb->tag_arity == 3 && sv_eq_c(model_text(m, cb->tag), "EXIT")) return cb;
    }
    return NULL;
}

/* The first effect of the server that links it to another process or port; NO_IX. */
static effect_ix first_link(const model *m, const model_server *s)
{
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        for (effect_ix k = cb->effect_first; k < cb->effect_first + cb->effect_count; k++) {
            const model_effect *e = &m->effects.items[k];
            if (!effect_in_process(e)) continue;
            if (e->kind == API_LINK) return k;
            bool starts = e->kind == API_START || e->kind == API_SPAWN || e->kind == API_TASK;
            if (starts && e->api != NO_IX && api_flag(api_get(e->api), "link")) return k;
        }
    }
    return NO_IX;
}

/* Does a call that makes a process of a library stand anywhere in the module: start_link, open? */
static bool may_link_elsewhere(const model *m, module_ix module)
{
    const model_module *mod = &m->modules.items[module];
    for (uint32_t i = 0; i < mod->function_count; i++) {
        const model_function *f = &m->functions.items[mod->function_first + i];
        if (sv_starts(model_text(m, f->name), SV("start"))) continue;
        for (uint32_t k = 0; k < f->op_count; k++) {
            const model_op *op = &m->ops.items[f->op_first + k];
            sv name = model_text(m, model_node(m, op->node)->name);
            if (sv_has(name, SV("start")) || sv_has(name, SV("link")) || sv_has(name, SV("open")) ||
                sv_has(name, SV("connect")) || sv_has(name, SV("spawn")) ||
                op->kind == OP_UNRESOLVED)
                return true;
        }
    }
    return false;
}

static bool module_says(const model *m, module_ix module, const char *name)
{
    const model_module *mod = &m->modules.items[module];
    for (uint32_t i = 0; i < mod->function_count; i++) {
        const model_function *f = &m->functions.items[mod->function_first + i];
        for (uint32_t k = 0; k < f->clause_count; k++)
            if (node_calls(m, m->clauses.items[f->clause_first + k].body, name)) return true;
    }
    return false;
}

static bool calls_computed_modules(const model *m, module_ix module)
{
    const model_module *mod = &m->modules.items[module];
    for (uint32_t i = 0; i < mod->function_count; i++) {
        const model_function *f = &m->functions.items[mod->function_first + i];
        for (uint32_t k = 0; k < f->op_count; k++) {
            const model_op *op = &m->ops.items[f->op_first + k];
            if (op->kind == OP_UNRESOLVED && op->cause == UNRESOLVED_MODULE_VAR) return true;
        }
    }
    return false;
}

/* Some clients of libraries set trap_exit for the process that opens a connection. */
static bool library_connects(const model *m, module_ix module)
{
    const model_module *mod = &m->modules.items[module];
    for (uint32_t i = 0; i < mod->function_count; i++) {
        const model_function *f = &m->functions.items[mod->function_first + i];
        for (uint32_t k = 0; k < f->op_count; k++) {
            const model_op *op = &m->ops.items[f->op_first + k];
            if (op->kind != OP_FUNCTION &&
                sv_has(model_text(m, model_node(m, op->node)->name), SV("connect")))
                return true;
        }
    }
    return false;
}

/* Does the module implement a behaviour of OTP or Elixir itself? The process of a library's own
 * behaviour may trap exits for it. */
static bool is_standard_server(const model *m, const model_server *s)
{
    static const char *const names[] = {"GenServer", "gen_server",      "gen_statem", "gen_fsm",
                                        "GenStage",  "GenStateMachine", "gen_event"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (model_has_behaviour(m, s->module, names[i])) return true;
    return false;
}

static void dead_exit_clause(classify *c, server_ix server)
{
    const model *m = c->m;
    const model_server *s = &m->servers.items[server];
    callback_ix ix;
    const model_callback *cb = exit_clause(m, s, &ix);
    if (!cb || s->trap_exit || module_says(m, s->module, "process_flag") ||
        module_says(m, s->module, "flag"))
        return;
    effect_ix link = first_link(m, s);
    /* A module that calls others by a computed name may leave it to them to trap exits. */
    bool elsewhere = calls_computed_modules(m, s->module) || library_connects(m, s->module);
    confidence conf = elsewhere || !is_standard_server(m, s) ? CONF_POSSIBLE : CONF_LIKELY;
    finding_add(c, conf, cb->message ? cb->message : cb->node, server,
                arena_printf(&c->scratch, "dead %s", callback_key(c, ix)),
                "%s has a clause for exits but never traps them: the clause does not run, and an "
                "exit of a linked process ends the server instead",
                server_label(c, server));
    finding_callback(c, ix);
    if (link != NO_IX) finding_path_add(c, &m->effects.items[link], "links here");
}

/* Does the server learn of the end in another way: a monitor, or a receive of its own? */
static bool hears_otherwise(const model *m, const model_server *s)
{
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        if (cb->tag && sv_eq_c(model_text(m, cb->tag), "DOWN")) return true;
        for (effect_ix k = cb->effect_first; k < cb->effect_first + cb->effect_count; k++) {
            uint8_t kind = m->effects.items[k].kind;
            if (kind == API_MONITOR || kind == EFFECT_RECEIVE) return true;
        }
    }
    return false;
}

/* Does the clause for everything hand the message to another function? */
static bool catch_all_passes_on(const model *m, const model_server *s)
{
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        const fact_node *message = model_node(m, cb->message);
        if (!cb->catch_all || message->kind != NODE_VAR || cb->clause == NO_IX) continue;
        if (cb->kind != CB_INFO && cb->kind != CB_EVENT) continue;
        const model_function *f = &m->functions.items[cb->function];
        for (uint32_t k = 0; k < f->op_count; k++) {
            const model_op *op = &m->ops.items[f->op_first + k];
            if (op->clause == cb->clause && op->kind == OP_FUNCTION &&
                node_uses(m, op->node, message->name) &&
                m->functions.items[op->target].module == s->module)
                return true;
        }
    }
    return false;
}

static void unheard_exits(classify *c, server_ix server)
{
    const model *m = c->m;
    const model_server *s = &m->servers.items[server];
    effect_ix trap = NO_IX;
    for (uint32_t i = 0; i < s->callback_count && trap == NO_IX; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        for (effect_ix k = cb->effect_first; k < cb->effect_first + cb->effect_count; k++)
            if (m->effects.items[k].kind == API_TRAP_EXIT &&
                effect_in_process(&m->effects.items[k])) {
                trap = k;
                break;
            }
    }
    if (!s->trap_exit || trap == NO_IX) return;
    const model_effect *e = &m->effects.items[trap];
    bool specific;
    bool taken = server_takes_info(m, server, "EXIT", 3, &specific);
    effect_ix link = first_link(m, s);
    if (specific) {
        callback_ix ix;
        const model_callback *cb = exit_clause(m, s, &ix);
        if (!cb || link != NO_IX || may_link_elsewhere(m, s->module)) return;
        finding_add(c, CONF_POSSIBLE, cb->message ? cb->message : cb->node, server,
                    arena_printf(&c->scratch, "unlinked %s", callback_key(c, ix)),
                    "%s traps exits and has a clause for them, but links to nobody: the only exit "
                    "it can get is its parent's, and that never reaches the clause",
                    server_label(c, server));
        finding_path_add(c, e, "traps exits");
        return;
    }
    if (link == NO_IX || hears_otherwise(m, s)) return;
    const model_effect *l = &m->effects.items[link];
    bool own = m->functions.items[m->frames.items[l->frame].function].module == s->module;
    confidence conf = own ? CONF_LIKELY : CONF_POSSIBLE;
    if (taken) {
        if (catch_all_passes_on(m, s)) return;
        finding_add(c, conf, l->node, server,
                    arena_printf(&c->scratch, "swallowed exit %s", call_label(c, l->node)),
                    "%s traps exits and links to what %s starts, but only its catch-all clause "
                    "sees the exit: the helper's end goes unnoticed",
                    server_label(c, server), call_label(c, l->node));
    } else if (server_has_info(m, server) || s->erlang) {
        finding_add(c, conf, l->node, server,
                    arena_printf(&c->scratch, "unhandled exit %s", call_label(c, l->node)),
                    "%s traps exits and links to what %s starts, but no clause takes the exit "
                    "message: the first one, a normal end too, crashes the server",
                    server_label(c, server), call_label(c, l->node));
    } else {
        return;
    }
    finding_path_add(c, l, "links here");
    finding_path_add(c, e, "traps exits");
}

void rule_trap_exit_mismatch(classify *c)
{
    const model *m = c->m;
    for (server_ix i = 0; i < m->servers.count; i++) {
        if (!is_plain_server(m, &m->servers.items[i])) continue;
        dead_exit_clause(c, i);
        unheard_exits(c, i);
    }
}

/* ---- linked-helper -------------------------------------------------------------------------- */

/* What the process started at `start` does that may fail: an effect of the root in it, or of the
 * server it starts. */
static effect_ix helper_io(const model *m, const model_effect *start)
{
    if (start->kind == API_START) {
        effect_ix found;
        return server_does_io(m, effect_started(m, start), &found) ? found : NO_IX;
    }
    const model_callback *cb = &m->callbacks.items[start->root];
    for (effect_ix k = cb->effect_first; k < cb->effect_first + cb->effect_count; k++) {
        const model_effect *e = &m->effects.items[k];
        if (e->task_node != start->node) continue;
        block_class block = effect_block(m, e);
        if (block != BLOCK_NONE && block != BLOCK_SLEEP) return k;
        if (e->kind == API_CALL) return k;
    }
    return NO_IX;
}

/* Does the callback wait for the result of the task started at this node? */
static bool result_awaited(const model *m, const model_callback *cb, node_ix task)
{
    for (effect_ix k = cb->effect_first; k < cb->effect_first + cb->effect_count; k++) {
        const model_effect *e = &m->effects.items[k];
        if (e->task_node == task && e->ctx & CTX_AWAITED) return true;
        if (e->kind != API_AWAIT) continue;
        for (uint32_t i = 0; i < e->arg_count; i++) {
            const model_val *v = model_value(m, m->effect_args.items[e->arg_first + i]);
            if (v->kind == VAL_TASK && v->number == task) return true;
        }
    }
    return false;
}

/* The call in the server's own module through which an effect is reached: the place to read. */
static node_ix call_in_server(const model *m, const model_effect *e, const model_server *s)
{
    node_ix at = e->node;
    for (frame_ix f = e->frame; f != NO_IX; f = m->frames.items[f].parent) {
        const model_frame *frame = &m->frames.items[f];
        if (m->functions.items[frame->function].module == s->module) return at;
        if (frame->call) at = frame->call;
    }
    return e->node;
}

static void init_step(classify *c, const model_server *s)
{
    const model *m = c->m;
    for (uint32_t k = 0; k < s->callback_count; k++) {
        const model_callback *init = &m->callbacks.items[s->callback_first + k];
        if (init->kind != CB_INIT) continue;
        finding_step_add(c, init->node, "init does not set trap_exit");
        return;
    }
}

/* Does the helper read a mailbox of its own: a process that is meant to stay, whose end is the end
 * of what the server is for? */
static bool helper_stays(const model *m, const model_effect *start)
{
    const model_callback *cb = &m->callbacks.items[start->root];
    for (effect_ix k = cb->effect_first; k < cb->effect_first + cb->effect_count; k++) {
        const model_effect *e = &m->effects.items[k];
        if (e->task_node != start->node) continue;
        if (e->kind == EFFECT_RECEIVE) return true;
        /* A loop over a socket is a mailbox too. */
        if (e->kind == API_BLOCKING && sv_starts(sv_from(api_get(e->api)->name), SV("recv")))
            return true;
    }
    return false;
}

void rule_linked_helper(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (effect_ix k = 0; k < m->effects.count; k++) {
        const model_effect *e = &m->effects.items[k];
        bool starts = e->kind == API_START || e->kind == API_SPAWN || e->kind == API_TASK;
        if (!starts || e->api == NO_IX || !effect_in_process(e)) continue;
        const api_row *row = api_get(e->api);
        if (!api_flag(row, "link") || api_flag(row, "awaited")) continue;
        if (!strcmp(row->name, "start_child")) continue; /* linked to its supervisor */
        const model_callback *cb = &m->callbacks.items[e->root];
        const model_server *s = &m->servers.items[cb->server];
        if (!is_plain_server(m, s) || s->trap_exit || cb->kind == CB_INIT ||
            cb->kind == CB_TERMINATE || e->ctx & CTX_AWAITED)
            continue;
        effect_ix io = helper_io(m, e);
        if (result_awaited(m, cb, e->node)) continue;
        if (!seen_first(&seen, cb->server, e->node)) continue;
        confidence conf = io != NO_IX ? CONF_LIKELY : CONF_POSSIBLE;
        if (e->kind == API_START && io == NO_IX) conf = CONF_POSSIBLE;
        /* One process for each job or client may well end with its helper. */
        if (helper_stays(m, e) || !server_is_shared(m, cb->server)) conf = CONF_POSSIBLE;
        const char *what = call_label(c, e->node);
        finding_add(c, conf, call_in_server(m, e, s), cb->server,
                    arena_printf(&c->scratch, "%s %s", callback_key(c, e->root), what),
                    "%s links to a helper with %s and does not trap exits: when the helper fails, "
                    "the server and all it holds go with it",
                    model_callback_label(m, e->root, &c->scratch), what);
        finding_callback(c, e->root);
        finding_path_add(c, e, "links to the helper");
        if (io != NO_IX)
            finding_step_add(c, m->effects.items[io].node, "the helper may fail here: %s",
                             call_label(c, m->effects.items[io].node));
        init_step(c, s);
    }
    map64_release(&seen);
}

/* ---- terminate-without-trap-exit ------------------------------------------------------------- */

/* Names of clean-up that the runtime does not do when a process ends. */
static bool name_cleans_up(sv name)
{
    static const char *const words[] = {
        "delete",         "remove",     "unload",     "unhook",      "del_hook", "erase",
        "disconnect",     "deregister", "unregister", "unsubscribe", "detach",   "leave",
        "flush",          "persist",    "save",       "drop",        "cleanup",  "clean_up",
        "remove_handler", "uninstall",  "revoke",     "destroy",     "unlock",   "release",
        "rollback",       "purge"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (sv_has(name, sv_from(words[i]))) return true;
    return false;
}

/* A call to a library that by its name undoes something. */
static bool foreign_clean_up(const model *m, const model_op *op)
{
    static const char *const harmless[] = {
        "io",      "lager",   "logger",    "error_logger", "Logger",  "IO",    "lists",
        "maps",    "gen_tcp", "gen_udp",   "ssl",          "inet",    "Map",   "Enum",
        "Keyword", "MapSet",  "sets",      "dict",         "queue",   "ets",   "String",
        "List",    "timer",   "proplists", "gb_trees",     "gb_sets", "socket"};
    if (op->kind != OP_EXTERNAL || model_node(m, op->node)->kind != NODE_CALL_REMOTE) return false;
    sv module = call_module(m, op->node);
    for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
        if (sv_eq_c(module, harmless[i])) return false;
    sv name = model_text(m, model_node(m, op->node)->name);
    return name_cleans_up(name) || sv_has(name, SV("stop"));
}

typedef struct {
    const model_op *op;
    reach_path path;
} clean_up;

static bool visit_clean_up(const model *m, const model_op *op, const reach_path *path,
                           void *payload)
{
    clean_up *found = payload;
    if (!foreign_clean_up(m, op)) return true;
    found->op = op;
    found->path = *path;
    return false;
}

/* Work of terminate that only its name tells of. */
static void named_clean_up(classify *c, server_ix server)
{
    const model *m = c->m;
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        clean_up found = {0};
        if (cb->kind == CB_TERMINATE) reach_calls(m, cb->clause, visit_clean_up, &found);
        if (!found.op) continue;
        /* What is stopped is often linked, and ends with the server anyway. */
        bool stops = sv_has(model_text(m, model_node(m, found.op->node)->name), SV("stop"));
        finding_add(c, s->supervised && !stops ? CONF_LIKELY : CONF_POSSIBLE, cb->node, server,
                    "terminate",
                    "%s.terminate/2 cleans up (%s), but the server does not trap exits: when its "
                    "supervisor shuts it down it ends at once and terminate/2 never runs",
                    server_label(c, server), call_label(c, found.op->node));
        finding_callback(c, s->callback_first + i);
        reach_steps(c, &found.path, found.op->node, "clean-up that is skipped");
        init_step(c, s);
        return;
    }
}

/* init puts something of its own into another process that terminate should take out again. */
typedef struct {
    const char *add, *take;
} registration;
static const registration REGISTRATIONS[] = {{"add_handler", "remove_handler"},
                                             {"hook", "unhook"},
                                             {"add_hook", "del_hook"},
                                             {"attach_many", "detach"},
                                             {"register_service", "unregister_service"}};

static void unpaired_registration(classify *c, server_ix server)
{
    const model *m = c->m;
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        if (cb->kind != CB_INIT) continue;
        const model_function *f = &m->functions.items[cb->function];
        for (uint32_t k = 0; k < f->op_count; k++) {
            const model_op *op = &m->ops.items[f->op_first + k];
            const fact_node *at = model_node(m, op->node);
            if (op->clause != cb->clause || at->kind != NODE_CALL_REMOTE) continue;
            for (size_t n = 0; n < ARRAY_LEN(REGISTRATIONS); n++) {
                if (!sv_eq_c(model_text(m, at->name), REGISTRATIONS[n].add) ||
                    module_says(m, s->module, REGISTRATIONS[n].take))
                    continue;
                finding_add(c, CONF_POSSIBLE, cb->node, server,
                            arena_printf(&c->scratch, "unpaired %s", REGISTRATIONS[n].add),
                            "%s.init registers itself with %s and nothing takes it out again: when "
                            "the server ends, what it registered stays behind",
                            server_label(c, server), call_label(c, op->node));
                finding_step_add(c, op->node, "registered here, without %s anywhere",
                                 REGISTRATIONS[n].take);
                return;
            }
        }
    }
}

/* Does the function of the operation run in a server that is no supervisor? */
static bool made_by_a_server(const model *m, const model_op *op)
{
    module_ix module = m->functions.items[op->function].module;
    server_ix server = m->modules.items[module].server;
    if (server == NO_IX) return false;
    uint8_t kind = m->servers.items[server].kind;
    return kind != SERVER_SUPERVISOR && kind != SERVER_DYNAMIC_SUPERVISOR &&
           kind != SERVER_APPLICATION;
}

/* Does the entry that terminate takes out of a table stay when it does not run? Not for sure where
 * another module keeps the table (it may watch who entered what), or where the table is made by a
 * supervisor or the application, with which it goes. */
static bool entry_stays(const model *m, const model_effect *e)
{
    if (e->kind != API_ETS_WRITE) return true;
    const model_server *s = &m->servers.items[m->callbacks.items[e->root].server];
    module_ix in = m->functions.items[m->frames.items[e->frame].function].module;
    if (in != s->module) return false;
    const model_val *table =
        e->arg_count ? model_value(m, m->effect_args.items[e->arg_first]) : NULL;
    if (!table || table->kind != VAL_ATOM) return false;
    for (vec_each(&m->ops, op)) {
        if (op->kind != OP_API || api_get(op->api)->kind != API_ETS_NEW) continue;
        const fact_node *name = model_node(m, model_strip(m, model_arg(m, op->node, 0)));
        if (name->kind == NODE_ATOM && name->name == table->name) return made_by_a_server(m, op);
    }
    return true;
}

/* Is the server killed on shutdown wherever it is a child? Then trapping exits would not help, and
 * shutdown-mismatch speaks. */
static bool killed_on_shutdown(const model *m, server_ix server)
{
    bool any = false;
    for (child_ix i = model_child_of(m, server, 0); i != NO_IX;
         i = model_child_of(m, server, i + 1)) {
        const model_child *child = &m->children.items[i];
        if (!child->shutdown_stated || child->shutdown_ms != SHUTDOWN_BRUTAL) return false;
        any = true;
    }
    return any;
}

void rule_terminate_without_trap_exit(classify *c)
{
    const model *m = c->m;
    for (server_ix i = 0; i < m->servers.count; i++) {
        const model_server *s = &m->servers.items[i];
        if (!is_plain_server(m, s) || s->trap_exit || module_says(m, s->module, "process_flag") ||
            module_says(m, s->module, "flag") || killed_on_shutdown(m, i))
            continue;
        effect_ix work = NO_IX;
        bool sure = false;
        for (uint32_t k = 0; k < s->callback_count; k++) {
            const model_callback *cb = &m->callbacks.items[s->callback_first + k];
            if (cb->kind != CB_TERMINATE) continue;
            for (effect_ix n = cb->effect_first; n < cb->effect_first + cb->effect_count; n++) {
                bool here;
                if (!effect_cleans_up(m, &m->effects.items[n], &here)) continue;
                if (work != NO_IX && (sure || !here)) continue;
                work = n;
                sure = here;
            }
        }
        if (work == NO_IX) {
            named_clean_up(c, i);
            unpaired_registration(c, i);
            continue;
        }
        const model_effect *e = &m->effects.items[work];
        const model_callback *cb = &m->callbacks.items[e->root];
        confidence conf = !s->supervised ? CONF_POSSIBLE : sure ? CONF_CERTAIN : CONF_LIKELY;
        if (e->kind == API_STOP || !entry_stays(m, e)) conf = CONF_POSSIBLE;
        finding_add(c, conf, cb->node, i, "terminate",
                    "%s.terminate/2 cleans up (%s), but the server does not trap exits: when its "
                    "supervisor shuts it down it ends at once and terminate/2 never runs",
                    server_label(c, i), call_label(c, e->node));
        finding_callback(c, e->root);
        finding_path_add(c, e, "clean-up that is skipped");
        init_step(c, s);
    }
}
