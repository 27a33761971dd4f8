/* Rows of message edges, unresolved targets, receives, timers and spawns. */
#include "base/base.h"
#include "cli/load.h"

static const char *id_name(uint8_t id)
{
    static const char *const names[] = {
        [ID_UNKNOWN] = "unknown",       [ID_SELF] = "self",
        [ID_CALLER] = "caller",         [ID_NAMED] = "named",
        [ID_MODULE] = "module",         [ID_OWN_KIND] = "own_kind",
        [ID_SUPERVISOR] = "supervisor", [ID_CONTROLLER] = "controller"};
    return id < ARRAY_LEN(names) ? names[id] : "unknown";
}

/* "gen_server:call", "GenServer.call", or the function of the snapshot that is called. */
static const char *primitive_name(load_context *c, const model_op *op)
{
    if (op->kind == OP_FUNCTION) return model_function_label(c->m, op->target, &c->scratch);
    if (op->kind != OP_API) return "unknown";
    const api_row *api = api_get(op->api);
    if (api->module[0] == '\0') return api->name;
    bool elixir = api->module[0] >= 'A' && api->module[0] <= 'Z';
    return arena_printf(&c->scratch, "%s%c%s", api->module, elixir ? '.' : ':', api->name);
}

static const char *timeout_name(int32_t timeout_ms, bool stated)
{
    if (timeout_ms == TIMEOUT_NEVER) return "infinity";
    if (timeout_ms == TIMEOUT_UNKNOWN_MS) return "unknown";
    if (timeout_ms < 0) return "none";
    return stated ? "number" : "default";
}

static void add_unresolved(load_context *c, const place *at, const char *kind,
                           unresolved_cause cause)
{
    const char *name = unresolved_cause_name(cause);
    const char *both = arena_printf(&c->scratch, "%s %s", kind, name);
    db_row(c->loader, DB_TABLE_unresolved_target,
           v_key(load_place_key(c, DB_TABLE_unresolved_target, at, both)), v_key(c->snapshot),
           v_key(load_file_key(c, at->file)), v_i32(at->line), v_text_c(kind), v_text_c(name));
}

void load_edges(load_context *c)
{
    const model *m = c->m;
    for (edge_ix i = 0; i < m->edges.count; i++) {
        const model_edge *edge = &m->edges.items[i];
        const model_op *op = &m->ops.items[edge->op];
        const char *kind = edge_kind_name((edge_kind)edge->kind);
        place at = model_place(m, op->node);
        bool sync = edge->kind == EDGE_CALL || edge->kind == EDGE_START ||
                    edge->kind == EDGE_STOP || edge->kind == EDGE_SUP_CALL ||
                    edge->kind == EDGE_APP_CALL;
        sv target = {"", 0};
        if (edge->server != NO_IX)
            target = model_text(m, m->modules.items[m->servers.items[edge->server].module].name);
        c->totals->edges++;
        db_row(c->loader, DB_TABLE_message_edge,
               v_key(load_place_key(c, DB_TABLE_message_edge, &at, kind)), v_key(c->snapshot),
               v_key(load_file_key(c, at.file)), v_i32(at.line), v_i32(at.col),
               load_owner_or_null(c, edge->function),
               edge->callback == NO_IX ? v_null(DB_UUID) : v_key(c->callbacks[edge->callback]),
               v_text_c(model_function_label(m, edge->function, &c->scratch)), v_text_c(kind),
               v_bool(sync), v_text_c(primitive_name(c, op)), load_server_or_null(c, edge->server),
               v_text_or_null(target), v_text_c(id_name(edge->id)),
               v_text_or_null(model_text(m, edge->tag)),
               edge->tag ? v_i32(edge->tag_arity) : v_null(DB_I32),
               v_text_c(timeout_name(edge->timeout_ms, edge->timeout_stated)),
               edge->timeout_ms >= 0 ? v_i64(edge->timeout_ms) : v_null(DB_I64));
        if (edge->id == ID_UNKNOWN && edge->server == NO_IX) {
            c->totals->unresolved_edges++;
            add_unresolved(c, &at, kind, UNRESOLVED_RECEIVER);
        }
        arena_clear(&c->scratch);
    }
    for (op_ix i = 0; i < m->ops.count; i++) {
        const model_op *op = &m->ops.items[i];
        if (op->kind != OP_UNRESOLVED || op->cause == UNRESOLVED_NONE) continue;
        place at = model_place(m, op->node);
        add_unresolved(c, &at, "function", (unresolved_cause)op->cause);
        arena_clear(&c->scratch);
    }
}

/* A number of milliseconds that stands in the source: a literal, a product of literals, or
 * :timer.seconds(2) and the like. */
static bool constant_ms(const model *m, node_ix node, int depth, int64_t *out)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {{"seconds", 1000}, {"minutes", 60000}, {"hours", 3600000}};
    node = model_strip(m, node);
    const fact_node *at = model_node(m, node);
    int64_t a, b;
    if (depth > 8) return false;
    if (at->kind == NODE_INT) return sv_to_i64(model_text(m, at->name), out);
    if (at->kind == NODE_OP && at->kid_count == 2 && sv_eq_c(model_text(m, at->name), "*"))
        return constant_ms(m, model_kid(m, node, 0), depth + 1, &a) &&
               constant_ms(m, model_kid(m, node, 1), depth + 1, &b) &&
               !__builtin_mul_overflow(a, b, out);
    if (at->kind == NODE_CALL_REMOTE && at->kid_count == 2 &&
        model_is_atom(m, model_kid(m, node, 0), "timer"))
        for (size_t i = 0; i < ARRAY_LEN(units); i++)
            if (sv_eq_c(model_text(m, at->name), units[i].name))
                return constant_ms(m, model_kid(m, node, 1), depth + 1, &a) &&
                       !__builtin_mul_overflow(a, units[i].ms, out);
    return false;
}

static const char *delay_of(const model *m, node_ix node, db_value *ms)
{
    int64_t number;
    *ms = v_null(DB_I64);
    if (node && constant_ms(m, node, 0, &number) && number >= 0) {
        *ms = v_i64(number);
        return "number";
    }
    return node && model_is_atom(m, node, "infinity") ? "infinity" : "unknown";
}

/* Atom that names a message: itself, or the first element of a tuple. */
static sv tag_of(const model *m, node_ix node)
{
    node = model_strip(m, node);
    if (model_node(m, node)->kind == NODE_TUPLE) node = model_strip(m, model_kid(m, node, 0));
    const fact_node *at = model_node(m, node);
    return at->kind == NODE_ATOM ? model_text(m, at->name) : (sv){"", 0};
}

static void add_receive(load_context *c, const model_op *op, const place *at)
{
    const model *m = c->m;
    uint32_t arm_count = 0;
    bool catch_all = false;
    const char *timeout = "none";
    db_value ms = v_null(DB_I64);
    for (uint32_t i = 0; i < model_kid_count(m, op->node); i++) {
        node_ix arm = model_kid(m, op->node, i);
        if ((model_node(m, arm)->flags & NODE_FLAG_ARM) == ARM_AFTER) {
            timeout = delay_of(m, model_kid(m, arm, 2), &ms);
            continue;
        }
        arm_count++;
        node_ix pattern = model_kid(m, arm, 2);
        if (model_kid(m, arm, 0) == 0 && model_node(m, pattern)->kind == NODE_VAR) catch_all = true;
    }
    db_row(c->loader, DB_TABLE_receive, v_key(load_place_key(c, DB_TABLE_receive, at, "receive")),
           v_key(c->snapshot), v_key(load_file_key(c, at->file)),
           load_owner_or_null(c, op->function),
           v_text_c(model_function_label(m, op->function, &c->scratch)), v_i32(at->line),
           v_i32(MAX(at->line, at->end_line)), v_i32(arm_count), v_bool(catch_all),
           v_text_c(timeout), ms);
}

static void add_timer(load_context *c, const model_op *op, const place *at)
{
    const model *m = c->m;
    const api_row *api = api_get(op->api);
    const char *kind = api->kind == API_INTERVAL ? "interval" : "once";
    db_value ms = v_null(DB_I64);
    node_ix delay = api->timeout == API_NO_ARG ? 0 : model_arg(m, op->node, (uint32_t)api->timeout);
    sv tag = api->message == API_NO_ARG ? (sv){"", 0}
                                        : tag_of(m, model_arg(m, op->node, (uint32_t)api->message));
    const char *delay_kind = delay_of(m, delay, &ms);
    db_row(c->loader, DB_TABLE_timer, v_key(load_place_key(c, DB_TABLE_timer, at, kind)),
           v_key(c->snapshot), v_key(load_file_key(c, at->file)),
           load_owner_or_null(c, op->function),
           v_text_c(model_function_label(m, op->function, &c->scratch)), v_i32(at->line),
           v_text_c(kind), v_text_or_null(tag), v_text_c(delay_kind), ms);
}

static void add_spawn(load_context *c, const model_op *op, const place *at)
{
    const api_row *api = api_get(op->api);
    const char *kind = api->kind == API_TASK ? "task" : "spawn";
    db_row(c->loader, DB_TABLE_spawn, v_key(load_place_key(c, DB_TABLE_spawn, at, kind)),
           v_key(c->snapshot), v_key(load_file_key(c, at->file)),
           load_owner_or_null(c, op->function),
           v_text_c(model_function_label(c->m, op->function, &c->scratch)), v_i32(at->line),
           v_text_c(kind), v_text_c(primitive_name(c, op)), v_bool(api_flag(api, "link")));
}

void load_operations(load_context *c)
{
    for (op_ix i = 0; i < c->m->ops.count; i++) {
        const model_op *op = &c->m->ops.items[i];
        if (op->kind != OP_API && op->kind != OP_RECEIVE) continue;
        place at = model_place(c->m, op->node);
        uint8_t kind = op->kind == OP_API ? api_get(op->api)->kind : (uint8_t)API_PURE;
        if (op->kind == OP_RECEIVE) add_receive(c, op, &at);
        else if (kind == API_TIMER || kind == API_INTERVAL) add_timer(c, op, &at);
        else if (kind == API_SPAWN || kind == API_TASK) add_spawn(c, op, &at);
        arena_clear(&c->scratch);
    }
}
