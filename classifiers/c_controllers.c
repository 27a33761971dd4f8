/* supervisor-reentrancy and application-reentrancy: a request to the supervisor or the application
 * controller that is waiting for the process that asks. */
#include "base/base.h"
#include "classifiers/rules.h"
#include "classifiers/waits.h"

static const char *path_key(classify *c, callback_ix root, const model_effect *e)
{
    const model_frame *frame = &c->m->frames.items[e->frame];
    return arena_printf(&c->scratch, "%s>%s>%s", callback_key(c, root),
                        function_key(c, frame->function), api_get(e->api)->name);
}

/* Of the children that run the server's module, how many are below `sup`? */
static void count_below(const model *m, supervisor_ix sup, server_ix server, uint32_t *below,
                        uint32_t *all)
{
    *below = *all = 0;
    for (child_ix i = model_child_of(m, server, 0); i != NO_IX;
         i = model_child_of(m, server, i + 1)) {
        (*all)++;
        supervisor_ix at = m->children.items[i].supervisor;
        for (uint32_t steps = 0; at != NO_IX && at != sup && steps < 64; steps++)
            at = m->supervisors.items[at].parent;
        *below += at == sup;
    }
}

void rule_supervisor_reentrancy(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (callback_ix root = 0; root < m->callbacks.count; root++) {
        const model_callback *cb = &m->callbacks.items[root];
        if (m->servers.items[cb->server].kind == SERVER_APPLICATION) continue;
        for (uint32_t i = 0; i < cb->effect_count; i++) {
            const model_effect *e = &m->effects.items[cb->effect_first + i];
            bool stop = e->kind == API_STOP;
            if ((e->kind != API_SUP_CALL && !stop) || !effect_waits(m, e)) continue;
            if (e->ctx & (CTX_SPAWNED | CTX_IN_SERVER)) continue;
            bool phase = cb->kind == CB_INIT || cb->kind == CB_TERMINATE;
            if (!phase && !stop) continue;
            supervisor_ix sup = effect_supervisor(m, e);
            uint32_t below = 0, all = 0;
            if (sup != NO_IX) count_below(m, sup, cb->server, &below, &all);
            if (below == 0) continue;
            if (!seen_first(&seen, root, e->node)) continue;
            confidence conf = e->ctx & CTX_CLOSURE     ? CONF_POSSIBLE
                              : e->id.kind == ID_NAMED ? CONF_CERTAIN
                                                       : CONF_LIKELY;
            /* Processes of this module run elsewhere too: which one this is, is not known. */
            if (below < all) conf = CONF_POSSIBLE;
            const char *label = model_callback_label(m, root, &c->scratch);
            const char *what = api_get(e->api)->name;
            const char *why = cb->kind == CB_INIT ? "waits for this init to return"
                              : stop              ? "waits for this process to end"
                                                  : "waits for this process to end";
            finding_add(c, conf, e->node, cb->server, path_key(c, root, e),
                        "%s asks its own supervisor (%s), which %s: both hang until somebody "
                        "kills them",
                        label, what, why);
            finding_callback(c, root);
            finding_step_add(c, cb->node, "%s runs, the supervisor %s", label, why);
            finding_path_add(c, e, "waits for the supervisor");
            finding_step_add(c, m->supervisors.items[sup].node, "the supervisor");
        }
    }
    map64_release(&seen);
}

/* ---- application-reentrancy ------------------------------------------------------------------ */

static sym application_of(const model *m, server_ix server)
{
    return m->files.items[m->modules.items[m->servers.items[server].module].file].application;
}

static bool starts(const api_row *row)
{
    return api_flag(row, "start") || api_flag(row, "ensure_started") ||
           api_flag(row, "ensure_all_started");
}

/* Does the request name the application that the server belongs to? */
static bool names_own(const model *m, server_ix server, const model_effect *e)
{
    sym own = application_of(m, server);
    const model_val *v = model_value(m, e->message);
    if (!own) return false;
    if (v->kind == VAL_ATOM) return v->name == own;
    if (v->kind != VAL_LIST) return false;
    for (uint32_t i = 0; i < v->kid_count; i++) {
        const model_val *kid = model_value(m, model_value_kid(m, e->message, i));
        if (kid->kind == VAL_ATOM && kid->name == own) return true;
    }
    return false;
}

typedef enum { PHASE_NONE, PHASE_START, PHASE_STOP } phase;

/* A clause of terminate that a supervisor's shutdown never reaches: it asks for another reason, or
 * stands behind one for shutdown. */
static bool spares_shutdown(const model *m, callback_ix root)
{
    const model_callback *cb = &m->callbacks.items[root];
    const model_server *s = &m->servers.items[cb->server];
    if (cb->kind != CB_TERMINATE || !cb->message) return false;
    uint8_t reason = model_node(m, model_strip(m, cb->message))->kind;
    if (reason == NODE_TUPLE) return true;
    if (reason == NODE_ATOM) return !model_is_atom(m, cb->message, "shutdown");
    for (callback_ix i = s->callback_first; i < root; i++) {
        const model_callback *before = &m->callbacks.items[i];
        if (before->kind == CB_TERMINATE && before->message &&
            model_is_atom(m, before->message, "shutdown") &&
            !m->clauses.items[before->clause].guard)
            return true;
    }
    return false;
}

static phase phase_of(const model *m, const model_callback *cb)
{
    const model_server *s = &m->servers.items[cb->server];
    if (cb->kind == CB_START) return PHASE_START;
    if (cb->kind == CB_STOP) return PHASE_STOP;
    if (s->kind == SERVER_CHANNEL || s->kind == SERVER_EVENT) return PHASE_NONE;
    if (cb->kind == CB_INIT) return PHASE_START;
    if (cb->kind == CB_TERMINATE) return PHASE_STOP;
    return PHASE_NONE;
}

void rule_application_reentrancy(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (callback_ix root = 0; root < m->callbacks.count; root++) {
        const model_callback *cb = &m->callbacks.items[root];
        phase when = phase_of(m, cb);
        if (when == PHASE_NONE || spares_shutdown(m, root)) continue;
        for (uint32_t i = 0; i < cb->effect_count; i++) {
            const model_effect *e = &m->effects.items[cb->effect_first + i];
            if (e->kind != API_APP_CALL || (e->ctx & (CTX_SPAWNED | CTX_IN_SERVER))) continue;
            const api_row *row = api_get(e->api);
            bool stop = api_flag(row, "stop");
            bool own = names_own(m, cb->server, e);
            if (api_flag(row, "load") || api_flag(row, "loaded_applications")) continue;
            if (when == PHASE_START && !(starts(row) && own) && !stop) continue;
            if (!seen_first(&seen, root, e->node)) continue;
            const model_server *s = &m->servers.items[cb->server];
            confidence conf = CONF_LIKELY;
            if (when == PHASE_START && own && starts(row)) conf = CONF_CERTAIN;
            /* Only a child that traps exits runs terminate while its application stops. */
            if (when == PHASE_STOP && cb->kind == CB_TERMINATE &&
                (!s->trap_exit || model_child_of(m, cb->server, 0) == NO_IX))
                conf = CONF_POSSIBLE;
            if (when == PHASE_START && stop && !own) conf = CONF_POSSIBLE;
            if (e->ctx & CTX_CLOSURE) conf = CONF_POSSIBLE;
            const char *label = model_callback_label(m, root, &c->scratch);
            finding_add(c, conf, e->node, cb->server, path_key(c, root, e),
                        when == PHASE_START
                            ? "%s asks the application controller (%s) while it starts this "
                              "application: neither goes on"
                            : "%s asks the application controller (%s); while the application "
                              "stops, the controller waits for this process: the stop hangs until "
                              "the shutdown time or the call's timeout is over",
                        label, row->name);
            finding_callback(c, root);
            finding_step_add(c, cb->node, "%s runs while the application %s", label,
                             when == PHASE_START ? "starts" : "stops");
            finding_path_add(c, e, "waits for the application controller");
        }
    }
    map64_release(&seen);
}
