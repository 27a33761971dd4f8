/* Names: from symbols to modules, functions, attributes and records; reading helpers. */
#include "base/base.h"
#include "model/internal.h"

enum { STRIP_MAX = 8 };

void model_index_build(model *m)
{
    struct model_index *x = m->index;
    struct {
        sym *to;
        const char *text;
    } const known[] = {{&x->s_nil, "nil"},
                       {&x->s_undefined, "undefined"},
                       {&x->s_true, "true"},
                       {&x->s_false, "false"},
                       {&x->s_ok, "ok"},
                       {&x->s_error, "error"},
                       {&x->s_noreply, "noreply"},
                       {&x->s_reply, "reply"},
                       {&x->s_stop, "stop"},
                       {&x->s_self, "self"},
                       {&x->s_infinity, "infinity"},
                       {&x->s_name, "name"},
                       {&x->s_underscore, "_"},
                       {&x->s_module, "__MODULE__"},
                       {&x->s_erlang, "erlang"},
                       {&x->s_kernel, "Kernel"},
                       {&x->s_via, "via"},
                       {&x->s_global, "global"},
                       {&x->s_local, "local"},
                       {&x->s_ignore, "ignore"},
                       {&x->s_from, "from"},
                       {&x->s_do, "do"}};
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        *known[i].to = sym_add(&m->symbols, sv_from(known[i].text));
    for (module_ix i = 0; i < m->modules.count; i++) {
        const model_module *mod = &m->modules.items[i];
        map64 *table = mod->kind == MODULE_USING ? &x->usings : &x->modules;
        if (mod->kind == MODULE_HEADER || mod->kind == MODULE_SCRIPT || !mod->name) continue;
        uint32_t held = i;
        /* The same module twice (a test double, a copy under deps): production code wins. */
        if (!map64_add(table, mod->name, &held) && m->modules.items[held].is_test && !mod->is_test)
            map64_set(table, mod->name, i);
    }
}

/* Exported functions of modules that implement a behaviour defined in the snapshot. */
static void index_dispatch(model *m)
{
    struct model_index *x = m->index;
    for (uint32_t i = m->functions.count; i-- > 0;) {
        const model_function *f = &m->functions.items[i];
        if (!f->exported || f->inherited || m->modules.items[f->module].is_test) continue;
        if (!map64_get(&x->implements, f->module, 0)) continue;
        uint64_t key = pair64(f->name, f->arity);
        vec_push(&x->dispatch_rows,
                 (dispatch_row){.function = i, .next = map64_get(&x->dispatch, key, NO_IX)});
        map64_set(&x->dispatch, key, x->dispatch_rows.count - 1);
    }
}

static int import_order(const void *left, const void *right)
{
    const fact_import *a = left, *b = right;
    if (a->module != b->module) return a->module < b->module ? -1 : 1;
    if (a->line != b->line) return a->line < b->line ? -1 : 1;
    return a->target < b->target ? -1 : a->target > b->target;
}

void model_index_functions(model *m)
{
    struct model_index *x = m->index;
    for (function_ix i = 0; i < m->functions.count; i++) {
        const model_function *f = &m->functions.items[i];
        for (uint32_t arity = f->arity - f->default_count; arity <= f->arity; arity++) {
            uint32_t held = i;
            uint64_t key = key3(f->module, f->name, arity);
            /* A clause set for tests stands beside the ordinary one: that one counts. */
            if (!map64_add(&x->functions, key, &held) && m->functions.items[held].is_test &&
                !f->is_test)
                map64_set(&x->functions, key, i);
        }
    }
    for (uint32_t i = 0; i < m->attributes.count; i++) {
        const model_attribute *a = &m->attributes.items[i];
        map64_set(&x->attributes, pair64(a->module, a->name), i);
    }
    for (uint32_t i = 0; i < m->records.count; i++) {
        uint32_t held = i;
        map64_add(&x->records, pair64(m->records.items[i].module, m->records.items[i].name), &held);
    }
    for (uint32_t i = 0; i < m->behaviours.count; i++) {
        uint32_t held = i;
        const model_behaviour *b = &m->behaviours.items[i];
        map64_add(&x->behaviours, pair64(b->module, b->name), &held);
        if (model_module_named(m, b->name) != NO_IX) map64_set(&x->implements, b->module, 1);
    }
    index_dispatch(m);
    if (m->imports.count)
        qsort(m->imports.items, m->imports.count, sizeof(fact_import), import_order);
    for (uint32_t module = 0, row = 0; module <= m->modules.count; module++) {
        while (row < m->imports.count && m->imports.items[row].module < module) row++;
        vec_push(&x->import_first, row);
    }
}

void model_release(model *m)
{
    sym_table_release(&m->symbols);
    vec_release(&m->nodes);
    vec_release(&m->kids);
    vec_release(&m->files);
    vec_release(&m->modules);
    vec_release(&m->functions);
    vec_release(&m->clauses);
    vec_release(&m->attributes);
    vec_release(&m->behaviours);
    vec_release(&m->records);
    vec_release(&m->fields);
    vec_release(&m->docs);
    vec_release(&m->ignores);
    vec_release(&m->imports);
    vec_release(&m->terms);
    vec_release(&m->ops);
    vec_release(&m->servers);
    vec_release(&m->callbacks);
    vec_release(&m->effects);
    vec_release(&m->effect_args);
    vec_release(&m->returns);
    vec_release(&m->frames);
    vec_release(&m->edges);
    vec_release(&m->vals);
    vec_release(&m->val_kids);
    vec_release(&m->supervisors);
    vec_release(&m->children);
    vec_release(&m->field_uses);
    vec_release(&m->states);
    vec_release(&m->transitions);
    vec_release(&m->orders);
    if (m->index) {
        map64_release(&m->index->modules);
        map64_release(&m->index->usings);
        map64_release(&m->index->functions);
        map64_release(&m->index->attributes);
        map64_release(&m->index->records);
        map64_release(&m->index->registered);
        map64_release(&m->index->behaviours);
        map64_release(&m->index->call_tags);
        map64_release(&m->index->keys);
        map64_release(&m->index->implements);
        map64_release(&m->index->dispatch);
        vec_release(&m->index->dispatch_rows);
        vec_release(&m->index->op_of_node);
        vec_release(&m->index->import_first);
        free(m->index);
    }
    *m = (model){0};
}

sym model_sym(const model *m, const char *text)
{
    return sym_find(&m->symbols, sv_from(text));
}

module_ix model_module_named(const model *m, sym name)
{
    return name ? map64_get(&m->index->modules, name, NO_IX) : NO_IX;
}

function_ix model_function_of(const model *m, module_ix module, sym name, uint32_t arity)
{
    if (module == NO_IX || !name) return NO_IX;
    function_ix found = map64_get(&m->index->functions, key3(module, name, arity), NO_IX);
    if (found == NO_IX) return NO_IX;
    const model_function *f = &m->functions.items[found];
    return f->module == module && f->name == name ? found : NO_IX;
}

server_ix model_server_named(const model *m, sym registered)
{
    return registered ? map64_get(&m->index->registered, registered, NO_IX) : NO_IX;
}

node_ix model_attribute_of(const model *m, module_ix module, sym name)
{
    if (module == NO_IX) return 0;
    uint32_t row = map64_get(&m->index->attributes, pair64(module, name), NO_IX);
    return row == NO_IX ? 0 : m->attributes.items[row].value;
}

bool model_has_behaviour(const model *m, module_ix module, const char *name)
{
    sym wanted = model_sym(m, name);
    return wanted && map64_get(&m->index->behaviours, pair64(module, wanted), NO_IX) != NO_IX;
}

uint32_t model_record_of(const model *m, module_ix module, sym name)
{
    return map64_get(&m->index->records, pair64(module, name), NO_IX);
}

/* The innermost module of a node's file around its line: attributes are looked up there. */
static module_ix module_around(const model *m, node_ix node)
{
    const fact_node *at = model_node(m, node);
    if (!at->reserved) return NO_IX;
    const model_file *file = &m->files.items[at->reserved - 1];
    module_ix best = NO_IX;
    for (uint32_t i = 0; i < file->module_count; i++) {
        module_ix candidate = file->module_first + i;
        const model_module *mod = &m->modules.items[candidate];
        if (mod->line > at->line || at->line > mod->end_line) continue;
        if (best == NO_IX || mod->line >= m->modules.items[best].line) best = candidate;
    }
    return best;
}

node_ix model_strip(const model *m, node_ix node)
{
    for (int i = 0; i < STRIP_MAX && node; i++) {
        const fact_node *at = model_node(m, node);
        node_ix inner = 0;
        if (at->kind == NODE_MACRO) {
            inner = model_kid(m, node, 0);
        } else if (at->kind == NODE_ATTR) {
            inner = model_attribute_of(m, module_around(m, node), at->name);
        } else if (at->kind == NODE_BLOCK && at->kid_count == 1) {
            inner = model_kid(m, node, 0);
        }
        if (!inner) break;
        node = inner;
    }
    return node;
}

bool model_is_atom(const model *m, node_ix node, const char *text)
{
    const fact_node *at = model_node(m, model_strip(m, node));
    return at->kind == NODE_ATOM && sv_eq_c(model_text(m, at->name), text);
}

static uint32_t first_arg(const fact_node *call)
{
    switch (call->kind) {
    case NODE_CALL_REMOTE:
    case NODE_CALL_FUN: return 1;
    case NODE_CALL_DYNAMIC: return 2;
    default: return 0;
    }
}

uint32_t model_arg_count(const model *m, node_ix call)
{
    const fact_node *at = model_node(m, call);
    uint32_t first = first_arg(at);
    return at->kid_count > first ? at->kid_count - first : 0;
}

node_ix model_arg(const model *m, node_ix call, uint32_t n)
{
    return model_kid(m, call, first_arg(model_node(m, call)) + n);
}

node_ix model_option(const model *m, node_ix list, const char *key)
{
    list = model_strip(m, list);
    const fact_node *at = model_node(m, list);
    if (at->kind == NODE_MAP || at->kind == NODE_STRUCT || at->kind == NODE_RECORD ||
        at->kind == NODE_MAP_UPDATE || at->kind == NODE_STRUCT_UPDATE ||
        at->kind == NODE_RECORD_UPDATE) {
        bool update = at->kind == NODE_MAP_UPDATE || at->kind == NODE_STRUCT_UPDATE ||
                      at->kind == NODE_RECORD_UPDATE;
        for (uint32_t i = update; i + 1 < at->kid_count; i += 2)
            if (model_is_atom(m, model_kid(m, list, i), key)) return model_kid(m, list, i + 1);
        return 0;
    }
    if (at->kind != NODE_LIST) return 0;
    for (uint32_t i = 0; i < at->kid_count; i++) {
        node_ix pair = model_strip(m, model_kid(m, list, i));
        if (model_node(m, pair)->kind == NODE_TUPLE && model_kid_count(m, pair) == 2 &&
            model_is_atom(m, model_kid(m, pair, 0), key))
            return model_kid(m, pair, 1);
    }
    return 0;
}

sym model_atom_in(const model *m, module_ix in, node_ix atom)
{
    const fact_node *at = model_node(m, atom);
    if (at->kind != NODE_ATOM) return 0;
    if ((at->flags & NODE_FLAG_SELF) && in != NO_IX) {
        /* Within a quote, __MODULE__ is the user's; elsewhere both names are the same. */
        sym own = m->modules.items[in].name;
        module_ix written = model_module_named(m, at->name);
        if (written == NO_IX || written == in) return at->name;
        return own;
    }
    return at->name;
}

/* ---- calls --------------------------------------------------------------------------------- */

static bool list_names(const model *m, node_ix list, sym name, uint32_t arity)
{
    list = model_strip(m, list);
    for (uint32_t i = 0; i < model_kid_count(m, list); i++) {
        node_ix pair = model_kid(m, list, i);
        const fact_node *key = model_node(m, model_kid(m, pair, 0));
        const fact_node *value = model_node(m, model_kid(m, pair, 1));
        if (key->kind != NODE_ATOM || key->name != name) continue;
        int64_t number;
        if (value->kind != NODE_INT || !sv_to_i64(model_text(m, value->name), &number) ||
            number == arity)
            return true;
    }
    return false;
}

static function_ix imported(const model *m, module_ix module, sym name, uint32_t arity,
                            sym *foreign)
{
    *foreign = 0;
    if (module + 1 >= m->index->import_first.count) return NO_IX;
    for (uint32_t i = m->index->import_first.items[module];
         i < m->index->import_first.items[module + 1]; i++) {
        const fact_import *row = &m->imports.items[i];
        if (row->except && list_names(m, row->except, name, arity)) continue;
        bool listed = row->only && list_names(m, row->only, name, arity);
        if (row->only && !listed && model_node(m, row->only)->kind == NODE_LIST) continue;
        module_ix target = model_module_named(m, row->target);
        function_ix found = model_function_of(m, target, name, arity);
        if (found != NO_IX && m->functions.items[found].exported) return found;
        if (target == NO_IX && listed) *foreign = row->target;
        if (target == NO_IX && !*foreign &&
            api_find(model_text(m, row->target), model_text(m, name), arity) != NO_IX)
            *foreign = row->target;
    }
    return NO_IX;
}

function_ix model_call_target(const model *m, function_ix in, node_ix call)
{
    const fact_node *at = model_node(m, call);
    module_ix module = in == NO_IX ? module_around(m, call) : m->functions.items[in].module;
    uint32_t arity = model_arg_count(m, call);
    if (at->kind == NODE_CALL) {
        if (module == NO_IX) return NO_IX;
        function_ix found = model_function_of(m, module, at->name, arity);
        sym foreign;
        return found != NO_IX ? found : imported(m, module, at->name, arity, &foreign);
    }
    if (at->kind == NODE_FUN_REF) {
        node_ix count = model_kid(m, call, 1);
        int64_t number = 0;
        if (!sv_to_i64(model_text(m, model_node(m, count)->name), &number) || number < 0)
            return NO_IX;
        if (!model_kid(m, call, 0)) {
            sym foreign;
            function_ix found = model_function_of(m, module, at->name, (uint32_t)number);
            return found != NO_IX || module == NO_IX
                       ? found
                       : imported(m, module, at->name, (uint32_t)number, &foreign);
        }
        arity = (uint32_t)number;
    } else if (at->kind != NODE_CALL_REMOTE) {
        return NO_IX;
    }
    node_ix target = model_strip(m, model_kid(m, call, 0));
    sym name = model_atom_in(m, module, target);
    module_ix remote = model_module_named(m, name);
    if (remote != NO_IX && remote != module) {
        api_ix api = api_find(model_text(m, name), model_text(m, at->name), arity);
        if (api != NO_IX && api_is_standard(api_get(api))) return NO_IX;
    }
    /* `__MODULE__.f()` of a module that is its own: private functions do not matter here. */
    return model_function_of(m, remote, at->name, arity);
}

/* A function that `use` of a library brings into a module of the snapshot: MyApp.Presence.list/1 is
 * Phoenix.Presence.list/1. */
static api_ix brought_in(const model *m, sym module, sv name, uint32_t arity)
{
    static const struct {
        const char *used, *rows;
    } libraries[] = {{"Ecto.Repo", "Repo"},
                     {"Phoenix.Presence", "Phoenix.Presence"},
                     {"HTTPoison.Base", "HTTPoison"}};
    module_ix at = model_module_named(m, module);
    if (at == NO_IX) return NO_IX;
    for (size_t i = 0; i < ARRAY_LEN(libraries); i++)
        if (model_has_behaviour(m, at, libraries[i].used))
            return api_find(sv_from(libraries[i].rows), name, arity);
    return NO_IX;
}

api_ix model_call_api(const model *m, function_ix in, node_ix call)
{
    const fact_node *at = model_node(m, call);
    sv name = model_text(m, at->name);
    if (at->kind == NODE_CALL) {
        module_ix module = in == NO_IX ? module_around(m, call) : m->functions.items[in].module;
        uint32_t arity = model_arg_count(m, call);
        sym foreign = 0;
        if (module != NO_IX) imported(m, module, at->name, arity, &foreign);
        if (foreign) {
            api_ix row = api_find(model_text(m, foreign), name, arity);
            if (row != NO_IX) return row;
        }
        return api_find(SV(""), name, arity);
    }
    if (at->kind != NODE_CALL_REMOTE) return NO_IX;
    node_ix target = model_strip(m, model_kid(m, call, 0));
    if (model_node(m, target)->kind != NODE_ATOM) return NO_IX;
    uint32_t arity = model_arg_count(m, call);
    sym module = model_node(m, target)->name;
    api_ix row = api_find(model_text(m, module), name, arity);
    return row != NO_IX ? row : brought_in(m, module, name, arity);
}

/* ---- places and labels ---------------------------------------------------------------------- */

place model_place(const model *m, node_ix node)
{
    const fact_node *at = model_node(m, node);
    if (!at->reserved) return (place){.path = SV("")};
    file_ix file = at->reserved - 1;
    return (place){.path = model_text(m, m->files.items[file].path),
                   .file = file,
                   .line = at->line,
                   .col = at->col,
                   .end_line = MAX(at->end_line, at->line)};
}

place model_function_place(const model *m, function_ix function)
{
    const model_function *f = &m->functions.items[function];
    return (place){.path = model_text(m, m->files.items[f->file].path),
                   .file = f->file,
                   .line = f->line,
                   .col = 1,
                   .end_line = MAX(f->end_line, f->line)};
}

const char *model_function_label(const model *m, function_ix function, arena *a)
{
    const model_function *f = &m->functions.items[function];
    sv module = model_text(m, m->modules.items[f->module].name), name = model_text(m, f->name);
    bool erlang = m->files.items[f->file].lang == LANG_ERLANG;
    return arena_printf(a, "%.*s%c%.*s/%u", SV_FMT(module), erlang ? ':' : '.', SV_FMT(name),
                        f->arity);
}

void model_visit(const model *m, node_ix node,
                 bool (*visit)(const model *m, node_ix node, void *payload), void *payload)
{
    if (!node || !visit(m, node, payload)) return;
    uint32_t count = model_kid_count(m, node);
    for (uint32_t i = 0; i < count; i++) model_visit(m, model_kid(m, node, i), visit, payload);
}
