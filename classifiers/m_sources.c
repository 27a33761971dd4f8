/* info-source-unhandled, task-result-unhandled: messages that a server makes arrive and does not
 * expect. */
#include "base/base.h"
#include "classifiers/rules.h"
#include "classifiers/shared.h"

static const model_effect *effects_of(const model *m, server_ix server, uint32_t *count)
{
    const model_server *s = &m->servers.items[server];
    *count = 0;
    if (s->callback_count == 0) return NULL;
    const model_callback *first = &m->callbacks.items[s->callback_first];
    const model_effect *start = NULL;
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = first + i;
        if (cb->effect_count == 0) continue;
        if (!start) start = &m->effects.items[cb->effect_first];
        *count = (uint32_t)(&m->effects.items[cb->effect_first] + cb->effect_count - start);
    }
    return start;
}

/* Does the server do something of this kind in its own process, in any callback? */
static bool server_does(const model *m, server_ix server, api_kind kind)
{
    uint32_t count;
    const model_effect *e = effects_of(m, server, &count);
    for (uint32_t i = 0; i < count; i++)
        if (e[i].kind == kind && effect_in_process(&e[i])) return true;
    return false;
}

/* Does it link to anything besides its parent, or own a port? */
static bool server_links(const model *m, server_ix server)
{
    uint32_t count;
    const model_effect *e = effects_of(m, server, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (!effect_in_process(&e[i]) || e[i].api == NO_IX) continue;
        const api_row *row = api_get(e[i].api);
        if (row->kind == API_LINK) return true;
        bool starts = row->kind == API_START || row->kind == API_SPAWN || row->kind == API_TASK;
        if (starts && api_flag(row, "link") && !api_flag(row, "awaited")) return true;
    }
    return false;
}

/* ---- info-source-unhandled ---- */

static bool literal_false(const model *m, node_ix node)
{
    return model_is_atom(m, node, "false");
}

/* The value of an option in any argument of a call; 0 when it is not written there. */
static node_ix option_of(const model *m, node_ix call, const char *key)
{
    uint32_t count = model_arg_count(m, call);
    for (uint32_t i = 0; i < count; i++) {
        node_ix arg = model_strip(m, model_arg(m, call, i));
        node_kind kind = (node_kind)model_node(m, arg)->kind;
        if (kind != NODE_LIST && kind != NODE_MAP) continue;
        node_ix value = model_option(m, arg, key);
        if (value) return value;
    }
    return 0;
}

/* Are the options of a call (its list argument) written out? */
static bool options_written(const model *m, node_ix call)
{
    uint32_t count = model_arg_count(m, call);
    for (uint32_t i = 0; i < count; i++) {
        const fact_node *arg = model_node(m, model_strip(m, model_arg(m, call, i)));
        if (arg->kind == NODE_LIST) return !(arg->flags & NODE_FLAG_TAIL);
    }
    return false;
}

/* A kind of message that a source makes arrive. */
typedef struct {
    const char *tag; /* NULL: a reference, port or pid comes first */
    uint32_t arity;
    const char *what;   /* "a {:DOWN, …} message" */
    const char *source; /* "the monitor" */
} shape;

/* Sources whose messages have a fixed form; false for what makes none or is not known. */
static bool source_shape(const model *m, const model_effect *e, shape *out)
{
    const api_row *row = api_get(e->api);
    node_ix call = e->node;
    switch (row->kind) {
    case API_MONITOR:
        if (option_of(m, call, "tag")) return false;
        if (model_arg_count(m, call) > 1 && model_is_atom(m, model_arg(m, call, 0), "time_offset"))
            return false;
        *out = (shape){"DOWN", 5, "DOWN", "a monitor"};
        return true;
    case API_TRAP_EXIT:
        if (!model_is_atom(m, model_arg(m, call, 0), "trap_exit") ||
            literal_false(m, model_arg(m, call, 1)))
            return false;
        *out = (shape){"EXIT", 3, "EXIT", "trap_exit"};
        return true;
    case API_OPEN_SOURCE:
        if (api_flag(row, "port")) {
            *out = (shape){NULL, 2, "{port, data}", "a port"};
            return true;
        }
        if (api_flag(row, "nodedown")) {
            *out = (shape){"nodedown", 2, "nodedown", "a monitor of nodes"};
            return true;
        }
        if (api_flag(row, "active")) {
            node_ix active = option_of(m, call, "active");
            if (!active || literal_false(m, active)) return false;
            *out = (shape){"tcp", 3, "socket data", "an active socket"};
            return true;
        }
        if (api_flag(row, "udp")) {
            node_ix active = option_of(m, call, "active");
            if (!options_written(m, call) || (active && literal_false(m, active))) return false;
            *out = (shape){"udp", 5, "udp", "an active socket"};
            return true;
        }
        return false;
    case API_BLOCKING:
        if (!sv_eq(sv_from(row->module), SV("gen_tcp")) ||
            !sv_eq(sv_from(row->name), SV("connect")))
            return false;
        if (!options_written(m, call) ||
            (option_of(m, call, "active") && literal_false(m, option_of(m, call, "active"))))
            return false;
        *out = (shape){"tcp", 3, "tcp", "an active socket"};
        return true;
    default: return false;
    }
}

/* Is the source taken back in the same function: the monitor removed, its message received, the
 * socket handed on? */
static bool taken_back(const model *m, const model_effect *e)
{
    function_ix function = m->frames.items[e->frame].function;
    const model_function *f = &m->functions.items[function];
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (op->kind == OP_RECEIVE) return true;
        if (op->kind == OP_API && api_get(op->api)->kind == API_DEMONITOR && e->kind == API_MONITOR)
            return true;
        sv name = model_text(m, model_node(m, op->node)->name);
        if (sv_eq(name, SV("controlling_process")) || sv_eq(name, SV("close"))) return true;
    }
    return false;
}

/* Messages of ports and sockets come in several forms: any clause for one of them will do. */
static bool takes_shape(const model *m, server_ix server, const shape *s)
{
    static const struct {
        const char *tag;
        uint32_t arity;
    } DATA[] = {{"tcp", 3},  {"ssl", 3},        {"udp", 4},        {"udp", 5},
                {"sctp", 4}, {"tcp_closed", 2}, {"ssl_closed", 2}, {"tcp_error", 3}};
    bool specific = false;
    if (server_takes_info(m, server, s->tag, s->arity, &specific)) return true;
    if (s->tag && strcmp(s->tag, "nodedown") == 0)
        return server_takes_info(m, server, "nodedown", 3, &specific);
    if (!s->tag)
        return server_takes_info(m, server, "EXIT", 3, &specific) ||
               server_takes_info(m, server, "data", 2, &specific);
    if (strcmp(s->tag, "tcp") != 0 && strcmp(s->tag, "udp") != 0) return false;
    for (size_t i = 0; i < ARRAY_LEN(DATA); i++)
        if (server_takes_info(m, server, DATA[i].tag, DATA[i].arity, &specific)) return true;
    return false;
}

static void report_source(classify *c, const model_effect *e, const shape *s, confidence conf)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[e->root];
    bool erlang = m->servers.items[cb->server].erlang;
    finding_add(c, conf, e->node, cb->server,
                arena_printf(&c->scratch, "%s %s", s->what,
                             function_key(c, m->frames.items[e->frame].function)),
                "%s makes %s messages arrive (%s); no clause of %s takes them: the first one ends "
                "the server",
                model_callback_label(m, e->root, &c->scratch), s->what, s->source,
                erlang ? "handle_info/2" : "handle_info");
    finding_callback(c, e->root);
    finding_path_add(c, e, s->source);
}

/* Does a function of the server's own module make a link, in the process of the server? */
static bool links_itself(const model *m, server_ix server)
{
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        for (uint32_t k = 0; k < cb->effect_count; k++) {
            const model_effect *e = &m->effects.items[cb->effect_first + k];
            bool starts = e->kind == API_START || e->kind == API_SPAWN || e->kind == API_TASK;
            bool links = e->kind == API_LINK ||
                         (starts && e->api != NO_IX && api_flag(api_get(e->api), "link"));
            if (links && effect_in_process(e) &&
                (effect_depth(m, e) <= 1 ||
                 m->functions.items[m->frames.items[e->frame].function].module == s->module))
                return true;
        }
    }
    return false;
}

/* A clause with a pinned or unknown head might be the one. */
static void judge_source(classify *c, const model_effect *e)
{
    const model *m = c->m;
    server_ix server = m->callbacks.items[e->root].server;
    shape s;
    if (!source_shape(m, e, &s) || !server_has_info(m, server)) return;
    if (takes_shape(m, server, &s) || taken_back(m, e)) return;
    if (e->kind == API_TRAP_EXIT && !server_links(m, server)) return;
    confidence conf =
        e->kind == API_MONITOR || e->kind == API_TRAP_EXIT ? CONF_CERTAIN : CONF_LIKELY;
    if (e->ctx & CTX_BRANCH && conf == CONF_CERTAIN) conf = CONF_LIKELY;
    /* A link made in code of another module may be undone, or be that code's own affair. */
    if (e->kind == API_TRAP_EXIT && !links_itself(m, server)) conf = CONF_POSSIBLE;
    /* Options that are computed may change the tag. */
    uint32_t last = model_arg_count(m, e->node) - 1;
    if (e->kind == API_MONITOR && last > 0 &&
        model_node(m, model_strip(m, model_arg(m, e->node, last)))->kind == NODE_VAR &&
        api_get(e->api)->receiver != (int8_t)last)
        conf = CONF_POSSIBLE;
    report_source(c, e, &s, conf);
}

/* Does a receive in some callback of the server name the message's tag? */
static bool received_by_hand(const model *m, server_ix server, val_ix message)
{
    const model_val *v = model_value(m, message);
    const model_val *head =
        v->kind == VAL_TUPLE ? model_value(m, model_value_kid(m, message, 0)) : v;
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; head->kind == VAL_ATOM && i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        for (uint32_t k = 0; k < cb->effect_count; k++) {
            const model_effect *e = &m->effects.items[cb->effect_first + k];
            if (e->kind == EFFECT_RECEIVE && node_names_atom(m, e->node, head->name)) return true;
        }
    }
    return false;
}

/* May something take the timer's message that is no clause seen: a receive, or code that the module
 * which arms the timer brings into the server? */
static bool taken_elsewhere(const model *m, const model_effect *e)
{
    server_ix server = m->callbacks.items[e->root].server;
    module_ix arms = m->functions.items[m->frames.items[e->frame].function].module;
    return arms != m->servers.items[server].module || received_by_hand(m, server, e->message);
}

/* A timer of the server for itself, whose message no clause can match. */
static void judge_timer(classify *c, const model_effect *e)
{
    const model *m = c->m;
    server_ix server = m->callbacks.items[e->root].server;
    const api_row *row = api_get(e->api);
    if (e->id.kind != ID_SELF && !api_flag(row, "self")) return;
    if (api_flag(row, "spawned") || api_flag(row, "exit") || !e->message) return;
    if (m->servers.items[server].kind == SERVER_STATEM &&
        sv_starts(sv_from(row->module), SV("gen_")))
        return;
    bool specific = false;
    if (api_flag(row, "timeout_tuple")) {
        if (server_takes_info(m, server, "timeout", 3, &specific)) return;
    } else {
        const model_val *v = model_value(m, e->message);
        if (v->kind != VAL_ATOM && v->kind != VAL_TUPLE) return;
        const model_val *head =
            v->kind == VAL_TUPLE ? model_value(m, model_value_kid(m, e->message, 0)) : v;
        if (head->kind != VAL_ATOM) return;
        match_result result;
        callback_ix at = model_clause_for(m, server, CB_INFO, e->message, 0, &result);
        if (at != NO_IX) return;
        const char *tag = model_text(m, head->name).data;
        uint32_t arity = v->kind == VAL_TUPLE ? v->kid_count : 0;
        if (server_takes_info(m, server, tag, arity, &specific)) return;
    }
    const char *message =
        model_message_label(m, e->message, node_is_erlang(m, e->node), &c->scratch);
    bool none = !server_has_info(m, server);
    finding_add(
        c, taken_elsewhere(m, e) ? CONF_POSSIBLE : CONF_CERTAIN, e->node, server,
        arena_printf(&c->scratch, "timer %s", message),
        none ? "%s sends itself %s by a timer, and %s has no handle_info at all: the message "
               "is only logged"
             : "%s sends itself %s by a timer, and no clause of %s takes it: the server ends "
               "when the timer fires",
        model_callback_label(m, e->root, &c->scratch), message, server_label(c, server));
    finding_callback(c, e->root);
    finding_path_add(c, e, "the timer");
}

static bool has_info_callbacks(const model *m, server_ix server)
{
    switch (m->servers.items[server].kind) {
    case SERVER_GENSERVER:
    case SERVER_STAGE:
    case SERVER_CHANNEL: return true;
    case SERVER_STATEM: return server_has_info(m, server);
    default: return false;
    }
}

void rule_info_source_unhandled(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (vec_each(&m->effects, e)) {
        const model_callback *cb = &m->callbacks.items[e->root];
        if (e->api == NO_IX || !effect_in_process(e) || !callback_in_server(m, cb)) continue;
        if (cb->kind == CB_TERMINATE || !has_info_callbacks(m, cb->server)) continue;
        bool timer = e->kind == API_TIMER || e->kind == API_INTERVAL;
        bool source = e->kind == API_MONITOR || e->kind == API_TRAP_EXIT ||
                      e->kind == API_OPEN_SOURCE || e->kind == API_BLOCKING;
        if ((!timer && !source) || !seen_first(&seen, cb->server, e->node)) continue;
        if (timer) judge_timer(c, e);
        else judge_source(c, e);
    }
    map64_release(&seen);
}

/* ---- task-result-unhandled ---- */

/* Something whose result comes back as {reference, result}. */
static bool sends_result(const model_effect *e)
{
    if (e->api == NO_IX) return false;
    const api_row *row = api_get(e->api);
    if (row->kind == API_TASK) return !api_flag(row, "awaited") && !(e->ctx & CTX_AWAITED);
    return row->kind == API_CAST && api_flag(row, "request");
}

/* Can this init end with :ignore or {:stop, ..}, so that there is no server to be surprised? */
static bool may_not_start(const model *m, const model_callback *cb)
{
    if (cb->kind != CB_INIT) return false;
    for (uint32_t i = 0; i < cb->return_count; i++) {
        val_ix value = m->returns.items[cb->return_first + i];
        if (model_value(m, value)->kind == VAL_TUPLE) value = model_value_kid(m, value, 0);
        const model_val *word = model_value(m, value);
        if (word->kind != VAL_ATOM || !sv_eq(model_text(m, word->name), SV("ok"))) return true;
    }
    return false;
}

/* Does the module name a function that awaits (`&Task.await/1`) anywhere? */
static bool names_await(const model *m, server_ix server)
{
    static const char *const NAMES[] = {"await", "await_many", "yield", "yield_many"};
    const model_module *mod = &m->modules.items[m->servers.items[server].module];
    for (uint32_t i = 0; i < mod->function_count; i++) {
        const model_function *f = &m->functions.items[mod->function_first + i];
        for (uint32_t k = 0; k < f->clause_count; k++)
            for (size_t n = 0; n < ARRAY_LEN(NAMES); n++)
                if (node_calls(m, m->clauses.items[f->clause_first + k].body, NAMES[n]))
                    return true;
    }
    return false;
}

static void judge_task(classify *c, const model_effect *e)
{
    const model *m = c->m;
    server_ix server = m->callbacks.items[e->root].server;
    bool specific = false;
    bool taken = server_takes_info(m, server, NULL, 2, &specific);
    if (specific || server_does(m, server, API_AWAIT) || names_await(m, server)) return;
    const api_row *row = api_get(e->api);
    bool none = !server_has_info(m, server);
    confidence conf = taken ? CONF_POSSIBLE : none ? CONF_LIKELY : CONF_CERTAIN;
    if (may_not_start(m, &m->callbacks.items[e->root])) conf = CONF_POSSIBLE;
    finding_add(
        c, conf, e->node, server,
        arena_printf(&c->scratch, "%s %s", call_label(c, e->node),
                     function_key(c, m->frames.items[e->frame].function)),
        "%s starts %s, whose result comes back as {reference, result}; %s %s",
        model_callback_label(m, e->root, &c->scratch), call_label(c, e->node),
        server_label(c, server),
        taken  ? "throws it away in a clause for everything"
        : none ? "has no handle_info: each result is only logged as unexpected"
               : "neither awaits it nor has a clause for it: the first result ends the server");
    if (taken) finding_level(c, LEVEL_NOTE);
    finding_callback(c, e->root);
    finding_path_add(c, e, api_flag(row, "link") ? "a linked task" : "a task");
}

void rule_task_result_unhandled(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (vec_each(&m->effects, e)) {
        const model_callback *cb = &m->callbacks.items[e->root];
        if (!effect_in_process(e) || !sends_result(e) || !callback_in_server(m, cb)) continue;
        if (cb->kind == CB_TERMINATE || !has_info_callbacks(m, cb->server)) continue;
        if (seen_first(&seen, cb->server, e->node)) judge_task(c, e);
    }
    map64_release(&seen);
}
