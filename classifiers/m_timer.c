/* timer-pileup: timers for the same message add up. */
#include "base/base.h"
#include "classifiers/rules.h"
#include "classifiers/shared.h"

/* Is every part of the message known, so that two timers with it are the same to the handler? */
static bool is_constant(const model *m, val_ix message, uint32_t depth)
{
    const model_val *v = model_value(m, message);
    if (v->kind == VAL_ATOM || v->kind == VAL_INT || v->kind == VAL_STRING) return true;
    if (v->kind != VAL_TUPLE || depth == 0) return false;
    for (uint32_t i = 0; i < v->kid_count; i++)
        if (!is_constant(m, model_value_kid(m, message, i), depth - 1)) return false;
    return true;
}

/* A timer of the server for itself whose message is a constant. */
static bool is_own_timer(const model *m, const model_effect *e)
{
    if (e->kind != API_TIMER && e->kind != API_INTERVAL) return false;
    if (!effect_in_process(e) || e->api == NO_IX) return false;
    const api_row *row = api_get(e->api);
    if (api_flag(row, "timeout_tuple") || api_flag(row, "spawned") || api_flag(row, "exit"))
        return false;
    if (e->id.kind != ID_SELF && !api_flag(row, "self")) return false;
    return is_constant(m, e->message, 3);
}

static bool arms(const model *m, callback_ix callback, val_ix message, const model_effect **at)
{
    const model_callback *cb = &m->callbacks.items[callback];
    for (uint32_t i = 0; i < cb->effect_count; i++) {
        const model_effect *e = &m->effects.items[cb->effect_first + i];
        if (e->kind != API_TIMER || e->message != message || !is_own_timer(m, e)) continue;
        *at = e;
        return true;
    }
    return false;
}

/* Is the value of the call used: matched, bound, compared, tested? */
typedef struct {
    node_ix call;
    bool used;
} use_query;

static bool visit_use(const model *m, node_ix node, void *payload)
{
    use_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_MATCH && model_strip(m, model_kid(m, node, 1)) == q->call) {
        const fact_node *left = model_node(m, model_kid(m, node, 0));
        q->used = left->kind != NODE_VAR || !sv_starts(model_text(m, left->name), SV("_"));
    }
    if ((at->kind == NODE_CASE || at->kind == NODE_IF || at->kind == NODE_OP) &&
        model_strip(m, model_kid(m, node, 0)) == q->call)
        q->used = true;
    if (at->kind == NODE_WITH_STEP && model_strip(m, model_kid(m, node, 2)) == q->call)
        q->used = true;
    return !q->used;
}

static bool result_used(const model *m, const model_effect *e)
{
    const model_function *f = &m->functions.items[m->frames.items[e->frame].function];
    use_query q = {.call = e->node};
    for (uint32_t i = 0; i < f->clause_count && !q.used; i++)
        model_visit(m, m->clauses.items[f->clause_first + i].body, visit_use, &q);
    return q.used;
}

typedef enum { CANCEL_NONE, CANCEL_UNCHECKED, CANCEL_CHECKED } cancels;

static cancels cancels_timer(const model *m, callback_ix callback)
{
    const model_callback *cb = &m->callbacks.items[callback];
    cancels best = CANCEL_NONE;
    for (uint32_t i = 0; i < cb->effect_count; i++) {
        const model_effect *e = &m->effects.items[cb->effect_first + i];
        if (e->kind != API_CANCEL || !effect_in_process(e)) continue;
        bool flushed = false; /* a receive behind it takes a message that was sent already */
        for (uint32_t k = i + 1; k < cb->effect_count && !flushed; k++)
            flushed = m->effects.items[cb->effect_first + k].kind == EFFECT_RECEIVE;
        cancels how = flushed || result_used(m, e) ? CANCEL_CHECKED : CANCEL_UNCHECKED;
        best = MAX(best, how);
    }
    return best;
}

/* Does the clause say what the state must be like, so that the timer may be known to be off? */
static bool guarded(const model *m, const model_callback *cb)
{
    if (cb->clause != NO_IX && m->clauses.items[cb->clause].guard) return true;
    return cb->state && (node_count_kind(m, cb->state, NODE_ATOM, 1) > 0) &&
           model_node(m, model_strip(m, cb->state))->kind != NODE_VAR &&
           (node_count_kind(m, cb->state, NODE_MAP, 1) ||
            node_count_kind(m, cb->state, NODE_STRUCT, 1) ||
            node_count_kind(m, cb->state, NODE_RECORD, 1) ||
            node_count_kind(m, cb->state, NODE_TUPLE, 1));
}

/* The clauses that take the message; the first sure one ends the search. */
static uint32_t handlers_of(const model *m, server_ix server, val_ix message, callback_ix *out,
                            uint32_t max)
{
    uint32_t count = 0;
    callback_ix from = 0;
    while (count < max) {
        match_result result;
        callback_ix at = model_clause_for(m, server, CB_INFO, message, from, &result);
        if (at == NO_IX) break;
        if (!m->callbacks.items[at].catch_all) out[count++] = at;
        if (result == MATCH_YES) break;
        from = at + 1;
    }
    return count;
}

enum { HANDLERS_MAX = 8 };

static bool is_among(const callback_ix *list, uint32_t count, callback_ix callback)
{
    for (uint32_t i = 0; i < count; i++)
        if (list[i] == callback) return true;
    return false;
}

/* A clause that outside events run any number of times. */
static bool is_repeatable(const model *m, const model_callback *cb)
{
    if (cb->kind == CB_CALL || cb->kind == CB_CAST || cb->kind == CB_CLIENT_IN) return true;
    if (cb->kind == CB_EVENT)
        return m->servers.items[cb->server].kind != SERVER_STATEM || cb->event != CB_EVENT;
    return cb->kind == CB_INFO;
}

/* Does the clause run once in the life of the process: its message is sent in init or continue
 * alone, by the process itself, and no function of the snapshot sends it? */
static bool runs_once(classify *c, const model_callback *cb)
{
    const model *m = c->m;
    const model_server *s = &m->servers.items[cb->server];
    if (cb->kind != CB_INFO || !cb->tag || cb->catch_all) return false;
    bool in_init = false;
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *from = &m->callbacks.items[s->callback_first + i];
        for (uint32_t k = 0; k < from->effect_count; k++) {
            const model_effect *e = &m->effects.items[from->effect_first + k];
            if (e->kind != API_SEND && e->kind != API_TIMER && e->kind != API_INTERVAL) continue;
            match_result result;
            if (model_clause_for(m, cb->server, CB_INFO, e->message, 0, &result) == NO_IX ||
                model_match(m, cb->message, 0, e->message) == MATCH_NO)
                continue;
            bool first = from->kind == CB_INIT || from->kind == CB_CONTINUE;
            if (!first || e->kind == API_INTERVAL) return false;
            in_init = true;
        }
    }
    uint32_t count;
    const uint32_t *rows = edges_to(c, cb->server, &count);
    for (uint32_t i = 0; i < count && in_init; i++) {
        const model_edge *edge = &m->edges.items[rows[i]];
        bool own =
            edge->callback != NO_IX && m->callbacks.items[edge->callback].server == cb->server;
        if (edge->kind == EDGE_SEND && edge->tag == cb->tag && !own) return false;
    }
    return in_init;
}

static void judge_second_arm(classify *c, const model_effect *e)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[e->root];
    callback_ix handlers[HANDLERS_MAX];
    if (!is_repeatable(m, cb) || runs_once(c, cb)) return;
    uint32_t count = handlers_of(m, cb->server, e->message, handlers, HANDLERS_MAX);
    if (count == 0 || is_among(handlers, count, e->root)) return;
    const model_effect *again = NULL;
    callback_ix handler = handlers[0];
    for (uint32_t i = 0; i < count; i++) {
        const model_effect *found = NULL;
        if (!arms(m, handlers[i], e->message, &found)) continue;
        if (cancels_timer(m, handlers[i]) != CANCEL_NONE) return;
        if (!again || !(found->ctx & CTX_BRANCH)) {
            again = found;
            handler = handlers[i];
        }
    }
    if (!again) return;
    cancels how = cancels_timer(m, e->root);
    if (how == CANCEL_CHECKED) return;
    bool sure = how == CANCEL_NONE && !guarded(m, cb) && !guarded(m, &m->callbacks.items[handler]);
    sure = sure && !(e->ctx & CTX_BRANCH) && !(again->ctx & CTX_BRANCH);
    const char *message =
        model_message_label(m, e->message, node_is_erlang(m, e->node), &c->scratch);
    finding_add(c, sure ? effect_trust(m, e, CONF_LIKELY) : CONF_POSSIBLE, e->node, cb->server,
                arena_printf(&c->scratch, "%s %s", message, callback_key(c, e->root)),
                how == CANCEL_NONE
                    ? "%s arms the timer for %s, whose clause re-arms itself: each time this runs "
                      "while the old timer is on, one more loop goes on for ever"
                    : "%s cancels the timer for %s and arms it anew without looking whether it had "
                      "fired: a message that is in the mailbox already starts a second loop",
                model_callback_label(m, e->root, &c->scratch), message);
    finding_callback(c, e->root);
    finding_path_add(c, e, "arms the timer");
    finding_step_add(c, m->callbacks.items[handler].message, "the clause for %s", message);
    finding_step_add(c, again->node, "re-arms itself");
}

/* The slowest thing a clause does: a blocking function that is no light one. */
static const model_effect *slow_effect(const model *m, callback_ix callback)
{
    const model_callback *cb = &m->callbacks.items[callback];
    for (uint32_t i = 0; i < cb->effect_count; i++) {
        const model_effect *e = &m->effects.items[cb->effect_first + i];
        if (e->kind != API_BLOCKING || !effect_in_process(e)) continue;
        const api_row *row = api_get(e->api);
        if (row->block != BLOCK_FILE && !api_flag(row, "light")) return e;
    }
    return NULL;
}

enum { SHORT_INTERVAL_MS = 10000 };

/* Is the interval so short that one slow answer takes longer? */
static bool interval_is_short(const model *m, const model_effect *e)
{
    const model_val *first =
        e->arg_count ? model_value(m, m->effect_args.items[e->arg_first]) : NULL;
    return first && first->kind == VAL_INT && first->number <= SHORT_INTERVAL_MS;
}

static void judge_interval(classify *c, const model_effect *e)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[e->root];
    callback_ix handlers[HANDLERS_MAX];
    uint32_t count = handlers_of(m, cb->server, e->message, handlers, HANDLERS_MAX);
    const char *message =
        model_message_label(m, e->message, node_is_erlang(m, e->node), &c->scratch);
    for (uint32_t i = 0; i < count; i++) {
        const model_effect *slow = slow_effect(m, handlers[i]);
        if (!slow) continue;
        finding_add(
            c, interval_is_short(m, e) ? effect_trust(m, slow, CONF_LIKELY) : CONF_POSSIBLE,
            e->node, cb->server, arena_printf(&c->scratch, "interval %s", message),
            "%s is sent at a fixed interval, and its clause may take longer (%s): the ticks "
            "pile up in the mailbox of %s",
            message, call_label(c, slow->node), server_label(c, cb->server));
        finding_callback(c, e->root);
        finding_path_add(c, e, "starts the interval timer");
        finding_path_add(c, slow, "the clause waits here");
        return;
    }
    if (is_repeatable(m, cb) && !is_among(handlers, count, e->root) &&
        cancels_timer(m, e->root) == CANCEL_NONE) {
        finding_add(c, guarded(m, cb) || e->ctx & CTX_BRANCH ? CONF_POSSIBLE : CONF_LIKELY, e->node,
                    cb->server, arena_printf(&c->scratch, "interval again %s", message),
                    "%s starts an interval timer for %s each time it runs and stops none",
                    model_callback_label(m, e->root, &c->scratch), message);
        finding_callback(c, e->root);
        finding_path_add(c, e, "starts the interval timer");
    }
}

void rule_timer_pileup(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (vec_each(&m->effects, e)) {
        if (e->kind != API_TIMER && e->kind != API_INTERVAL) continue;
        const model_callback *cb = &m->callbacks.items[e->root];
        if (!callback_in_server(m, cb) || !is_own_timer(m, e)) continue;
        if (e->kind == API_TIMER) {
            if (seen_first(&seen, e->root, e->message)) judge_second_arm(c, e);
        } else if (seen_first(&seen, e->root, e->node)) {
            judge_interval(c, e);
        }
    }
    map64_release(&seen);
}
