#include "base/base.h"
#include "classifiers/o_shared.h"

const protocol_rows *protocol_rows_of(classify *c)
{
    const model *m = c->m;
    protocol_rows *rows = ARENA_ARRAY(&c->scratch, protocol_rows, MAX(m->servers.count, 1u));
    for (uint32_t i = 0; i < m->states.count; i++) {
        protocol_rows *r = &rows[m->states.items[i].server];
        if (r->state_count++ == 0) r->state_first = i;
    }
    for (uint32_t i = 0; i < m->transitions.count; i++) {
        protocol_rows *r = &rows[m->transitions.items[i].server];
        if (r->transition_count++ == 0) r->transition_first = i;
    }
    for (uint32_t i = 0; i < m->field_uses.count; i++) {
        callback_ix callback = m->field_uses.items[i].callback;
        protocol_rows *r = &rows[m->callbacks.items[callback].server];
        if (r->use_count++ == 0) r->use_first = i;
    }
    return rows;
}

sym value_tag(const model *m, val_ix value, uint32_t *arity)
{
    const model_val *v = model_value(m, value);
    *arity = 0;
    if (v->kind == VAL_UNION) v = model_value(m, model_value_kid(m, value, 0));
    if (v->kind == VAL_ATOM) return v->name;
    if (v->kind == VAL_MAP && v->name) {
        *arity = 1;
        return v->name;
    }
    if (v->kind != VAL_TUPLE || v->kid_count == 0) return 0;
    const model_val *head = model_value(m, m->val_kids.items[v->kid_first]);
    *arity = v->kid_count;
    return head->kind == VAL_ATOM ? head->name : 0;
}

node_ix callback_head(const model *m, callback_ix callback)
{
    const model_callback *cb = &m->callbacks.items[callback];
    if (cb->clause == NO_IX || m->functions.items[cb->function].arity == 0) return cb->node;
    return m->kids.items[m->clauses.items[cb->clause].param_first];
}

bool callback_is_request(const model_callback *cb)
{
    callback_kind kind = callback_event(cb);
    return kind == CB_CALL || kind == CB_CAST;
}

typedef struct {
    const char *text;
    bool found;
} atom_query;

static bool visit_atom(const model *m, node_ix node, void *payload)
{
    atom_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_ATOM && sv_eq_c(model_text(m, at->name), q->text)) q->found = true;
    return !q->found;
}

bool node_has_atom(const model *m, node_ix node, const char *text)
{
    atom_query q = {text, false};
    if (node) model_visit(m, node, visit_atom, &q);
    return q.found;
}

naming server_naming(const model *m, server_ix server)
{
    const model_server *s = &m->servers.items[server];
    if (s->registered) return NAMING_NAMED;
    const model_module *mod = &m->modules.items[s->module];
    bool started = false;
    for (uint32_t i = 0; i < mod->function_count; i++) {
        const model_function *fn = &m->functions.items[mod->function_first + i];
        for (uint32_t k = 0; k < fn->op_count; k++) {
            const model_op *op = &m->ops.items[fn->op_first + k];
            if (op->kind != OP_API || api_get(op->api)->kind != API_START) continue;
            bool self = false;
            for (uint32_t a = 0; a < 2 && !self; a++) {
                const fact_node *arg = model_node(m, model_strip(m, model_arg(m, op->node, a)));
                self = arg->kind == NODE_ATOM && arg->name == mod->name;
            }
            if (!self) continue;
            started = true;
            if (node_is_erlang(m, op->node)) {
                if (model_arg_count(m, op->node) == 4) return NAMING_NAMED;
            } else if (model_arg_count(m, op->node) >= 3) {
                /* name: in the options, or wherever the function puts them together */
                for (uint32_t j = 0; j < fn->clause_count; j++)
                    if (node_has_atom(m, m->clauses.items[fn->clause_first + j].body, "name"))
                        return NAMING_NAMED;
                node_ix opts = model_strip(m, model_arg(m, op->node, 2));
                if (model_node(m, opts)->kind != NODE_LIST) return NAMING_UNKNOWN;
            }
        }
    }
    return started ? NAMING_NONE : NAMING_UNKNOWN;
}

bool init_is_known(const model *m, server_ix server)
{
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        if (cb->kind != CB_INIT) continue;
        for (uint32_t k = 0; k < cb->effect_count; k++) {
            const model_effect *e = &m->effects.items[cb->effect_first + k];
            if (!effect_in_process(e)) continue;
            switch (e->kind) {
            case API_REGISTER:
            case API_SUBSCRIBE:
            case API_OPEN_SOURCE:
            case API_INTERVAL: return true;
            case API_SEND:
            case API_CAST:
            case API_CALL:
                for (uint32_t a = 0; a < e->arg_count; a++) {
                    val_ix arg = m->effect_args.items[e->arg_first + a];
                    const model_val *v = model_value(m, arg);
                    if (v->kind == VAL_TUPLE)
                        for (uint32_t j = 0; j < v->kid_count; j++)
                            if (model_value(m, model_value_kid(m, arg, j))->kind == VAL_SELF)
                                return true;
                    if (a > 0 && v->kind == VAL_SELF) return true;
                }
                break;
            default: break;
            }
        }
    }
    return false;
}

bool tag_is_sent(const model *m, server_ix server, sym tag)
{
    for (vec_each(&m->edges, e))
        if (e->tag == tag && (e->server == server || e->server == NO_IX)) return true;
    return false;
}
