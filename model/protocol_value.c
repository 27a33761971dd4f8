#include "base/base.h"
#include "model/protocol.h"

pval pv_make(pv_kind kind, sym name)
{
    return (pval){.kind = (uint8_t)kind, .name = name};
}

pval pv_of_atom(const px *x, sym name)
{
    const struct model_index *index = x->m->index;
    if (name && (name == index->s_nil || name == index->s_undefined))
        return pv_make(PV_UNSET, name);
    return pv_make(PV_ATOM, name);
}

bool px_tracks(const px *x, sym field)
{
    if (x->track_all || field == x->s_state) return true;
    for (uint32_t i = 0; i < x->field_count; i++)
        if (x->fields[i] == field) return true;
    return false;
}

pval pv_field(px *x, pval base, sym field)
{
    if (base.kind != PV_STATE) return pv_make(PV_UNKNOWN, 0);
    for (const pfield *f = base.fields; f; f = f->next)
        if (f->name == field) return f->value;
    if (base.fresh || base.open || !px_tracks(x, field)) return pv_make(PV_UNKNOWN, 0);
    return pv_make(PV_FIELD, field);
}

pval pv_with(px *x, pval base, sym field, pval value, node_ix node)
{
    if (base.kind != PV_STATE) return base;
    pfield *f = ARENA_NEW(x->memory, pfield);
    *f = (pfield){base.fields, field, value, node};
    base.fields = f;
    return base;
}

pval pv_tuple(px *x, const pval *kids, uint32_t count)
{
    pval *copy = ARENA_ARRAY(x->memory, pval, count ? count : 1);
    if (count) memcpy(copy, kids, count * sizeof *copy);
    return (pval){.kind = PV_TUPLE, .kids = copy, .kid_count = count};
}

/* The abstract value of a default as written. */
static pval default_value(px *x, node_ix node, bool erlang)
{
    const struct model_index *index = x->m->index;
    if (!node) return pv_make(PV_UNSET, erlang ? index->s_undefined : index->s_nil);
    node = model_strip(x->m, node);
    const fact_node *at = model_node(x->m, node);
    switch ((node_kind)at->kind) {
    case NODE_ATOM: return pv_of_atom(x, at->name);
    case NODE_INT:
    case NODE_FLOAT:
    case NODE_STRING:
    case NODE_BINARY:
    case NODE_TUPLE:
    case NODE_LIST:
    case NODE_MAP:
    case NODE_STRUCT:
    case NODE_RECORD: return pv_make(PV_SET, 0);
    default: return pv_make(PV_UNKNOWN, 0);
    }
}

pval pv_fresh(px *x, sym name, bool is_record)
{
    pval made = {.kind = PV_STATE, .fresh = true, .name = name};
    module_ix module = x->module;
    if (!is_record && name) {
        module_ix named = model_module_named(x->m, name);
        if (named != NO_IX) module = named;
    }
    uint32_t row = name ? model_record_of(x->m, module, name) : NO_IX;
    if (row == NO_IX) return made;
    const model_record *record = &x->m->records.items[row];
    for (uint32_t i = 0; i < record->field_count && i < 256; i++) {
        const fact_field *field = &x->m->fields.items[record->field_first + i];
        made = pv_with(x, made, field->name, default_value(x, field->value, is_record), 0);
    }
    return made;
}

/* ---- conditions ---- */

static bool cond_holds(const pcond *c, field_value_kind value, sym atom, sym s_false)
{
    bool is = false;
    switch ((cond_kind)c->kind) {
    case COND_UNSET: is = value == FV_UNSET; break;
    case COND_FALSY: is = value == FV_UNSET || (value == FV_ATOM && atom == s_false); break;
    case COND_ATOM: is = value == FV_ATOM && atom == c->atom; break;
    case COND_SET: is = value == FV_SET; break;
    }
    return is == c->is;
}

/* The atom false is told by the condition itself: path_learn puts it there. */
bool conds_allow(const pcond *conds, sym field, field_value_kind value, sym atom)
{
    for (const pcond *c = conds; c; c = c->next) {
        if (c->field != field) continue;
        if (!cond_holds(c, value, atom, c->kind == COND_FALSY ? c->atom : 0)) return false;
    }
    return true;
}

bool path_allows(const ppath *path, sym field, field_value_kind value, sym atom)
{
    return conds_allow(path->conds, field, value, atom);
}

bool path_learn(px *x, ppath *path, sym field, cond_kind kind, bool is, sym atom, node_ix node)
{
    if (kind == COND_FALSY) atom = x->m->index->s_false;
    for (const pcond *c = path->conds; c; c = c->next)
        if (c->field == field && c->kind == kind && c->atom == atom) return c->is == is;
    pcond *added = ARENA_NEW(x->memory, pcond);
    *added = (pcond){path->conds, field, (uint8_t)kind, is, atom, node};
    /* Is anything left that the field could be? Try each value that some condition speaks of, and
     * one atom of which none does. */
    if (conds_allow(added, field, FV_UNSET, 0) || conds_allow(added, field, FV_SET, 0) ||
        conds_allow(added, field, FV_ATOM, UINT32_MAX)) {
        path->conds = added;
        return true;
    }
    for (const pcond *c = added; c; c = c->next) {
        if (c->field != field || !c->atom) continue;
        if (!conds_allow(added, field, FV_ATOM, c->atom)) continue;
        path->conds = added;
        return true;
    }
    return false;
}

pfork px_split(px *x, ppath path, pval value, cond_kind kind, sym atom, node_ix node)
{
    pfork out = {.yes = path, .no = path};
    sym s_false = x->m->index->s_false;
    pcond asked = {.kind = (uint8_t)kind, .is = true, .atom = atom};
    switch ((pv_kind)value.kind) {
    case PV_UNSET: out.has_yes = cond_holds(&asked, FV_UNSET, 0, s_false); break;
    case PV_ATOM: out.has_yes = cond_holds(&asked, FV_ATOM, value.name, s_false); break;
    case PV_SET:
    case PV_TUPLE:
    case PV_STATE:
    case PV_FROM: out.has_yes = cond_holds(&asked, FV_SET, 0, s_false); break;
    case PV_FIELD:
        out.has_yes = path_learn(x, &out.yes, value.name, kind, true, atom, node);
        out.has_no = path_learn(x, &out.no, value.name, kind, false, atom, node);
        return out;
    case PV_UNKNOWN: out.has_yes = out.has_no = true; return out;
    }
    out.has_no = !out.has_yes;
    return out;
}

/* ---- paths ---- */

void path_bind(px *x, ppath *path, sym name, pval value)
{
    pbind *b = ARENA_NEW(x->memory, pbind);
    *b = (pbind){path->env, name, value};
    path->env = b;
}

const pval *path_lookup(const ppath *path, sym name)
{
    for (const pbind *b = path->env; b; b = b->next)
        if (b->name == name) return &b->value;
    return NULL;
}

static bool same_value(const pval *a, const pval *b)
{
    return a->kind == b->kind && a->fresh == b->fresh && a->open == b->open && a->name == b->name &&
           a->fields == b->fields && a->kids == b->kids && a->kid_count == b->kid_count;
}

void px_result(px *x, presults *out, ppath path, pval value)
{
    for (uint32_t i = 0; i < out->count; i++) {
        const presult *r = &out->items[i];
        if (r->path.env == path.env && r->path.conds == path.conds && r->path.reply == path.reply &&
            r->path.ended == path.ended && r->path.crash_node == path.crash_node &&
            same_value(&r->value, &value))
            return;
    }
    if (out->count == PATHS_MAX) return;
    if (out->count == out->capacity) {
        uint32_t capacity = out->capacity ? MIN(4 * out->capacity, (uint32_t)PATHS_MAX) : 1;
        presult *items = ARENA_ARRAY(x->memory, presult, capacity);
        if (out->count) memcpy(items, out->items, out->count * sizeof *items);
        out->items = items;
        out->capacity = capacity;
    }
    out->items[out->count++] = (presult){path, value};
}

void px_use(px *x, field_use_kind kind, sym field, field_value_kind value, sym atom, node_ix node)
{
    if (!field) return;
    for (vec_each(&x->uses, u))
        if (u->kind == kind && u->field == field && u->value == value && u->atom == atom &&
            (u->node == node || kind == USE_WRITE || kind == USE_REQUIRE))
            return;
    if (x->uses.count > 4096) return;
    vec_push(&x->uses, (puse){x->callback, field, (uint8_t)kind, (uint8_t)value, atom, node});
}
