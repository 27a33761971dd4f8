#include "base/base.h"
#include "classifiers/shared.h"
#include "classifiers/rules.h"

/* Edges grouped by the server they go to. */
typedef struct {
    uint32_t *first; /* server_count + 1 positions in rows */
    uint32_t *rows;  /* numbers of model.edges */
} shared_index;

static const shared_index *shared_get(classify *c)
{
    const model *m = c->m;
    if (c->shared) return c->shared;
    shared_index *s = base_calloc(1, sizeof *s);
    s->first = base_calloc((size_t)m->servers.count + 2, sizeof *s->first);
    s->rows = base_calloc((size_t)m->edges.count + 1, sizeof *s->rows);
    for (vec_each(&m->edges, e))
        if (e->server != NO_IX) s->first[e->server + 2]++;
    for (uint32_t i = 2; i < m->servers.count + 2; i++) s->first[i] += s->first[i - 1];
    for (uint32_t i = 0; i < m->edges.count; i++) {
        server_ix to = m->edges.items[i].server;
        if (to != NO_IX) s->rows[s->first[to + 1]++] = i;
    }
    c->shared = s;
    return s;
}

void shared_release(classify *c)
{
    shared_index *s = c->shared;
    if (!s) return;
    free(s->first);
    free(s->rows);
    free(s);
    c->shared = NULL;
}

const uint32_t *edges_to(classify *c, server_ix server, uint32_t *count)
{
    const shared_index *s = shared_get(c);
    *count = s->first[server + 1] - s->first[server];
    return s->rows + s->first[server];
}

void finding_clients_add(classify *c, callback_ix callback, uint32_t max)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[callback];
    callback_kind event = callback_event(cb);
    edge_kind wanted = event == CB_CALL ? EDGE_CALL : event == CB_CAST ? EDGE_CAST : EDGE_SEND;
    uint32_t count, said = 0;
    const uint32_t *rows = edges_to(c, cb->server, &count);
    for (uint32_t i = 0; i < count && said < max; i++) {
        const model_edge *e = &m->edges.items[rows[i]];
        if (e->kind != wanted) continue;
        if (cb->tag && (e->tag != cb->tag || e->tag_arity != cb->tag_arity)) continue;
        const char *who = model_function_label(m, e->function, &c->scratch);
        finding_step_add(c, m->ops.items[e->op].node,
                         event == CB_CALL ? "%s waits here" : "%s sends", who);
        said++;
    }
}

/* ---- servers and callbacks ---- */

enum { PATH_TRUSTED_MAX = 5 };

uint32_t effect_depth(const model *m, const model_effect *e)
{
    uint32_t depth = 0;
    for (frame_ix at = e->frame; at != NO_IX; at = m->frames.items[at].parent) depth++;
    return depth ? depth - 1 : 0;
}

confidence effect_trust(const model *m, const model_effect *e, confidence conf)
{
    return effect_depth(m, e) > PATH_TRUSTED_MAX ? CONF_POSSIBLE : conf;
}

bool callback_in_server(const model *m, const model_callback *cb)
{
    if (m->files.items[m->functions.items[cb->function].file].is_test) return false;
    switch (m->servers.items[cb->server].kind) {
    case SERVER_GENSERVER:
    case SERVER_STATEM:
    case SERVER_EVENT:
    case SERVER_STAGE:
    case SERVER_SUPERVISOR:
    case SERVER_DYNAMIC_SUPERVISOR:
    case SERVER_CHANNEL:
    case SERVER_AGENT: break;
    default: return false;
    }
    return cb->kind != CB_LOOP && cb->kind != CB_RUN && cb->kind != CB_START && cb->kind != CB_STOP;
}

callback_kind callback_event(const model_callback *cb)
{
    return cb->kind == CB_EVENT ? cb->event : cb->kind;
}

bool callback_takes_messages(const model_callback *cb)
{
    switch (cb->kind) {
    case CB_CALL:
    case CB_CAST:
    case CB_INFO:
    case CB_EVENT:
    case CB_CLIENT_IN:
    case CB_DEMAND:
    case CB_AGENT_FUN: return true;
    default: return false;
    }
}

const char *callback_key(classify *c, callback_ix callback)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[callback];
    sv state = model_text(m, cb->state_atom), tag = model_text(m, cb->tag);
    return arena_printf(&c->scratch, "%s%s%.*s:%.*s/%u", callback_kind_name(cb->kind),
                        state.size ? "." : "", SV_FMT(state), SV_FMT(tag), cb->tag_arity);
}

const char *server_label(classify *c, server_ix server)
{
    const model *m = c->m;
    sv name = model_text(m, m->modules.items[m->servers.items[server].module].name);
    return arena_strndup(&c->scratch, name.data, name.size);
}

bool server_is_per_client(const model *m, server_ix server)
{
    const model_server *s = &m->servers.items[server];
    return s->kind == SERVER_CHANNEL || (s->instances == INSTANCES_MANY && !s->registered);
}

bool server_is_shared(const model *m, server_ix server)
{
    const model_server *s = &m->servers.items[server];
    return s->registered || (s->instances == INSTANCES_ONE && s->kind != SERVER_CHANNEL);
}

bool value_may_be_client(const model *m, val_ix value)
{
    val_kind kind = (val_kind)model_value(m, value)->kind;
    for (uint32_t i = 0; i < 16 && (kind == VAL_ELEMENT || kind == VAL_FIELD); i++) {
        value = model_value_kid(m, value, 0);
        kind = (val_kind)model_value(m, value)->kind;
    }
    return kind != VAL_PID && kind != VAL_SPAWNED && kind != VAL_RESULT;
}

/* Can the pattern match a message of the shape: the atom `tag`, or a tuple with it first, or (tag
 * NULL) a tuple with something that is no atom first? */
static bool pattern_takes(const model *m, node_ix pattern, const char *tag, uint32_t arity,
                          bool *any)
{
    pattern = model_strip(m, pattern);
    const fact_node *at = model_node(m, pattern);
    *any = false;
    switch (at->kind) {
    case NODE_NONE:
    case NODE_VAR: *any = true; return true;
    case NODE_UNKNOWN: return true;
    case NODE_MATCH: {
        bool any_right = false;
        bool left = pattern_takes(m, model_kid(m, pattern, 0), tag, arity, any);
        bool right = pattern_takes(m, model_kid(m, pattern, 1), tag, arity, &any_right);
        *any = *any && any_right;
        return left && right;
    }
    case NODE_ATOM: return arity == 0 && tag && sv_eq_c(model_text(m, at->name), tag);
    case NODE_RECORD: return tag && arity > 0 && sv_eq_c(model_text(m, at->name), tag);
    case NODE_MACRO: return true;
    case NODE_TUPLE: {
        if (arity == 0 || at->kid_count != arity) return false;
        node_ix head = model_strip(m, model_kid(m, pattern, 0));
        node_kind kind = (node_kind)model_node(m, head)->kind;
        if (kind == NODE_MATCH) {
            head = model_strip(m, model_kid(m, head, 0));
            kind = (node_kind)model_node(m, head)->kind;
        }
        if (kind == NODE_ATOM) return tag && sv_eq_c(model_text(m, model_node(m, head)->name), tag);
        if (tag) return kind == NODE_VAR || kind == NODE_UNKNOWN || kind == NODE_MACRO;
        return kind != NODE_INT && kind != NODE_STRING && kind != NODE_TUPLE && kind != NODE_LIST;
    }
    default: return false;
    }
}

static bool takes_info(const model_callback *cb)
{
    if (cb->kind == CB_INFO) return true;
    return cb->kind == CB_EVENT && (cb->event == CB_INFO || cb->event == CB_NONE);
}

bool server_takes_info(const model *m, server_ix server, const char *tag, uint32_t arity,
                       bool *specific)
{
    const model_server *s = &m->servers.items[server];
    bool taken = false;
    *specific = false;
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        bool any = false;
        if (!takes_info(cb) || !pattern_takes(m, cb->message, tag, arity, &any)) continue;
        taken = true;
        if (!any) *specific = true;
    }
    return taken;
}

bool server_has_info(const model *m, server_ix server)
{
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++)
        if (takes_info(&m->callbacks.items[s->callback_first + i])) return true;
    return false;
}

/* ---- source text ---- */

typedef struct {
    sym variable;
    const char *name;
    node_kind kind;
    uint32_t count, limit;
} node_query;

static bool visit_variable(const model *m, node_ix node, void *payload)
{
    node_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_VAR && at->name == q->variable) q->count++;
    return q->count < q->limit;
}

bool node_uses(const model *m, node_ix node, sym variable)
{
    node_query q = {.variable = variable, .limit = 1};
    if (node && variable) model_visit(m, node, visit_variable, &q);
    return q.count > 0;
}

static bool visit_atom(const model *m, node_ix node, void *payload)
{
    node_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_ATOM && at->name == q->variable) q->count++;
    return q->count < q->limit;
}

bool node_names_atom(const model *m, node_ix node, sym atom)
{
    node_query q = {.variable = atom, .limit = 1};
    if (node && atom) model_visit(m, node, visit_atom, &q);
    return q.count > 0;
}

static bool visit_kind(const model *m, node_ix node, void *payload)
{
    node_query *q = payload;
    if (model_node(m, node)->kind == q->kind) q->count++;
    return q->count < q->limit;
}

uint32_t node_count_kind(const model *m, node_ix node, node_kind kind, uint32_t limit)
{
    node_query q = {.kind = kind, .limit = limit};
    if (node) model_visit(m, node, visit_kind, &q);
    return q.count;
}

static bool visit_call(const model *m, node_ix node, void *payload)
{
    node_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_QUOTE) return false;
    if ((at->kind == NODE_CALL || at->kind == NODE_CALL_REMOTE || at->kind == NODE_FUN_REF) &&
        sv_eq_c(model_text(m, at->name), q->name))
        q->count++;
    return q->count < q->limit;
}

bool node_calls(const model *m, node_ix node, const char *name)
{
    node_query q = {.name = name, .limit = 1};
    if (node) model_visit(m, node, visit_call, &q);
    return q.count > 0;
}

bool node_is_erlang(const model *m, node_ix node)
{
    return m->files.items[model_place(m, node).file].lang == LANG_ERLANG;
}

bool server_acts_as_supervisor(const model *m, server_ix server)
{
    static const char *const requests[] = {"start_child",    "terminate_child", "delete_child",
                                           "restart_child",  "which_children",  "count_children",
                                           "get_childspecs", "find_child"};
    const model_server *s = &m->servers.items[server];
    uint32_t found = 0;
    if (s->kind == SERVER_SUPERVISOR || s->kind == SERVER_DYNAMIC_SUPERVISOR) return true;
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        for (size_t k = 0; cb->kind == CB_CALL && k < ARRAY_LEN(requests); k++)
            found += sv_eq_c(model_text(m, cb->tag), requests[k]);
    }
    return found >= 2;
}

bool clause_keeps_others(const model *m, const model_callback *waiting)
{
    const model_server *s = &m->servers.items[waiting->server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        callback_kind kind = callback_event(cb);
        if (cb == waiting || !cb->message || cb->catch_all) continue;
        if (kind == CB_CALL || kind == CB_CAST || kind == CB_INFO || kind == CB_EVENT) return true;
    }
    return callback_event(waiting) == CB_CALL || callback_event(waiting) == CB_CAST;
}

server_ix effect_started(const model *m, const model_effect *e)
{
    const model_val *v = model_value(m, e->message);
    if (e->kind != API_START || v->kind != VAL_ATOM) return NO_IX;
    module_ix module = model_module_named(m, v->name);
    return module == NO_IX ? NO_IX : m->modules.items[module].server;
}

static bool option_is_async(const model *m, val_ix option)
{
    static const struct {
        const char *key, *value; /* "": any */
    } rows[] = {{"sync", "false"}, {"stream_to", ""}, {"async", ""}, {"into", "self"}};
    const model_val *at = model_value(m, option);
    if (at->kind == VAL_ATOM) return sv_eq_c(model_text(m, at->name), "async");
    if (at->kind != VAL_TUPLE || at->kid_count != 2) return false;
    const model_val *key = model_value(m, model_value_kid(m, option, 0));
    const model_val *value = model_value(m, model_value_kid(m, option, 1));
    if (key->kind != VAL_ATOM) return false;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!sv_eq_c(model_text(m, key->name), rows[i].key)) continue;
        bool off = value->kind == VAL_ATOM && (sv_eq_c(model_text(m, value->name), "nil") ||
                                               sv_eq_c(model_text(m, value->name), "false"));
        if (*rows[i].value)
            return value->kind == VAL_ATOM && sv_eq_c(model_text(m, value->name), rows[i].value);
        return !off;
    }
    return false;
}

bool effect_is_async(const model *m, const model_effect *e)
{
    if (e->kind != API_BLOCKING || e->api == NO_IX || api_get(e->api)->block != BLOCK_NET)
        return false;
    for (uint32_t i = 0; i < e->arg_count; i++) {
        val_ix arg = m->effect_args.items[e->arg_first + i];
        const model_val *list = model_value(m, arg);
        if (list->kind != VAL_LIST) continue;
        for (uint32_t k = 0; k < list->kid_count; k++)
            if (option_is_async(m, model_value_kid(m, arg, k))) return true;
    }
    return false;
}

bool receive_has_limit(const model *m, node_ix receive)
{
    for (uint32_t i = 0; i < model_kid_count(m, receive); i++) {
        node_ix arm = model_kid(m, receive, i);
        const fact_node *at = model_node(m, arm);
        if (at->kind == NODE_ARM && (at->flags & NODE_FLAG_ARM) == ARM_AFTER)
            return !model_is_atom(m, model_strip(m, model_kid(m, arm, 2)), "infinity");
    }
    return false;
}

const char *call_label(classify *c, node_ix call)
{
    const model *m = c->m;
    const fact_node *at = model_node(m, call);
    sv name = model_text(m, at->name);
    uint32_t arity = model_arg_count(m, call);
    if (at->kind == NODE_RECEIVE) return "receive";
    if (at->kind != NODE_CALL_REMOTE)
        return arena_printf(&c->scratch, "%.*s/%u", SV_FMT(name), arity);
    node_ix module = model_strip(m, model_kid(m, call, 0));
    const fact_node *mod = model_node(m, module);
    sv text = mod->kind == NODE_ATOM || mod->kind == NODE_VAR ? model_text(m, mod->name) : SV("?");
    bool erlang = node_is_erlang(m, call);
    bool elixir_module = text.size && text.data[0] >= 'A' && text.data[0] <= 'Z';
    return arena_printf(&c->scratch, "%s%.*s%s%.*s/%u", !erlang && !elixir_module ? ":" : "",
                        SV_FMT(text), erlang ? ":" : ".", SV_FMT(name), arity);
}

const char *timeout_label(classify *c, int32_t timeout_ms)
{
    if (timeout_ms == TIMEOUT_NEVER) return "no time limit";
    if (timeout_ms < 0) return "an unknown time";
    if (timeout_ms % 1000 == 0) return arena_printf(&c->scratch, "%d s", timeout_ms / 1000);
    return arena_printf(&c->scratch, "%d ms", timeout_ms);
}

node_ix node_last(const model *m, node_ix node)
{
    node = model_strip(m, node);
    while (node && model_node(m, node)->kind == NODE_BLOCK && model_kid_count(m, node))
        node = model_strip(m, model_kid(m, node, model_kid_count(m, node) - 1));
    return node;
}

const char *function_key(classify *c, function_ix function)
{
    const model *m = c->m;
    const model_function *f = &m->functions.items[function];
    sv module = model_text(m, m->modules.items[f->module].name), name = model_text(m, f->name);
    return arena_printf(&c->scratch, "%.*s.%.*s/%u", SV_FMT(module), SV_FMT(name), f->arity);
}
