/* Included headers: their macros are expanded where a file uses them, their records become the
 * file's. An expansion takes the place of its use: that is where its calls are reported. */
#include "base/base.h"
#include "model/internal.h"

enum { HEADERS_MAX = 64, NEST_MAX = 8, EXPANSION_NODES_MAX = 2000, FILE_NODES_MAX = 400000 };

typedef struct {
    model *m;
    const link_file *files;
    uint32_t file_count;
    map64 by_base;                /* symbol of a base name -> first file of the chain */
    uint32_t *next_same;          /* chain of files with the same base name */
    file_ix headers[HEADERS_MAX]; /* headers that the current file includes, nearest first */
    uint32_t header_count;
    uint32_t *record_first, *record_count; /* by module: its own records */
    uint32_t file_nodes;                   /* nodes made for the current file */
    uint32_t made;                         /* nodes made for the current expansion */
} expander;

static sv base_name(sv path)
{
    for (size_t i = path.size; i-- > 0;)
        if (path.data[i] == '/') return sv_slice(path, i + 1, path.size);
    return path;
}

static size_t common_prefix(sv a, sv b)
{
    size_t n = 0;
    while (n < a.size && n < b.size && a.data[n] == b.data[n]) n++;
    return n;
}

/* The header that `written` means: same base name, longest agreeing end, then nearest by path. */
static file_ix resolve_header(const expander *x, sv written, sv from)
{
    sym base = sym_find(&x->m->symbols, base_name(written));
    uint32_t at = base ? map64_get(&x->by_base, base, NO_IX) : NO_IX;
    while (sv_starts(written, SV("../"))) written = sv_slice(written, 3, written.size);
    file_ix best = NO_IX;
    size_t best_score = 0;
    for (; at != NO_IX; at = x->next_same[at]) {
        sv path = model_text(x->m, x->m->files.items[at].path);
        bool exact = sv_ends(path, written);
        size_t score = 1 + common_prefix(path, from) + (exact ? 10000 : 0);
        if (score <= best_score) continue;
        best_score = score;
        best = at;
    }
    return best;
}

static void collect_headers(expander *x, file_ix file)
{
    const link_file *f = &x->files[file];
    sv from = model_text(x->m, x->m->files.items[file].path);
    for (vec_each(&f->facts->includes, i)) {
        file_ix header = resolve_header(x, sym_text(&f->facts->symbols, i->path), from);
        if (header == NO_IX || x->header_count == HEADERS_MAX) continue;
        bool seen = false;
        for (uint32_t k = 0; k < x->header_count && !seen; k++) seen = x->headers[k] == header;
        if (!seen) x->headers[x->header_count++] = header;
    }
}

static const fact_macro *find_macro(const expander *x, sym name, int arity, file_ix *header)
{
    for (uint32_t i = 0; i < x->header_count; i++) {
        const link_file *h = &x->files[x->headers[i]];
        for (vec_each(&h->facts->macros, row)) {
            if (h->symbols[row->name] != name || row->arity != arity || !row->body) continue;
            *header = x->headers[i];
            return row;
        }
    }
    return NULL;
}

static node_ix copy_tree(expander *x, node_ix node, const fact_node *use, const sym *params,
                         const node_ix *args, uint32_t param_count, uint32_t depth);

static node_ix expand_use(expander *x, node_ix macro, uint32_t depth)
{
    const model *m = x->m;
    const fact_node use = *model_node(m, macro);
    bool with_args = use.flags & NODE_FLAG_ARGS;
    uint32_t arg_count = use.kid_count > 1 ? use.kid_count - 1 : 0;
    file_ix header = NO_IX;
    const fact_macro *row = find_macro(x, use.name, with_args ? (int)arg_count : -1, &header);
    if (!row && with_args) row = find_macro(x, use.name, -1, &header);
    if (!row || depth > NEST_MAX) return 0;
    const link_file *h = &x->files[header];
    enum { PARAMS_MAX = 32 };
    sym params[PARAMS_MAX];
    node_ix args[PARAMS_MAX];
    uint32_t count = 0;
    for (; row->arity > 0 && count < (uint32_t)row->arity && count < PARAMS_MAX; count++) {
        node_ix param = h->facts->kids.items[row->param_first + count];
        params[count] = h->symbols[h->facts->nodes.items[param].name];
        args[count] = model_kid(m, macro, count + 1);
    }
    return copy_tree(x, h->node_base + row->body, &use, params, args, count, depth);
}

static node_ix copy_tree(expander *x, node_ix node, const fact_node *use, const sym *params,
                         const node_ix *args, uint32_t param_count, uint32_t depth)
{
    model *m = x->m;
    if (!node || depth > NODE_DEPTH_MAX || x->made >= EXPANSION_NODES_MAX) return 0;
    fact_node copy = *model_node(m, node);
    if (copy.kind == NODE_VAR)
        for (uint32_t i = 0; i < param_count; i++)
            if (params[i] == copy.name) return args[i];
    x->made++;
    x->file_nodes++;
    copy.line = use->line;
    copy.col = use->col;
    copy.end_line = use->line;
    copy.reserved = use->reserved;
    node_ix made = m->nodes.count;
    uint32_t from = copy.kid_first, count = copy.kid_count;
    copy.kid_first = m->kids.count;
    vec_push(&m->nodes, copy);
    for (uint32_t i = 0; i < count; i++) vec_push(&m->kids, 0);
    for (uint32_t i = 0; i < count; i++) {
        node_ix kid =
            copy_tree(x, m->kids.items[from + i], use, params, args, param_count, depth + 1);
        m->kids.items[copy.kid_first + i] = kid;
    }
    if (copy.kind == NODE_MACRO && count > 0 && !m->kids.items[copy.kid_first]) {
        node_ix inner = expand_use(x, made, depth + 1);
        m->kids.items[copy.kid_first] = inner;
    }
    return made;
}

static void expand_file(expander *x, file_ix file)
{
    model *m = x->m;
    const link_file *f = &x->files[file];
    for (uint32_t i = 1; i < f->facts->nodes.count && x->file_nodes < FILE_NODES_MAX; i++) {
        node_ix node = f->node_base + i;
        const fact_node at = *model_node(m, node);
        if (at.kind != NODE_MACRO || at.kid_count == 0 || m->kids.items[at.kid_first]) continue;
        x->made = 0;
        node_ix expansion = expand_use(x, node, 0);
        m->kids.items[at.kid_first] = expansion;
    }
}

/* Records in the order of linking lie together by module. */
static void index_records(expander *x)
{
    const model *m = x->m;
    x->record_first = base_calloc(m->modules.count + 1, sizeof *x->record_first);
    x->record_count = base_calloc(m->modules.count + 1, sizeof *x->record_count);
    for (uint32_t r = 0; r < m->records.count; r++) {
        module_ix module = m->records.items[r].module;
        if (module >= m->modules.count) continue;
        if (x->record_count[module]++ == 0) x->record_first[module] = r;
    }
}

static void import_records(expander *x, file_ix file)
{
    model *m = x->m;
    const link_file *f = &x->files[file];
    if (f->facts->modules.count == 0) return;
    for (uint32_t i = 0; i < x->header_count; i++) {
        const link_file *h = &x->files[x->headers[i]];
        if (h->facts->modules.count == 0) continue;
        module_ix header_module = h->modules[0];
        uint32_t first = x->record_first[header_module];
        for (uint32_t r = first; r < first + x->record_count[header_module]; r++) {
            model_record row = m->records.items[r];
            row.module = f->modules[0];
            vec_push(&m->records, row);
        }
    }
}

void link_expand_includes(model *m, const link_file *files, uint32_t file_count)
{
    expander x = {.m = m, .files = files, .file_count = file_count};
    x.next_same = base_calloc(MAX(file_count, 1u), sizeof *x.next_same);
    for (uint32_t i = file_count; i-- > 0;) {
        sv path = model_text(m, m->files.items[i].path);
        if (!sv_ends(path, SV(".hrl"))) continue;
        sym base = sym_add(&m->symbols, base_name(path));
        x.next_same[i] = map64_get(&x.by_base, base, NO_IX);
        map64_set(&x.by_base, base, i);
    }
    index_records(&x);
    for (file_ix i = 0; i < file_count; i++) {
        if (files[i].facts->includes.count == 0) continue;
        x.header_count = 0;
        x.file_nodes = 0;
        collect_headers(&x, i);
        for (uint32_t k = 0; k < x.header_count; k++) collect_headers(&x, x.headers[k]);
        expand_file(&x, i);
        import_records(&x, i);
    }
    map64_release(&x.by_base);
    free(x.next_same);
    free(x.record_first);
    free(x.record_count);
}
