/* swallowed-call: a call that a catch-all accepts and nobody answers. */
#include "base/base.h"
#include "classifiers/o_shared.h"

static bool is_variable_used(const model *m, node_ix pattern, node_ix body)
{
    const fact_node *at = model_node(m, model_strip(m, pattern));
    return at->kind == NODE_VAR && !sv_eq_c(model_text(m, at->name), "_") &&
           node_uses(m, body, at->name);
}

/* Any use of what carries the caller: From, the event type, the whole message. */
static bool caller_used(const model *m, const model_callback *cb)
{
    const model_clause *clause = &m->clauses.items[cb->clause];
    const model_function *fn = &m->functions.items[cb->function];
    if (cb->from && is_variable_used(m, cb->from, cb->node)) return true;
    if (cb->kind == CB_EVENT && fn->arity >= 3) {
        node_ix type = m->kids.items[clause->param_first];
        if (is_variable_used(m, type, cb->node)) return true;
        const fact_node *at = model_node(m, model_strip(m, type));
        for (uint32_t i = 0; i < at->kid_count; i++)
            if (is_variable_used(m, model_kid(m, type, i), cb->node)) return true;
    }
    return false;
}

/* Ends in a way that keeps the server going without an answer. */
static bool goes_on(const model *m, const model_callback *cb)
{
    static const char *const words[] = {"noreply", "keep_state_and_data", "keep_state",
                                        "next_state"};
    static const char *const answers[] = {"reply", "postpone", "stop", "stop_and_reply",
                                          "next_event"};
    bool goes = false;
    for (size_t i = 0; i < ARRAY_LEN(words); i++) goes |= node_has_atom(m, cb->node, words[i]);
    for (size_t i = 0; i < ARRAY_LEN(answers); i++)
        if (node_has_atom(m, cb->node, answers[i])) return false;
    return goes && !node_calls(m, cb->node, "reply");
}

/* A call that is handled in some clause: somebody does call this server. */
static callback_ix handled_call(const model *m, server_ix server)
{
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        if (callback_event(cb) == CB_CALL && cb->tag) return s->callback_first + i;
    }
    return NO_IX;
}

/* Does an earlier clause of the same function take every call? */
static bool calls_taken(const model *m, callback_ix callback)
{
    const model_callback *cb = &m->callbacks.items[callback];
    for (callback_ix i = m->servers.items[cb->server].callback_first; i < callback; i++) {
        const model_callback *earlier = &m->callbacks.items[i];
        if (earlier->function == cb->function && earlier->event == CB_CALL && earlier->catch_all)
            return true;
    }
    return false;
}

void rule_swallowed_call(classify *c)
{
    const model *m = c->m;
    for (callback_ix i = 0; i < m->callbacks.count; i++) {
        const model_callback *cb = &m->callbacks.items[i];
        const model_server *server = &m->servers.items[cb->server];
        if (cb->clause == NO_IX || !cb->catch_all || cb->kind == CB_INIT) continue;
        bool statem = server->kind == SERVER_STATEM && cb->kind == CB_EVENT;
        bool any_type = statem && cb->event == CB_NONE;
        if (!(cb->kind == CB_CALL || (statem && (cb->event == CB_CALL || any_type)))) continue;
        if (caller_used(m, cb) || !goes_on(m, cb)) continue;
        callback_ix handled = handled_call(m, cb->server);
        if (any_type && (handled == NO_IX || calls_taken(m, i))) continue;
        const char *label = model_callback_label(m, i, &c->scratch);
        finding_add(c,
                    handled == NO_IX ? CONF_POSSIBLE
                    : any_type       ? CONF_LIKELY
                                     : CONF_CERTAIN,
                    callback_head(m, i), cb->server, callback_key(c, i),
                    "%s takes every call that no clause before it took and never answers: the "
                    "caller waits until its time is over%s",
                    label, cb->kind == CB_CALL ? " and exits" : "");
        finding_callback(c, i);
        finding_step_add(c, cb->node, "goes on without a reply");
        if (handled != NO_IX)
            finding_step_add(c, m->callbacks.items[handled].node, "%s is a call that is answered%s",
                             model_callback_label(m, handled, &c->scratch),
                             statem ? " in its state only" : "");
    }
}
