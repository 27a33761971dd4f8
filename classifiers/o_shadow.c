/* shadowed-clause: a callback clause behind one that matches all it matches. */
#include "base/base.h"
#include "classifiers/o_shared.h"

typedef struct {
    sym names[64];
    uint32_t count;
    bool twice;
} names_query;

static bool visit_names(const model *m, node_ix node, void *payload)
{
    names_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_PIN) q->twice = true;
    if (at->kind != NODE_VAR || sv_eq_c(model_text(m, at->name), "_")) return true;
    for (uint32_t i = 0; i < q->count; i++)
        if (q->names[i] == at->name) q->twice = true;
    if (q->count < ARRAY_LEN(q->names)) q->names[q->count++] = at->name;
    else q->twice = true;
    return true;
}

/* Do the patterns compare parts with each other, or with what was bound before? */
static bool compares(const model *m, const model_clause *clause, uint32_t arity)
{
    names_query q = {0};
    for (uint32_t i = 0; i < arity; i++)
        model_visit(m, m->kids.items[clause->param_first + i], visit_names, &q);
    return q.twice;
}

static bool same_text(const model *m, node_ix a, node_ix b, uint32_t depth)
{
    const fact_node *x = model_node(m, a), *y = model_node(m, b);
    if (depth > 64 || x->kind != y->kind || x->name != y->name || x->kid_count != y->kid_count)
        return false;
    for (uint32_t i = 0; i < x->kid_count; i++)
        if (!same_text(m, model_kid(m, a, i), model_kid(m, b, i), depth + 1)) return false;
    return true;
}

static bool has_unknown(const model *m, const model_clause *clause, uint32_t arity)
{
    for (uint32_t i = 0; i < arity; i++) {
        node_ix p = m->kids.items[clause->param_first + i];
        if (node_count_kind(m, p, NODE_UNKNOWN, 1) || node_count_kind(m, p, NODE_UNQUOTE, 1) ||
            node_count_kind(m, p, NODE_MACRO, 1))
            return true;
    }
    return false;
}

/* Does every call that `behind` could take go to `ahead`? */
static bool shadows(const model *m, const model_clause *ahead, const model_clause *behind,
                    uint32_t arity)
{
    if (ahead->conditional || behind->conditional) return false;
    if (has_unknown(m, ahead, arity) || has_unknown(m, behind, arity)) return false;
    for (uint32_t i = 0; i < arity; i++)
        if (!model_pattern_covers(m, m->kids.items[ahead->param_first + i],
                                  m->kids.items[behind->param_first + i]))
            return false;
    if (compares(m, ahead, arity)) return false;
    if (!ahead->guard) return true;
    /* The same guard over the same patterns: a clause that was pasted twice. */
    if (!behind->guard || !same_text(m, ahead->guard, behind->guard, 0)) return false;
    for (uint32_t i = 0; i < arity; i++)
        if (!same_text(m, m->kids.items[ahead->param_first + i],
                       m->kids.items[behind->param_first + i], 0))
            return false;
    return true;
}

void rule_shadowed_clause(classify *c)
{
    const model *m = c->m;
    for (callback_ix i = 0; i < m->callbacks.count; i++) {
        const model_callback *cb = &m->callbacks.items[i];
        if (cb->clause == NO_IX) continue;
        const model_function *fn = &m->functions.items[cb->function];
        if (fn->inherited || fn->clause_count > 500) continue;
        const model_clause *behind = &m->clauses.items[cb->clause];
        for (clause_ix k = fn->clause_first; k < cb->clause; k++) {
            const model_clause *ahead = &m->clauses.items[k];
            if (!ahead->body || !shadows(m, ahead, behind, fn->arity)) continue;
            const char *label = model_callback_label(m, i, &c->scratch);
            node_ix first = fn->arity ? m->kids.items[behind->param_first] : behind->body;
            node_ix above = fn->arity ? m->kids.items[ahead->param_first] : ahead->body;
            finding_add(c, CONF_CERTAIN, first, cb->server, callback_key(c, i),
                        "%s never runs: the clause at line %u before it takes everything that it "
                        "would take",
                        label, ahead->line);
            finding_callback(c, i);
            finding_step_add(c, above, "this clause comes first and matches all of it");
            finding_step_add(c, behind->body, "never reached");
            break;
        }
    }
}
