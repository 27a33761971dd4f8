/* state-gated-message, missing-state-clause: what the automaton of a server refuses. */
#include "base/base.h"
#include "classifiers/o_shared.h"

/* Some transition into another value of the same field, made by another message. */
static const model_transition *setter_of(const model *m, const protocol_rows *r, uint32_t state,
                                         uint32_t accepted, callback_ix not_by)
{
    const model_transition *found = NULL;
    for (uint32_t i = 0; i < r->transition_count; i++) {
        const model_transition *t = &m->transitions.items[r->transition_first + i];
        if (t->kind != TRANSITION_ACCEPT || t->to == t->from || t->from != state) continue;
        if (t->callback == not_by) continue;
        if (t->to == accepted) return t;
        if (!found) found = t;
    }
    return found;
}

/* Another value of the field in which this clause does its work; UINT32_MAX. */
static uint32_t accepted_in(const model *m, const protocol_rows *r, uint32_t state,
                            callback_ix callback)
{
    sym field = m->states.items[state].field;
    for (uint32_t i = 0; i < r->transition_count; i++) {
        const model_transition *t = &m->transitions.items[r->transition_first + i];
        if (t->callback == callback && t->kind == TRANSITION_ACCEPT && t->from != state &&
            m->states.items[t->from].field == field)
            return t->from;
    }
    return UINT32_MAX;
}

/* Any other value of the field; UINT32_MAX. */
static uint32_t other_state(const model *m, const protocol_rows *r, uint32_t state)
{
    for (uint32_t s = r->state_first; s < r->state_first + r->state_count; s++)
        if (s != state && m->states.items[s].field == m->states.items[state].field) return s;
    return UINT32_MAX;
}

static bool also(const model *m, const protocol_rows *r, uint32_t state, callback_ix callback,
                 transition_kind kind)
{
    for (uint32_t i = 0; i < r->transition_count; i++) {
        const model_transition *t = &m->transitions.items[r->transition_first + i];
        if (t->from == state && t->callback == callback && t->kind == kind) return true;
    }
    return false;
}

/* Is the state entered again by some message once it was left? */
static bool entered_again(const model *m, const protocol_rows *r, uint32_t state)
{
    for (uint32_t i = 0; i < r->transition_count; i++) {
        const model_transition *t = &m->transitions.items[r->transition_first + i];
        if (t->to == state && t->from != state) return true;
    }
    return false;
}

/* Is the message that sets the field sent, and waited for, by the function that starts the server?
 * Then nobody can be faster. */
static bool set_by_start(const model *m, server_ix server, sym tag)
{
    for (vec_each(&m->edges, e)) {
        if (e->tag != tag || e->server != server || e->kind != EDGE_CALL) continue;
        const model_function *fn = &m->functions.items[e->function];
        for (uint32_t k = 0; k < fn->op_count; k++) {
            const model_op *op = &m->ops.items[fn->op_first + k];
            if (op->kind == OP_API && api_get(op->api)->kind == API_START) return true;
        }
        if (sv_starts(model_text(m, fn->name), SV("start"))) return true;
    }
    return false;
}

/* Do only callbacks of the server itself send the message? Then it keeps its own order. */
static bool only_sends_itself(const model *m, server_ix server, sym tag)
{
    bool itself = false;
    for (vec_each(&m->edges, e)) {
        if (e->tag != tag || (e->server != server && e->server != NO_IX)) continue;
        if (e->kind != EDGE_CALL && e->kind != EDGE_CAST && e->kind != EDGE_SEND) continue;
        if (e->id != ID_SELF) return false;
        itself = true;
    }
    return itself;
}

/* Is the state left by what happens (a connection, a timer), or by a request whose name says that
 * clients are meant to open with it? A pair like fetch and give back is the client's business. */
static bool opens(const model *m, const model_transition *setter)
{
    static const char *const words[] = {"connect", "open",   "start",     "init",      "setup",
                                        "set_",    "attach", "subscribe", "register",  "login",
                                        "auth",    "join",   "load",      "configure", "enable"};
    callback_kind kind = callback_event(&m->callbacks.items[setter->callback]);
    if (kind != CB_CALL && kind != CB_CAST) return true;
    sv tag = model_text(m, setter->tag);
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (sv_has(tag, sv_from(words[i]))) return true;
    return false;
}

/* Does init itself cause an info message with this tag? */
static bool init_causes(const model *m, server_ix server, sym tag)
{
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        if (cb->kind != CB_INIT) continue;
        for (uint32_t k = 0; k < cb->effect_count; k++) {
            const model_effect *e = &m->effects.items[cb->effect_first + k];
            uint32_t arity = 0;
            if (e->kind != API_SEND && e->kind != API_TIMER && e->kind != API_INTERVAL) continue;
            if (value_tag(m, e->message, &arity) == tag) return true;
        }
    }
    return false;
}

static bool refuses_by(const model *m, const protocol_rows *r, callback_ix callback,
                       const model_state *state)
{
    for (uint32_t i = 0; i < r->use_count; i++) {
        const model_field_use *u = &m->field_uses.items[r->use_first + i];
        if (u->callback == callback && u->kind == USE_REFUSE && u->field == state->field &&
            u->value == state->value && u->atom == state->atom)
            return true;
    }
    return false;
}

static const model_field_use *crash_use(const model *m, const protocol_rows *r,
                                        callback_ix callback, const model_state *state)
{
    for (uint32_t i = 0; i < r->use_count; i++) {
        const model_field_use *u = &m->field_uses.items[r->use_first + i];
        if (u->callback == callback && u->kind == USE_CRASH && u->field == state->field &&
            u->value == state->value && u->atom == state->atom)
            return u;
    }
    return NULL;
}

/* "conn is unset", "status is :idle" */
static const char *state_words(classify *c, const model_state *s, bool erlang)
{
    sv field = model_text(c->m, s->field), atom = model_text(c->m, s->atom);
    if (s->value == FV_ATOM)
        return arena_printf(&c->scratch, "%.*s is %s%.*s", SV_FMT(field), erlang ? "" : ":",
                            SV_FMT(atom));
    return arena_printf(&c->scratch, "%.*s is %s", SV_FMT(field),
                        s->value == FV_SET ? "set"
                        : erlang           ? "undefined"
                                           : "nil");
}

static void report_crash(classify *c, const protocol_rows *r, const model_transition *t,
                         const model_transition *setter)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[t->callback];
    const model_state *state = &m->states.items[t->from];
    const model_field_use *use = crash_use(m, r, t->callback, state);
    bool erlang = m->servers.items[t->server].erlang;
    bool always = !also(m, r, t->from, t->callback, TRANSITION_ACCEPT) &&
                  !also(m, r, t->from, t->callback, TRANSITION_REFUSE);
    confidence conf = callback_is_request(cb) && tag_is_sent(m, t->server, cb->tag)
                          ? state->initial ? CONF_CERTAIN : CONF_LIKELY
                          : CONF_POSSIBLE;
    /* A crash on some path only may need data that is not there yet either; a head that takes no
     * second request while the first is under way is a lock. */
    if (!always || !opens(m, setter) || (!use && !state->initial)) conf = CONF_POSSIBLE;
    const char *what = state_words(c, state, erlang);
    const char *label = model_callback_label(m, t->callback, &c->scratch);
    const char *set = setter ? model_callback_label(m, setter->callback, &c->scratch) : "another";
    const char *key = arena_printf(&c->scratch, "%s:%s", callback_key(c, t->callback), what);
    node_ix at = use ? use->node : callback_head(m, t->callback);
    if (state->initial)
        finding_add(c, conf, at, t->server, key,
                    "%s %s while %s, as it is from the start until %s has run: %s", label,
                    use ? "fails" : "has no clause that matches", what, set,
                    cb->kind == CB_TERMINATE
                        ? "a server that ends before that ends in a crash, and the rest of its "
                          "clean-up is left out"
                        : "a message that comes before that stops the server");
    else
        finding_add(c, conf, at, t->server, key,
                    "%s %s while %s, which other messages bring about: the server stops", label,
                    use ? "fails" : "has no clause that matches", what);
    finding_callback(c, t->callback);
    finding_step_add(c, callback_head(m, t->callback), "%s runs whatever the state", label);
    if (use)
        finding_step_add(c, use->node, "needs %.*s to be set", SV_FMT(model_text(m, state->field)));
    if (setter)
        finding_step_add(c, m->callbacks.items[setter->callback].node, "%s changes %.*s", set,
                         SV_FMT(model_text(m, state->field)));
    /* Where the value is from. */
    for (uint32_t i = 0; i < r->use_count; i++) {
        const model_field_use *u = &m->field_uses.items[r->use_first + i];
        if (u->kind != USE_WRITE || u->field != state->field || u->value != state->value ||
            u->atom != state->atom)
            continue;
        finding_step_add(c, u->node, "leaves %s", what);
        break;
    }
}

static void report_refusals(classify *c, const protocol_rows *r, uint32_t state_ix)
{
    const model *m = c->m;
    const model_state *state = &m->states.items[state_ix];
    const model_transition *first = NULL, *setter = NULL;
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->transition_count; i++) {
        const model_transition *t = &m->transitions.items[r->transition_first + i];
        const model_callback *cb = &m->callbacks.items[t->callback];
        if (t->from != state_ix || t->kind != TRANSITION_REFUSE || !cb->tag) continue;
        uint32_t accepted = accepted_in(m, r, state_ix, t->callback);
        if (also(m, r, state_ix, t->callback, TRANSITION_ACCEPT)) continue;
        if (!refuses_by(m, r, t->callback, state)) continue;
        if (accepted == UINT32_MAX) {
            /* another clause of the same message may be the one that works */
            for (uint32_t k = 0; k < r->transition_count && accepted == UINT32_MAX; k++) {
                const model_transition *o = &m->transitions.items[r->transition_first + k];
                if (o->tag == t->tag && o->tag_arity == t->tag_arity && o->from != state_ix &&
                    o->kind == TRANSITION_ACCEPT && m->states.items[o->from].field == state->field)
                    accepted = o->from;
            }
        }
        /* What is refused there too is refused for another reason. */
        if (accepted == UINT32_MAX || also(m, r, accepted, t->callback, TRANSITION_REFUSE))
            continue;
        const model_transition *s = setter_of(m, r, state_ix, accepted, t->callback);
        if (!s || s->tag == t->tag) continue;
        if (!first) {
            first = t;
            setter = s;
        }
        count++;
    }
    if (!first) return;
    const char *what = state_words(c, state, m->servers.items[state->server].erlang);
    const char *label = model_callback_label(m, first->callback, &c->scratch);
    const char *set = model_callback_label(m, setter->callback, &c->scratch);
    finding_add(c, CONF_LIKELY, callback_head(m, first->callback), state->server,
                arena_printf(&c->scratch, "refuses:%s", what),
                "%s%s answers with an error while %s; %s has to come first, and the code enforces "
                "it",
                label, count > 1 ? " (and others)" : "", what, set);
    finding_level(c, LEVEL_NOTE);
    finding_callback(c, first->callback);
    finding_step_add(c, m->callbacks.items[setter->callback].node, "%s opens the way", set);
}

void rule_state_gated_message(classify *c)
{
    const model *m = c->m;
    const protocol_rows *rows = protocol_rows_of(c);
    for (server_ix server = 0; server < m->servers.count; server++) {
        const protocol_rows *r = &rows[server];
        for (uint32_t i = 0; i < r->transition_count; i++) {
            const model_transition *t = &m->transitions.items[r->transition_first + i];
            const model_state *state = &m->states.items[t->from];
            const model_callback *cb = &m->callbacks.items[t->callback];
            if (t->kind != TRANSITION_CRASH || !state->field) continue;
            callback_kind kind = callback_event(cb);
            bool ending = cb->kind == CB_TERMINATE;
            if (kind != CB_CALL && kind != CB_CAST && kind != CB_INFO && !ending) continue;
            const model_field_use *use = crash_use(m, r, t->callback, state);
            if (!use && state->value == FV_ATOM) continue;
            /* Plain messages and the end come as they come; where the head just has no clause for
             * the state, they may not be able to. */
            bool caused = kind == CB_INFO && state->initial && init_causes(m, server, cb->tag);
            if ((kind == CB_INFO || ending) && !caused && !(use && state->initial)) continue;
            uint32_t accepted =
                ending ? other_state(m, r, t->from) : accepted_in(m, r, t->from, t->callback);
            if (accepted == UINT32_MAX) continue;
            const model_transition *setter = setter_of(m, r, t->from, accepted, t->callback);
            if (!ending && only_sends_itself(m, server, cb->tag)) continue;
            if (!setter || (state->initial && !entered_again(m, r, t->from) &&
                            set_by_start(m, server, setter->tag)))
                continue;
            report_crash(c, r, t, setter);
        }
        for (uint32_t s = 0; s < r->state_count; s++) {
            const model_state *state = &m->states.items[r->state_first + s];
            if (state->initial && state->field) report_refusals(c, r, r->state_first + s);
        }
    }
    for (callback_ix i = 0; i < m->callbacks.count; i++) {
        const model_callback *cb = &m->callbacks.items[i];
        if (cb->clause != NO_IX && callback_in_server(m, cb)) judge_whereis(c, i);
    }
}

/* ---- missing-state-clause ---- */

/* States that can be reached from the initial ones. */
static const bool *reachable_states(classify *c, const protocol_rows *r)
{
    const model *m = c->m;
    bool *seen = ARENA_ARRAY(&c->scratch, bool, r->state_count + 1);
    bool known = false;
    for (uint32_t s = 0; s < r->state_count; s++) {
        seen[s] = m->states.items[r->state_first + s].initial;
        known |= seen[s] && m->states.items[r->state_first + s].value == FV_ATOM;
    }
    for (uint32_t round = 0; round < r->state_count; round++) {
        bool grew = false;
        for (uint32_t i = 0; i < r->transition_count; i++) {
            const model_transition *t = &m->transitions.items[r->transition_first + i];
            if (!seen[t->from - r->state_first] || seen[t->to - r->state_first]) continue;
            seen[t->to - r->state_first] = true;
            grew = true;
        }
        if (!grew) break;
    }
    if (!known) memset(seen, true, r->state_count * sizeof *seen);
    return seen;
}

/* Does the function that starts the server wait for a message that leads out of the state? */
static bool left_by_start(const model *m, const protocol_rows *r, uint32_t state)
{
    for (uint32_t i = 0; i < r->transition_count; i++) {
        const model_transition *t = &m->transitions.items[r->transition_first + i];
        if (t->from == state && t->to != state && t->kind == TRANSITION_ACCEPT && t->tag &&
            set_by_start(m, t->server, t->tag))
            return true;
    }
    return false;
}

/* In how many states does some clause take the message, and how many are there? */
static uint32_t taken_in(const model *m, const protocol_rows *r, const model_transition *t,
                         const bool *reachable, uint32_t *states)
{
    uint32_t taken = 0;
    *states = 0;
    for (uint32_t s = 0; s < r->state_count; s++) {
        if (!reachable[s] ||
            m->states.items[r->state_first + s].field != m->states.items[t->from].field)
            continue;
        (*states)++;
        for (uint32_t i = 0; i < r->transition_count; i++) {
            const model_transition *o = &m->transitions.items[r->transition_first + i];
            if (o->from != r->state_first + s || o->tag != t->tag || o->tag_arity != t->tag_arity ||
                o->event != t->event || o->kind == TRANSITION_CRASH)
                continue;
            taken++;
            break;
        }
    }
    return taken;
}

/* The clause that takes the message in another state; NULL. */
static const model_transition *taken_elsewhere(const model *m, const protocol_rows *r,
                                               const model_transition *t)
{
    for (uint32_t i = 0; i < r->transition_count; i++) {
        const model_transition *o = &m->transitions.items[r->transition_first + i];
        if (o->from != t->from && o->tag == t->tag && o->tag_arity == t->tag_arity &&
            o->event == t->event && o->kind != TRANSITION_CRASH &&
            m->states.items[o->from].field == m->states.items[t->from].field)
            return o;
    }
    return NULL;
}

void rule_missing_state_clause(classify *c)
{
    const model *m = c->m;
    const protocol_rows *rows = protocol_rows_of(c);
    for (server_ix server = 0; server < m->servers.count; server++) {
        const protocol_rows *r = &rows[server];
        if (r->transition_count == 0) continue;
        const bool *reachable = reachable_states(c, r);
        map64 seen = {0};
        for (uint32_t i = 0; i < r->transition_count; i++) {
            const model_transition *t = &m->transitions.items[r->transition_first + i];
            const model_state *state = &m->states.items[t->from];
            callback_kind kind = (callback_kind)t->event;
            if (t->kind != TRANSITION_CRASH || state->value != FV_ATOM || !t->tag) continue;
            if (kind != CB_CALL && kind != CB_CAST && kind != CB_INFO) continue;
            if (!reachable[t->from - r->state_first]) continue;
            if (crash_use(m, r, t->callback, state)) continue; /* state-gated-message */
            const model_transition *taken = taken_elsewhere(m, r, t);
            if (!taken || !seen_first(&seen, t->from, t->tag * 4u + (uint32_t)kind)) continue;
            if (only_sends_itself(m, server, t->tag)) continue;
            if (state->initial && !entered_again(m, r, t->from) && left_by_start(m, r, t->from))
                continue;
            /* An event of one state only is that state's business; what most states take is
             * missing where it is not. */
            uint32_t states = 0, in = taken_in(m, r, t, reachable, &states);
            bool most = in >= 2 && 2 * in >= states;
            if (!most && !tag_is_sent(m, server, t->tag)) continue;
            bool sent = kind != CB_INFO && tag_is_sent(m, server, t->tag);
            confidence conf = sent && most ? CONF_LIKELY : CONF_POSSIBLE;
            sv name = model_text(m, state->atom);
            const char *label = model_callback_label(m, t->callback, &c->scratch);
            finding_add(
                c, conf, m->callbacks.items[t->callback].node, server,
                arena_printf(&c->scratch, "%s in %.*s", callback_key(c, t->callback), SV_FMT(name)),
                "%s has no counterpart in the state %.*s: the same message crashes the "
                "server there (no clause takes, ignores or postpones it)",
                label, SV_FMT(name));
            finding_callback(c, t->callback);
            /* Where the bare state has its clauses, and how it is entered. */
            for (uint32_t k = 0; k < r->transition_count; k++) {
                const model_transition *o = &m->transitions.items[r->transition_first + k];
                if (o->to != t->from || o->from == o->to) continue;
                finding_step_add(c, m->callbacks.items[o->callback].node,
                                 "%s leads to the state %.*s",
                                 model_callback_label(m, o->callback, &c->scratch), SV_FMT(name));
                break;
            }
            for (uint32_t k = 0; k < r->transition_count; k++) {
                const model_transition *o = &m->transitions.items[r->transition_first + k];
                if (o->from != t->from || o->kind == TRANSITION_CRASH) continue;
                finding_step_add(c, m->callbacks.items[o->callback].node,
                                 "a clause of the state %.*s", SV_FMT(name));
                break;
            }
        }
        map64_release(&seen);
    }
}
