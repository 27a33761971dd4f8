/* Who waits for whom. See waits.h. */
#include "base/base.h"
#include "classifiers/rules.h"
#include "classifiers/waits.h"

bool effect_waits(const model *m, const model_effect *e)
{
    (void)m;
    if ((e->ctx & CTX_SPAWNED) && !(e->ctx & CTX_AWAITED)) return false;
    switch (e->kind) {
    case API_CALL:
    case API_STOP:
    case API_SUP_CALL:
    case API_APP_CALL:
    case API_START: return true;
    case API_RUN_IN_SERVER: return !api_flag(api_get(e->api), "async");
    default: return false;
    }
}

/* Code that rpc:call runs is on a node that is mostly another one. */
static bool on_other_node(const model *m, const model_effect *e)
{
    if (!(e->ctx & CTX_TASK) || !e->task_node) return false;
    api_ix api = model_call_api(m, NO_IX, e->task_node);
    return api != NO_IX && api_get(api)->block == BLOCK_RPC;
}

confidence effect_confidence(const model *m, const model_effect *e)
{
    if ((e->ctx & (CTX_CLOSURE | CTX_HANDLER)) || on_other_node(m, e)) return CONF_POSSIBLE;
    switch (e->id.kind) {
    case ID_SELF: return CONF_CERTAIN;
    case ID_NAMED: return CONF_CERTAIN;
    case ID_CALLER: return CONF_CERTAIN;
    case ID_MODULE:
        if (e->id.by_tag) return CONF_POSSIBLE;
        return CONF_LIKELY;
    case ID_OWN_KIND: {
        if (e->id.by_tag) return CONF_POSSIBLE;
        bool one =
            e->id.server != NO_IX && m->servers.items[e->id.server].instances == INSTANCES_ONE;
        return e->id.same_key || one ? CONF_LIKELY : CONF_POSSIBLE;
    }
    default: return CONF_POSSIBLE;
    }
}

supervisor_ix effect_supervisor(const model *m, const model_effect *e)
{
    const model_val *v = model_value(m, e->receiver);
    supervisor_ix only = NO_IX;
    uint32_t of_module = 0;
    for (supervisor_ix i = 0; i < m->supervisors.count; i++) {
        const model_supervisor *s = &m->supervisors.items[i];
        if (v->kind == VAL_ATOM && s->registered == v->name) return i;
        bool same = e->id.server != NO_IX && s->server == e->id.server;
        same |= v->kind == VAL_ATOM && s->server != NO_IX &&
                m->modules.items[s->module].name == v->name;
        if (!same) continue;
        only = i;
        of_module++;
    }
    /* One module may start several supervisors: then only the name tells them apart. */
    if (of_module != 1) return NO_IX;
    const model_supervisor *s = &m->supervisors.items[only];
    return m->functions.items[s->function].clause_count == 1 ? only : NO_IX;
}

static callback_ix callback_of_kind(const model *m, server_ix server, callback_kind kind,
                                    callback_ix from)
{
    const model_server *s = &m->servers.items[server];
    for (callback_ix i = MAX(from, s->callback_first); i < s->callback_first + s->callback_count;
         i++)
        if (m->callbacks.items[i].kind == kind) return i;
    return NO_IX;
}

static void wait_for_kind(const model *m, effect_ix effect, server_ix server, callback_kind kind,
                          confidence conf, void (*visit)(const wait_step *, void *), void *payload)
{
    for (callback_ix at = callback_of_kind(m, server, kind, 0); at != NO_IX;
         at = callback_of_kind(m, server, kind, at + 1)) {
        wait_step step = {effect, at, (uint8_t)conf};
        visit(&step, payload);
    }
}

/* start_child(Sup, Spec): waits for the init of what Spec starts. */
static void wait_for_child(const model *m, effect_ix effect,
                           void (*visit)(const wait_step *, void *), void *payload)
{
    const model_effect *e = &m->effects.items[effect];
    const api_row *row = api_get(e->api);
    bool starts = api_flag(row, "start_child") || api_flag(row, "restart_child");
    bool stops = api_flag(row, "terminate_child");
    if (!starts && !stops) return;
    val_ix spec = e->message;
    const model_val *v = model_value(m, spec);
    if (v->kind == VAL_TUPLE && v->kid_count) v = model_value(m, model_value_kid(m, spec, 0));
    module_ix module = v->kind == VAL_ATOM ? model_module_named(m, v->name) : NO_IX;
    callback_kind kind = starts ? CB_INIT : CB_TERMINATE;
    if (starts && module != NO_IX && m->modules.items[module].server != NO_IX) {
        wait_for_kind(m, effect, m->modules.items[module].server, kind, CONF_LIKELY, visit,
                      payload);
        return;
    }
    supervisor_ix sup = effect_supervisor(m, e);
    if (sup == NO_IX) return;
    const model_supervisor *s = &m->supervisors.items[sup];
    for (uint32_t i = 0; i < s->child_count; i++) {
        const model_child *child = &m->children.items[s->child_first + i];
        if (child->module == NO_IX || m->modules.items[child->module].server == NO_IX) continue;
        confidence conf = s->child_count == 1 ? CONF_LIKELY : CONF_POSSIBLE;
        wait_for_kind(m, effect, m->modules.items[child->module].server, kind, conf, visit,
                      payload);
    }
}

void each_wait(const model *m, effect_ix effect, void (*visit)(const wait_step *, void *),
               void *payload)
{
    const model_effect *e = &m->effects.items[effect];
    if (!effect_waits(m, e)) return;
    confidence conf = effect_confidence(m, e);
    server_ix server = e->id.server;
    if (e->kind == API_SUP_CALL) {
        wait_for_child(m, effect, visit, payload);
        return;
    }
    if (e->kind == API_START) {
        const model_val *v = model_value(m, e->message);
        module_ix module = v->kind == VAL_ATOM ? model_module_named(m, v->name) : NO_IX;
        if (module != NO_IX && m->modules.items[module].server != NO_IX)
            wait_for_kind(m, effect, m->modules.items[module].server, CB_INIT,
                          e->ctx & CTX_CLOSURE ? CONF_POSSIBLE : CONF_CERTAIN, visit, payload);
        return;
    }
    if (server == NO_IX) return;
    if (e->kind == API_STOP) {
        wait_for_kind(m, effect, server, CB_TERMINATE, conf, visit, payload);
        return;
    }
    if (e->kind != API_CALL || !e->message) return;
    const model_val *message = model_value(m, e->message);
    bool known = message->kind == VAL_ATOM || message->kind == VAL_TUPLE ||
                 message->kind == VAL_MAP || message->kind == VAL_STRING;
    match_result result;
    for (callback_ix at = model_clause_for(m, server, CB_CALL, e->message, 0, &result);
         at != NO_IX && known;
         at = model_clause_for(m, server, CB_CALL, e->message, at + 1, &result)) {
        wait_step step = {effect, at, (uint8_t)conf};
        visit(&step, payload);
        if (result == MATCH_YES) break;
    }
}

const char *wait_phrase(classify *c, const model_effect *e)
{
    if (e->timeout_ms == TIMEOUT_NEVER || e->kind == API_START) return "for ever";
    if (e->timeout_ms == TIMEOUT_UNKNOWN_MS) return "until its timeout";
    if (e->timeout_ms == TIMEOUT_NONE_MS) return "for ever";
    return arena_printf(&c->scratch, "%s, then it exits", timeout_label(c, e->timeout_ms));
}

const char *target_phrase(classify *c, const model_effect *e)
{
    bool erlang = node_is_erlang(c->m, e->node);
    const char *who = e->id.server == NO_IX ? "the process" : server_label(c, e->id.server);
    if (e->kind == API_STOP) return arena_printf(&c->scratch, "the end of %s", who);
    if (e->kind == API_START) return "init of what it starts";
    if (e->kind == API_APP_CALL) return "the end of an application";
    return arena_printf(&c->scratch, "%s (%s)", who,
                        model_message_label(c->m, e->message, erlang, &c->scratch));
}
