/* init-self-send-race, zero-timeout-as-continue: set-up that is put off to a message. */
#include "base/base.h"
#include "classifiers/o_shared.h"

/* ---- init-self-send-race ---- */

typedef struct {
    callback_ix handler;
    sym field;
    node_ix written;
    callback_ix user; /* a clause that depends on the field */
    node_ix used;
    uint8_t use;  /* field_use_kind of the worst use */
    bool guarded; /* every use looks first */
} setup;

static bool starts_unset(const model *m, const protocol_rows *r, sym field)
{
    for (uint32_t i = 0; i < r->use_count; i++) {
        const model_field_use *u = &m->field_uses.items[r->use_first + i];
        if (u->field == field && u->kind == USE_WRITE && u->value == FV_UNSET &&
            m->callbacks.items[u->callback].kind == CB_INIT)
            return true;
    }
    return false;
}

/* Does the clause, or a clause of handle_continue it goes on with, fill the field? */
static node_ix fills(const model *m, const protocol_rows *r, callback_ix handler, sym field)
{
    for (uint32_t i = 0; i < r->use_count; i++) {
        const model_field_use *u = &m->field_uses.items[r->use_first + i];
        if (u->callback == handler && u->field == field && u->kind == USE_WRITE &&
            u->value != FV_UNSET)
            return u->node;
    }
    return 0;
}

/* Does the clause crash in a state that init may leave? */
static bool crashes_initially(const model *m, const protocol_rows *r, callback_ix callback,
                              sym field)
{
    for (uint32_t i = 0; i < r->transition_count; i++) {
        const model_transition *t = &m->transitions.items[r->transition_first + i];
        const model_state *from = &m->states.items[t->from];
        if (t->callback == callback && t->kind == TRANSITION_CRASH && from->field == field &&
            from->initial)
            return true;
    }
    return false;
}

static int use_rank(const model *m, const protocol_rows *r, const model_field_use *u)
{
    if (u->kind == USE_CRASH && u->value == FV_UNSET)
        return crashes_initially(m, r, u->callback, u->field) ? 3 : 0;
    if (u->kind == USE_READ && u->value == FV_UNKNOWN) return 2;
    if (u->kind == USE_REFUSE || u->kind == USE_REQUIRE || u->kind == USE_READ) return 1;
    return 0;
}

/* The request that depends most on what the handler sets up. */
static bool find_setup(const model *m, const protocol_rows *r, callback_ix handler, setup *out)
{
    int best = 0;
    for (uint32_t i = 0; i < r->use_count; i++) {
        const model_field_use *u = &m->field_uses.items[r->use_first + i];
        const model_callback *user = &m->callbacks.items[u->callback];
        if (u->callback == handler || !callback_is_request(user)) continue;
        if (user->tag == m->callbacks.items[handler].tag) continue;
        int rank = use_rank(m, r, u);
        if (rank <= best || !starts_unset(m, r, u->field)) continue;
        node_ix written = fills(m, r, handler, u->field);
        if (!written) continue;
        best = rank;
        *out = (setup){handler, u->field, written, u->callback, u->node, u->kind, rank < 2};
    }
    return best > 0;
}

/* Milliseconds until a self-sent message of init is delivered; -1: not known. */
static int64_t delay_of(const model *m, const model_effect *e)
{
    if (e->kind != API_TIMER) return 0;
    int8_t at = e->api == NO_IX ? -1 : api_get(e->api)->timeout;
    if (at < 0 || (uint32_t)at >= e->arg_count) return -1;
    const model_val *v = model_value(m, m->effect_args.items[e->arg_first + (uint8_t)at]);
    return v->kind == VAL_INT ? v->number : -1;
}

static void judge_self_send(classify *c, const protocol_rows *r, callback_ix init,
                            const model_effect *e, map64 *seen)
{
    const model *m = c->m;
    server_ix server = m->callbacks.items[init].server;
    match_result result = MATCH_NO;
    callback_kind kind = e->kind == API_CAST ? CB_CAST : CB_INFO;
    callback_ix handler = model_clause_for(m, server, kind, e->message, 0, &result);
    setup s;
    if (handler == NO_IX || !find_setup(m, r, handler, &s)) return;
    if (!seen_first(seen, handler, s.field)) return;
    naming named = server_naming(m, server);
    bool later = delay_of(m, e) != 0;
    /* The very first message of a process nobody knows cannot be overtaken. */
    if (named == NAMING_NONE && !later && !init_is_known(m, server)) return;
    confidence conf = named == NAMING_UNKNOWN && !later ? CONF_POSSIBLE
                      : s.guarded                       ? CONF_POSSIBLE
                                                        : CONF_LIKELY;
    const char *handled = model_callback_label(m, handler, &c->scratch);
    const char *user = model_callback_label(m, s.user, &c->scratch);
    sv field = model_text(m, s.field);
    finding_add(c, conf, e->node, server,
                arena_printf(&c->scratch, "%s:%.*s", callback_key(c, handler), SV_FMT(field)),
                "init sets %.*s up by a message to itself (%s)%s: a request that is in the mailbox "
                "first makes %s run while %.*s is still unset",
                SV_FMT(field), handled, later ? " after a while" : "", user, SV_FMT(field));
    finding_callback(c, init);
    finding_path_add(c, e, "sends the set-up message to the process itself");
    finding_step_add(c, s.written, "%s sets %.*s", handled, SV_FMT(field));
    finding_step_add(c, s.used,
                     s.guarded ? "%s looks whether %.*s is set, and does without" : "%s needs %.*s",
                     user, SV_FMT(field));
    finding_step_add(c, m->callbacks.items[s.user].node, "the clause of %s", user);
}

void rule_init_self_send_race(classify *c)
{
    const model *m = c->m;
    const protocol_rows *rows = protocol_rows_of(c);
    map64 seen = {0};
    for (callback_ix i = 0; i < m->callbacks.count; i++) {
        const model_callback *cb = &m->callbacks.items[i];
        if (cb->kind != CB_INIT) continue;
        for (uint32_t k = 0; k < cb->effect_count; k++) {
            const model_effect *e = &m->effects.items[cb->effect_first + k];
            if (e->kind != API_SEND && e->kind != API_CAST && e->kind != API_TIMER) continue;
            if (e->id.kind != ID_SELF || !effect_in_process(e)) continue;
            judge_self_send(c, &rows[cb->server], i, e, &seen);
        }
    }
    map64_release(&seen);
}

/* ---- zero-timeout-as-continue ---- */

typedef struct {
    const model *m;
    node_ix found;
} zero_scan;

/* {ok, S, 0}, {noreply, S, 0}, {reply, R, S, 0} */
static bool visit_zero(const model *m, node_ix node, void *payload)
{
    zero_scan *scan = payload;
    const fact_node *at = model_node(m, node);
    if (scan->found || at->kind == NODE_FN || at->kind == NODE_QUOTE) return false;
    if (at->kind != NODE_TUPLE || (at->kid_count != 3 && at->kid_count != 4)) return true;
    node_ix tag = model_kid(m, node, 0);
    bool fits = at->kid_count == 3 ? model_is_atom(m, tag, "ok") || model_is_atom(m, tag, "noreply")
                                   : model_is_atom(m, tag, "reply");
    const fact_node *last =
        model_node(m, model_strip(m, model_kid(m, node, (uint32_t)at->kid_count - 1)));
    if (fits && last->kind == NODE_INT && sv_eq_c(model_text(m, last->name), "0"))
        scan->found = node;
    return true;
}

static callback_ix timeout_clause(const model *m, server_ix server)
{
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        if (cb->kind == CB_INFO && cb->tag_arity == 0 && sv_eq_c(model_text(m, cb->tag), "timeout"))
            return s->callback_first + i;
    }
    return NO_IX;
}

static bool has_messages_besides(const model *m, server_ix server, callback_ix timeout)
{
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        if (s->callback_first + i == timeout || cb->catch_all) continue;
        if (cb->kind == CB_CALL || cb->kind == CB_CAST || cb->kind == CB_INFO) return true;
    }
    return false;
}

/* {noreply, S, T}, {reply, R, S, T}: the clause sets a timeout anew. */
static bool visit_timeout(const model *m, node_ix node, void *payload)
{
    bool *found = payload;
    const fact_node *at = model_node(m, node);
    if (*found || at->kind == NODE_FN || at->kind == NODE_QUOTE) return false;
    if (at->kind != NODE_TUPLE) return true;
    node_ix tag = model_kid(m, node, 0);
    *found |= at->kid_count == 3 && model_is_atom(m, tag, "noreply");
    *found |= at->kid_count == 4 && model_is_atom(m, tag, "reply");
    return true;
}

/* Does every clause set a timeout, so that a cancelled one comes back with the next message? */
static bool always_sets_timeout(const model *m, server_ix server)
{
    const model_server *s = &m->servers.items[server];
    uint32_t sets = 0, clauses = 0;
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        if (cb->kind != CB_CALL && cb->kind != CB_CAST && cb->kind != CB_INFO) continue;
        if (node_has_atom(m, cb->node, "stop")) continue;
        /* A result that a helper makes may well have one. */
        bool plain = node_has_atom(m, cb->node, "noreply") || node_has_atom(m, cb->node, "reply");
        bool found = !plain;
        model_visit(m, cb->node, visit_timeout, &found);
        clauses++;
        sets += found;
    }
    return clauses > 0 && 2 * sets >= clauses;
}

static node_ix zero_in(const model *m, const model_callback *cb)
{
    zero_scan scan = {m, 0};
    if (cb->node) model_visit(m, cb->node, visit_zero, &scan);
    if (scan.found || cb->kind != CB_INIT) return scan.found;
    /* init that leaves its result to a helper */
    node_ix last = model_strip(m, node_last(m, cb->node));
    const fact_node *at = model_node(m, last);
    if (at->kind != NODE_CALL) return 0;
    function_ix target = model_call_target(m, cb->function, last);
    if (target == NO_IX) return 0;
    const model_function *fn = &m->functions.items[target];
    for (uint32_t i = 0; i < fn->clause_count && !scan.found; i++)
        model_visit(m, m->clauses.items[fn->clause_first + i].body, visit_zero, &scan);
    return scan.found;
}

void rule_zero_timeout_as_continue(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (callback_ix i = 0; i < m->callbacks.count; i++) {
        const model_callback *cb = &m->callbacks.items[i];
        server_kind kind = (server_kind)m->servers.items[cb->server].kind;
        if (kind != SERVER_GENSERVER && kind != SERVER_STAGE) continue;
        if (cb->kind != CB_INIT && cb->kind != CB_CALL && cb->kind != CB_CAST &&
            cb->kind != CB_INFO)
            continue;
        callback_ix timeout = timeout_clause(m, cb->server);
        if (timeout == NO_IX) continue;
        node_ix zero = zero_in(m, cb);
        /* Beside {continue, _} it is for releases that have none. */
        if (!zero || node_has_atom(m, cb->node, "continue")) continue;
        const model_callback *next = &m->callbacks.items[timeout];
        if (!has_messages_besides(m, cb->server, timeout)) continue;
        naming named = server_naming(m, cb->server);
        bool init = cb->kind == CB_INIT;
        bool known = init_is_known(m, cb->server);
        if (init && named == NAMING_NONE && !known) continue;
        if (always_sets_timeout(m, cb->server)) continue;
        uint32_t once = init ? 0 : 1;
        if (!seen_first(&seen, cb->server, once)) continue;
        /* Nothing but stopping: a way to end, and a lost one ends a little later. */
        if (node_has_atom(m, next->node, "stop") && !node_has_atom(m, next->node, "noreply"))
            continue;
        confidence conf = init && named == NAMING_UNKNOWN && !known ? CONF_POSSIBLE : CONF_LIKELY;
        const char *label = model_callback_label(m, i, &c->scratch);
        finding_add(c, conf, zero, cb->server,
                    arena_printf(&c->scratch, "%s->timeout", callback_key(c, i)),
                    "%s returns a timeout of 0 to go on in the clause for timeout; any message "
                    "that is in the mailbox by then cancels it, and that clause does not run",
                    label);
        finding_callback(c, i);
        finding_step_add(c, zero, "asks for a timeout message after 0 ms");
        finding_step_add(c, next->node, "the step that is skipped");
    }
    map64_release(&seen);
}
