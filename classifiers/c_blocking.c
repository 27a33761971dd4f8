/* wrong-process-self, infinite-timeout-in-callback, global-lock-in-callback. */
#include "base/base.h"
#include "classifiers/rules.h"
#include "classifiers/waits.h"

static const char *path_key(classify *c, callback_ix root, const model_effect *e)
{
    const model_frame *frame = &c->m->frames.items[e->frame];
    return arena_printf(&c->scratch, "%s>%s>%s:%s", callback_key(c, root),
                        function_key(c, frame->function), api_get(e->api)->name,
                        model_message_label(c->m, e->message, true, &c->scratch));
}

/* ---- wrong-process-self -----------------------------------------------------------------------
 */

/* Does the spawned process read its mailbox by itself, or become a server? */
static bool process_receives(const model *m, const model_callback *cb, node_ix process)
{
    for (uint32_t i = 0; i < cb->effect_count; i++) {
        const model_effect *e = &m->effects.items[cb->effect_first + i];
        if (e->task_node != process) continue;
        if (e->kind == EFFECT_RECEIVE || e->kind == API_START || e->kind == API_AWAIT) return true;
    }
    return false;
}

static bool server_expects(const model *m, server_ix server, const model_effect *e)
{
    match_result result;
    static const callback_kind kinds[] = {CB_INFO, CB_EVENT, CB_CAST};
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
        for (callback_ix at = model_clause_for(m, server, kinds[k], e->message, 0, &result);
             at != NO_IX; at = model_clause_for(m, server, kinds[k], e->message, at + 1, &result))
            if (!m->callbacks.items[at].catch_all && m->callbacks.items[at].tag) return true;
    }
    return false;
}

void rule_wrong_process_self(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (callback_ix root = 0; root < m->callbacks.count; root++) {
        const model_callback *cb = &m->callbacks.items[root];
        for (uint32_t i = 0; i < cb->effect_count; i++) {
            const model_effect *e = &m->effects.items[cb->effect_first + i];
            if (!(e->ctx & CTX_SPAWNED) || !e->task_node) continue;
            const model_val *to = model_value(m, e->receiver);
            bool timer = e->kind == API_TIMER || e->kind == API_INTERVAL;
            if (!timer && e->kind != API_SEND && e->kind != API_MONITOR) continue;
            if (timer && api_flag(api_get(e->api), "spawned")) continue;
            bool down = e->kind == API_MONITOR;
            if (!down && (to->kind != VAL_SPAWNED || (node_ix)to->number != e->task_node)) continue;
            if (process_receives(m, cb, e->task_node)) continue;
            bool specific = false;
            /* A monitor set by code of another module is that code's own business. */
            if (down && m->functions.items[m->frames.items[e->frame].function].module !=
                            m->servers.items[cb->server].module)
                continue;
            if (down && !(server_takes_info(m, cb->server, "DOWN", 5, &specific) && specific))
                continue;
            if (!down && !server_expects(m, cb->server, e)) continue;
            if (!seen_first(&seen, e->node, e->task_node)) continue;
            const char *label = model_callback_label(m, root, &c->scratch);
            const char *what =
                down ? "the 'DOWN' of a monitor"
                     : model_message_label(m, e->message, node_is_erlang(m, e->node), &c->scratch);
            finding_add(c, down ? CONF_POSSIBLE : CONF_LIKELY, e->node, cb->server,
                        path_key(c, root, e),
                        "%s goes to the process spawned in %s and not to the server that has a "
                        "clause for it: nobody reads it, the process has ended by then",
                        what, label);
            finding_callback(c, root);
            finding_step_add(c, e->task_node, "another process starts here");
            finding_path_add(c, e, "self() is that process");
        }
    }
    map64_release(&seen);
}

/* ---- infinite-timeout-in-callback ---------------------------------------------------------------
 */

/* Work of the clauses that may answer: does any of them wait for the outside or for others? */
static bool answer_can_be_slow(const model *m, const model_effect *e)
{
    if (e->id.server == NO_IX) return true;
    match_result result;
    bool any = false;
    for (callback_ix at = model_clause_for(m, e->id.server, CB_CALL, e->message, 0, &result);
         at != NO_IX;
         at = model_clause_for(m, e->id.server, CB_CALL, e->message, at + 1, &result)) {
        const model_callback *cb = &m->callbacks.items[at];
        any = true;
        for (uint32_t i = 0; i < cb->effect_count; i++) {
            const model_effect *inner = &m->effects.items[cb->effect_first + i];
            if (inner->ctx & CTX_SPAWNED) continue;
            if (inner->kind == API_BLOCKING || inner->kind == API_GLOBAL_LOCK ||
                inner->kind == EFFECT_RECEIVE || effect_waits(m, inner))
                return true;
        }
        if (result == MATCH_YES) break;
    }
    return !any;
}

void rule_infinite_timeout_in_callback(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (callback_ix root = 0; root < m->callbacks.count; root++) {
        const model_callback *cb = &m->callbacks.items[root];
        uint8_t kind = m->servers.items[cb->server].kind;
        if (kind == SERVER_OTHER || kind == SERVER_APPLICATION || kind == SERVER_TASK) continue;
        if (cb->kind == CB_TERMINATE || cb->kind == CB_INIT) continue;
        for (uint32_t i = 0; i < cb->effect_count; i++) {
            const model_effect *e = &m->effects.items[cb->effect_first + i];
            if (e->kind != API_CALL && e->kind != API_RUN_IN_SERVER) continue;
            if (e->timeout_ms != TIMEOUT_NEVER || !e->timeout_stated) continue;
            if (!effect_in_process(e)) continue;
            /* A request to itself is another fault. */
            if (e->id.kind == ID_SELF || (e->id.kind == ID_NAMED && e->id.server == cb->server))
                continue;
            if (!answer_can_be_slow(m, e) || !seen_first(&seen, e->node, cb->server)) continue;
            const char *label = model_callback_label(m, root, &c->scratch);
            finding_add(c, e->id.server == NO_IX ? CONF_POSSIBLE : CONF_LIKELY, e->node, cb->server,
                        path_key(c, root, e),
                        "%s waits for %s without a time limit: while that process is slow or "
                        "stuck, %s serves nobody",
                        label, target_phrase(c, e), server_label(c, cb->server));
            finding_callback(c, root);
            finding_step_add(c, cb->node, "%s runs", label);
            finding_path_add(c, e, "calls with infinity");
        }
    }
    map64_release(&seen);
}

/* ---- global-lock-in-callback --------------------------------------------------------------------
 */

void rule_global_lock_in_callback(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (callback_ix root = 0; root < m->callbacks.count; root++) {
        const model_callback *cb = &m->callbacks.items[root];
        if (!callback_takes_messages(cb) && cb->kind != CB_CONTINUE && cb->kind != CB_TERMINATE)
            continue;
        for (uint32_t i = 0; i < cb->effect_count; i++) {
            const model_effect *e = &m->effects.items[cb->effect_first + i];
            if (e->kind != API_GLOBAL_LOCK || !effect_in_process(e)) continue;
            if (!seen_first(&seen, e->node, cb->server)) continue;
            const char *label = model_callback_label(m, root, &c->scratch);
            finding_add(c, CONF_LIKELY, e->node, cb->server, path_key(c, root, e),
                        "%s takes a cluster-wide lock (%s): the server stands still until every "
                        "node has agreed",
                        label, call_label(c, e->node));
            finding_callback(c, root);
            finding_step_add(c, cb->node, "%s runs", label);
            finding_path_add(c, e, "locks the cluster");
        }
    }
    map64_release(&seen);
}
