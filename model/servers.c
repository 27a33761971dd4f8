/* Servers and their callback clauses. */
#include "base/base.h"
#include "model/internal.h"

typedef enum {
    FAMILY_NONE,
    FAMILY_GENERIC,
    FAMILY_CONNECTION, /* GENERIC, with connect and disconnect */
    FAMILY_STATEM,
    FAMILY_FSM,
    FAMILY_EVENT,
    FAMILY_SUPERVISOR,
    FAMILY_TASK,
    FAMILY_APPLICATION,
    FAMILY_CHANNEL,
    FAMILY_WORKER
} family;

static const struct {
    const char *name;
    uint8_t kind, family;
} BEHAVIOURS[] = {
#define BEHAVIOUR(name, kind, family) {name, SERVER_##kind, FAMILY_##family},
#include "model/behaviours.def"
#undef BEHAVIOUR
};

static const struct {
    uint8_t family;
    const char *name;
    uint8_t arity, kind;
    int8_t message, from, state, state_name;
} CALLBACKS[] = {
#define CALLBACK(family, name, arity, kind, message, from, state, state_name)                      \
    {FAMILY_##family, name, arity, kind, message, from, state, state_name},
#include "model/callbacks.def"
#undef CALLBACK
};

const char *server_kind_name(server_kind kind)
{
    static const char *const names[SERVER_KIND_COUNT] = {
        "none",       "gen_server",         "gen_statem", "gen_event",   "gen_stage", "agent",
        "supervisor", "dynamic_supervisor", "task",       "application", "channel",   "loop",
        "other"};
    return names[kind];
}

const char *callback_kind_name(callback_kind kind)
{
    static const char *const names[CB_KIND_COUNT] = {"none",         "init",
                                                     "handle_call",  "handle_cast",
                                                     "handle_info",  "handle_continue",
                                                     "terminate",    "code_change",
                                                     "handle_event", "handle_demand",
                                                     "start",        "stop",
                                                     "handle_in",    "agent_fun",
                                                     "loop",         "run"};
    return names[kind];
}

/* The tag of a message pattern: an atom, or the first element of a tuple. */
static void tag_of(const model *m, node_ix pattern, sym *tag, uint16_t *arity, bool *catch_all)
{
    pattern = model_strip(m, pattern);
    const fact_node *at = model_node(m, pattern);
    *tag = 0;
    *arity = 0;
    *catch_all = at->kind == NODE_VAR || at->kind == NODE_NONE;
    if (at->kind == NODE_ATOM) {
        *tag = at->name;
    } else if (at->kind == NODE_TUPLE && at->kid_count > 0) {
        const fact_node *head = model_node(m, model_strip(m, model_kid(m, pattern, 0)));
        *arity = (uint16_t)MIN(at->kid_count, 65535u);
        if (head->kind == NODE_ATOM) *tag = head->name;
    } else if (at->kind == NODE_STRUCT || at->kind == NODE_RECORD) {
        *tag = at->name;
        *arity = 1;
    } else if (at->kind == NODE_MATCH) {
        node_ix left = model_strip(m, model_kid(m, pattern, 0));
        bool left_is_var = model_node(m, left)->kind == NODE_VAR;
        tag_of(m, left_is_var ? model_kid(m, pattern, 1) : left, tag, arity, catch_all);
    }
}

static node_ix param(const model *m, const model_clause *c, int8_t index, uint32_t arity)
{
    return index >= 0 && (uint32_t)index < arity ? m->kids.items[c->param_first + (uint8_t)index]
                                                 : 0;
}

/* gen_statem: the first parameter says what kind of event a clause takes. */
static uint8_t statem_event(const model *m, node_ix type, node_ix *from)
{
    type = model_strip(m, type);
    const fact_node *at = model_node(m, type);
    if (at->kind == NODE_TUPLE) {
        if (model_is_atom(m, model_kid(m, type, 0), "call")) {
            *from = model_kid(m, type, 1);
            return CB_CALL;
        }
        return CB_EVENT;
    }
    if (model_is_atom(m, type, "cast")) return CB_CAST;
    if (model_is_atom(m, type, "info")) return CB_INFO;
    if (at->kind == NODE_ATOM) return CB_EVENT; /* enter, internal, state_timeout, timeout */
    return CB_NONE;
}

static void add_callback(model *m, server_ix server, uint8_t kind, function_ix function,
                         int8_t message, int8_t from, int8_t state, int8_t state_name)
{
    const model_function *f = &m->functions.items[function];
    for (uint32_t i = 0; i < f->clause_count; i++) {
        const model_clause *c = &m->clauses.items[f->clause_first + i];
        if (!c->body) continue;
        model_callback cb = {.server = server,
                             .kind = kind,
                             .event = kind,
                             .function = function,
                             .clause = f->clause_first + i,
                             .node = c->body,
                             .message = param(m, c, message, f->arity),
                             .from = param(m, c, from, f->arity),
                             .state = param(m, c, state, f->arity),
                             .state_name = param(m, c, state_name, f->arity)};
        if (kind == CB_EVENT && m->servers.items[server].kind == SERVER_STATEM) {
            cb.event = statem_event(m, param(m, c, 0, f->arity), &cb.from);
            if (cb.state_name) {
                const fact_node *name = model_node(m, model_strip(m, cb.state_name));
                if (name->kind == NODE_ATOM) cb.state_atom = name->name;
            }
        }
        if (message >= 0) tag_of(m, cb.message, &cb.tag, &cb.tag_arity, &cb.catch_all);
        if (cb.catch_all && c->guard) cb.catch_all = false;
        vec_push(&m->callbacks, cb);
    }
}

typedef struct {
    sym name;
    bool found;
} state_scan;

/* `{next_state, Name, ...}`, `{ok, Name, ...}`, `{reply, _, Name, ...}`. */
static bool names_state(const model *m, node_ix node, void *payload)
{
    state_scan *scan = payload;
    const fact_node *at = model_node(m, node);
    if (scan->found) return false;
    if (at->kind != NODE_TUPLE || at->kid_count < 3) return true;
    node_ix head = model_kid(m, node, 0);
    uint32_t at_index = model_is_atom(m, head, "reply") ? 2 : 1;
    if (at_index == 1 && !model_is_atom(m, head, "next_state") && !model_is_atom(m, head, "ok"))
        return true;
    const fact_node *name = model_node(m, model_strip(m, model_kid(m, node, at_index)));
    if (name->kind == NODE_ATOM && name->name == scan->name) scan->found = true;
    return true;
}

static bool is_state(const model *m, const model_module *mod, sym name)
{
    state_scan scan = {.name = name};
    for (uint32_t i = 0; i < mod->function_count && !scan.found; i++) {
        const model_function *f = &m->functions.items[mod->function_first + i];
        for (uint32_t k = 0; k < f->clause_count; k++)
            model_visit(m, m->clauses.items[f->clause_first + k].body, names_state, &scan);
    }
    return scan.found;
}

/* Callbacks of state_functions mode and gen_fsm: exported functions of arity 3 (2 and 3) that
 * look like state functions. */
static void add_state_functions(model *m, server_ix server, family fam)
{
    model_server *s = &m->servers.items[server];
    const model_module *mod = &m->modules.items[s->module];
    function_ix first = mod->function_first;
    uint32_t count = mod->function_count;
    for (uint32_t i = 0; i < count; i++) {
        const model_function *f = &m->functions.items[first + i];
        sv name = model_text(m, f->name);
        bool fsm = fam == FAMILY_FSM;
        if (!f->exported || f->kind != FUNCTION_PUBLIC) continue;
        if (f->arity != 3 && !(fsm && f->arity == 2)) continue;
        bool known = false;
        for (size_t k = 0; k < ARRAY_LEN(CALLBACKS) && !known; k++)
            known = CALLBACKS[k].family == fam && sv_eq_c(name, CALLBACKS[k].name) &&
                    CALLBACKS[k].arity == f->arity;
        if (known || sv_eq(name, SV("code_change")) || sv_eq(name, SV("format_status"))) continue;
        uint32_t before = m->callbacks.count;
        if (fsm && !is_state(m, mod, f->name)) continue;
        if (fsm) {
            uint8_t kind = f->arity == 3 ? CB_CALL : CB_CAST;
            add_callback(m, server, kind, first + i, 0, f->arity == 3 ? 1 : -1,
                         (int8_t)(f->arity - 1), -1);
        } else {
            /* A state function's first parameter is an event type in at least one clause. */
            bool typed = false;
            for (uint32_t k = 0; k < f->clause_count && !typed; k++) {
                node_ix ignored = 0;
                const model_clause *c = &m->clauses.items[f->clause_first + k];
                typed = statem_event(m, param(m, c, 0, 3), &ignored) != CB_NONE;
            }
            if (typed) add_callback(m, server, CB_EVENT, first + i, 1, -1, 2, -1);
        }
        for (uint32_t k = before; k < m->callbacks.count; k++)
            m->callbacks.items[k].state_atom = f->name;
    }
}

static void detect_mode(const model *m, model_server *s)
{
    sym name = model_sym(m, "callback_mode");
    function_ix f = model_function_of(m, s->module, name, 0);
    if (f != NO_IX) {
        const model_clause *c = &m->clauses.items[m->functions.items[f].clause_first];
        node_ix body = model_strip(m, c->body);
        if (model_node(m, body)->kind == NODE_BLOCK && model_kid_count(m, body))
            body = model_strip(m, model_kid(m, body, model_kid_count(m, body) - 1));
        if (model_node(m, body)->kind == NODE_LIST) body = model_strip(m, model_kid(m, body, 0));
        if (model_is_atom(m, body, "state_functions")) s->callback_mode = 1;
        if (model_is_atom(m, body, "handle_event_function")) s->callback_mode = 2;
        return;
    }
    sym event = model_sym(m, "handle_event");
    s->callback_mode = model_function_of(m, s->module, event, 4) != NO_IX ? 2 : 1;
}

static void add_callbacks(model *m, server_ix server, family fam)
{
    model_server *s = &m->servers.items[server];
    s->callback_first = m->callbacks.count;
    for (size_t k = 0; k < ARRAY_LEN(CALLBACKS); k++) {
        if (CALLBACKS[k].family != fam) continue;
        sym name = model_sym(m, CALLBACKS[k].name);
        function_ix f = model_function_of(m, s->module, name, CALLBACKS[k].arity);
        if (f == NO_IX || m->functions.items[f].arity != CALLBACKS[k].arity) continue;
        add_callback(m, server, CALLBACKS[k].kind, f, CALLBACKS[k].message, CALLBACKS[k].from,
                     CALLBACKS[k].state, CALLBACKS[k].state_name);
    }
    if (fam == FAMILY_STATEM) {
        detect_mode(m, s);
        if (s->callback_mode != 2) add_state_functions(m, server, fam);
    }
    if (fam == FAMILY_FSM) add_state_functions(m, server, fam);
    s = &m->servers.items[server];
    s->callback_count = m->callbacks.count - s->callback_first;
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        if (cb->kind == CB_INFO && cb->catch_all) s->has_catch_all_info = true;
    }
}

/* What a module is, by its behaviours; the first row of the table that fits. A module with the
 * callbacks of a gen_server under some other behaviour (a look-alike, a local `use`) is one too. */
static server_kind kind_of(const model *m, module_ix module, family *fam)
{
    for (size_t i = 0; i < ARRAY_LEN(BEHAVIOURS); i++) {
        if (!model_has_behaviour(m, module, BEHAVIOURS[i].name)) continue;
        *fam = BEHAVIOURS[i].family;
        return BEHAVIOURS[i].kind;
    }
    function_ix call = model_function_of(m, module, model_sym(m, "handle_call"), 3);
    function_ix cast = model_function_of(m, module, model_sym(m, "handle_cast"), 2);
    function_ix info = model_function_of(m, module, model_sym(m, "handle_info"), 2);
    function_ix init = model_function_of(m, module, model_sym(m, "init"), 1);
    int found = (call != NO_IX) + (cast != NO_IX) + (info != NO_IX);
    if (found >= 2 || (found == 1 && init != NO_IX)) {
        *fam = FAMILY_GENERIC;
        return SERVER_GENSERVER;
    }
    *fam = FAMILY_NONE;
    return SERVER_NONE;
}

/* ---- registered names ------------------------------------------------------------------------ */

typedef struct {
    model *m;
    function_ix function;
    server_ix server;
} name_scan;

/* The atom a `name` argument or option gives: an atom, {local, atom}, {global, atom}. */
static sym literal_name(const model *m, module_ix in, node_ix node)
{
    node = model_strip(m, node);
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_ATOM) return model_atom_in(m, in, node);
    if (at->kind != NODE_TUPLE || at->kid_count != 2) return 0;
    if (!model_is_atom(m, model_kid(m, node, 0), "local") &&
        !model_is_atom(m, model_kid(m, node, 0), "global"))
        return 0;
    node_ix inner = model_strip(m, model_kid(m, node, 1));
    return model_node(m, inner)->kind == NODE_ATOM ? model_atom_in(m, in, inner) : 0;
}

static void set_registered(model *m, server_ix server, sym name)
{
    model_server *s = &m->servers.items[server];
    if (!name || name == m->index->s_undefined || name == m->index->s_nil) return;
    if (!s->registered) s->registered = name;
    uint32_t held = server;
    map64_add(&m->index->registered, name, &held);
}

/* `Keyword.get(opts, :name, __MODULE__)` and the like: the default is the usual name. */
static sym default_name(const model *m, module_ix in, node_ix node)
{
    node = model_strip(m, node);
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_OP && sv_eq_c(model_text(m, at->name), "or"))
        return default_name(m, in, model_kid(m, node, 1));
    if (at->kind != NODE_CALL_REMOTE) return literal_name(m, in, node);
    uint32_t count = model_arg_count(m, node);
    for (uint32_t i = 0; i < count; i++) {
        node_ix arg = model_strip(m, model_arg(m, node, i));
        const fact_node *value = model_node(m, arg);
        if (value->kind == NODE_ATOM && (value->flags & NODE_FLAG_MODULE))
            return model_atom_in(m, in, arg);
    }
    return 0;
}

static bool is_self_call(const model *m, node_ix node)
{
    const fact_node *at = model_node(m, model_strip(m, node));
    return (at->kind == NODE_CALL || at->kind == NODE_CALL_REMOTE) && at->name == m->index->s_self;
}

static bool scan_name(const model *cm, node_ix node, void *payload)
{
    name_scan *scan = payload;
    model *m = scan->m;
    const fact_node *at = model_node(cm, node);
    if (at->kind == NODE_QUOTE) return false;
    module_ix in = cm->functions.items[scan->function].module;
    if (at->kind == NODE_CALL || at->kind == NODE_CALL_REMOTE) {
        api_ix api = model_call_api(cm, scan->function, node);
        if (api == NO_IX) return true;
        const api_row *row = api_get(api);
        if (row->kind == API_START) {
            uint32_t count = model_arg_count(cm, node);
            node_ix started = row->message >= 0 ? model_arg(cm, node, (uint32_t)row->message) : 0;
            started = model_strip(cm, started);
            sym module = model_atom_in(cm, in, started);
            module_ix target = module ? model_module_named(cm, module) : in;
            if (target == NO_IX) return true;
            server_ix server = cm->modules.items[target].server;
            if (server == NO_IX) return true;
            if (api_flag(row, "named"))
                set_registered(m, server, default_name(cm, in, model_arg(cm, node, 0)));
            for (uint32_t i = 0; i < count; i++) {
                node_ix option = model_option(cm, model_arg(cm, node, i), "name");
                if (option) set_registered(m, server, default_name(cm, in, option));
            }
        } else if (row->kind == API_REGISTER && scan->server != NO_IX &&
                   !api_flag(row, "registry") && row->receiver >= 0 &&
                   is_self_call(cm, model_arg(cm, node, (uint8_t)row->receiver))) {
            set_registered(m, scan->server,
                           literal_name(cm, in, model_arg(cm, node, (uint32_t)row->message)));
        }
    }
    return true;
}

static void find_names(model *m)
{
    for (function_ix i = 0; i < m->functions.count; i++) {
        const model_function *f = &m->functions.items[i];
        if (m->modules.items[f->module].kind == MODULE_USING || f->is_test) continue;
        name_scan scan = {m, i, m->modules.items[f->module].server};
        for (uint32_t k = 0; k < f->clause_count; k++)
            model_visit(m, m->clauses.items[f->clause_first + k].body, scan_name, &scan);
    }
}

/* Which server is the only one outside the tests whose call clauses name a tag. */
static void index_call_tags(model *m)
{
    for (callback_ix i = 0; i < m->callbacks.count; i++) {
        const model_callback *cb = &m->callbacks.items[i];
        bool call = cb->kind == CB_CALL || (cb->kind == CB_EVENT && cb->event == CB_CALL);
        const model_server *s = &m->servers.items[cb->server];
        if (!call || !cb->tag || cb->tag_arity < 2 || m->modules.items[s->module].is_test) continue;
        uint32_t held = cb->server + 1;
        uint64_t key = pair64(cb->tag, cb->tag_arity);
        if (!map64_add(&m->index->call_tags, key, &held) && held != cb->server + 1)
            map64_set(&m->index->call_tags, key, 0);
    }
}

static bool finds_agent(const model *m, node_ix node, void *payload)
{
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_QUOTE) return false;
    if (at->kind == NODE_CALL_REMOTE && model_is_atom(m, model_kid(m, node, 0), "Agent") &&
        sv_starts(model_text(m, at->name), SV("start")))
        *(bool *)payload = true;
    return true;
}

/* A module that starts an agent without `use Agent` is its owner all the same. */
static bool starts_agent(const model *m, const model_module *mod)
{
    bool found = false;
    if (m->files.items[mod->file].lang != LANG_ELIXIR) return false;
    for (uint32_t i = 0; i < mod->function_count && !found; i++) {
        const model_function *f = &m->functions.items[mod->function_first + i];
        for (uint32_t k = 0; k < f->clause_count; k++)
            model_visit(m, m->clauses.items[f->clause_first + k].body, finds_agent, &found);
    }
    return found;
}

/* ---- spawn loops ------------------------------------------------------------------------------
 */

typedef struct {
    sym name; /* the function that may be a loop */
    node_ix receives[4];
    uint32_t receive_count;
    bool again; /* it calls itself below a receive */
} loop_scan;

static bool scan_again(const model *m, node_ix node, void *payload)
{
    loop_scan *scan = payload;
    const fact_node *at = model_node(m, node);
    bool call = at->kind == NODE_CALL || at->kind == NODE_CALL_REMOTE;
    if (call && at->name == scan->name) scan->again = true;
    return at->kind != NODE_QUOTE && at->kind != NODE_FN;
}

static bool scan_receives(const model *m, node_ix node, void *payload)
{
    loop_scan *scan = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_QUOTE || at->kind == NODE_FN) return false;
    if (at->kind != NODE_RECEIVE) return true;
    /* `after 0` only takes out what is there: a helper, not a loop that serves. */
    node_ix last = model_kid(m, node, at->kid_count - 1);
    if ((model_node(m, last)->flags & NODE_FLAG_ARM) == ARM_AFTER) {
        const fact_node *time = model_node(m, model_strip(m, model_kid(m, last, 2)));
        if (time->kind == NODE_INT && sv_eq_c(model_text(m, time->name), "0")) return false;
    }
    if (scan->receive_count < ARRAY_LEN(scan->receives))
        scan->receives[scan->receive_count++] = node;
    model_visit(m, node, scan_again, scan);
    return false;
}

static void add_loop_arms(model *m, server_ix server, function_ix function, node_ix receive)
{
    for (uint32_t i = 0; i < model_kid_count(m, receive); i++) {
        node_ix arm = model_kid(m, receive, i);
        if ((model_node(m, arm)->flags & NODE_FLAG_ARM) == ARM_AFTER) continue;
        model_callback cb = {.server = server,
                             .kind = CB_LOOP,
                             .event = CB_LOOP,
                             .function = function,
                             .clause = NO_IX,
                             .node = model_kid(m, arm, 1),
                             .message = model_kid(m, arm, 2)};
        tag_of(m, cb.message, &cb.tag, &cb.tag_arity, &cb.catch_all);
        if (model_kid(m, arm, 0)) cb.catch_all = false;
        vec_push(&m->callbacks, cb);
    }
}

static bool scan_spawn(const model *m, node_ix node, void *payload)
{
    const fact_node *at = model_node(m, node);
    bool call = at->kind == NODE_CALL || at->kind == NODE_CALL_REMOTE;
    sv name = model_text(m, at->name);
    if (call &&
        (sv_starts(name, SV("spawn")) || sv_eq_c(name, "start_link") || sv_eq_c(name, "init_ack")))
        *(bool *)payload = true;
    return true;
}

static bool spawns(const model *m, const model_module *mod)
{
    bool found = false;
    for (uint32_t i = 0; i < mod->function_count && !found; i++) {
        const model_function *f = &m->functions.items[mod->function_first + i];
        for (uint32_t k = 0; k < f->clause_count && !found; k++)
            model_visit(m, m->clauses.items[f->clause_first + k].body, scan_spawn, &found);
    }
    return found;
}

/* A module without a behaviour that spawns, and whose function receives and calls itself again, is
 * a server too. */
static void find_loops(model *m, module_ix module)
{
    const model_module mod = m->modules.items[module];
    if (!spawns(m, &mod)) return;
    server_ix server = NO_IX;
    for (uint32_t i = 0; i < mod.function_count; i++) {
        function_ix function = mod.function_first + i;
        const model_function f = m->functions.items[function];
        if (f.is_test || f.kind == FUNCTION_MACRO || f.kind == FUNCTION_MACRO_PRIVATE) continue;
        loop_scan scan = {.name = f.name};
        for (uint32_t k = 0; k < f.clause_count; k++)
            model_visit(m, m->clauses.items[f.clause_first + k].body, scan_receives, &scan);
        if (!scan.again) continue;
        if (server == NO_IX) {
            server = m->servers.count;
            m->modules.items[module].server = server;
            vec_push(&m->servers,
                     (model_server){.module = module,
                                    .kind = SERVER_LOOP,
                                    .erlang = m->files.items[mod.file].lang == LANG_ERLANG,
                                    .callback_first = m->callbacks.count});
        }
        for (uint32_t r = 0; r < scan.receive_count; r++)
            add_loop_arms(m, server, function, scan.receives[r]);
        model_server *s = &m->servers.items[server];
        s->callback_count = m->callbacks.count - s->callback_first;
    }
}

void model_servers(model *m)
{
    for (module_ix i = 0; i < m->modules.count; i++) {
        model_module *mod = &m->modules.items[i];
        family fam;
        if (mod->kind == MODULE_USING || mod->kind == MODULE_HEADER) continue;
        server_kind kind = kind_of(m, i, &fam);
        if (kind == SERVER_NONE && starts_agent(m, mod)) kind = SERVER_AGENT;
        if (kind == SERVER_NONE) {
            find_loops(m, i);
            continue;
        }
        server_ix server = m->servers.count;
        mod->server = server;
        vec_push(&m->servers,
                 (model_server){.module = i,
                                .kind = (uint8_t)kind,
                                .erlang = m->files.items[mod->file].lang == LANG_ERLANG});
        add_callbacks(m, server, fam);
    }
    find_names(m);
    index_call_tags(m);
}
