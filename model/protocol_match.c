#include "base/base.h"
#include "model/protocol.h"

static pfork fork_both(ppath path)
{
    return (pfork){true, true, path, path};
}

/* What is left when one of several parts need not match: the way on is `next`; a second way to
 * fail makes the failed path forget what it learnt. */
static void fork_and(pfork *all, pfork next, ppath start)
{
    if (next.has_no) {
        all->no = all->has_no ? start : next.no;
        all->has_no = true;
    }
    all->has_yes = next.has_yes;
    all->yes = next.yes;
}

/* The path that failed keeps the bindings of before. */
static pfork fork_end(pfork all, ppath start)
{
    all.no.env = start.env;
    return all;
}

static pfork match_kids(px *x, ppath path, node_ix pattern, uint32_t first, const pval *values,
                        uint32_t count)
{
    pfork all = {.has_yes = true, .yes = path, .no = path};
    for (uint32_t i = 0; i < count && all.has_yes; i++) {
        pval value = values ? values[i] : pv_make(PV_UNKNOWN, 0);
        fork_and(&all, px_match(x, all.yes, model_kid(x->m, pattern, first + i), value), path);
    }
    return fork_end(all, path);
}

/* A pattern that only terms with parts can match: binds the variables below to unknown. */
static pfork match_shape(px *x, ppath path, node_ix pattern, pval value)
{
    pfork is_set = px_split(x, path, value, COND_SET, 0, pattern);
    if (!is_set.has_yes) return is_set;
    uint32_t count = model_kid_count(x->m, pattern);
    pfork parts = match_kids(x, is_set.yes, pattern, 0, NULL, count);
    /* A set field may still have another shape, so the failed path learns nothing. */
    return (pfork){parts.has_yes, true, parts.yes, path};
}

/* Map, struct and record patterns against a state. */
static pfork match_fields(px *x, ppath path, node_ix pattern, pval value)
{
    const fact_node *at = model_node(x->m, pattern);
    pfork all = {.has_yes = true, .yes = path, .no = path};
    if (at->kind == NODE_RECORD && value.name && value.fresh && at->name != value.name)
        return (pfork){.has_no = true, .no = path};
    for (uint32_t i = 0; i + 1 < at->kid_count && all.has_yes; i += 2) {
        const fact_node *key = model_node(x->m, model_strip(x->m, model_kid(x->m, pattern, i)));
        pval part = key->kind == NODE_ATOM ? pv_field(x, value, key->name) : pv_make(PV_UNKNOWN, 0);
        fork_and(&all, px_match(x, all.yes, model_kid(x->m, pattern, i + 1), part), path);
    }
    return fork_end(all, path);
}

static pfork match_variable(px *x, ppath path, const fact_node *at, pval value)
{
    pfork out = {.has_yes = true, .yes = path, .no = path};
    if (at->name == x->m->index->s_underscore) return out;
    if (x->erlang && path_lookup(&path, at->name)) return fork_both(path);
    path_bind(x, &out.yes, at->name, value);
    return out;
}

pfork px_match(px *x, ppath path, node_ix pattern, pval value)
{
    pattern = model_strip(x->m, pattern);
    if (!pattern || x->nesting > NESTING_MAX) return fork_both(path);
    const fact_node *at = model_node(x->m, pattern);
    pfork out;
    x->nesting++;
    switch ((node_kind)at->kind) {
    case NODE_VAR: out = match_variable(x, path, at, value); break;
    case NODE_ATOM: {
        pval atom = pv_of_atom(x, at->name);
        out = px_split(x, path, value, atom.kind == PV_UNSET ? COND_UNSET : COND_ATOM,
                       atom.kind == PV_UNSET ? 0 : at->name, pattern);
        break;
    }
    case NODE_MATCH: {
        pfork left = px_match(x, path, model_kid(x->m, pattern, 0), value);
        out = left;
        if (left.has_yes)
            fork_and(&out, px_match(x, left.yes, model_kid(x->m, pattern, 1), value), path);
        out = fork_end(out, path);
        break;
    }
    case NODE_TUPLE:
        if (value.kind != PV_TUPLE) out = match_shape(x, path, pattern, value);
        else if (value.kid_count != at->kid_count) out = (pfork){.has_no = true, .no = path};
        else out = match_kids(x, path, pattern, 0, value.kids, value.kid_count);
        break;
    case NODE_MAP:
    case NODE_STRUCT:
    case NODE_RECORD:
        if (value.kind == PV_STATE) out = match_fields(x, path, pattern, value);
        else out = match_shape(x, path, pattern, value);
        break;
    case NODE_INT:
    case NODE_FLOAT:
    case NODE_STRING:
    case NODE_BINARY:
    case NODE_LIST: out = match_shape(x, path, pattern, value); break;
    case NODE_OP:
        /* "\\" with a default; "<>" and "++" of a literal prefix. */
        if (sv_eq_c(model_text(x->m, at->name), "\\\\"))
            out = px_match(x, path, model_kid(x->m, pattern, 0), value);
        else out = match_shape(x, path, pattern, value);
        break;
    default: out = fork_both(path); break;
    }
    x->nesting--;
    return out;
}

/* Results of a test gathered into one path each for true and false. */
static pfork gather_truth(px *x, const presults *tests, ppath start, node_ix node)
{
    pfork out = {.yes = start, .no = start};
    for (uint32_t i = 0; i < tests->count; i++) {
        const presult *r = &tests->items[i];
        if (r->path.ended) continue; /* a guard that fails is false, elsewhere kept by the caller */
        pfork one = px_truth(x, r->path, r->value, node);
        if (one.has_yes) {
            if (out.has_yes && out.yes.conds != one.yes.conds) one.yes.conds = start.conds;
            out.yes = one.yes;
            out.has_yes = true;
        }
        if (one.has_no) {
            if (out.has_no && out.no.conds != one.no.conds) one.no.conds = start.conds;
            out.no = one.no;
            out.has_no = true;
        }
    }
    return out;
}

pfork px_truth(px *x, ppath path, pval value, node_ix node)
{
    pfork falsy = px_split(x, path, value, COND_FALSY, x->m->index->s_false, node);
    return (pfork){falsy.has_no, falsy.has_yes, falsy.no, falsy.yes};
}

pfork px_head(px *x, ppath path, const node_ix *patterns, const pval *values, uint32_t count,
              node_ix guard)
{
    pfork all = {.has_yes = true, .yes = path, .no = path};
    for (uint32_t i = 0; i < count && all.has_yes; i++)
        fork_and(&all, px_match(x, all.yes, patterns[i], values[i]), path);
    if (all.has_yes && guard) {
        presults tests = {0};
        ppath at = all.yes;
        px_eval(x, guard, at, &tests);
        pfork passed = gather_truth(x, &tests, at, guard);
        /* A guard that only fails by error (an unfit operand) fails. */
        for (uint32_t i = 0; i < tests.count; i++)
            if (tests.items[i].path.ended && !passed.has_no) {
                passed.has_no = true;
                passed.no = tests.items[i].path;
                passed.no.ended = false;
            }
        fork_and(&all, passed, path);
    }
    return fork_end(all, path);
}

/* Fields of the entry state that a value carries. */
static void carried_fields(const px *x, const pval *value, sym *fields, uint32_t *count,
                           uint32_t depth)
{
    if (depth > 3) return;
    if (value->kind == PV_FIELD && *count < FIELDS_MAX) fields[(*count)++] = value->name;
    for (uint32_t i = 0; i < value->kid_count; i++)
        carried_fields(x, &value->kids[i], fields, count, depth + 1);
    if (value->kind != PV_STATE || value->fresh || value->open) return;
    for (uint32_t i = 0; i < x->field_count && *count < FIELDS_MAX; i++)
        fields[(*count)++] = x->fields[i];
}

static bool any_head_takes(px *x, ppath path, const phead *heads, uint32_t head_count,
                           const pval *values, uint32_t count)
{
    for (uint32_t i = 0; i < head_count; i++)
        if (px_head(x, path, heads[i].patterns, values, count, heads[i].guard).has_yes) return true;
    return false;
}

void crash_if_unmatched(px *x, ppath path, const phead *heads, uint32_t head_count,
                        const pval *values, uint32_t count, node_ix node, presults *out)
{
    sym fields[FIELDS_MAX];
    uint32_t field_count = 0;
    for (uint32_t i = 0; i < count; i++) carried_fields(x, &values[i], fields, &field_count, 0);
    if (field_count == 0 || head_count > 64) return;
    /* When even a wholly free path finds no head, the values say nothing about fields. */
    if (!any_head_takes(x, path, heads, head_count, values, count)) return;
    for (uint32_t i = 0; i < field_count; i++) {
        sym atom = 0;
        for (uint32_t k = 0; k < x->field_count; k++)
            if (x->fields[k] == fields[i]) atom = x->atoms[k];
        for (uint32_t round = 0; round < (atom ? 2u : 1u); round++) {
            ppath at = path;
            sym as = round ? atom : 0;
            if (!path_learn(x, &at, fields[i], as ? COND_ATOM : COND_UNSET, true, as, node))
                continue;
            if (any_head_takes(x, at, heads, head_count, values, count)) continue;
            at.ended = true;
            at.crash_field = fields[i];
            at.crash_atom = as;
            at.crash_node = node;
            px_result(x, out, at, pv_make(PV_UNKNOWN, 0));
        }
    }
}
