/* Supervision trees as started: which supervisors there are, their children in order, which child
 * is itself a supervisor. */
#include "base/base.h"
#include "model/internal.h"
#include "model/supervision.h"

enum { CHAIN_MAX = 32, ROOT_DEPTH_MAX = 6 };

void supervisor_remember(supervision *b, supervisor_ix s)
{
    const model_supervisor *row = &b->m->supervisors.items[s];
    uint32_t held = s;
    if (row->registered) map64_add(&b->by_name, row->registered, &held);
}

/* ---- supervisors that stand in the source as a call ------------------------------------------ */

static bool is_dynamic_behaviour(const char *behaviour)
{
    return !strcmp(behaviour, "DynamicSupervisor") || !strcmp(behaviour, "Task.Supervisor") ||
           !strcmp(behaviour, "Horde.DynamicSupervisor");
}

supervisor_ix supervisor_inline(supervision *b, thunk at, const char *behaviour, thunk children,
                                thunk options)
{
    model_supervisor row = {.node = at.node,
                            .function = eval_function(&b->e, at),
                            .module = eval_module(&b->e, &at),
                            .server = NO_IX,
                            .parent = NO_IX,
                            .children_complete = true};
    flags_of_options(b, options, &row);
    if (!row.strategy_stated) row.strategy = STRATEGY_ONE_FOR_ONE;
    row.dynamic = is_dynamic_behaviour(behaviour);
    row.partition = !strcmp(behaviour, "PartitionSupervisor");
    thunk value;
    if (options.node && eval_option(&b->e, options, "name", &value) == OPTION_FOUND)
        row.registered = eval_atom(&b->e, value);
    if (row.partition && options.node &&
        eval_option(&b->e, options, "child_spec", &value) == OPTION_FOUND)
        children = value;
    supervisor_ix s = b->m->supervisors.count;
    /* The same specification on two ways is one supervisor. */
    uint32_t held = s;
    uint64_t key = hash64_mix(pair64(row.node, row.registered) ^ hash64(sv_from(behaviour)));
    if (!map64_add(&b->inline_seen, key, &held)) return held;
    vec_push(&b->m->supervisors, row);
    supervisor_remember(b, s);
    pending_children todo = {s, children, row.partition};
    vec_push(&b->pending, todo);
    return s;
}

static bool is_module_start(supervision *b, thunk first)
{
    thunk one = eval_one(&b->e, first);
    return model_node(b->m, one.node)->kind == NODE_ATOM && !model_is_atom(b->m, one.node, "nil");
}

/* Supervisor.start_link(children, options) and the like, wherever they stand. */
static void scan_inline(supervision *b, const model_op *op)
{
    static const struct {
        const char *module;
        int arity;
        bool children;
    } rows[] = {{"Supervisor", 2, true},           {"DynamicSupervisor", 1, false},
                {"Task.Supervisor", 1, false},     {"Task.Supervisor", 0, false},
                {"PartitionSupervisor", 1, false}, {"Horde.DynamicSupervisor", 1, false}};
    const model *m = b->m;
    if (op->clause == NO_IX || model_node(m, op->node)->kind != NODE_CALL_REMOTE) return;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!eval_is_call(m, op->node, rows[i].module, "start_link", rows[i].arity)) continue;
        eval_begin(&b->e);
        thunk call = {op->node, eval_scope_of(&b->e, op->clause), 0};
        thunk first = rows[i].arity ? eval_arg(&b->e, call, 0) : (thunk){0};
        thunk second = rows[i].children ? eval_arg(&b->e, call, 1) : first, value;
        if (rows[i].children && (is_module_start(b, first) ||
                                 eval_option(&b->e, second, "strategy", &value) == OPTION_ABSENT))
            return;
        supervisor_ix s = supervisor_inline(b, call, rows[i].module,
                                            rows[i].children ? first : (thunk){0}, second);
        const model_function *f = &m->functions.items[op->function];
        sv name = model_text(m, f->name);
        uint32_t held = s;
        /* What the module's own start function starts is what a child of this module is. */
        if (sv_starts(name, SV("start")) || sv_eq_c(name, "init"))
            map64_add(&b->by_module, f->module, &held);
        return;
    }
}

/* ---- children -------------------------------------------------------------------------------- */

/* Reading children may find further inline supervisors, which go to the end of the queue. */
static void read_children(supervision *b)
{
    for (uint32_t i = 0; i < b->pending.count && i < 100000; i++) {
        pending_children todo = b->pending.items[i];
        if (!todo.children.node) continue;
        eval_begin(&b->e);
        bool complete = true;
        if (todo.partition) {
            todo.children.flags |= EVAL_REPEATED;
            complete = spec_read(b, todo.children, todo.supervisor, false);
        } else {
            thunks items = {0};
            eval_items(&b->e, todo.children, &items);
            for (uint32_t k = 0; k < items.count; k++)
                complete &= spec_read(b, items.items[k], todo.supervisor, false);
            vec_release(&items);
        }
        if (!complete) b->m->supervisors.items[todo.supervisor].children_complete = false;
    }
    b->pending.count = 0;
}

/* The supervisor that an expression names: registered name, module, or a partition of one. */
static supervisor_ix named(supervision *b, thunk t)
{
    sym name = eval_atom(&b->e, t);
    if (!name) {
        thunk via = eval_one(&b->e, t);
        if (model_node(b->m, via.node)->kind != NODE_TUPLE ||
            model_kid_count(b->m, via.node) != 3 ||
            !eval_is_atom(&b->e, eval_kid(&b->e, via, 1), "PartitionSupervisor"))
            return NO_IX;
        thunk key = eval_one(&b->e, eval_kid(&b->e, via, 2));
        if (model_node(b->m, key.node)->kind != NODE_TUPLE) return NO_IX;
        name = eval_atom(&b->e, eval_kid(&b->e, key, 0));
        supervisor_ix outer = name ? map64_get(&b->by_name, name, NO_IX) : NO_IX;
        for (uint32_t i = 0; outer != NO_IX && i < b->drafts.count; i++)
            if (b->drafts.items[i].row.supervisor == outer) {
                const model_child *child = &b->drafts.items[i].row;
                return child->as_supervisor != NO_IX ? child->as_supervisor
                                                     : supervisor_of_module(b, child->module);
            }
        return outer;
    }
    supervisor_ix s = map64_get(&b->by_name, name, NO_IX);
    return s != NO_IX ? s : supervisor_of_module(b, model_module_named(b->m, name));
}

static void scan_start_child(supervision *b, const model_op *op)
{
    const model *m = b->m;
    if (op->clause == NO_IX || model_node(m, op->node)->kind != NODE_CALL_REMOTE ||
        !sv_eq_c(model_text(m, model_node(m, op->node)->name), "start_child") ||
        model_arg_count(m, op->node) != 2)
        return;
    sv module = model_text(m, model_node(m, model_kid(m, op->node, 0))->name);
    if (!sv_has(module, SV("upervisor")) || sv_eq_c(module, "Task.Supervisor")) return;
    eval_begin(&b->e);
    thunk call = {op->node, eval_scope_of(&b->e, op->clause), 0};
    supervisor_ix s = named(b, eval_arg(&b->e, call, 0));
    if (s == NO_IX || m->supervisors.items[s].strategy == STRATEGY_SIMPLE_ONE_FOR_ONE) return;
    uint32_t before = b->drafts.count;
    spec_read(b, eval_arg(&b->e, call, 1), s, true);
    for (uint32_t i = before; i < b->drafts.count; i++) {
        model_child *row = &b->drafts.items[i].row;
        if (row->supervisor != s) continue;
        /* The place of a dynamic child is the site that starts it, unless the specification
         * stands in the same function. */
        if (model_node(m, row->node)->reserved != model_node(m, op->node)->reserved)
            row->node = op->node;
    }
}

/* ---- putting it in order --------------------------------------------------------------------- */

typedef struct {
    const model *m;
    const model_supervisor *rows;
} sort_context;

static int place_order(const model *m, node_ix left, node_ix right)
{
    const fact_node *a = model_node(m, left), *b = model_node(m, right);
    if (a->reserved != b->reserved) return a->reserved < b->reserved ? -1 : 1;
    if (a->line != b->line) return a->line < b->line ? -1 : 1;
    return a->col < b->col ? -1 : a->col > b->col;
}

static int supervisor_order(const void *left, const void *right, void *payload)
{
    const sort_context *c = payload;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    int order = place_order(c->m, c->rows[a].node, c->rows[b].node);
    return order ? order : a < b ? -1 : a > b;
}

static int draft_order(const void *left, const void *right, void *payload)
{
    const child_draft *drafts = payload;
    uint32_t x = *(const uint32_t *)left, y = *(const uint32_t *)right;
    const model_child *a = &drafts[x].row, *b = &drafts[y].row;
    if (a->supervisor != b->supervisor) return a->supervisor < b->supervisor ? -1 : 1;
    return x < y ? -1 : x > y;
}

static uint32_t *identity_order(uint32_t count)
{
    uint32_t *order = base_calloc(count + 1, sizeof *order);
    for (uint32_t i = 0; i < count; i++) order[i] = i;
    return order;
}

/* Supervisors in source order; drafts and maps follow. */
static void sort_supervisors(supervision *b)
{
    model *m = b->m;
    uint32_t count = m->supervisors.count;
    uint32_t *order = identity_order(count);
    uint32_t *moved = base_calloc(count + 1, sizeof *moved);
    model_supervisor *old = base_calloc(count + 1, sizeof *old);
    if (count) memcpy(old, m->supervisors.items, count * sizeof *old);
    sort_context context = {m, old};
    qsort_r(order, count, sizeof *order, supervisor_order, &context);
    for (uint32_t i = 0; i < count; i++) {
        m->supervisors.items[i] = old[order[i]];
        moved[order[i]] = i;
    }
    for (vec_each(&b->drafts, d)) {
        d->row.supervisor = moved[d->row.supervisor];
        if (d->row.as_supervisor != NO_IX) d->row.as_supervisor = moved[d->row.as_supervisor];
    }
    map64 by_module = {0};
    for (module_ix i = 0; i < m->modules.count; i++) {
        supervisor_ix s = supervisor_of_module(b, i);
        if (s != NO_IX) map64_set(&by_module, i, moved[s]);
    }
    map64_release(&b->by_module);
    b->by_module = by_module;
    free(order);
    free(moved);
    free(old);
}

static void lay_out_children(supervision *b)
{
    model *m = b->m;
    uint32_t *order = identity_order(b->drafts.count);
    qsort_r(order, b->drafts.count, sizeof *order, draft_order, b->drafts.items);
    for (uint32_t i = 0; i < b->drafts.count; i++) {
        model_child row = b->drafts.items[order[i]].row;
        model_supervisor *s = &m->supervisors.items[row.supervisor];
        if (!s->child_count) s->child_first = m->children.count;
        row.position = s->child_count++;
        if (row.as_supervisor == row.supervisor) row.as_supervisor = NO_IX;
        if (row.as_supervisor != NO_IX) {
            model_supervisor *below = &m->supervisors.items[row.as_supervisor];
            if (below->parent == NO_IX) below->parent = row.supervisor;
            if (!row.registered) row.registered = below->registered;
        }
        vec_push(&m->children, row);
    }
    free(order);
}

/* A server that starts a supervisor from one of its callbacks stands between the two. */
static void adopt_orphans(model *m)
{
    map64 child_of = {0};
    for (child_ix i = 0; i < m->children.count; i++) {
        uint32_t held = i;
        if (m->children.items[i].module != NO_IX)
            map64_add(&child_of, m->children.items[i].module, &held);
    }
    for (supervisor_ix s = 0; s < m->supervisors.count; s++) {
        model_supervisor *row = &m->supervisors.items[s];
        if (row->parent != NO_IX || row->server != NO_IX || row->module == NO_IX) continue;
        if (model_node(m, row->node)->kind != NODE_CALL_REMOTE) continue;
        child_ix c = map64_get(&child_of, row->module, NO_IX);
        if (c != NO_IX && m->children.items[c].supervisor != s)
            row->parent = m->children.items[c].supervisor;
    }
    map64_release(&child_of);
}

/* A hostile or odd program may start supervisors in a ring: cut it. */
static void cut_rings(model *m)
{
    for (supervisor_ix s = 0; s < m->supervisors.count; s++) {
        supervisor_ix at = m->supervisors.items[s].parent;
        uint32_t steps = 0;
        while (at != NO_IX && at != s && steps++ < CHAIN_MAX) at = m->supervisors.items[at].parent;
        if (at != NO_IX) m->supervisors.items[s].parent = NO_IX;
    }
}

/* ---- roots ----------------------------------------------------------------------------------- */

typedef struct {
    supervision *b;
    map64 seen;
    uint32_t mark;
} root_walk;

static void mark_roots(root_walk *w, function_ix function, uint32_t depth)
{
    model *m = w->b->m;
    uint32_t held = 1;
    if (!map64_add(&w->seen, function, &held) || depth > ROOT_DEPTH_MAX) return;
    const model_function *f = &m->functions.items[function];
    for (supervisor_ix s = 0; s < m->supervisors.count; s++) {
        model_supervisor *row = &m->supervisors.items[s];
        if (row->function == function && row->server == NO_IX && row->parent == NO_IX &&
            model_node(m, row->node)->kind == NODE_CALL_REMOTE)
            row->is_root = true;
    }
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (op->kind == OP_FUNCTION) {
            if (sv_starts(model_text(m, m->functions.items[op->target].name), SV("start")) ||
                m->functions.items[op->target].module == f->module)
                mark_roots(w, op->target, depth + 1);
            continue;
        }
        const fact_node *at = model_node(m, op->node);
        if (at->kind != NODE_CALL_REMOTE || op->clause == NO_IX ||
            !sv_starts(model_text(m, at->name), SV("start")))
            continue;
        eval_begin(&w->b->e);
        thunk call = {op->node, eval_scope_of(&w->b->e, op->clause), 0};
        for (uint32_t k = 0; k < 2 && k < model_arg_count(m, op->node); k++) {
            sym name = eval_atom(&w->b->e, eval_arg(&w->b->e, call, k));
            supervisor_ix s = supervisor_of_module(w->b, model_module_named(m, name));
            if (s != NO_IX && m->supervisors.items[s].parent == NO_IX)
                m->supervisors.items[s].is_root = true;
        }
    }
}

static void find_roots(supervision *b)
{
    const model *m = b->m;
    sym start = model_sym(m, "start");
    root_walk w = {.b = b};
    for (module_ix i = 0; i < m->modules.count; i++) {
        if (!model_has_behaviour(m, i, "Application") && !model_has_behaviour(m, i, "application"))
            continue;
        function_ix f = model_function_of(m, i, start, 2);
        if (f != NO_IX) mark_roots(&w, f, 0);
    }
    map64_release(&w.seen);
}

/* ---- what children tell about servers ---------------------------------------------------------
 */

static bool many_of(const model *m, supervisor_ix s)
{
    for (uint32_t steps = 0; s != NO_IX && steps < CHAIN_MAX; steps++) {
        const model_supervisor *row = &m->supervisors.items[s];
        if (row->parent == NO_IX) return false;
        const model_supervisor *parent = &m->supervisors.items[row->parent];
        for (uint32_t i = 0; i < parent->child_count; i++) {
            const model_child *c = &m->children.items[parent->child_first + i];
            if (c->as_supervisor == s && (c->is_dynamic || c->repeated)) return true;
        }
        s = row->parent;
    }
    return false;
}

static void tell_servers(model *m)
{
    uint32_t *seen = base_calloc(m->servers.count + 1, sizeof *seen);
    bool *many_under = base_calloc(m->supervisors.count + 1, sizeof *many_under);
    for (supervisor_ix s = 0; s < m->supervisors.count; s++) many_under[s] = many_of(m, s);
    for (vec_each(&m->children, c)) {
        if (c->module == NO_IX) continue;
        server_ix server = m->modules.items[c->module].server;
        if (server == NO_IX || m->modules.items[m->supervisors.items[c->supervisor].module].is_test)
            continue;
        model_server *row = &m->servers.items[server];
        row->supervised = true;
        bool many = c->is_dynamic || c->repeated || many_under[c->supervisor];
        if (many && !row->registered) row->instances = INSTANCES_MANY;
        seen[server]++;
        if (!many && row->instances == INSTANCES_UNKNOWN) row->instances = INSTANCES_ONE;
        if (!many && seen[server] > 1 && row->instances == INSTANCES_ONE && !row->registered)
            row->instances = INSTANCES_FEW;
        if (!many && !row->registered && c->registered && seen[server] == 1) {
            row->registered = c->registered;
            uint32_t held = server;
            map64_add(&m->index->registered, c->registered, &held);
        }
    }
    free(seen);
    free(many_under);
}

void model_supervision(model *m)
{
    supervision b = {.m = m, .e = {.m = m}};
    bool *is_supervisor = supervisor_modules(m);
    for (module_ix i = 0; i < m->modules.count; i++)
        if (is_supervisor[i]) supervisor_of_init(&b, i);
    free(is_supervisor);
    for (uint32_t i = 0; i < m->ops.count; i++) scan_inline(&b, &m->ops.items[i]);
    supervisor_names(&b);
    read_children(&b);
    for (uint32_t i = 0; i < m->ops.count; i++) scan_start_child(&b, &m->ops.items[i]);
    read_children(&b);
    for (vec_each(&b.drafts, d)) supervisor_resolve(&b, d);
    sort_supervisors(&b);
    lay_out_children(&b);
    find_roots(&b);
    adopt_orphans(m);
    cut_rings(m);
    tell_servers(m);
    vec_release(&b.drafts);
    vec_release(&b.pending);
    map64_release(&b.by_module);
    map64_release(&b.by_name);
    map64_release(&b.inits_of);
    vec_release(&b.inits);
    map64_release(&b.inline_seen);
    eval_release(&b.e);
}

bool model_is_ancestor(const model *m, supervisor_ix ancestor, server_ix server)
{
    for (child_ix c = model_child_of(m, server, 0); c != NO_IX;
         c = model_child_of(m, server, c + 1)) {
        supervisor_ix at = m->children.items[c].supervisor;
        for (uint32_t steps = 0; at != NO_IX && steps < CHAIN_MAX; steps++) {
            if (at == ancestor) return true;
            at = m->supervisors.items[at].parent;
        }
    }
    return false;
}

child_ix model_child_of(const model *m, server_ix server, child_ix start)
{
    if (server == NO_IX) return NO_IX;
    module_ix module = m->servers.items[server].module;
    for (child_ix i = start; i < m->children.count; i++)
        if (m->children.items[i].module == module) return i;
    return NO_IX;
}
