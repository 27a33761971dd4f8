/* duplicated-client-state: a client's copy of what the server knows. */
#include "base/base.h"
#include "classifiers/rules.h"
#include "classifiers/shared.h"

/* The first call from a clause to another server that is known. */
static const model_effect *call_to(const model *m, const model_callback *cb, server_ix server)
{
    for (uint32_t i = 0; i < cb->effect_count; i++) {
        const model_effect *e = &m->effects.items[cb->effect_first + i];
        if (e->kind != API_CALL && e->kind != API_CAST && e->kind != API_RUN_IN_SERVER) continue;
        if (!effect_in_process(e) || e->id.server == NO_IX || e->id.server == cb->server) continue;
        if (server == NO_IX || e->id.server == server) return e;
    }
    return NULL;
}

/* Does some clause of this server set the field after it has called the other one? */
static const model_field_use *set_after_call(const model *m, server_ix own, sym field,
                                             server_ix other, uint32_t first)
{
    for (uint32_t i = first; i < m->field_uses.count; i++) {
        const model_field_use *use = &m->field_uses.items[i];
        const model_callback *cb = &m->callbacks.items[use->callback];
        if (cb->server != own) break;
        if (use->field != field || use->kind != USE_WRITE || use->value == FV_UNSET) continue;
        const model_effect *call = call_to(m, cb, other);
        if (call && call->kind != API_CAST &&
            model_node(m, call->node)->line <= model_node(m, use->node)->line)
            return use;
    }
    return NULL;
}

void rule_duplicated_client_state(classify *c)
{
    const model *m = c->m;
    map64 first_use = {0}, seen = {0};
    for (uint32_t i = 0; i < m->field_uses.count; i++) {
        uint32_t row = i;
        map64_add(&first_use, m->callbacks.items[m->field_uses.items[i].callback].server, &row);
    }
    for (vec_each(&m->field_uses, use)) {
        if (use->kind != USE_REQUIRE && use->kind != USE_REFUSE) continue;
        const model_callback *cb = &m->callbacks.items[use->callback];
        const model_effect *call = call_to(m, cb, NO_IX);
        if (!call || !seen_first(&seen, cb->server, use->field)) continue;
        uint32_t first = map64_get(&first_use, cb->server, 0);
        const model_field_use *set =
            set_after_call(m, cb->server, use->field, call->id.server, first);
        if (!set) continue;
        sv field = model_text(m, use->field);
        finding_add(
            c, CONF_POSSIBLE, use->node, cb->server,
            arena_printf(&c->scratch, "field %.*s", SV_FMT(field)),
            "%s decides by its own %.*s before it asks %s, which knows: the copy is wrong as "
            "soon as %s restarts or another client changes it",
            model_callback_label(m, use->callback, &c->scratch), SV_FMT(field),
            server_label(c, call->id.server), server_label(c, call->id.server));
        finding_callback(c, use->callback);
        finding_step_add(c, set->node, "copied after a call");
        finding_step_add(c, use->node, "looked at first");
        finding_path_add(c, call, "then the server is asked");
    }
    map64_release(&first_use);
    map64_release(&seen);
}
