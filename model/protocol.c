#include "base/base.h"
#include "model/protocol.h"

enum { VALUES_MAX = ATOMS_MAX + 2 };

/* ---- the values of one field ---- */

typedef struct {
    pdomain_value items[VALUES_MAX];
    uint32_t count;
    bool full; /* more atoms than an automaton should have */
} pdomain;

static void domain_add(pdomain *d, field_value_kind value, sym atom, bool initial)
{
    if (value == FV_UNKNOWN) return;
    for (uint32_t i = 0; i < d->count; i++) {
        if (d->items[i].value != value || d->items[i].atom != atom) continue;
        d->items[i].initial |= initial;
        return;
    }
    if (d->count == VALUES_MAX) d->full = true;
    else d->items[d->count++] = (pdomain_value){(uint8_t)value, atom, initial};
}

static pdomain domain_of(const pserver *s, uint32_t field)
{
    pdomain d = {0};
    sym name = s->x.fields[field];
    for (uint32_t i = 0; i < s->initial_count[field]; i++)
        domain_add(&d, (field_value_kind)s->initial[field][i].value, s->initial[field][i].atom,
                   true);
    for (vec_each(&s->outcomes, o)) {
        if (o->to[field] != KEPT)
            domain_add(&d, (field_value_kind)o->to[field], o->to_atom[field], false);
        /* gen_statem: states that only a clause names */
        for (const pcond *c = o->conds; c && name == s->x.s_state; c = c->next)
            if (c->field == name && c->kind == COND_ATOM && c->is)
                domain_add(&d, FV_ATOM, c->atom, false);
    }
    return d;
}

/* Does any clause behave otherwise for another value of the field? */
static bool field_matters(const pserver *s, sym field)
{
    for (vec_each(&s->outcomes, o))
        for (const pcond *c = o->conds; c; c = c->next)
            if (c->field == field) return true;
    for (vec_each(&s->clauses, c))
        for (const pcond *k = c->takes; k; k = k->next)
            if (k->field == field) return true;
    return false;
}

/* ---- states and transitions ---- */

static uint32_t state_add(pserver *s, uint32_t field, const pdomain_value *v)
{
    model *m = s->x.m;
    sym name = s->x.fields[field], shown = v->atom;
    if (name != s->x.s_state) {
        buf text = {0};
        sv value = v->value == FV_ATOM    ? model_text(m, v->atom)
                   : v->value == FV_UNSET ? SV("unset")
                                          : SV("set");
        buf_printf(&text, "%.*s=%.*s", SV_FMT(model_text(m, name)), SV_FMT(value));
        shown = sym_add(&m->symbols, buf_sv(&text));
        buf_release(&text);
    } else if (v->value != FV_ATOM) {
        shown = sym_add(&m->symbols, v->value == FV_UNSET ? SV("undefined") : SV("(other)"));
    }
    vec_push(&m->states, (model_state){s->x.server, shown, name == s->x.s_state ? 0 : name,
                                       v->value, v->atom, v->initial});
    return m->states.count - 1;
}

static void transition_add(pserver *s, uint32_t from, uint32_t to, callback_ix callback,
                           transition_kind kind)
{
    model *m = s->x.m;
    const model_callback *cb = &m->callbacks.items[callback];
    model_transition t = {
        s->x.server,  from, to, callback, cb->tag, cb->tag_arity, cb->event ? cb->event : cb->kind,
        (uint8_t)kind};
    for (uint32_t i = m->transitions.count; i-- > 0;) {
        const model_transition *other = &m->transitions.items[i];
        if (other->from != from) break;
        if (other->to == to && other->callback == callback && other->kind == kind) return;
    }
    vec_push(&m->transitions, t);
}

static uint32_t state_for(const pdomain *d, uint32_t first, field_value_kind value, sym atom)
{
    for (uint32_t i = 0; i < d->count; i++)
        if (d->items[i].value == value && d->items[i].atom == atom) return first + i;
    return NO_IX;
}

static bool takes_messages(const model_callback *cb)
{
    return cb->kind == CB_CALL || cb->kind == CB_CAST || cb->kind == CB_INFO ||
           cb->kind == CB_EVENT || cb->kind == CB_CONTINUE || cb->kind == CB_DEMAND;
}

/* Do an earlier clause's message and event cover a later one's? */
static bool covers(const model *m, const model_callback *wide, const model_callback *narrow)
{
    if (wide->kind != narrow->kind) return false;
    if (wide->event && wide->event != narrow->event) return false;
    if (!wide->message || wide->catch_all) return true;
    return narrow->message && model_pattern_covers(m, wide->message, narrow->message);
}

/* Fields change together: a crash counts in a state only when some way into that state leaves the
 * other fields as the crash needs them. */
static bool crash_reachable(const pserver *s, const poutcome *crash, uint32_t field,
                            const pdomain_value *v)
{
    if (v->initial && conds_hold_initially(s, crash->conds, s->x.fields[field])) return true;
    for (vec_each(&s->outcomes, o)) {
        if (o->to[field] != v->value || o->to_atom[field] != v->atom) continue;
        bool fits = true;
        for (uint32_t i = 0; i < s->x.field_count && fits; i++) {
            if (i == field || o->to[i] == FV_UNKNOWN) continue;
            sym name = s->x.fields[i];
            if (o->to[i] != KEPT)
                fits = conds_allow(crash->conds, name, (field_value_kind)o->to[i], o->to_atom[i]);
        }
        if (fits) return true;
    }
    return false;
}

/* All transitions out of one state. Clauses are tried in the order of the source; one that takes
 * every such message in this state hides those behind it. */
static void transitions_from(pserver *s, uint32_t field, const pdomain *d, uint32_t first,
                             uint32_t at)
{
    const model *m = s->x.m;
    const pdomain_value *v = &d->items[at];
    sym name = s->x.fields[field];
    uint32_t from = first + at;
    for (uint32_t i = 0; i < s->clauses.count; i++) {
        const pclause *c = &s->clauses.items[i];
        const model_callback *cb = &m->callbacks.items[c->callback];
        bool ending = cb->kind == CB_TERMINATE;
        if (!takes_messages(cb) && !ending) continue;
        if (cb->state_atom && (name != s->x.s_state || cb->state_atom != v->atom) &&
            name == s->x.s_state)
            continue;
        bool hidden = false, taken = false;
        for (uint32_t k = 0; k < i && !hidden; k++) {
            const pclause *e = &s->clauses.items[k];
            const model_callback *earlier = &m->callbacks.items[e->callback];
            if (earlier->state_atom && earlier->state_atom != cb->state_atom) continue;
            if (!e->may || !conds_allow(e->takes, name, (field_value_kind)v->value, v->atom))
                continue;
            if (e->may_not && conds_allow(e->leaves, name, (field_value_kind)v->value, v->atom))
                continue;
            hidden = covers(m, earlier, cb);
        }
        if (hidden) continue;
        bool takes = c->may && conds_allow(c->takes, name, (field_value_kind)v->value, v->atom);
        for (vec_each(&s->outcomes, o)) {
            if (!takes || o->callback != c->callback) continue;
            if (!conds_allow(o->conds, name, (field_value_kind)v->value, v->atom)) continue;
            taken = true;
            if (ending && o->kind != TRANSITION_CRASH) continue;
            if (o->kind == TRANSITION_CRASH &&
                (o->crash_field != name || !crash_reachable(s, o, field, v)))
                continue;
            uint32_t to = from;
            if (o->to[field] != KEPT && o->to[field] != FV_UNKNOWN)
                to = state_for(d, first, (field_value_kind)o->to[field], o->to_atom[field]);
            if (to != NO_IX) transition_add(s, from, to, c->callback, (transition_kind)o->kind);
        }
        if (taken || takes || !cb->tag || cb->kind == CB_CONTINUE) continue;
        /* This head refuses the state: does any other clause take the message here? */
        for (uint32_t k = 0; k < s->clauses.count && !taken; k++) {
            const pclause *o = &s->clauses.items[k];
            const model_callback *other = &m->callbacks.items[o->callback];
            if (k == i || (other->state_atom && other->state_atom != cb->state_atom)) continue;
            if (other->kind != cb->kind || (other->event && other->event != cb->event)) continue;
            bool same = other->catch_all || !other->tag ||
                        (other->tag == cb->tag && other->tag_arity == cb->tag_arity);
            taken =
                same && o->may && conds_allow(o->takes, name, (field_value_kind)v->value, v->atom);
        }
        if (!taken) transition_add(s, from, from, c->callback, TRANSITION_CRASH);
    }
}

/* state_functions: an event some other state has a clause for, and this one has none. */
static void missing_events(pserver *s, const pdomain *d, uint32_t first, uint32_t at)
{
    const model *m = s->x.m;
    const pdomain_value *v = &d->items[at];
    bool has_function = false;
    for (vec_each(&s->clauses, c))
        has_function |= m->callbacks.items[c->callback].state_atom == v->atom;
    if (!has_function || !v->atom) return;
    for (vec_each(&s->clauses, c)) {
        const model_callback *cb = &m->callbacks.items[c->callback];
        if (!cb->state_atom || cb->state_atom == v->atom || !cb->tag) continue;
        bool taken = false;
        for (uint32_t k = 0; k < s->clauses.count && !taken; k++) {
            const model_callback *other = &m->callbacks.items[s->clauses.items[k].callback];
            if (other->state_atom && other->state_atom != v->atom) continue;
            if (other->event && cb->event && other->event != cb->event) continue;
            taken = other->catch_all || !other->tag ||
                    (other->tag == cb->tag && other->tag_arity == cb->tag_arity);
        }
        if (!taken) transition_add(s, first + at, first + at, c->callback, TRANSITION_CRASH);
    }
}

static void field_automaton(pserver *s, uint32_t field)
{
    pdomain d = domain_of(s, field);
    sym name = s->x.fields[field];
    bool statem = name == s->x.s_state;
    if (d.full || d.count < (statem ? 1u : 2u)) return;
    if (!statem && !field_matters(s, name)) return;
    uint32_t first = s->x.m->states.count;
    for (uint32_t i = 0; i < d.count; i++) state_add(s, field, &d.items[i]);
    for (uint32_t i = 0; i < d.count; i++) {
        transitions_from(s, field, &d, first, i);
        if (statem) missing_events(s, &d, first, i);
    }
}

static void keep_uses(pserver *s)
{
    model *m = s->x.m;
    for (vec_each(&s->uses, u)) {
        if (!px_tracks(&s->x, u->field) || u->field == s->x.s_state) continue;
        vec_push(&m->field_uses, (model_field_use){u->callback, u->field, u->kind, u->value,
                                                   u->atom, u->node, NO_IX});
    }
    /* What init leaves is a write of its first clause. */
    const model_server *server = &m->servers.items[s->x.server];
    for (uint32_t i = 0; i < server->callback_count; i++) {
        callback_ix ix = server->callback_first + i;
        if (m->callbacks.items[ix].kind != CB_INIT) continue;
        for (uint32_t f = 0; f < s->x.field_count; f++)
            for (uint32_t k = 0; k < s->initial_count[f] && s->x.fields[f] != s->x.s_state; k++)
                vec_push(&m->field_uses,
                         (model_field_use){ix, s->x.fields[f], USE_WRITE, s->initial[f][k].value,
                                           s->initial[f][k].atom, m->callbacks.items[ix].node,
                                           NO_IX});
        break;
    }
}

void model_protocol(model *m)
{
    sym s_state = sym_add(&m->symbols, SV("$state"));
    arena memory = {0};
    for (server_ix i = 0; i < m->servers.count; i++) {
        const model_server *server = &m->servers.items[i];
        if (server->kind != SERVER_GENSERVER && server->kind != SERVER_STATEM &&
            server->kind != SERVER_STAGE)
            continue;
        pserver *s = base_calloc(1, sizeof *s);
        s->x.m = m;
        s->x.owner = s;
        s->x.server = i;
        s->x.module = server->module;
        s->x.memory = &memory;
        s->x.s_state = s_state;
        if (px_run_server(s)) {
            /* A gen_statem has its states as written; what a field holds follows from them. */
            for (uint32_t f = 0; f < s->x.field_count; f++)
                if (server->kind != SERVER_STATEM || s->x.fields[f] == s_state)
                    field_automaton(s, f);
            keep_uses(s);
        }
        vec_release(&s->outcomes);
        vec_release(&s->clauses);
        vec_release(&s->uses);
        vec_release(&s->x.uses);
        vec_release(&s->x.starts);
        arena_release(&s->keep);
        free(s);
        arena_clear(&memory);
    }
    arena_release(&memory);
    protocol_orders(m);
}
