/* Direct operations: every call and receive of every function, resolved without its callers. */
#include "base/base.h"
#include "model/internal.h"

const char *unresolved_cause_name(unresolved_cause cause)
{
    static const char *const names[UNRESOLVED_COUNT] = {
        "none",       "module_variable", "function_variable", "function_value", "macro",
        "local_call", "receiver",        "message",           "child"};
    return names[cause];
}

typedef struct {
    model *m;
    function_ix function;
    clause_ix clause;
    uint32_t order;
} op_scan;

static void scan(op_scan *s, node_ix node, uint16_t ctx);

static void scan_kids(op_scan *s, node_ix node, uint32_t from, uint16_t ctx)
{
    uint32_t count = model_kid_count(s->m, node);
    for (uint32_t i = from; i < count; i++) scan(s, model_kid(s->m, node, i), ctx);
}

/* The context in which a fun given to a known function runs. */
static uint16_t fun_ctx(const api_row *row, uint16_t ctx)
{
    switch (row->kind) {
    case API_SPAWN: return ctx | CTX_SPAWNED;
    case API_TASK: {
        uint16_t task = ctx | CTX_SPAWNED | CTX_TASK;
        return api_flag(row, "awaited") ? task | CTX_AWAITED | CTX_LOOP : task;
    }
    case API_RUN_IN_SERVER: return ctx | CTX_IN_SERVER;
    case API_LOOP: return ctx | CTX_LOOP;
    case API_RUN:
    case API_GLOBAL_LOCK:
    case API_BLOCKING: return ctx;
    case API_TIMER:
    case API_INTERVAL: return ctx | CTX_SPAWNED;
    default: return ctx | CTX_CLOSURE;
    }
}

/* Can this try catch the exit of a call? `rescue` cannot. */
bool model_catches_exit(const model *m, node_ix try_node)
{
    for (uint32_t i = 1; i < model_kid_count(m, try_node); i++) {
        node_ix arm = model_kid(m, try_node, i);
        if ((model_node(m, arm)->flags & NODE_FLAG_ARM) != ARM_CATCH) continue;
        node_ix class = model_strip(m, model_kid(m, arm, 2));
        const fact_node *at = model_node(m, class);
        if (at->kind == NODE_VAR || model_is_atom(m, class, "exit")) return true;
        /* Elixir `catch value` catches throws only; `catch kind, value` has a kind. */
    }
    return false;
}

static void add_op(op_scan *s, node_ix node, uint16_t ctx)
{
    model *m = s->m;
    const fact_node *at = model_node(m, node);
    model_op op = {.function = s->function,
                   .clause = s->clause,
                   .node = node,
                   .ctx = ctx,
                   .target = NO_IX,
                   .api = NO_IX,
                   .order = s->order++};
    if (at->kind == NODE_RECEIVE) {
        op.kind = OP_RECEIVE;
    } else if (at->kind == NODE_CALL_FUN) {
        op.kind = OP_UNRESOLVED;
        op.cause = UNRESOLVED_FUN_VALUE;
    } else if (at->kind == NODE_CALL_DYNAMIC) {
        op.kind = OP_UNRESOLVED;
        op.cause = UNRESOLVED_FUNCTION_VAR;
    } else {
        op.name = at->name;
        op.target = model_call_target(m, s->function, node);
        op.api = op.target == NO_IX ? model_call_api(m, s->function, node) : NO_IX;
        op.kind = op.target != NO_IX ? OP_FUNCTION : op.api != NO_IX ? OP_API : OP_UNRESOLVED;
        if (op.kind == OP_UNRESOLVED && at->kind == NODE_CALL_REMOTE) {
            node_ix module = model_strip(m, model_kid(m, node, 0));
            if (model_node(m, module)->kind == NODE_ATOM) {
                op.kind = OP_EXTERNAL;
                op.module = model_node(m, module)->name;
            } else {
                op.cause = UNRESOLVED_MODULE_VAR;
            }
        } else if (op.kind == OP_UNRESOLVED && api_is_builtin(model_text(m, at->name))) {
            op.kind = OP_EXTERNAL;
            op.module = m->index->s_erlang;
        } else if (op.kind == OP_UNRESOLVED) {
            op.cause = UNRESOLVED_LOCAL;
        }
    }
    if (op.kind == OP_UNRESOLVED &&
        !m->modules.items[m->functions.items[s->function].module].is_test)
        m->unresolved[op.cause]++;
    if (node < m->index->op_of_node.count) m->index->op_of_node.items[node] = m->ops.count + 1;
    vec_push(&m->ops, op);
}

static void scan_call(op_scan *s, node_ix node, uint16_t ctx)
{
    const model *m = s->m;
    const fact_node *at = model_node(m, node);
    api_ix api = at->kind == NODE_CALL || at->kind == NODE_CALL_REMOTE
                     ? model_call_api(m, s->function, node)
                     : NO_IX;
    if (api != NO_IX && model_call_target(m, s->function, node) != NO_IX) api = NO_IX;
    uint16_t inner = api == NO_IX ? ctx | CTX_CLOSURE : fun_ctx(api_get(api), ctx);
    for (uint32_t i = 0; i < at->kid_count; i++) {
        node_ix kid = model_kid(m, node, i);
        bool fun = model_node(m, kid)->kind == NODE_FN;
        scan(s, kid, fun ? inner : ctx);
    }
    add_op(s, node, ctx);
}

static void scan(op_scan *s, node_ix node, uint16_t ctx)
{
    if (!node) return;
    const model *m = s->m;
    const fact_node *at = model_node(m, node);
    switch ((node_kind)at->kind) {
    case NODE_QUOTE: return;
    case NODE_CALL:
    case NODE_CALL_REMOTE:
    case NODE_CALL_FUN:
    case NODE_CALL_DYNAMIC: scan_call(s, node, ctx); return;
    case NODE_MACRO: {
        node_ix expansion = model_kid(m, node, 0);
        if (expansion) scan(s, expansion, ctx);
        else scan_kids(s, node, 1, ctx);
        return;
    }
    case NODE_IF:
        scan(s, model_kid(m, node, 0), ctx);
        scan_kids(s, node, 1, ctx | CTX_BRANCH);
        return;
    case NODE_CASE:
        scan(s, model_kid(m, node, 0), ctx);
        scan_kids(s, node, 1, ctx | CTX_BRANCH);
        return;
    case NODE_COND: scan_kids(s, node, 0, ctx | CTX_BRANCH); return;
    case NODE_RECEIVE:
        add_op(s, node, ctx);
        scan_kids(s, node, 0, ctx | CTX_BRANCH);
        return;
    case NODE_TRY: {
        uint16_t inner = model_catches_exit(m, node) ? ctx | CTX_CAUGHT : ctx;
        scan(s, model_kid(m, node, 0), inner);
        scan_kids(s, node, 1, ctx | CTX_BRANCH);
        return;
    }
    case NODE_CATCH: scan_kids(s, node, 0, ctx | CTX_CAUGHT); return;
    case NODE_FOR: scan_kids(s, node, 0, ctx | CTX_LOOP); return;
    case NODE_OP: {
        sv name = model_text(m, at->name);
        bool lazy = sv_eq_c(name, "and") || sv_eq_c(name, "or");
        scan(s, model_kid(m, node, 0), ctx);
        scan_kids(s, node, 1, lazy ? ctx | CTX_BRANCH : ctx);
        return;
    }
    case NODE_FN: scan_kids(s, node, 0, ctx); return;
    default: scan_kids(s, node, 0, ctx); return;
    }
}

void model_ops(model *m)
{
    struct model_index *x = m->index;
    while (x->op_of_node.count < m->nodes.count) vec_push(&x->op_of_node, 0);
    for (function_ix i = 0; i < m->functions.count; i++) {
        model_function *f = &m->functions.items[i];
        f->op_first = m->ops.count;
        if (f->kind == FUNCTION_PUBLIC || f->kind == FUNCTION_PRIVATE) {
            for (uint32_t k = 0; k < f->clause_count; k++) {
                clause_ix clause = f->clause_first + k;
                op_scan s = {m, i, clause, 0};
                scan(&s, m->clauses.items[clause].body, 0);
            }
        }
        m->functions.items[i].op_count = m->ops.count - m->functions.items[i].op_first;
    }
}
