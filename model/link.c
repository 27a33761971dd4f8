/* Linking, first part: the facts of all files into one node and symbol space. */
#include "base/base.h"
#include "model/internal.h"

enum { USE_DEPTH_MAX = 6 };

static node_ix shift(const link_file *f, node_ix node)
{
    return node ? f->node_base + node : 0;
}

static sym name_of(const link_file *f, sym local)
{
    return f->symbols[local];
}

/* Copies kids [first, first + count) and gives their new position. */
static uint32_t copy_kids(model *m, const link_file *f, uint32_t first, uint32_t count)
{
    uint32_t at = m->kids.count;
    for (uint32_t i = 0; i < count; i++)
        vec_push(&m->kids, shift(f, f->facts->kids.items[first + i]));
    return at;
}

static void copy_nodes(model *m, link_file *f, file_ix file)
{
    const facts *from = f->facts;
    f->node_base = m->nodes.count - 1;
    uint32_t kid_base = m->kids.count;
    for (uint32_t i = 0; i < from->kids.count; i++)
        vec_push(&m->kids, shift(f, from->kids.items[i]));
    for (uint32_t i = 1; i < from->nodes.count; i++) {
        fact_node node = from->nodes.items[i];
        node.name = name_of(f, node.name);
        node.kid_first += kid_base;
        node.reserved = file + 1;
        vec_push(&m->nodes, node);
    }
}

static void copy_symbols(model *m, link_file *f)
{
    const sym_table *from = &f->facts->symbols;
    f->symbols = base_calloc(MAX(from->count, 1u), sizeof(sym));
    for (uint32_t i = 1; i < from->count; i++)
        f->symbols[i] = sym_add(&m->symbols, sym_text(from, i));
}

static void copy_function(model *m, const link_file *f, const fact_function *from, file_ix file,
                          module_ix module)
{
    model_function to = {.module = module,
                         .file = file,
                         .name = name_of(f, from->name),
                         .arity = from->arity,
                         .default_count = from->default_count,
                         .kind = from->kind,
                         .is_test = from->is_test,
                         .is_delegate = from->is_delegate,
                         .is_impl = from->is_impl,
                         .exported = from->kind == FUNCTION_PUBLIC &&
                                     m->files.items[file].lang == LANG_ELIXIR,
                         .clause_first = m->clauses.count,
                         .clause_count = from->clause_count,
                         .line = from->line,
                         .end_line = from->end_line};
    for (uint32_t i = 0; i < from->clause_count; i++) {
        const fact_clause *c = &f->facts->clauses.items[from->clause_first + i];
        model_clause clause = {.function = m->functions.count,
                               .param_first = copy_kids(m, f, c->param_first, from->arity),
                               .guard = shift(f, c->guard),
                               .body = shift(f, c->body),
                               .line = c->line,
                               .end_line = c->end_line,
                               .conditional = c->conditional};
        vec_push(&m->clauses, clause);
    }
    vec_push(&m->functions, to);
}

static void copy_module(model *m, link_file *f, file_ix file, uint32_t local,
                        const uint32_t *function_of)
{
    const facts *from = f->facts;
    const fact_module *mod = &from->modules.items[local];
    module_ix module = m->modules.count;
    f->modules[local] = module;
    vec_push(&m->modules, (model_module){.name = name_of(f, mod->name),
                                         .file = file,
                                         .kind = mod->kind,
                                         .is_test = mod->is_test || m->files.items[file].is_test,
                                         .line = mod->line,
                                         .end_line = mod->end_line,
                                         .function_first = m->functions.count,
                                         .server = NO_IX});
    for (uint32_t i = 0; i < from->functions.count; i++)
        if (function_of[i] == local) copy_function(m, f, &from->functions.items[i], file, module);
    m->modules.items[module].function_count =
        m->functions.count - m->modules.items[module].function_first;
}

static void copy_rows(model *m, const link_file *f, file_ix file)
{
    const facts *from = f->facts;
    for (vec_each(&from->behaviours, b))
        vec_push(&m->behaviours, (model_behaviour){.module = f->modules[b->module],
                                                   .name = name_of(f, b->name),
                                                   .line = b->line});
    for (vec_each(&from->uses, u))
        vec_push(&m->behaviours, (model_behaviour){.module = f->modules[u->module],
                                                   .name = name_of(f, u->target),
                                                   .opts = shift(f, u->opts),
                                                   .is_use = true,
                                                   .line = u->line});
    for (vec_each(&from->attributes, a))
        vec_push(&m->attributes, (model_attribute){.module = f->modules[a->module],
                                                   .name = name_of(f, a->name),
                                                   .value = shift(f, a->value)});
    for (vec_each(&from->imports, i))
        vec_push(&m->imports, (fact_import){.module = f->modules[i->module],
                                            .target = name_of(f, i->target),
                                            .only = shift(f, i->only),
                                            .except = shift(f, i->except),
                                            .line = i->line});
    for (vec_each(&from->records, r)) {
        uint32_t first = m->fields.count;
        for (uint32_t i = 0; i < r->field_count; i++) {
            const fact_field *field = &from->fields.items[r->field_first + i];
            vec_push(&m->fields, (fact_field){.name = name_of(f, field->name),
                                              .value = shift(f, field->value)});
        }
        vec_push(&m->records, (model_record){.module = f->modules[r->module],
                                             .name = name_of(f, r->name),
                                             .is_struct = r->is_struct,
                                             .field_first = first,
                                             .field_count = r->field_count});
    }
    for (vec_each(&from->ignores, i))
        vec_push(&m->ignores, (model_ignore){.file = file,
                                             .line = i->line,
                                             .rule = name_of(f, i->rule),
                                             .reason = name_of(f, i->reason)});
    for (vec_each(&from->terms, t)) vec_push(&m->terms, shift(f, *t));
}

/* Functions move when modules are laid out, so documentation is bound by name and line. */
static void copy_docs(model *m, const link_file *f)
{
    const facts *from = f->facts;
    for (vec_each(&from->docs, d)) {
        module_ix module = f->modules[d->module];
        function_ix function = NO_IX;
        if (d->function) {
            const fact_function *want = &from->functions.items[d->function - 1];
            const model_module *mod = &m->modules.items[module];
            for (uint32_t i = 0; i < mod->function_count; i++) {
                const model_function *have = &m->functions.items[mod->function_first + i];
                if (have->line == want->line && have->name == name_of(f, want->name) &&
                    have->arity == want->arity)
                    function = mod->function_first + i;
            }
        }
        vec_push(&m->docs, (model_doc){.module = module,
                                       .function = function,
                                       .kind = d->kind,
                                       .text = name_of(f, d->text),
                                       .line = d->line});
    }
}

static void copy_exports(model *m, const link_file *f)
{
    for (vec_each(&f->facts->exports, e)) {
        const model_module *mod = &m->modules.items[f->modules[e->module]];
        sym name = name_of(f, e->name);
        for (uint32_t i = 0; i < mod->function_count; i++) {
            model_function *fn = &m->functions.items[mod->function_first + i];
            if (!name || (fn->name == name && fn->arity == e->arity)) fn->exported = true;
        }
    }
}

/* A path component that says "not production code". */
static bool has_dir(sv path, const char *dir)
{
    sv rest = path, part;
    while (sv_next(&rest, '/', &part))
        if (rest.data && sv_eq_c(part, dir)) return true;
    return false;
}

static void classify_path(model_file *file, sv path)
{
    static const char *const test_dirs[] = {
        "test", "tests", "test_support",     "bench", "benchmarks", "benchmark", "integration_test",
        "ct",   "eqc",   "integration-tests"};
    static const char *const test_ends[] = {"_test.exs", "_SUITE.erl",  "_tests.erl",   "_test.erl",
                                            "_eqc.erl",  "_SUITE_data", "prop_test.erl"};
    static const char *const example_dirs[] = {"examples", "example", "demo", "samples"};
    for (size_t i = 0; i < ARRAY_LEN(test_dirs); i++) file->is_test |= has_dir(path, test_dirs[i]);
    file->is_test |= sv_has(path, SV("_tests/")); /* big_tests/, integration_tests/ */
    for (size_t i = 0; i < ARRAY_LEN(test_ends); i++)
        file->is_test |= sv_ends(path, sv_from(test_ends[i]));
    for (size_t i = 0; i < ARRAY_LEN(example_dirs); i++)
        file->is_example |= has_dir(path, example_dirs[i]);
    file->is_script = sv_ends(path, SV(".exs")) || sv_ends(path, SV(".escript"));
}

static sv dir_of(sv path)
{
    for (size_t i = path.size; i-- > 0;)
        if (path.data[i] == '/') return sv_slice(path, 0, i);
    return (sv){"", 0};
}

static sv base_of(sv path)
{
    sv dir = dir_of(path);
    return dir.size ? sv_slice(path, dir.size + 1, path.size) : path;
}

/* `app: :name` of a mix.exs: the first such pair in the file. */
static sym mix_app(const model *m, const link_file *f)
{
    for (uint32_t i = 1; i < f->facts->nodes.count; i++) {
        node_ix node = f->node_base + i;
        const fact_node *at = model_node(m, node);
        if (at->kind != NODE_TUPLE || at->kid_count != 2) continue;
        const fact_node *key = model_node(m, model_kid(m, node, 0));
        const fact_node *value = model_node(m, model_kid(m, node, 1));
        if (key->kind == NODE_ATOM && value->kind == NODE_ATOM &&
            sv_eq_c(model_text(m, key->name), "app"))
            return value->name;
    }
    return 0;
}

/* Each file belongs to the application whose directory is its nearest ancestor. */
static void assign_applications(model *m, const link_file *files)
{
    map64 dirs = {0}; /* symbol of a directory -> symbol of its application */
    for (file_ix i = 0; i < m->files.count; i++) {
        sv path = model_text(m, m->files.items[i].path), base = base_of(path);
        sv dir = dir_of(path);
        sym app = 0;
        if (sv_eq_c(base, "mix.exs")) {
            app = mix_app(m, &files[i]);
            if (!app) app = sym_add(&m->symbols, base_of(dir));
        } else if (sv_ends(base, SV(".app.src")) || sv_ends(base, SV(".app.src.script"))) {
            size_t dot = sv_find(base, SV(".app.src"), 0);
            app = sym_add(&m->symbols, sv_slice(base, 0, dot));
            if (sv_eq_c(base_of(dir), "src")) dir = dir_of(dir);
        } else {
            continue;
        }
        sym key = sym_add(&m->symbols, dir.size ? dir : SV("."));
        map64_set(&dirs, key, app);
    }
    for (vec_each(&m->files, file)) {
        for (sv dir = dir_of(model_text(m, file->path));; dir = dir_of(dir)) {
            sym key = sym_find(&m->symbols, dir.size ? dir : SV("."));
            uint32_t app = key ? map64_get(&dirs, key, 0) : 0;
            if (app) {
                file->application = app;
                break;
            }
            if (!dir.size) break;
        }
    }
    map64_release(&dirs);
}

/* ---- use of local __using__ --------------------------------------------------------------- */

static bool defines(const model *m, const model_module *mod, function_ix first, sym name,
                    uint32_t arity)
{
    for (uint32_t i = 0; i < mod->function_count; i++) {
        const model_function *f = &m->functions.items[first + i];
        if (f->name == name && f->arity == arity) return true;
    }
    return false;
}

/* Appends the functions, behaviours and so on of what `module` uses to `module`. The function
 * table is rebuilt module by module, since functions of one module are contiguous. */
static void inherit_rows(model *m, module_ix user, module_ix using, uint32_t depth)
{
    uint32_t behaviour_count = m->behaviours.count;
    for (uint32_t i = 0; i < behaviour_count; i++) {
        model_behaviour row = m->behaviours.items[i];
        if (row.module != using) continue;
        row.module = user;
        vec_push(&m->behaviours, row);
        module_ix next = map64_get(&m->index->usings, row.name, NO_IX);
        if (row.is_use && next != NO_IX && next != using && depth < USE_DEPTH_MAX)
            inherit_rows(m, user, next, depth + 1);
    }
    uint32_t attribute_count = m->attributes.count;
    for (uint32_t i = 0; i < attribute_count; i++) {
        model_attribute row = m->attributes.items[i];
        if (row.module != using) continue;
        row.module = user;
        vec_push(&m->attributes, row);
    }
    uint32_t import_count = m->imports.count;
    for (uint32_t i = 0; i < import_count; i++) {
        fact_import row = m->imports.items[i];
        if (row.module != using) continue;
        row.module = user;
        vec_push(&m->imports, row);
    }
}

static void collect_usings(const model *m, module_ix user, module_ix *list, uint32_t *count,
                           uint32_t max, const uint32_t *first_row, const uint32_t *rows)
{
    for (uint32_t i = first_row[user]; i < first_row[user + 1]; i++) {
        const model_behaviour *row = &m->behaviours.items[rows[i]];
        if (!row->is_use) continue;
        module_ix using = map64_get(&m->index->usings, row->name, NO_IX);
        bool seen = using == NO_IX || using == user || *count == max;
        for (uint32_t j = 0; j < *count && !seen; j++) seen = list[j] == using;
        if (!seen) list[(*count)++] = using;
    }
}

/* Rows of behaviours grouped by module: first_row[module] .. first_row[module + 1] in rows. */
static void group_behaviours(const model *m, uint32_t **first_row, uint32_t **rows)
{
    *first_row = base_calloc(m->modules.count + 2, sizeof **first_row);
    *rows = base_calloc(m->behaviours.count + 1, sizeof **rows);
    for (vec_each(&m->behaviours, b)) (*first_row)[b->module + 1]++;
    for (uint32_t i = 0; i < m->modules.count; i++) (*first_row)[i + 1] += (*first_row)[i];
    uint32_t *fill = base_calloc(m->modules.count + 1, sizeof *fill);
    for (uint32_t i = 0; i < m->behaviours.count; i++) {
        module_ix module = m->behaviours.items[i].module;
        (*rows)[(*first_row)[module] + fill[module]++] = i;
    }
    free(fill);
}

static void apply_uses(model *m)
{
    uint32_t *first_row, *rows;
    group_behaviours(m, &first_row, &rows);
    __typeof__(m->functions) old = m->functions;
    memset(&m->functions, 0, sizeof m->functions);
    uint32_t *moved = base_calloc(old.count + 1, sizeof *moved);
    uint32_t module_count = m->modules.count;
    for (module_ix i = 0; i < module_count; i++) {
        module_ix usings[16];
        uint32_t using_count = 0;
        model_module *mod = &m->modules.items[i];
        if (mod->kind != MODULE_USING) {
            collect_usings(m, i, usings, &using_count, ARRAY_LEN(usings), first_row, rows);
            /* A quote may itself use: breadth first, so that the nearest definition wins. */
            for (uint32_t u = 0; u < using_count; u++)
                collect_usings(m, usings[u], usings, &using_count, ARRAY_LEN(usings), first_row,
                               rows);
        }
        function_ix first = m->functions.count;
        for (uint32_t j = 0; j < mod->function_count; j++) {
            moved[mod->function_first + j] = m->functions.count;
            vec_push(&m->functions, old.items[mod->function_first + j]);
        }
        for (uint32_t u = 0; u < using_count; u++) {
            const model_module *source = &m->modules.items[usings[u]];
            function_ix source_first = source->function_first;
            for (uint32_t j = 0; j < source->function_count; j++) {
                /* A module earlier in the table has moved already: its own rows come first and
                 * keep their order, so they are found through `moved`. */
                const model_function *from = usings[u] < i ? &m->functions.items[source_first + j]
                                                           : &old.items[source_first + j];
                model_function copy = *from;
                model_module so_far = *mod;
                so_far.function_count = m->functions.count - first;
                if (copy.inherited || defines(m, &so_far, first, copy.name, copy.arity)) continue;
                copy.module = i;
                copy.inherited = true;
                copy.exported = copy.kind == FUNCTION_PUBLIC;
                uint32_t clause_first = m->clauses.count;
                for (uint32_t k = 0; k < copy.clause_count; k++) {
                    model_clause clause = m->clauses.items[copy.clause_first + k];
                    clause.function = NO_IX; /* set when all functions have their place */
                    vec_push(&m->clauses, clause);
                }
                copy.clause_first = clause_first;
                vec_push(&m->functions, copy);
            }
        }
        mod->function_first = first;
        mod->function_count = m->functions.count - first;
    }
    for (function_ix i = 0; i < m->functions.count; i++) {
        const model_function *f = &m->functions.items[i];
        for (uint32_t k = 0; k < f->clause_count; k++)
            m->clauses.items[f->clause_first + k].function = i;
    }
    for (vec_each(&m->docs, d))
        if (d->function != NO_IX) d->function = moved[d->function];
    /* Rows last: they do not change what is inherited. */
    for (module_ix i = 0; i < module_count; i++) {
        if (m->modules.items[i].kind == MODULE_USING) continue;
        module_ix usings[16];
        uint32_t using_count = 0;
        collect_usings(m, i, usings, &using_count, ARRAY_LEN(usings), first_row, rows);
        for (uint32_t u = 0; u < using_count; u++) inherit_rows(m, i, usings[u], 0);
    }
    free(first_row);
    free(rows);
    free(moved);
    vec_release(&old);
}

void model_link(model *m, const model_input *inputs, uint32_t file_count)
{
    m->index = base_calloc(1, sizeof *m->index);
    vec_push(&m->nodes, (fact_node){0});
    vec_push(&m->kids, 0);
    vec_push(&m->vals, (model_val){0});
    vec_push(&m->val_kids, 0);
    link_file *files = base_calloc(MAX(file_count, 1u), sizeof *files);
    for (file_ix i = 0; i < file_count; i++) {
        const facts *from = inputs[i].facts;
        link_file *f = &files[i];
        f->facts = from;
        copy_symbols(m, f);
        model_file file = {.path = sym_add(&m->symbols, inputs[i].path),
                           .lang = from->lang,
                           .module_first = m->modules.count,
                           .module_count = from->modules.count};
        classify_path(&file, inputs[i].path);
        vec_push(&m->files, file);
        copy_nodes(m, f, i);
        f->modules = base_calloc(MAX(from->modules.count, 1u), sizeof *f->modules);
        uint32_t *function_of = base_calloc(MAX(from->functions.count, 1u), sizeof *function_of);
        for (uint32_t j = 0; j < from->functions.count; j++)
            function_of[j] = from->functions.items[j].module;
        for (uint32_t j = 0; j < from->modules.count; j++) copy_module(m, f, i, j, function_of);
        free(function_of);
        copy_rows(m, f, i);
        copy_docs(m, f);
        copy_exports(m, f);
    }
    assign_applications(m, files);
    link_expand_includes(m, files, file_count);
    model_index_build(m);
    apply_uses(m);
    model_index_functions(m);
    for (file_ix i = 0; i < file_count; i++) {
        free(files[i].symbols);
        free(files[i].modules);
    }
    free(files);
    model_servers(m);
    model_ops(m);
    model_supervision(m);
    model_walk(m);
    model_protocol(m);
}
