#include "base/base.h"
#include "classifiers/r_tree.h"

enum { CHAIN_MAX = 32 };

static int name_order(const void *left, const void *right)
{
    const tree_name *a = left, *b = right;
    if (a->name != b->name) return a->name < b->name ? -1 : 1;
    return a->child < b->child ? -1 : a->child > b->child;
}

void tree_index_build(const model *m, tree_index *t)
{
    t->supervisor_count = m->supervisors.count;
    t->started_by = base_calloc(m->supervisors.count + 1, sizeof *t->started_by);
    memset(t->started_by, 0xff, (m->supervisors.count + 1) * sizeof *t->started_by);
    for (child_ix i = 0; i < m->children.count; i++) {
        const model_child *c = &m->children.items[i];
        /* The module of a library says nothing: many children are a gen_event or a Registry. */
        sym names[] = {c->module == NO_IX ? 0 : m->modules.items[c->module].name, c->registered};
        for (size_t k = 0; k < ARRAY_LEN(names); k++)
            if (names[k] && (k == 0 || names[k] != names[k - 1]))
                vec_push(&t->names, (tree_name){names[k], i});
        if (c->as_supervisor != NO_IX && t->started_by[c->as_supervisor] == NO_IX &&
            m->supervisors.items[c->as_supervisor].parent == c->supervisor)
            t->started_by[c->as_supervisor] = i;
    }
    /* A server that starts a supervisor by itself: known by its module. */
    for (supervisor_ix s = 0; s < m->supervisors.count; s++) {
        const model_supervisor *row = &m->supervisors.items[s];
        if (t->started_by[s] != NO_IX || row->parent == NO_IX) continue;
        const model_supervisor *up = &m->supervisors.items[row->parent];
        for (uint32_t i = 0; i < up->child_count && t->started_by[s] == NO_IX; i++)
            if (m->children.items[up->child_first + i].module == row->module)
                t->started_by[s] = up->child_first + i;
    }
    if (t->names.count) qsort(t->names.items, t->names.count, sizeof(tree_name), name_order);
}

void tree_index_release(tree_index *t)
{
    vec_release(&t->names);
    free(t->started_by);
    *t = (tree_index){0};
}

void tree_named(const tree_index *t, sym name, uint32_t *first, uint32_t *end)
{
    uint32_t low = 0, high = t->names.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (t->names.items[middle].name < name) low = middle + 1;
        else high = middle;
    }
    *first = *end = low;
    while (name && *end < t->names.count && t->names.items[*end].name == name) ++*end;
}

/* The child and its ancestors as children, nearest first. */
static uint32_t chain_of(const model *m, const tree_index *t, child_ix c, child_ix *chain)
{
    uint32_t count = 0;
    while (c != NO_IX && count < CHAIN_MAX) {
        chain[count++] = c;
        c = t->started_by[m->children.items[c].supervisor];
    }
    return count;
}

bool tree_meet(const model *m, const tree_index *t, child_ix a, child_ix b, supervisor_ix *at,
               child_ix *branch_a, child_ix *branch_b)
{
    child_ix up_a[CHAIN_MAX], up_b[CHAIN_MAX];
    uint32_t count_a = chain_of(m, t, a, up_a), count_b = chain_of(m, t, b, up_b);
    for (uint32_t i = 0; i < count_a; i++)
        for (uint32_t k = 0; k < count_b; k++) {
            supervisor_ix s = m->children.items[up_a[i]].supervisor;
            if (m->children.items[up_b[k]].supervisor != s) continue;
            *at = s;
            *branch_a = up_a[i];
            *branch_b = up_b[k];
            return true;
        }
    return false;
}

bool supervisor_of_tasks(const model *m, supervisor_ix s)
{
    const model_supervisor *row = &m->supervisors.items[s];
    const fact_node *at = model_node(m, row->node);
    if (row->server != NO_IX) return false;
    node_ix head = model_kid(m, row->node, 0);
    if (at->kind == NODE_ATOM) head = row->node;
    if (at->kind == NODE_TUPLE || at->kind == NODE_ATOM || at->kind == NODE_CALL_REMOTE ||
        at->kind == NODE_CALL)
        if (model_is_atom(m, head, "Task.Supervisor")) return true;
    for (uint32_t i = 0; row->parent != NO_IX && i < m->supervisors.items[row->parent].child_count;
         i++) {
        const model_child *c =
            &m->children.items[m->supervisors.items[row->parent].child_first + i];
        if (c->as_supervisor == s && sv_eq_c(model_text(m, c->module_name), "Task.Supervisor"))
            return true;
    }
    return false;
}

bool supervisor_in_test(const model *m, supervisor_ix s)
{
    const fact_node *at = model_node(m, m->supervisors.items[s].node);
    const model_file *file = at->reserved ? &m->files.items[at->reserved - 1] : NULL;
    module_ix module = m->supervisors.items[s].module;
    return !file || file->is_test || (module != NO_IX && m->modules.items[module].is_test);
}

static const char *text_of(classify *c, sym name)
{
    sv text = model_text(c->m, name);
    return arena_strndup(&c->scratch, text.data, text.size);
}

const char *supervisor_label(classify *c, supervisor_ix s)
{
    const model_supervisor *row = &c->m->supervisors.items[s];
    if (row->server == NO_IX && row->registered) return text_of(c, row->registered);
    if (row->module == NO_IX) return "a supervisor";
    const char *module = text_of(c, c->m->modules.items[row->module].name);
    if (row->server != NO_IX) return module;
    return arena_printf(&c->scratch, "the supervisor in %s", module);
}

const char *supervisor_key(classify *c, supervisor_ix s)
{
    const model *m = c->m;
    const model_supervisor *row = &m->supervisors.items[s];
    sv function =
        row->function == NO_IX ? SV("") : model_text(m, m->functions.items[row->function].name);
    sv name = model_text(m, row->registered);
    /* Several unnamed ones of one function are told apart by their order. */
    uint32_t rank = 0;
    for (supervisor_ix i = s; i-- > 0 && m->supervisors.items[i].module == row->module;)
        rank += m->supervisors.items[i].function == row->function && !row->registered;
    return arena_printf(&c->scratch, "supervisor %.*s %.*s %u", SV_FMT(function), SV_FMT(name),
                        rank);
}

const char *child_label(classify *c, const model_child *child)
{
    if (child->module != NO_IX) {
        const char *module = text_of(c, c->m->modules.items[child->module].name);
        sv id = model_text(c->m, child->id);
        if (!child->id || sv_eq_c(id, module)) return module;
        return arena_printf(&c->scratch, "%s (%.*s)", module, SV_FMT(id));
    }
    if (child->module_name && child->registered)
        return arena_printf(&c->scratch, "%s (%s)", text_of(c, child->module_name),
                            text_of(c, child->registered));
    if (child->module_name) return text_of(c, child->module_name);
    return child->id ? text_of(c, child->id) : "a child";
}

server_ix child_server(const model *m, const model_child *child)
{
    return child->module == NO_IX ? NO_IX : m->modules.items[child->module].server;
}

/* ---- effects ---- */

block_class effect_block(const model *m, const model_effect *e)
{
    if (e->kind != API_BLOCKING || e->api == NO_IX) return BLOCK_NONE;
    const api_row *row = api_get(e->api);
    if (api_flag(row, "light") || effect_is_async(m, e)) return BLOCK_NONE;
    /* Caches in memory, and connections that are opened in the background. */
    if (!strcmp(row->module, "Cachex") || !strcmp(row->module, "gun")) return BLOCK_NONE;
    return row->block;
}

bool server_does_io(const model *m, server_ix server, effect_ix *effect)
{
    *effect = NO_IX;
    if (server == NO_IX) return false;
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        for (effect_ix k = cb->effect_first; k < cb->effect_first + cb->effect_count; k++) {
            block_class block = effect_block(m, &m->effects.items[k]);
            if (block != BLOCK_NET && block != BLOCK_DB && block != BLOCK_RPC) continue;
            *effect = k;
            return true;
        }
    }
    return false;
}

bool server_is_many(const model *m, server_ix server)
{
    if (server == NO_IX) return false;
    const model_server *s = &m->servers.items[server];
    return s->instances == INSTANCES_MANY && !s->registered;
}

static bool visit_jitter(const model *m, node_ix node, void *payload)
{
    bool *found = payload;
    const fact_node *at = model_node(m, node);
    if (*found) return false;
    sv name = model_text(m, at->name);
    switch (at->kind) {
    case NODE_CALL_REMOTE: {
        const fact_node *module = model_node(m, model_kid(m, node, 0));
        *found = module->kind == NODE_ATOM && sv_eq_c(model_text(m, module->name), "rand");
        break;
    }
    case NODE_CALL:
    case NODE_VAR:
    case NODE_ATTR:
    case NODE_MACRO:
    case NODE_FIELD: break;
    default: return true;
    }
    static const char *const words[] = {"rand_",   "random",  "jitter", "JITTER",
                                        "uniform", "stagger", "phash"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) *found |= sv_has(name, sv_from(words[i]));
    return !*found;
}

bool clause_has_jitter(const model *m, const model_effect *e)
{
    bool found = false;
    frame_ix frame = e->frame;
    for (uint32_t depth = 0; frame != NO_IX && depth < 3 && !found; depth++) {
        const model_frame *f = &m->frames.items[frame];
        const model_function *fn = &m->functions.items[f->function];
        for (uint32_t i = 0; i < fn->clause_count && !found; i++)
            model_visit(m, m->clauses.items[fn->clause_first + i].body, visit_jitter, &found);
        frame = f->parent;
    }
    return found;
}

/* A table that the runtime drops with its owner: all of it is deleted, or the server made it. */
static bool table_of_its_own(const model *m, const model_effect *e)
{
    sv name = model_text(m, model_node(m, e->node)->name);
    if (sv_eq_c(name, "delete") && e->arg_count == 1) return true;
    if (!sv_has(name, SV("delete")) && !sv_has(name, SV("erase")) && !sv_eq_c(name, "insert"))
        return true;
    const model_server *s = &m->servers.items[m->callbacks.items[e->root].server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        for (effect_ix k = cb->effect_first; k < cb->effect_first + cb->effect_count; k++)
            if (m->effects.items[k].kind == API_ETS_NEW) return true;
    }
    return false;
}

bool effect_cleans_up(const model *m, const model_effect *e, bool *sure)
{
    *sure = true;
    if (!effect_in_process(e)) return false;
    sv name = model_text(m, model_node(m, e->node)->name);
    switch (e->kind) {
    case API_CALL:
    case API_CAST:
    case API_PUBLISH:
    case API_APP_CALL: return true;
    case API_STOP: *sure = false; return true; /* often of a linked process */
    case API_SUP_CALL: return sv_eq_c(name, "terminate_child") || sv_eq_c(name, "delete_child");
    case API_ETS_WRITE: return !table_of_its_own(m, e);
    case API_SEND: *sure = e->id.kind != ID_UNKNOWN; return e->id.kind != ID_SELF;
    case API_BLOCKING: {
        block_class block = effect_block(m, e);
        return block != BLOCK_SLEEP && block != BLOCK_NONE && !sv_has(name, SV("close"));
    }
    default: return false;
    }
}

const char *block_label(block_class block)
{
    static const char *const labels[] = {"nothing",      "a sleep",        "the network",
                                         "a database",   "the disk",       "an external program",
                                         "another node", "another process"};
    return labels[block];
}

/* ---- calls to what is not in the snapshot ---- */

enum { REACH_OPS_MAX = 600 };

typedef struct {
    const model *m;
    map64 seen;
    uint32_t budget;
    reach_path path;
    reach_visit *visit;
    void *payload;
    bool ended;
} reach_search;

static void reach_function(reach_search *r, function_ix function, clause_ix only)
{
    const model *m = r->m;
    const model_function *f = &m->functions.items[function];
    for (uint32_t i = 0; i < f->op_count && !r->ended; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (only != NO_IX && op->clause != only) continue;
        if (op->ctx & (CTX_SPAWNED | CTX_IN_SERVER) || r->budget == 0) continue;
        r->budget--;
        if (op->kind != OP_FUNCTION || op->target == NO_IX) {
            r->ended = !r->visit(m, op, &r->path, r->payload);
            continue;
        }
        uint32_t held = 1;
        if (r->path.depth == REACH_DEPTH_MAX || !map64_add(&r->seen, op->target, &held)) continue;
        r->path.calls[r->path.depth] = op->node;
        r->path.functions[r->path.depth++] = op->target;
        reach_function(r, op->target, NO_IX);
        r->path.depth--;
    }
}

void reach_calls(const model *m, clause_ix clause, reach_visit *visit, void *payload)
{
    if (clause == NO_IX) return;
    reach_search r = {.m = m, .budget = REACH_OPS_MAX, .visit = visit, .payload = payload};
    reach_function(&r, m->clauses.items[clause].function, clause);
    map64_release(&r.seen);
}

void reach_steps(classify *c, const reach_path *path, node_ix end, const char *note)
{
    for (uint32_t i = 0; i < path->depth; i++)
        finding_step_add(c, path->calls[i], "calls %s",
                         model_function_label(c->m, path->functions[i], &c->scratch));
    finding_step_add(c, end, "%s", note);
}

sv call_module(const model *m, node_ix call)
{
    if (model_node(m, call)->kind != NODE_CALL_REMOTE) return SV("");
    const fact_node *at = model_node(m, model_strip(m, model_kid(m, call, 0)));
    return at->kind == NODE_ATOM ? model_text(m, at->name) : SV("");
}
