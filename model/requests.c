/* Requests that carry code: a fun, or module, function and arguments, which the server then runs
 * in its own process. The clause that runs what a message brings is walked once more for each
 * such message that the snapshot sends, so that what the code does counts as the server's. */
#include "base/base.h"
#include "model/walk.h"

enum { DEPTH_MAX = 4, KIDS_MAX = 33 };

void requests_open(requests *r)
{
    *r = (requests){.seen = {0}};
}

void requests_close(requests *r)
{
    map64_release(&r->seen);
    vec_release(&r->rows);
}

/* Module, function and argument list side by side. */
static bool has_mfa(const model *m, const val_ix *values, uint32_t count)
{
    for (uint32_t i = 0; i + 2 < count; i++) {
        const model_val *module = model_value(m, values[i]), *name = model_value(m, values[i + 1]);
        const model_val *args = model_value(m, values[i + 2]);
        if (module->kind == VAL_ATOM && name->kind == VAL_ATOM && args->kind == VAL_LIST &&
            !args->number &&
            model_function_of(m, model_module_named(m, module->name), name->name,
                              args->kid_count) != NO_IX)
            return true;
    }
    return false;
}

static bool carries_code(const model *m, val_ix value, int depth)
{
    const model_val *v = model_value(m, value);
    if (v->kind == VAL_FN || v->kind == VAL_FUN_REF) return true;
    if (depth > DEPTH_MAX || (v->kind != VAL_TUPLE && v->kind != VAL_LIST && v->kind != VAL_MAP))
        return false;
    if (v->kind == VAL_TUPLE && has_mfa(m, m->val_kids.items + v->kid_first, v->kid_count))
        return true;
    for (uint32_t i = 0; i < v->kid_count; i++)
        if (carries_code(m, model_value_kid(m, value, i), depth + 1)) return true;
    return false;
}

bool requests_in_args(const model *m, const val_ix *args, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        val_kind kind = model_value(m, args[i])->kind;
        if (kind == VAL_FN || kind == VAL_FUN_REF) return true;
    }
    return has_mfa(m, args, count);
}

/* Does a call of the function hand on a fun, or module, function and arguments? */
bool requests_in_ops(const model *m, const bool *interesting, const model_function *f)
{
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (op->kind != OP_FUNCTION || !interesting[op->target]) continue;
        uint32_t count = model_arg_count(m, op->node);
        for (uint32_t k = 0; k < count; k++) {
            node_kind kind = model_node(m, model_arg(m, op->node, k))->kind;
            if (kind == NODE_FN || kind == NODE_FUN_REF) return true;
            bool mfa = k + 2 < count && kind == NODE_ATOM &&
                       model_node(m, model_arg(m, op->node, k + 1))->kind == NODE_ATOM &&
                       model_node(m, model_arg(m, op->node, k + 2))->kind == NODE_LIST;
            if (mfa) return true;
        }
    }
    return false;
}

/* The message as the server sees it: the sender's self() is somebody else there. */
static val_ix received(walk *w, val_ix value, bool call, int depth)
{
    model *m = w->m;
    const model_val v = *model_value(m, value);
    switch ((val_kind)v.kind) {
    case VAL_ATOM:
    case VAL_INT:
    case VAL_STRING:
    case VAL_PID:
    case VAL_FUN_REF: return value;
    case VAL_SELF: return call ? val_make(&w->vals, VAL_CALLER, 0, 0, NULL, 0) : 0;
    case VAL_TUPLE:
    case VAL_LIST:
    case VAL_MAP:
    case VAL_FN: {
        val_ix kids[KIDS_MAX];
        if (v.kid_count > ARRAY_LEN(kids) || depth > DEPTH_MAX + 2) return 0;
        for (uint32_t i = 0; i < v.kid_count; i++)
            kids[i] = received(w, model_value_kid(m, value, i), call, depth + 1);
        /* What a fun holds is kept by name: an unknown value stays a name that is bound. */
        return val_make(&w->vals, (val_kind)v.kind, v.name, v.number, kids, v.kid_count);
    }
    default: return 0;
    }
}

void requests_note_op(walk *w, requests *r, node_ix call, api_ix api, const val_ix *args,
                      uint32_t count)
{
    model *m = w->m;
    const api_row *row = api_get(api);
    bool asks = row->kind == API_CALL, tells = row->kind == API_CAST || row->kind == API_SEND;
    if ((!asks && !tells) || row->message < 0 || (uint32_t)row->message >= count ||
        row->receiver < 0 || (uint32_t)row->receiver >= count)
        return;
    val_ix message = args[row->message];
    if (!carries_code(m, message, 0)) return;
    identity id =
        model_identify(m, NULL, 0, NO_IX, w->function, model_arg(m, call, (uint8_t)row->receiver),
                       args[row->receiver], row->kind, message);
    if (id.server == NO_IX || id.kind == ID_CALLER) return;
    message = received(w, message, asks, 0);
    uint32_t mark = 0;
    if (!message || !map64_add(&r->seen, pair64(message, id.server), &mark)) return;
    vec_push(&r->rows, (request){.server = id.server, .api = row->kind, .message = message});
}

/* Is the value a part of the message that the root got? */
bool requests_from_message(const model *m, val_ix value)
{
    for (int guard = 0; guard < 32; guard++) {
        const model_val *v = model_value(m, value);
        if (v->kind == VAL_MESSAGE) return true;
        if ((v->kind != VAL_ELEMENT && v->kind != VAL_FIELD) || v->kid_count == 0) return false;
        value = model_value_kid(m, value, 0);
    }
    return false;
}

static bool takes(const callback_kind kind, uint8_t event, uint8_t api)
{
    callback_kind as = kind == CB_EVENT ? (callback_kind)event : kind;
    return api == API_CALL ? as == CB_CALL : api == API_CAST ? as == CB_CAST : as == CB_INFO;
}

uint32_t requests_for(const model *m, const requests *r, callback_ix root, val_ix *messages,
                      uint32_t max)
{
    const model_callback *cb = &m->callbacks.items[root];
    if (cb->clause == NO_IX || !cb->message) return 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->rows.count && count < max; i++) {
        const request *q = &r->rows.items[i];
        if (q->server != cb->server || !takes((callback_kind)cb->kind, cb->event, q->api)) continue;
        if (model_match(m, cb->message, m->clauses.items[cb->clause].guard, q->message) == MATCH_NO)
            continue;
        messages[count++] = q->message;
    }
    return count;
}
