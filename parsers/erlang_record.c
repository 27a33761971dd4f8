/* Erlang records and maps. */
#include "base/base.h"

#include "parsers/erlang.h"

/* "#m:r{}" is named "m:r", "#_{}" is named "_". */
static sym record_name(lowering *l, uint32_t at)
{
    uint32_t holder = erl_child(l, at, F_NAME);
    if (!holder) return sym_add(&l->f->symbols, SV("_"));
    sym name = erl_name(l, erl_child(l, holder, F_NAME));
    uint32_t module = erl_child(l, holder, F_MODULE);
    if (!module) return name;
    buf full = {0};
    buf_add(&full, facts_text(l->f, erl_name(l, erl_child(l, module, F_NAME))));
    buf_add_char(&full, ':');
    buf_add(&full, facts_text(l->f, name));
    name = sym_add(&l->f->symbols, buf_sv(&full));
    buf_release(&full);
    return name;
}

static void push_fields(lowering *l, uint32_t at)
{
    for (EACH_CHILD(l, at, child)) {
        if (erl_kind_at(l, child) != K_RECORD_FIELD) continue;
        uint32_t name = erl_child(l, child, F_NAME), holder = erl_child(l, child, F_EXPR);
        uint32_t value = holder ? erl_child(l, holder, F_EXPR) : 0;
        if (!name) continue;
        erl_push(l, erl_name_node(l, name));
        erl_push(l, value ? erl_expr(l, value) : erl_put(l, NODE_UNKNOWN, 0, child));
    }
}

node_ix erl_record(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count;
    node_ix node = erl_put(l, NODE_RECORD, record_name(l, at), at);
    push_fields(l, at);
    return erl_take(l, node, mark);
}

node_ix erl_record_update(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count, base = erl_child(l, at, F_EXPR);
    if (!base) return erl_unknown(l, at);
    node_ix node = erl_put(l, NODE_RECORD_UPDATE, record_name(l, at), at);
    erl_push(l, erl_expr(l, base));
    push_fields(l, at);
    return erl_take(l, node, mark);
}

/* X#r.f, and #r.f (the index of the field) with no X. */
static node_ix field_of(lowering *l, uint32_t at, uint32_t base)
{
    uint32_t holder = erl_child(l, at, F_FIELD);
    sym field = holder ? erl_name(l, erl_child(l, holder, F_NAME)) : 0;
    node_ix node = erl_put(l, NODE_FIELD, field, at);
    node_ix kids[2] = {base ? erl_expr(l, base) : 0, 0};
    kids[1] = erl_put(l, NODE_ATOM, record_name(l, at), at);
    facts_node_kids(l->f, node, kids, 2);
    return node;
}

node_ix erl_record_field(lowering *l, uint32_t at)
{
    uint32_t base = erl_child(l, at, F_EXPR);
    return base ? field_of(l, at, base) : erl_unknown(l, at);
}

node_ix erl_record_index(lowering *l, uint32_t at)
{
    return field_of(l, at, 0);
}

/* Macros that stand for whole associations are beyond the grammar: they come as errors. */
static void push_macro_pairs(lowering *l, uint32_t at)
{
    for (EACH_CHILD(l, at, child)) {
        if (erl_kind_at(l, child) != K_MACRO_CALL) continue;
        erl_push(l, erl_expr(l, child));
        erl_push(l, erl_put(l, NODE_UNKNOWN, 0, child));
    }
}

static void push_pairs(lowering *l, uint32_t at, node_ix node)
{
    bool any = false, exact = true;
    for (EACH_CHILD(l, at, child)) {
        if (erl_kind_at(l, child) == (erl_kind)SYNTAX_ERROR) push_macro_pairs(l, child);
        if (erl_kind_at(l, child) != K_MAP_FIELD) continue;
        uint32_t key = erl_child(l, child, F_KEY), value = erl_child(l, child, F_VALUE);
        if (!key || !value) continue;
        erl_push(l, erl_expr(l, key));
        erl_push(l, erl_expr(l, value));
        any = true;
        exact = exact && erl_child_of(l, child, T_ASSIGN_EXACT);
    }
    if (any && exact) l->f->nodes.items[node].flags |= NODE_FLAG_EXACT;
}

node_ix erl_map(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count;
    node_ix node = erl_put(l, NODE_MAP, 0, at);
    push_pairs(l, at, node);
    return erl_take(l, node, mark);
}

node_ix erl_map_update(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count, base = erl_child(l, at, F_EXPR);
    if (!base) return erl_unknown(l, at);
    node_ix node = erl_put(l, NODE_MAP_UPDATE, 0, at);
    erl_push(l, erl_expr(l, base));
    push_pairs(l, at, node);
    return erl_take(l, node, mark);
}
