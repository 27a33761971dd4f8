/* self-call and callback-to-caller: a request to a process that cannot answer, since it is the one
 * that asks or the one that waits. */
#include "base/base.h"
#include "classifiers/rules.h"
#include "classifiers/waits.h"

/* Roots whose process is not the one that the server's requests go to. */
static bool foreign_process(const model *m, const model_callback *cb)
{
    uint8_t kind = m->servers.items[cb->server].kind;
    return kind == SERVER_APPLICATION || kind == SERVER_OTHER || kind == SERVER_TASK ||
           kind == SERVER_EVENT || cb->kind == CB_START || cb->kind == CB_STOP;
}

/* multi_call(Nodes, Name, Request): nodes() and Node.list() do not hold the own node. */
static bool leaves_own_node_out(const model *m, const model_effect *e)
{
    if (!api_flag(api_get(e->api), "nodes") || e->arg_count < 3) return false;
    const model_val *nodes = model_value(m, m->effect_args.items[e->arg_first]);
    return nodes->kind != VAL_LIST;
}

static bool to_own_process(const model *m, const model_callback *cb, const model_effect *e)
{
    if (e->ctx & CTX_NOT_SELF) return false;
    if (e->id.kind == ID_SELF) return !(e->ctx & CTX_SPAWNED);
    if (e->id.server != cb->server || leaves_own_node_out(m, e)) return false;
    return e->id.kind == ID_NAMED || e->id.kind == ID_OWN_KIND;
}

static bool request(const model_effect *e)
{
    if (e->kind == API_STOP) return !api_flag(api_get(e->api), "async");
    if (e->kind == API_SUP_CALL) return true;
    return e->kind == API_CALL || e->kind == API_RUN_IN_SERVER;
}

static const char *effect_key(classify *c, callback_ix root, const model_effect *e)
{
    const model_frame *frame = &c->m->frames.items[e->frame];
    return arena_printf(&c->scratch, "%s>%s>%s", callback_key(c, root),
                        function_key(c, frame->function),
                        model_message_label(c->m, e->message, true, &c->scratch));
}

void rule_self_call(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (callback_ix root = 0; root < m->callbacks.count; root++) {
        const model_callback *cb = &m->callbacks.items[root];
        if (foreign_process(m, cb)) continue;
        for (uint32_t i = 0; i < cb->effect_count; i++) {
            const model_effect *e = &m->effects.items[cb->effect_first + i];
            if (!request(e) || !effect_waits(m, e) || !to_own_process(m, cb, e)) continue;
            /* An agent's function runs in the agent; what it does itself is elsewhere. */
            bool in_agent = cb->kind == CB_AGENT_FUN;
            if (((e->ctx & CTX_IN_SERVER) != 0) != in_agent) continue;
            if (!seen_first(&seen, root, e->node)) continue;
            confidence conf = effect_confidence(m, e);
            if (e->id.kind == ID_SELF) conf = e->ctx & CTX_CLOSURE ? CONF_POSSIBLE : CONF_CERTAIN;
            /* The same request from another server's point of view: one name, many processes. */
            if (e->id.kind == ID_NAMED && m->servers.items[cb->server].instances == INSTANCES_MANY)
                conf = CONF_POSSIBLE;
            const char *label = model_callback_label(m, root, &c->scratch);
            finding_add(c, conf, e->node, cb->server, effect_key(c, root, e),
                        "%s asks %s and waits for an answer that only it could give: the call "
                        "exits at once on recent systems and hangs %s on older ones",
                        label, in_agent ? "the agent it runs in" : "its own process",
                        e->timeout_ms == TIMEOUT_NEVER ? "for ever" : "until its timeout");
            finding_callback(c, root);
            finding_step_add(c, cb->node, "%s runs", label);
            finding_path_add(c, e, "calls its own process");
        }
    }
    map64_release(&seen);
}

/* ---- callback-to-caller ---------------------------------------------------------------------- */

/* Element index of the message at the root, when the value is one; -1. */
static int64_t message_element(const model *m, val_ix v)
{
    const model_val *at = model_value(m, v);
    if (at->kind != VAL_ELEMENT) return -1;
    return model_value(m, model_value_kid(m, v, 0))->kind == VAL_MESSAGE ? at->number : -1;
}

/* Does some client put self() into this element of the request for this callback? */
static const model_edge *client_sends_self(const model *m, callback_ix root, int64_t element)
{
    const model_callback *cb = &m->callbacks.items[root];
    for (vec_each(&m->edges, e)) {
        if (e->kind != EDGE_CALL || e->server != cb->server || e->tag != cb->tag ||
            e->tag_arity != cb->tag_arity)
            continue;
        val_ix part = model_value_kid(m, e->message, (uint32_t)element);
        if (model_value(m, part)->kind == VAL_SELF) return e;
    }
    return NULL;
}

void rule_callback_to_caller(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (callback_ix root = 0; root < m->callbacks.count; root++) {
        const model_callback *cb = &m->callbacks.items[root];
        if (callback_event(cb) != CB_CALL) continue;
        for (uint32_t i = 0; i < cb->effect_count; i++) {
            const model_effect *e = &m->effects.items[cb->effect_first + i];
            if (e->kind != API_CALL || !effect_waits(m, e) || (e->ctx & CTX_SPAWNED)) continue;
            const model_edge *client = NULL;
            int64_t element = message_element(m, e->receiver);
            if (e->id.kind != ID_CALLER) {
                if (element < 0) continue;
                client = client_sends_self(m, root, element);
                if (!client) continue;
            }
            if (!seen_first(&seen, root, e->node)) continue;
            const char *label = model_callback_label(m, root, &c->scratch);
            finding_add(c, e->ctx & CTX_CLOSURE ? CONF_POSSIBLE : CONF_CERTAIN, e->node, cb->server,
                        effect_key(c, root, e),
                        "%s calls the client that waits for its reply: both wait %s", label,
                        wait_phrase(c, e));
            finding_callback(c, root);
            if (client) {
                const model_op *op = client->op == NO_IX ? NULL : &m->ops.items[client->op];
                if (op) finding_step_add(c, op->node, "the client sends self() and waits");
            }
            finding_step_add(c, cb->node, "%s runs while the client waits", label);
            finding_path_add(c, e, "calls the client back before it has replied");
        }
    }
    map64_release(&seen);
}
