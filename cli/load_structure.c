/* Rows of supervisors, children, protocol automata and documented orders. */
#include "base/base.h"
#include "cli/load.h"

static const char *source_name(bool known, bool stated)
{
    if (!known) return "unknown";
    return stated ? "stated" : "defaulted";
}

static db_value number_or_null(int64_t number)
{
    return number >= 0 ? v_i64(number) : v_null(DB_I64);
}

static void add_supervisor(load_context *c, supervisor_ix i)
{
    static const char *const strategies[] = {"unknown", "one_for_one", "one_for_all",
                                             "rest_for_one", "simple_one_for_one"};
    const model *m = c->m;
    const model_supervisor *s = &m->supervisors.items[i];
    const model_module *module = &m->modules.items[s->module];
    place at = model_place(m, s->flags_node ? s->flags_node : s->node);
    const char *name = s->server != NO_IX
                           ? arena_printf(&c->scratch, "%.*s", SV_FMT(model_text(m, module->name)))
                       : s->function != NO_IX
                           ? model_function_label(m, s->function, &c->scratch)
                           : arena_printf(&c->scratch, "%.*s", SV_FMT(model_text(m, module->name)));
    c->supervisors[i] = load_place_key(c, DB_TABLE_supervisor, &at, "supervisor");
    db_row(c->loader, DB_TABLE_supervisor, v_key(c->supervisors[i]), v_key(c->snapshot),
           v_key(load_file_key(c, at.file)), load_server_or_null(c, s->server), v_text_c(name),
           v_text_c(load_lang_of(c, at.file)), v_bool(module->is_test || load_is_test(c, at.file)),
           v_i32(at.line), v_bool(s->dynamic), v_text_c(strategies[s->strategy]),
           v_text_c(source_name(s->strategy != STRATEGY_UNKNOWN, s->strategy_stated)),
           number_or_null(s->intensity),
           v_text_c(source_name(s->intensity != -2, s->intensity_stated)),
           number_or_null(s->period_s), v_text_c(source_name(s->period_s != -2, s->period_stated)),
           number_or_null(s->max_children), v_bool(s->is_root), v_bool(s->children_complete));
}

static void add_child(load_context *c, const model_child *child)
{
    static const char *const restarts[] = {"unknown", "permanent", "transient", "temporary"};
    const model *m = c->m;
    place at = model_place(m, child->node);
    sv module = model_text(m, child->module != NO_IX ? m->modules.items[child->module].name
                                                     : child->module_name);
    const char *shutdown = child->shutdown_ms == SHUTDOWN_INFINITY  ? "infinity"
                           : child->shutdown_ms == SHUTDOWN_BRUTAL  ? "brutal_kill"
                           : child->shutdown_ms == SHUTDOWN_UNKNOWN ? "unknown"
                                                                    : "number";
    db_key key = db_key_make(DB_TABLE_child, v_key(c->supervisors[child->supervisor]),
                             v_bool(child->is_dynamic), v_i32(child->position));
    uint64_t word;
    memcpy(&word, key.bytes, sizeof word);
    uint32_t ordinal = map64_get(&c->seen, word, 0);
    map64_set(&c->seen, word, ordinal + 1);
    key = db_key_make(DB_TABLE_child, v_key(key), v_i32(ordinal));
    db_row(c->loader, DB_TABLE_child, v_key(key), v_key(c->snapshot),
           v_key(c->supervisors[child->supervisor]), v_i32(child->position),
           v_text_or_null(model_text(m, child->id)), v_text_or_null(module),
           load_server_or_null(c, child->module != NO_IX ? m->modules.items[child->module].server
                                                         : NO_IX),
           v_text_c(restarts[child->restart]),
           v_text_c(source_name(child->restart != RESTART_UNKNOWN, child->restart_stated)),
           v_text_c(shutdown), child->shutdown_ms > 0 ? v_i64(child->shutdown_ms) : v_null(DB_I64),
           v_text_c(source_name(child->shutdown_ms != SHUTDOWN_UNKNOWN, child->shutdown_stated)),
           v_text_c(child->is_supervisor ? "supervisor" : "worker"),
           v_text_c(child->is_dynamic ? "dynamic" : "static"), v_bool(child->conditional),
           v_bool(child->repeated), v_i32(at.line));
}

void load_supervision(load_context *c)
{
    for (supervisor_ix i = 0; i < c->m->supervisors.count; i++) {
        add_supervisor(c, i);
        arena_clear(&c->scratch);
    }
    for (child_ix i = 0; i < c->m->children.count; i++) add_child(c, &c->m->children.items[i]);
}

static sv protocol_name(const model *m, const model_state *state)
{
    return state->field ? model_text(m, state->field) : SV("statem");
}

static void add_transition(load_context *c, uint32_t index, uint32_t ordinal)
{
    static const char *const effects[] = {"accept", "refuse", "crash", "postpone", "ignore"};
    const model *m = c->m;
    const model_transition *t = &m->transitions.items[index];
    bool has_from = t->from < m->states.count, has_to = t->to < m->states.count;
    const model_state *state = has_from ? &m->states.items[t->from]
                               : has_to ? &m->states.items[t->to]
                                        : NULL;
    db_key key =
        db_key_make(DB_TABLE_protocol_transition, v_key(c->servers[t->server]), v_i32(ordinal));
    db_row(c->loader, DB_TABLE_protocol_transition, v_key(key), v_key(c->snapshot),
           v_key(c->servers[t->server]), v_text(state ? protocol_name(m, state) : SV("statem")),
           v_i32(ordinal), has_from ? v_key(c->states[t->from]) : v_null(DB_UUID),
           has_to ? v_key(c->states[t->to]) : v_null(DB_UUID),
           t->callback == NO_IX ? v_null(DB_UUID) : v_key(c->callbacks[t->callback]),
           v_text_c(callback_kind_name((callback_kind)t->event)),
           v_text_or_null(model_text(m, t->tag)),
           v_text_c(t->kind < ARRAY_LEN(effects) ? effects[t->kind] : "unknown"));
}

static void add_order(load_context *c, const model_order *order)
{
    static const char *const statuses[] = {"unknown", "enforced", "not_enforced", "contradicted"};
    const model *m = c->m;
    place at = {.file = order->file, .line = order->line};
    const char *kind = arena_printf(&c->scratch, "%.*s %.*s", SV_FMT(model_text(m, order->first)),
                                    SV_FMT(model_text(m, order->then)));
    db_row(c->loader, DB_TABLE_documented_order,
           v_key(load_place_key(c, DB_TABLE_documented_order, &at, kind)), v_key(c->snapshot),
           v_key(c->servers[order->server]), v_key(load_file_key(c, order->file)),
           v_i32(order->line), v_text(model_text(m, order->first)),
           v_text(model_text(m, order->then)), v_text_c(statuses[order->status]));
}

void load_protocols(load_context *c)
{
    const model *m = c->m;
    for (uint32_t i = 0; i < m->states.count; i++) {
        const model_state *state = &m->states.items[i];
        sv protocol = protocol_name(m, state), name = model_text(m, state->name);
        db_key key = db_key_make(DB_TABLE_protocol_state, v_key(c->servers[state->server]),
                                 v_text(protocol), v_text(name));
        c->states[i] = key;
        db_row(c->loader, DB_TABLE_protocol_state, v_key(key), v_key(c->snapshot),
               v_key(c->servers[state->server]), v_text(protocol), v_text(name),
               v_bool(state->initial));
    }
    uint32_t *ordinals = base_calloc(m->servers.count + 1, sizeof *ordinals);
    for (uint32_t i = 0; i < m->transitions.count; i++)
        add_transition(c, i, ordinals[m->transitions.items[i].server]++);
    free(ordinals);
    for (uint32_t i = 0; i < m->orders.count; i++) {
        if (m->orders.items[i].server == NO_IX) continue;
        add_order(c, &m->orders.items[i]);
        arena_clear(&c->scratch);
    }
}
