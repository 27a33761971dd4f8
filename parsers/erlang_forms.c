/* Erlang forms: attributes, records, macros, includes. */
#include "base/base.h"

#include "parsers/erlang.h"

static void module_form(lowering *l, uint32_t at)
{
    uint32_t name = erl_child(l, at, F_NAME);
    if (l->has_module || !name) return;
    l->has_module = true;
    l->module_name = erl_name(l, name);
    fact_module *m = &l->f->modules.items[0];
    m->name = l->module_name;
    m->kind = MODULE_PLAIN;
    m->line = erl_at(l, at)->line;
    erl_module_docs(l, m->line);
}

static void behaviour_form(lowering *l, uint32_t at)
{
    uint32_t name = erl_child(l, at, F_NAME);
    if (!name) return;
    fact_behaviour row = {.name = erl_name(l, name), .line = erl_at(l, at)->line};
    vec_push(&l->f->behaviours, row);
}

/* name/arity; false when the arity is no number. */
static bool read_fa(lowering *l, uint32_t fa, sym *name, uint32_t *arity)
{
    uint32_t name_at = erl_child(l, fa, F_FUN), holder = erl_child(l, fa, F_ARITY);
    uint32_t value = holder ? erl_child(l, holder, F_VALUE) : 0;
    int64_t number;
    if (!name_at || !value || erl_kind_at(l, value) != K_INTEGER) return false;
    if (!sv_to_i64(syntax_text(&l->s, value), &number) || number > UINT8_MAX) return false;
    *name = erl_name(l, name_at);
    *arity = (uint32_t)number;
    return true;
}

static void export_form(lowering *l, uint32_t at)
{
    sym name;
    uint32_t arity;
    for (EACH_CHILD(l, at, child))
        if (erl_kind_at(l, child) == K_FA && read_fa(l, child, &name, &arity))
            erl_export(l, name, arity);
}

/* [{name, arity}] of the functions among the children. */
static node_ix fa_list(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count;
    node_ix list = erl_put(l, NODE_LIST, 0, at);
    for (EACH_CHILD(l, at, child)) {
        sym name;
        uint32_t arity;
        if (erl_kind_at(l, child) != K_FA || !read_fa(l, child, &name, &arity)) continue;
        char number[16];
        snprintf(number, sizeof number, "%" PRIu32, arity);
        node_ix pair[2] = {erl_put(l, NODE_ATOM, name, child), 0};
        pair[1] = erl_put(l, NODE_INT, sym_add(&l->f->symbols, sv_from(number)), child);
        node_ix tuple = erl_put(l, NODE_TUPLE, 0, child);
        facts_node_kids(l->f, tuple, pair, 2);
        erl_push(l, tuple);
    }
    return erl_take(l, list, mark);
}

static void import_form(lowering *l, uint32_t at)
{
    uint32_t module = erl_child(l, at, F_MODULE);
    if (!module) return;
    fact_import row = {.target = erl_name(l, module), .line = erl_at(l, at)->line};
    row.only = fa_list(l, at);
    vec_push(&l->f->imports, row);
}

static void add_attribute(lowering *l, sv name, node_ix value, uint32_t at)
{
    fact_attribute row = {
        .name = sym_add(&l->f->symbols, name), .value = value, .line = erl_at(l, at)->line};
    vec_push(&l->f->attributes, row);
}

static void compile_form(lowering *l, uint32_t at)
{
    uint32_t options = erl_child(l, at, F_OPTIONS);
    if (!options) return;
    for (uint32_t i = options; i < erl_at(l, options)->next; i++)
        if (erl_kind_at(l, i) == K_ATOM && sv_eq(syntax_text(&l->s, i), SV("export_all")))
            erl_export(l, 0, 0);
    add_attribute(l, SV("compile"), erl_expr(l, options), at);
}

static void feature_form(lowering *l, uint32_t at)
{
    uint32_t feature = erl_child(l, at, F_FEATURE), flag = erl_child(l, at, F_FLAG);
    if (!feature || !flag) return;
    node_ix value = erl_put(l, NODE_TUPLE, 0, at);
    node_ix pair[2] = {erl_expr(l, feature), 0};
    pair[1] = erl_expr(l, flag);
    facts_node_kids(l->f, value, pair, 2);
    add_attribute(l, SV("feature"), value, at);
}

static void optional_callbacks_form(lowering *l, uint32_t at)
{
    add_attribute(l, SV("optional_callbacks"), fa_list(l, at), at);
}

/* -callback foo(A) -> B: {foo, 1}. */
static void callback_form(lowering *l, uint32_t at)
{
    uint32_t name = erl_child(l, at, F_FUN), sig = erl_child(l, at, F_SIGS);
    uint32_t args = sig ? erl_child(l, sig, F_ARGS) : 0;
    if (!name || !args) return;
    uint32_t arity = 0;
    for (EACH_CHILD(l, args, child)) arity++;
    char number[16];
    snprintf(number, sizeof number, "%" PRIu32, arity);
    node_ix value = erl_put(l, NODE_TUPLE, 0, at);
    node_ix pair[2] = {erl_name_node(l, name), 0};
    pair[1] = erl_put(l, NODE_INT, sym_add(&l->f->symbols, sv_from(number)), at);
    facts_node_kids(l->f, value, pair, 2);
    add_attribute(l, SV("callback"), value, at);
}

static uint32_t without_parens(const lowering *l, uint32_t at)
{
    while (at && erl_kind_at(l, at) == K_PAREN) at = erl_child(l, at, F_EXPR);
    return at;
}

/* -doc "text": for the next function; -moduledoc "text". */
static bool doc_form(lowering *l, sv name, uint32_t value, uint32_t at)
{
    bool is_module = sv_eq(name, SV("moduledoc"));
    if (!is_module && !sv_eq(name, SV("doc"))) return false;
    value = without_parens(l, value);
    if (!value || erl_kind_at(l, value) != K_STRING) return false;
    buf text = {0};
    erl_string(syntax_text(&l->s, value), &text);
    sym content = sym_add(&l->f->symbols, front_cut(buf_sv(&text), DOC_BYTES_MAX));
    buf_release(&text);
    const syntax_node *n = erl_at(l, at);
    if (is_module) {
        if (content)
            vec_push(&l->f->docs, (fact_doc){.kind = DOC_MODULE,
                                             .text = content,
                                             .line = n->line,
                                             .end_line = n->end_line});
        return true;
    }
    l->pending_doc = content;
    l->pending_doc_line = n->line;
    l->pending_doc_end = n->end_line;
    return true;
}

static void wild_form(lowering *l, uint32_t at)
{
    uint32_t holder = erl_child(l, at, F_NAME), value = erl_child(l, at, F_VALUE);
    uint32_t name_at = holder ? erl_child(l, holder, F_NAME) : 0;
    if (!name_at) return;
    sv name = facts_text(l->f, erl_name(l, name_at));
    if (doc_form(l, name, value, at)) return;
    add_attribute(l, name, value ? erl_expr(l, value) : 0, at);
}

static void record_form(lowering *l, uint32_t at)
{
    uint32_t name = erl_child(l, at, F_NAME);
    if (!name) return;
    fact_record row = {.name = erl_name(l, name), .line = erl_at(l, at)->line};
    VEC(fact_field) fields = {0};
    for (EACH_CHILD(l, at, child)) {
        if (erl_kind_at(l, child) != K_RECORD_FIELD) continue;
        uint32_t field = erl_child(l, child, F_NAME), holder = erl_child(l, child, F_EXPR);
        uint32_t value = holder ? erl_child(l, holder, F_EXPR) : 0;
        if (!field) continue;
        fact_field f = {.name = erl_name(l, field)};
        f.value = value ? erl_expr(l, value) : 0;
        vec_push(&fields, f);
    }
    row.field_first = l->f->fields.count;
    row.field_count = fields.count;
    for (vec_each(&fields, f)) vec_push(&l->f->fields, *f);
    vec_release(&fields);
    vec_push(&l->f->records, row);
}

static void include_form(lowering *l, uint32_t at)
{
    buf path = {0};
    for (EACH_CHILD(l, at, child)) {
        if (erl_kind_at(l, child) == K_STRING) erl_string(syntax_text(&l->s, child), &path);
        if (erl_kind_at(l, child) == K_MACRO_CALL) buf_add(&path, syntax_text(&l->s, child));
    }
    sv text = front_cut(buf_sv(&path), STRING_BYTES_MAX);
    if (sv_ends(text, SV("eunit.hrl"))) l->is_eunit = true;
    vec_push(&l->f->includes, (fact_include){.path = sym_add(&l->f->symbols, text),
                                             .is_lib = erl_kind_at(l, at) == K_FORM_INCLUDE_LIB,
                                             .line = erl_at(l, at)->line});
    buf_release(&path);
}

static bool is_type_only(erl_kind kind)
{
    return kind == K_TYPE || kind == K_PIPE || kind == K_REPLACEMENT_PARENS;
}

static void define_form(lowering *l, uint32_t at)
{
    uint32_t lhs = erl_child(l, at, F_LHS), body = erl_child(l, at, F_REPLACEMENT);
    uint32_t name = lhs ? erl_child(l, lhs, F_NAME) : 0;
    if (!name) return;
    if (body && is_type_only(erl_kind_at(l, body))) body = 0;
    fact_macro row = {.name = sym_add(&l->f->symbols, syntax_text(&l->s, name)),
                      .arity = -1,
                      .line = erl_at(l, at)->line};
    uint32_t params = erl_child(l, lhs, F_ARGS);
    if (params) {
        uint32_t mark = l->stack.count;
        for (EACH_CHILD(l, params, child))
            if (erl_kind_at(l, child) == K_VAR) erl_push(l, erl_expr(l, child));
        uint32_t count = MIN(l->stack.count - mark, (uint32_t)INT8_MAX);
        row.arity = (int16_t)count;
        row.param_first = facts_kids_add(l->f, l->stack.items + mark, count);
        l->stack.count = mark;
    }
    vec_push(&l->f->macros, row);
    vec_push(&l->macro_rows, (macro_row){.body = body, .is_test = erl_in_test(l)});
    erl_macro_define(l, (macro_def){.name = row.name,
                                    .arity = row.arity,
                                    .params = params,
                                    .body = body,
                                    .preferred = erl_in_preferred(l)});
}

static void undef_form(lowering *l, uint32_t at)
{
    uint32_t name = erl_child(l, at, F_NAME);
    if (name) erl_macro_undef(l, sym_find(&l->f->symbols, syntax_text(&l->s, name)));
}

static void shebang_form(lowering *l, uint32_t at)
{
    (void)at;
    l->is_script = true;
    if (!l->has_module) l->f->modules.items[0].kind = MODULE_SCRIPT;
}

static void no_form(lowering *l, uint32_t at)
{
    (void)l;
    (void)at;
}

typedef void form_fn(lowering *l, uint32_t at);
static form_fn *const FORMS[K_COUNT] = {
    [K_FUN_DECL] = erl_fun_decl,
    [K_FUNCTION_CLAUSE] = erl_function_clause,
    [K_FORM_MODULE] = module_form,
    [K_FORM_BEHAVIOUR] = behaviour_form,
    [K_FORM_EXPORT] = export_form,
    [K_FORM_IMPORT] = import_form,
    [K_FORM_COMPILE] = compile_form,
    [K_FORM_FEATURE] = feature_form,
    [K_FORM_OPTIONAL_CALLBACKS] = optional_callbacks_form,
    [K_FORM_RECORD] = record_form,
    [K_FORM_SPEC] = no_form,
    [K_FORM_CALLBACK] = callback_form,
    [K_FORM_WILD] = wild_form,
    [K_FORM_INCLUDE] = include_form,
    [K_FORM_INCLUDE_LIB] = include_form,
    [K_FORM_DEFINE] = define_form,
    [K_FORM_UNDEF] = undef_form,
    [K_FORM_OTHER] = no_form,
    [K_SHEBANG] = shebang_form,
};

bool erl_form(lowering *l, uint32_t at)
{
    erl_kind kind = erl_kind_at(l, at);
    if (erl_branch_form(l, at)) return true;
    if (!FORMS[kind]) return false;
    if (l->f->modules.count == 0) vec_push(&l->f->modules, (fact_module){.kind = MODULE_HEADER});
    FORMS[kind](l, at);
    /* What stands between a comment and its function. */
    bool prefix = kind == K_FORM_SPEC || (kind == K_FORM_WILD && l->pending_doc);
    if (!prefix) l->last_form_line = 0;
    else if (!l->last_form_line) l->last_form_line = erl_at(l, at)->line;
    return true;
}
