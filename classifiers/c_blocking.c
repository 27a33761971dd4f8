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

typedef enum { ANSWER_QUICK, ANSWER_BOUNDED, ANSWER_SLOW } answer_time;

enum { ANSWER_DEPTH_MAX = 3, ANSWER_EFFECTS_MAX = 500 };

static answer_time answer_takes(const model *m, const model_effect *e, int depth, uint32_t *budget);

static answer_time work_time(const model *m, const model_effect *e, int depth, uint32_t *budget)
{
    if (e->ctx & CTX_SPAWNED) return ANSWER_QUICK;
    if (e->kind == API_BLOCKING)
        return api_get(e->api)->block == BLOCK_FILE ? ANSWER_BOUNDED : ANSWER_SLOW;
    if (e->kind == EFFECT_RECEIVE && receive_has_limit(m, e->node)) return ANSWER_BOUNDED;
    if (e->kind == API_GLOBAL_LOCK || e->kind == EFFECT_RECEIVE) return ANSWER_SLOW;
    if (e->kind == API_CALL && effect_waits(m, e)) return answer_takes(m, e, depth + 1, budget);
    return effect_waits(m, e) ? ANSWER_SLOW : ANSWER_QUICK;
}

/* Work of the clauses that may answer, and of those that they wait for: on a local disk or up to a
 * limit, or for the outside? Where nobody knows it may take long. */
static answer_time answer_takes(const model *m, const model_effect *e, int depth, uint32_t *budget)
{
    if (e->id.server == NO_IX || depth > ANSWER_DEPTH_MAX) return ANSWER_SLOW;
    match_result result;
    bool any = false;
    answer_time longest = ANSWER_QUICK;
    for (callback_ix at = model_clause_for(m, e->id.server, CB_CALL, e->message, 0, &result);
         at != NO_IX;
         at = model_clause_for(m, e->id.server, CB_CALL, e->message, at + 1, &result)) {
        const model_callback *cb = &m->callbacks.items[at];
        any = true;
        for (uint32_t i = 0; i < cb->effect_count && longest < ANSWER_SLOW; i++) {
            if (*budget == 0) return ANSWER_SLOW;
            --*budget;
            answer_time one = work_time(m, &m->effects.items[cb->effect_first + i], depth, budget);
            longest = MAX(longest, one);
        }
        if (result == MATCH_YES) break;
    }
    return any ? longest : ANSWER_SLOW;
}

/* Whatever the clause returns ends the process: nobody is served after it anyway. */
static bool always_stops(const model *m, const model_callback *cb)
{
    for (uint32_t i = 0; i < cb->return_count; i++) {
        val_ix v = m->returns.items[cb->return_first + i];
        const model_val *at = model_value(m, v);
        if (at->kind != VAL_TUPLE || at->kid_count == 0) return false;
        const model_val *word = model_value(m, model_value_kid(m, v, 0));
        if (word->kind != VAL_ATOM || !sv_eq_c(model_text(m, word->name), "stop")) return false;
    }
    return cb->return_count > 0;
}

/* Why the wait may be meant: who answers is not known; the answer comes after bounded work; the one
 * asked is a supervisor, or a helper of the waiter's own that no supervisor or name knows; the
 * waiter is still starting, about to end, or has nobody else to serve. */
static bool wait_may_be_meant(const model *m, const model_callback *cb, const model_effect *e,
                              answer_time answer)
{
    if (e->id.server == NO_IX || e->id.by_tag || answer != ANSWER_SLOW) return true;
    /* One of its own kind: itself (another rule), or its counterpart on another node. */
    if (e->id.server == cb->server) return true;
    if (cb->kind == CB_CONTINUE || always_stops(m, cb) || !clause_keeps_others(m, cb)) return true;
    const model_server *asked = &m->servers.items[e->id.server];
    return server_acts_as_supervisor(m, e->id.server) || (!asked->supervised && !asked->registered);
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
            uint32_t budget = ANSWER_EFFECTS_MAX;
            answer_time answer = answer_takes(m, e, 0, &budget);
            if (answer == ANSWER_QUICK || !seen_first(&seen, e->node, cb->server)) continue;
            bool sure = !wait_may_be_meant(m, cb, e, answer);
            const char *label = model_callback_label(m, root, &c->scratch);
            finding_add(c, sure ? CONF_LIKELY : CONF_POSSIBLE, e->node, cb->server,
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

/* trans(Id, Fun, [node()]): a lock among the processes of this node. */
static bool locks_this_node_only(const model *m, const model_effect *e)
{
    bool set = strcmp(api_get(e->api)->name, "set_lock") == 0;
    node_ix nodes = model_strip(m, model_arg(m, e->node, set ? 1 : 2));
    if (strcmp(api_get(e->api)->module, "global") != 0 || !nodes) return false;
    const fact_node *at = model_node(m, nodes);
    if (at->kind != NODE_LIST || at->kid_count > 1) return false;
    if (at->kid_count == 0) return true;
    const fact_node *one = model_node(m, model_strip(m, model_kid(m, nodes, 0)));
    sv name = model_text(m, one->name);
    return (one->kind == NODE_CALL || one->kind == NODE_CALL_REMOTE) &&
           (sv_eq_c(name, "node") || sv_eq_c(name, "self"));
}

/* The last argument of trans and set_lock: 0 tries once and does not wait for the holder. */
static bool tries_once(const model *m, const model_effect *e)
{
    bool set = strcmp(api_get(e->api)->name, "set_lock") == 0;
    uint32_t at = set ? 2 : 3;
    if (strcmp(api_get(e->api)->module, "global") != 0 || e->arg_count <= at) return false;
    const model_val *retries = model_value(m, m->effect_args.items[e->arg_first + at]);
    return retries->kind == VAL_INT && retries->number == 0;
}

/* Does anybody ask this server for anything, so that requests queue behind the lock? */
static bool serves_requests(const model *m, server_ix server)
{
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        callback_kind kind = callback_event(cb);
        if ((kind == CB_CALL || kind == CB_CAST) && cb->tag) return true;
    }
    return false;
}

/* Does the snapshot share mnesia's tables between nodes? */
static bool mnesia_is_shared(const model *m)
{
    for (vec_each(&m->ops, op)) {
        if (op->kind != OP_API || strcmp(api_get(op->api)->module, "mnesia") != 0) continue;
        const char *name = api_get(op->api)->name;
        if (strcmp(name, "add_table_copy") == 0 || strcmp(name, "change_config") == 0) return true;
    }
    return false;
}

enum { LOCK_DEPTH_MAX = 3 };

void rule_global_lock_in_callback(classify *c)
{
    const model *m = c->m;
    bool shared = mnesia_is_shared(m);
    map64 seen = {0};
    for (callback_ix root = 0; root < m->callbacks.count; root++) {
        const model_callback *cb = &m->callbacks.items[root];
        if (!callback_takes_messages(cb) && cb->kind != CB_CONTINUE && cb->kind != CB_TERMINATE)
            continue;
        for (uint32_t i = 0; i < cb->effect_count; i++) {
            const model_effect *e = &m->effects.items[cb->effect_first + i];
            if (e->kind != API_GLOBAL_LOCK || !effect_in_process(e)) continue;
            if (locks_this_node_only(m, e) || !seen_first(&seen, e->node, cb->server)) continue;
            bool mnesia = strcmp(api_get(e->api)->module, "mnesia") == 0;
            bool sure = (mnesia ? shared : !tries_once(m, e)) && serves_requests(m, cb->server);
            /* Nobody waits for a server that ends; far down the way is one of many branches. */
            sure = sure && cb->kind != CB_TERMINATE && effect_depth(m, e) <= LOCK_DEPTH_MAX;
            const char *label = model_callback_label(m, root, &c->scratch);
            finding_add(c, sure ? CONF_LIKELY : CONF_POSSIBLE, e->node, cb->server,
                        path_key(c, root, e),
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
