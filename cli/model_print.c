#include "base/base.h"
#include "cli/model_print.h"

static sv server_name(const model *m, server_ix server)
{
    return model_text(m, m->modules.items[m->servers.items[server].module].name);
}

bool model_filter_has(const model *m, const model_filter *filter, server_ix server)
{
    const model_module *module = &m->modules.items[m->servers.items[server].module];
    const model_file *file = &m->files.items[module->file];
    if (!filter->tests && (module->is_test || file->is_test || file->is_example)) return false;
    return filter->server.size == 0 || sv_has(server_name(m, server), filter->server);
}

static const char *instances_text(uint8_t n)
{
    static const char *const texts[] = {"", ", one process", ", few processes", ", many processes"};
    return texts[n];
}

static void print_timeout(int32_t timeout_ms, bool stated, buf *out)
{
    if (timeout_ms == TIMEOUT_NEVER) buf_add_c(out, ", waits for ever");
    else if (timeout_ms >= 0)
        buf_printf(out, ", %d ms%s", (int)timeout_ms, stated ? "" : " by default");
}

static void print_edge(const model *m, const model_edge *edge, buf *out)
{
    place at = model_place(m, m->ops.items[edge->op].node);
    buf_printf(out, "      %s -> ", edge_kind_name((edge_kind)edge->kind));
    if (edge->server != NO_IX) buf_add(out, server_name(m, edge->server));
    else if (edge->id == ID_SELF) buf_add_c(out, "itself");
    else if (edge->id == ID_CALLER) buf_add_c(out, "its caller");
    else if (edge->id == ID_CONTROLLER) buf_add_c(out, "the application controller");
    else buf_add_c(out, "unknown");
    if (edge->tag) buf_printf(out, " %.*s", SV_FMT(model_text(m, edge->tag)));
    print_timeout(edge->timeout_ms, edge->timeout_stated, out);
    buf_printf(out, "  (%.*s:%u)\n", SV_FMT(at.path), at.line);
}

/* Edges by callback, in the order of the model: heads[callback] is the first edge + 1, next[edge]
 * the one after it + 1; 0 ends. */
typedef struct {
    uint32_t *heads, *next;
} edge_lists;

static edge_lists edges_by_callback(const model *m, arena *a)
{
    edge_lists lists = {ARENA_ARRAY(a, uint32_t, m->callbacks.count + 1),
                        ARENA_ARRAY(a, uint32_t, m->edges.count + 1)};
    for (edge_ix i = m->edges.count; i-- > 0;) {
        callback_ix callback = m->edges.items[i].callback;
        if (callback == NO_IX) continue;
        lists.next[i] = lists.heads[callback];
        lists.heads[callback] = i + 1;
    }
    return lists;
}

static void print_server(const model *m, server_ix index, const edge_lists *lists, arena *a,
                         buf *out)
{
    const model_server *s = &m->servers.items[index];
    const model_module *module = &m->modules.items[s->module];
    buf_printf(out, "  %.*s  %s", SV_FMT(server_name(m, index)),
               server_kind_name((server_kind)s->kind));
    if (s->registered)
        buf_printf(out, ", registered as %.*s", SV_FMT(model_text(m, s->registered)));
    buf_printf(out, "%s%s%s  (%.*s:%u)\n", instances_text(s->instances),
               s->trap_exit ? ", traps exits" : "", s->supervised ? "" : ", not supervised",
               SV_FMT(model_text(m, m->files.items[module->file].path)), module->line);
    for (uint32_t i = 0; i < s->callback_count; i++) {
        callback_ix callback = s->callback_first + i;
        buf_printf(out, "    %s\n", model_callback_label(m, callback, a));
        for (uint32_t e = lists->heads[callback]; e; e = lists->next[e - 1])
            print_edge(m, &m->edges.items[e - 1], out);
        arena_clear(a);
    }
}

void model_print_text(const model *m, const model_filter *filter, buf *out)
{
    arena scratch = {0}, memory = {0};
    edge_lists lists = edges_by_callback(m, &memory);
    uint32_t shown = 0;
    buf_add_c(out, "servers\n");
    for (server_ix i = 0; i < m->servers.count; i++) {
        if (!model_filter_has(m, filter, i)) continue;
        print_server(m, i, &lists, &scratch, out);
        shown++;
    }
    if (shown == 0) buf_add_c(out, "  (none)\n");
    if (filter->server.size == 0) {
        buf_add_c(out, "\nsupervision\n");
        model_supervision_print(m, out);
        buf_add_c(out, "\nprotocols\n");
        model_protocol_print(m, out);
    }
    arena_release(&scratch);
    arena_release(&memory);
}

/* A text within double quotes of the DOT language. */
static void quote(sv text, buf *out)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\') buf_add_char(out, '\\');
        buf_add_char(out, text.data[i]);
    }
    buf_add_char(out, '"');
}

static void dot_messages(const model *m, const model_filter *filter, buf *out)
{
    map64 seen = {0};
    for (edge_ix i = 0; i < m->edges.count; i++) {
        const model_edge *edge = &m->edges.items[i];
        server_ix from = m->modules.items[m->functions.items[edge->function].module].server;
        bool shown = from != NO_IX && edge->callback != NO_IX && edge->server != NO_IX &&
                     model_filter_has(m, filter, from) && model_filter_has(m, filter, edge->server);
        uint32_t value = 1;
        uint64_t key = hash64_mix(pair64(from, edge->server)) ^ pair64(edge->kind, edge->tag);
        if (!shown || !map64_add(&seen, key, &value)) continue;
        bool waits = edge->kind == EDGE_CALL || edge->kind == EDGE_STOP ||
                     edge->kind == EDGE_SUP_CALL || edge->kind == EDGE_START;
        buf_printf(out, "  s%u -> s%u [label=", from, edge->server);
        quote(edge->tag ? model_text(m, edge->tag) : sv_from(edge_kind_name((edge_kind)edge->kind)),
              out);
        buf_printf(out, "%s];\n", waits ? "" : ", style=dashed");
    }
    map64_release(&seen);
}

static void dot_supervision(const model *m, const model_filter *filter, buf *out)
{
    for (child_ix i = 0; i < m->children.count; i++) {
        const model_child *child = &m->children.items[i];
        server_ix parent = m->supervisors.items[child->supervisor].server;
        server_ix server = child->module == NO_IX ? NO_IX : m->modules.items[child->module].server;
        if (parent == NO_IX || server == NO_IX || !model_filter_has(m, filter, parent) ||
            !model_filter_has(m, filter, server))
            continue;
        buf_printf(out, "  s%u -> s%u [color=gray, arrowhead=%s];\n", parent, server,
                   child->is_dynamic ? "odot" : "dot");
    }
}

void model_print_dot(const model *m, const model_filter *filter, buf *out)
{
    buf_add_c(out, "digraph model {\n"
                   "  // Solid: waits. Dashed: does not wait. Gray: supervises.\n"
                   "  node [shape=box, fontname=\"sans-serif\"];\n"
                   "  edge [fontname=\"sans-serif\", fontsize=10];\n");
    for (server_ix i = 0; i < m->servers.count; i++) {
        if (!model_filter_has(m, filter, i)) continue;
        uint8_t kind = m->servers.items[i].kind;
        bool supervises = kind == SERVER_SUPERVISOR || kind == SERVER_DYNAMIC_SUPERVISOR;
        buf_printf(out, "  s%u [label=", i);
        quote(server_name(m, i), out);
        buf_printf(out, "%s];\n", supervises ? ", style=rounded" : "");
    }
    dot_messages(m, filter, out);
    dot_supervision(m, filter, out);
    buf_add_c(out, "}\n");
}
