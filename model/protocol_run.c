#include "base/base.h"
#include "model/protocol.h"

static const pval UNKNOWN = {.kind = PV_UNKNOWN};

static bool is_sym(const px *x, sym name, const char *text)
{
    return name && sv_eq_c(model_text(x->m, name), text);
}

/* ---- what a callback returned ---- */

/* Return tuples: position of the state data and of the state name (-1: none), by first atom. */
static const struct {
    const char *tag;
    uint8_t size; /* 0: any */
    bool statem;
    int8_t data, name;
    uint8_t kind; /* transition_kind */
} RETURNS[] = {
    {"noreply", 0, false, 1, -1, TRANSITION_ACCEPT},
    {"reply", 4, true, 3, 2, TRANSITION_ACCEPT}, /* gen_fsm */
    {"reply", 0, false, 2, -1, TRANSITION_ACCEPT},
    {"next_state", 0, true, 2, 1, TRANSITION_ACCEPT},
    {"keep_state", 0, true, 1, -1, TRANSITION_ACCEPT},
    {"keep_state_and_data", 0, true, -1, -1, TRANSITION_ACCEPT},
    {"repeat_state", 0, true, 1, -1, TRANSITION_ACCEPT},
    {"repeat_state_and_data", 0, true, -1, -1, TRANSITION_ACCEPT},
    {"stop", 4, false, 3, -1, TRANSITION_ACCEPT},
    {"stop", 3, false, 2, -1, TRANSITION_ACCEPT},
    {"stop", 0, false, -1, -1, TRANSITION_ACCEPT},
    {"stop_and_reply", 0, true, -1, -1, TRANSITION_ACCEPT},
    {"ok", 3, true, 2, 1, TRANSITION_ACCEPT},
    {"ok", 4, true, 2, 1, TRANSITION_ACCEPT},
    {"ok", 0, false, 1, -1, TRANSITION_ACCEPT},
    {"producer", 0, false, 1, -1, TRANSITION_ACCEPT},
    {"consumer", 0, false, 1, -1, TRANSITION_ACCEPT},
    {"producer_consumer", 0, false, 1, -1, TRANSITION_ACCEPT},
};

static bool mentions_atom(const px *x, const pval *v, const char *text, uint32_t depth)
{
    if (v->kind == PV_ATOM) return is_sym(x, v->name, text);
    for (uint32_t i = 0; i < v->kid_count && depth < 6; i++)
        if (mentions_atom(x, &v->kids[i], text, depth + 1)) return true;
    return false;
}

/* {error, _} and error. Other atoms may be the answer to a question after the state. */
static bool is_refusal(const px *x, const pval *v)
{
    if (v->kind == PV_TUPLE && v->kid_count) v = &v->kids[0];
    return v->kind == PV_ATOM && is_sym(x, v->name, "error");
}

/* {reply, From, {error, _}} somewhere in a list of actions. */
static bool replies_refusal(const px *x, const pval *v, uint32_t depth)
{
    if (v->kind == PV_TUPLE && v->kid_count == 3 && v->kids[0].kind == PV_ATOM &&
        is_sym(x, v->kids[0].name, "reply") && is_refusal(x, &v->kids[2]))
        return true;
    for (uint32_t i = 0; i < v->kid_count && depth < 4; i++)
        if (replies_refusal(x, &v->kids[i], depth + 1)) return true;
    return false;
}

typedef struct {
    bool known; /* a return value we know */
    bool stops;
    uint8_t kind;
    pval data, name; /* UNKNOWN-kind name: unchanged */
    bool has_data, has_name;
    pval continues; /* {continue, X}: X */
    bool has_continue;
} pend;

static pend end_of(const px *x, pval value, bool statem)
{
    pend end = {0};
    pval tag = value.kind == PV_TUPLE && value.kid_count ? value.kids[0] : value;
    uint32_t size = value.kind == PV_TUPLE ? value.kid_count : 0;
    if (tag.kind != PV_ATOM) return end;
    for (size_t i = 0; i < ARRAY_LEN(RETURNS); i++) {
        __typeof__(&RETURNS[0]) row = &RETURNS[i];
        if (!is_sym(x, tag.name, row->tag) || (row->size && row->size != size)) continue;
        if (row->statem && !statem) continue;
        end.known = true;
        end.kind = row->kind;
        end.stops = sv_starts(sv_from(row->tag), SV("stop"));
        if (row->data >= 0 && (uint32_t)row->data < size) {
            end.data = value.kids[row->data];
            end.has_data = true;
        }
        if (row->name >= 0 && (uint32_t)row->name < size) {
            end.name = value.kids[row->name];
            end.has_name = true;
        }
        break;
    }
    for (uint32_t i = 1; end.known && i < size; i++) {
        const pval *v = &value.kids[i];
        if (v->kind == PV_TUPLE && v->kid_count == 2 && v->kids[0].kind == PV_ATOM &&
            is_sym(x, v->kids[0].name, "continue")) {
            end.has_continue = true;
            end.continues = v->kids[1];
        }
        if (statem && mentions_atom(x, v, "postpone", 0)) end.kind = TRANSITION_POSTPONE;
        if (statem && replies_refusal(x, v, 0)) end.kind = TRANSITION_REFUSE;
    }
    if (end.known && size > 2 && is_sym(x, tag.name, "reply") && is_refusal(x, &value.kids[1]))
        end.kind = TRANSITION_REFUSE;
    return end;
}

/* ---- running one clause ---- */

static const node_ix *params_of(const px *x, const model_callback *cb, uint32_t *count)
{
    const model_clause *clause = &x->m->clauses.items[cb->clause];
    *count = x->m->functions.items[cb->function].arity;
    return &x->m->kids.items[clause->param_first];
}

/* The values of a callback's parameters when it runs on this state. */
static void fill_params(const px *x, const model_callback *cb, const node_ix *params,
                        uint32_t count, pval state, pval *values)
{
    for (uint32_t i = 0; i < count; i++) {
        values[i] = UNKNOWN;
        if (cb->state && params[i] == cb->state) values[i] = state;
        else if (cb->from && params[i] == cb->from) values[i] = pv_make(PV_FROM, 0);
        else if (cb->state_name && params[i] == cb->state_name)
            values[i] = pv_make(PV_FIELD, x->s_state);
    }
}

static ppath start_path(px *x, const model_callback *cb)
{
    ppath path = {0};
    if (cb->state_atom) path_learn(x, &path, x->s_state, COND_ATOM, true, cb->state_atom, cb->node);
    return path;
}

static void enter(px *x, callback_ix ix)
{
    const model_callback *cb = &x->m->callbacks.items[ix];
    x->callback = ix;
    x->function = cb->function;
    x->erlang = x->m->files.items[x->m->functions.items[cb->function].file].lang == LANG_ERLANG;
    x->steps = 0;
    x->depth = 0;
    x->nesting = 0;
    x->stack[x->depth++] = cb->function;
}

/* Runs one clause on a state and, when it is known, a message. True when its head surely takes
 * them. */
static bool run_on(px *x, callback_ix ix, pval state, const pval *message, presults *out)
{
    const model_callback *cb = &x->m->callbacks.items[ix];
    uint32_t count = 0;
    const node_ix *params = params_of(x, cb, &count);
    pval *values = ARENA_ARRAY(x->memory, pval, count ? count : 1);
    enter(x, ix);
    fill_params(x, cb, params, count, state, values);
    if (message)
        for (uint32_t i = 0; i < count; i++)
            if (params[i] == cb->message || (cb->kind == CB_INIT && i == 0)) values[i] = *message;
    ppath path = start_path(x, cb);
    node_ix guard = x->m->clauses.items[cb->clause].guard;
    pfork f = px_head(x, path, params, values, count, guard);
    if (!f.has_yes) return false;
    for (const pcond *c = f.yes.conds; c; c = c->next) {
        field_value_kind value = c->kind == COND_ATOM             ? FV_ATOM
                                 : c->is == (c->kind == COND_SET) ? FV_SET
                                                                  : FV_UNSET;
        if (c->kind == COND_ATOM && !c->is) continue;
        px_use(x, USE_REQUIRE, c->field, value, c->kind == COND_ATOM ? c->atom : 0, c->node);
    }
    px_eval(x, cb->node, f.yes, out);
    x->total_steps += x->steps;
    return !f.has_no;
}

/* ---- init ---- */

static bool is_start_name(const model *m, const model_function *fn)
{
    return sv_starts(model_text(m, fn->name), SV("start"));
}

/* What the own start functions pass to init. */
static void run_starts(px *x)
{
    const model_module *mod = &x->m->modules.items[x->module];
    x->capture = true;
    for (uint32_t i = 0; i < mod->function_count; i++) {
        const model_function *fn = &x->m->functions.items[mod->function_first + i];
        if (!is_start_name(x->m, fn) || fn->kind != FUNCTION_PUBLIC || fn->arity > 32) continue;
        pval *unknown = ARENA_ARRAY(x->memory, pval, fn->arity ? fn->arity : 1);
        presults dropped = {0};
        x->steps = 0;
        x->depth = 0;
        x->nesting = 0;
        px_run_function(x, mod->function_first + i, unknown, fn->arity, (ppath){0}, 0, &dropped);
        x->total_steps += x->steps;
    }
    x->capture = false;
}

static bool initial_add(pserver *s, uint32_t field, field_value_kind value, sym atom)
{
    for (uint32_t i = 0; i < s->initial_count[field]; i++)
        if (s->initial[field][i].value == value && s->initial[field][i].atom == atom) return true;
    if (s->initial_count[field] == ARRAY_LEN(s->initial[field])) return false;
    s->initial[field][s->initial_count[field]++] = (pdomain_value){(uint8_t)value, atom, true};
    return true;
}

bool conds_hold_initially(const pserver *s, const pcond *conds, sym field)
{
    for (uint32_t i = 0; i < s->x.field_count; i++) {
        if (s->x.fields[i] == field || s->initial_count[i] == 0) continue;
        bool some = false;
        for (uint32_t k = 0; k < s->initial_count[i] && !some; k++)
            some = s->initial[i][k].value == FV_UNKNOWN ||
                   conds_allow(conds, s->x.fields[i], (field_value_kind)s->initial[i][k].value,
                               s->initial[i][k].atom);
        if (!some) return false;
    }
    return true;
}

static field_value_kind abstract(const pval *v, sym *atom)
{
    *atom = 0;
    switch ((pv_kind)v->kind) {
    case PV_UNSET: return FV_UNSET;
    case PV_ATOM: *atom = v->name; return FV_ATOM;
    case PV_SET:
    case PV_TUPLE:
    case PV_STATE:
    case PV_FROM: return FV_SET;
    default: return FV_UNKNOWN;
    }
}

static uint32_t field_index(px *x, sym field, bool add)
{
    for (uint32_t i = 0; i < x->field_count; i++)
        if (x->fields[i] == field) return i;
    if (!add || x->field_count == FIELDS_MAX) return NO_IX;
    x->fields[x->field_count] = field;
    return x->field_count++;
}

/* Notes the fields of one state that init (or what it continues with) may leave. */
static void initial_state(pserver *s, const pval *data, const pval *name)
{
    px *x = &s->x;
    sym atom;
    map64 seen = {0};
    for (const pfield *f = data->kind == PV_STATE ? data->fields : NULL; f; f = f->next) {
        uint32_t mark = 0;
        if (!map64_add(&seen, f->name, &mark)) continue;
        uint32_t at = field_index(x, f->name, true);
        if (at == NO_IX) continue;
        field_value_kind value = abstract(&f->value, &atom);
        initial_add(s, at, value, atom);
    }
    map64_release(&seen);
    if (!name) return;
    uint32_t at = field_index(x, x->s_state, true);
    if (at != NO_IX) {
        field_value_kind value = abstract(name, &atom);
        initial_add(s, at, value, atom);
    }
}

/* handle_continue runs before any message: what it leaves is the initial state. */
static void run_continue(pserver *s, const pval *data, const pval *message, uint32_t depth)
{
    px *x = &s->x;
    const model_server *server = &x->m->servers.items[x->server];
    bool any = false, taken = false;
    for (uint32_t i = 0; i < server->callback_count && depth < 4 && !taken; i++) {
        callback_ix ix = server->callback_first + i;
        const model_callback *cb = &x->m->callbacks.items[ix];
        if (cb->kind != CB_CONTINUE || cb->clause == NO_IX) continue;
        presults out = {0};
        taken = run_on(x, ix, *data, message, &out);
        for (uint32_t k = 0; k < out.count; k++) {
            if (out.items[k].path.ended) continue;
            pend end = end_of(x, out.items[k].value, false);
            if (!end.known || end.stops || !end.has_data) continue;
            any = true;
            if (end.has_continue) run_continue(s, &end.data, &end.continues, depth + 1);
            else initial_state(s, &end.data, NULL);
        }
    }
    if (!any) initial_state(s, data, NULL);
}

static void run_init(pserver *s)
{
    px *x = &s->x;
    const model_server *server = &x->m->servers.items[x->server];
    bool statem = server->kind == SERVER_STATEM;
    x->track_all = true;
    run_starts(x);
    for (uint32_t i = 0; i < server->callback_count; i++) {
        callback_ix ix = server->callback_first + i;
        const model_callback *cb = &x->m->callbacks.items[ix];
        if (cb->kind != CB_INIT || cb->clause == NO_IX) continue;
        presults out = {0};
        uint32_t starts = x->starts.count;
        if (!starts) run_on(x, ix, UNKNOWN, NULL, &out);
        for (uint32_t k = 0; k < starts; k++)
            run_on(x, ix, UNKNOWN, &x->starts.items[k].value, &out);
        for (uint32_t k = 0; k < out.count; k++) {
            if (out.items[k].path.ended) continue;
            pend end = end_of(x, out.items[k].value, statem);
            if (!end.known || end.stops || !end.has_data) continue;
            if (end.has_continue) run_continue(s, &end.data, &end.continues, 0);
            else initial_state(s, &end.data, end.has_name ? &end.name : NULL);
        }
    }
    x->track_all = false;
}

/* ---- which fields are worth following ---- */

typedef struct {
    pserver *s;
    bool reset[FIELDS_MAX];
} reset_scan;

static bool find_resets(const model *m, node_ix node, void *payload)
{
    reset_scan *scan = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind != NODE_MAP_UPDATE && at->kind != NODE_STRUCT_UPDATE &&
        at->kind != NODE_RECORD_UPDATE)
        return true;
    for (uint32_t i = 1; i + 1 < at->kid_count; i += 2) {
        const fact_node *value = model_node(m, model_kid(m, node, i + 1));
        if (value->kind != NODE_ATOM ||
            (value->name != m->index->s_nil && value->name != m->index->s_undefined))
            continue;
        sym key = model_node(m, model_kid(m, node, i))->name;
        for (uint32_t k = 0; k < scan->s->x.field_count; k++)
            if (scan->s->x.fields[k] == key) scan->reset[k] = true;
    }
    return true;
}

/* Keeps the fields that start unset or as an atom, or are reset somewhere. */
static void choose_fields(pserver *s)
{
    px *x = &s->x;
    const model_module *mod = &x->m->modules.items[x->module];
    reset_scan scan = {.s = s};
    for (uint32_t i = 0; i < mod->function_count; i++) {
        const model_function *fn = &x->m->functions.items[mod->function_first + i];
        for (uint32_t k = 0; k < fn->clause_count; k++)
            model_visit(x->m, x->m->clauses.items[fn->clause_first + k].body, find_resets, &scan);
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < x->field_count; i++) {
        bool keep = scan.reset[i] || x->fields[i] == x->s_state;
        sym atom = 0;
        for (uint32_t k = 0; k < s->initial_count[i]; k++) {
            pdomain_value *v = &s->initial[i][k];
            keep |= v->value == FV_UNSET || v->value == FV_ATOM;
            if (v->value == FV_ATOM) atom = v->atom;
        }
        if (!keep) continue;
        x->fields[kept] = x->fields[i];
        x->atoms[kept] = atom;
        memmove(s->initial[kept], s->initial[i], sizeof s->initial[i]);
        s->initial_count[kept] = s->initial_count[i];
        kept++;
    }
    x->field_count = kept;
}

/* ---- callbacks ---- */

static const pcond *keep_conds(pserver *s, const pcond *conds)
{
    const pcond *kept = NULL;
    for (const pcond *c = conds; c; c = c->next) {
        pcond *copy = ARENA_NEW(&s->keep, pcond);
        *copy = *c;
        copy->next = kept;
        kept = copy;
    }
    return kept;
}

static void note_field(pserver *s, poutcome *o, uint32_t at, const pval *value, node_ix node)
{
    sym atom = 0;
    if (value->kind == PV_FIELD && value->name == s->x.fields[at]) return; /* written back */
    field_value_kind to = abstract(value, &atom);
    /* What fills a field that starts unset, or is reset at times, is taken for set. */
    if (to == FV_UNKNOWN && !s->x.atoms[at]) to = FV_SET;
    o->to[at] = (uint8_t)to;
    o->to_atom[at] = atom;
    px_use(&s->x, USE_WRITE, s->x.fields[at], to, atom, node);
}

static void note_writes(pserver *s, poutcome *o, const pend *end)
{
    px *x = &s->x;
    memset(o->to, KEPT, sizeof o->to);
    for (uint32_t i = 0; i < x->field_count; i++) {
        if (x->fields[i] == x->s_state) {
            if (end->has_name) note_field(s, o, i, &end->name, o->node);
            continue;
        }
        if (!end->has_data) continue;
        if (end->data.kind != PV_STATE) {
            if (end->data.kind == PV_UNKNOWN) o->to[i] = FV_UNKNOWN;
            continue;
        }
        bool found = false;
        for (const pfield *f = end->data.fields; f && !found; f = f->next) {
            if (f->name != x->fields[i]) continue;
            note_field(s, o, i, &f->value, f->node ? f->node : o->node);
            found = true;
        }
        if (!found && (end->data.open || end->data.fresh)) o->to[i] = FV_UNKNOWN;
    }
}

static void note_refusals(px *x, const ppath *path, node_ix node)
{
    for (const pcond *c = path->conds; c; c = c->next) {
        if (!c->is || c->kind == COND_SET) continue;
        node_ix at = c->node ? c->node : node;
        if (c->kind != COND_ATOM) px_use(x, USE_REFUSE, c->field, FV_UNSET, 0, at);
        if (c->kind != COND_UNSET) px_use(x, USE_REFUSE, c->field, FV_ATOM, c->atom, at);
    }
}

static void run_callback(pserver *s, callback_ix ix)
{
    px *x = &s->x;
    const model_callback *cb = &x->m->callbacks.items[ix];
    uint32_t count = 0;
    const node_ix *params = params_of(x, cb, &count);
    pval state = {.kind = PV_STATE};
    /* The part of the head that looks at the state. */
    enter(x, ix);
    node_ix heads[2];
    pval values[2];
    uint32_t head_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (cb->state && params[i] == cb->state) {
            heads[head_count] = params[i];
            values[head_count++] = state;
        } else if (cb->state_name && params[i] == cb->state_name) {
            heads[head_count] = params[i];
            values[head_count++] = pv_make(PV_FIELD, x->s_state);
        }
        if (head_count == 2) break;
    }
    pfork f = px_head(x, start_path(x, cb), heads, values, head_count,
                      x->m->clauses.items[cb->clause].guard);
    vec_push(&s->clauses, (pclause){ix, f.has_yes, f.has_no, keep_conds(s, f.yes.conds),
                                    keep_conds(s, f.no.conds)});
    presults out = {0};
    vec_clear(&x->uses);
    run_on(x, ix, state, NULL, &out);
    bool statem = x->m->servers.items[x->server].kind == SERVER_STATEM;
    for (uint32_t i = 0; i < out.count; i++) {
        const presult *r = &out.items[i];
        poutcome o = {.callback = ix, .node = cb->node};
        pend end = {0};
        if (r->path.ended) {
            if (!r->path.crash_field) continue; /* raises on purpose: not of the protocol */
            o.kind = TRANSITION_CRASH;
            o.node = r->path.crash_node;
            o.crash_field = r->path.crash_field;
            px_use(x, USE_CRASH, r->path.crash_field, r->path.crash_atom ? FV_ATOM : FV_UNSET,
                   r->path.crash_atom, r->path.crash_node);
        } else {
            end = end_of(x, r->value, statem);
            o.kind = end.known ? end.kind : TRANSITION_ACCEPT;
            if (r->path.reply == REPLY_REFUSED) o.kind = TRANSITION_REFUSE;
            if (o.kind == TRANSITION_REFUSE) note_refusals(x, &r->path, cb->node);
        }
        o.conds = keep_conds(s, r->path.conds);
        note_writes(s, &o, &end);
        vec_push(&s->outcomes, o);
    }
    for (vec_each(&x->uses, u)) vec_push(&s->uses, *u);
    arena_clear(x->memory);
}

bool px_run_server(pserver *s)
{
    px *x = &s->x;
    run_init(s);
    choose_fields(s);
    arena_clear(x->memory);
    vec_clear(&x->starts);
    vec_clear(&x->uses);
    if (x->field_count == 0) return false;
    const model_server *server = &x->m->servers.items[x->server];
    for (uint32_t i = 0; i < server->callback_count && x->total_steps < SERVER_STEPS; i++) {
        callback_ix ix = server->callback_first + i;
        const model_callback *cb = &x->m->callbacks.items[ix];
        if (cb->clause == NO_IX || cb->kind == CB_INIT) continue;
        run_callback(s, ix);
    }
    return true;
}
