/* Elixir definitions: functions, macros, guards, delegates, structs, tests, attributes. */
#include "base/base.h"

#include "parsers/elixir.h"

static const char MODULE_BODY[] = "(module)";

/* The row of module's function, made when new. */
static uint32_t function_row(elixir *e, uint32_t module, sym name, uint32_t arity,
                             function_kind kind, uint32_t at)
{
    const syntax_node *n = elixir_at(e, at);
    uint32_t index = e->f->functions.count;
    if (!map64_add(&e->functions, pair64(module << 8 | MIN(arity, 255u), name), &index)) {
        fact_function *old = &e->f->functions.items[index];
        if (old->module == module && old->arity == arity) {
            old->end_line = MAX(old->end_line, n->end_line);
            return index;
        }
        index = e->f->functions.count;
    }
    vec_push(&e->f->functions, (fact_function){.module = module,
                                               .name = name,
                                               .arity = (uint16_t)arity,
                                               .kind = (uint8_t)kind,
                                               .line = n->line,
                                               .end_line = n->end_line});
    return index;
}

/* Takes the parameters that were pushed since mark. */
static void clause_add(elixir *e, uint32_t function, uint32_t mark, node_ix guard, node_ix body,
                       uint32_t at)
{
    const syntax_node *n = elixir_at(e, at);
    uint32_t count = e->stack.count - mark;
    fact_clause row = {.function = function,
                       .param_first = facts_kids_add(e->f, e->stack.items + mark, count),
                       .guard = guard,
                       .body = body,
                       .line = n->line,
                       .end_line = n->end_line,
                       .col = (uint16_t)MIN(n->col, UINT16_MAX),
                       .conditional = e->conditional > 0};
    e->stack.count = mark;
    vec_push(&e->f->clauses, row);
    vec_push(&e->heads, e->pending.line ? e->pending.line : n->line);
}

void elixir_module_body(elixir *e, uint32_t module, node_ix body)
{
    sym name = elixir_sym(e, sv_from(MODULE_BODY));
    const fact_node *n = &e->f->nodes.items[body];
    uint32_t index = e->f->functions.count;
    fact_clause row = {
        .function = index, .body = body, .line = n->line, .end_line = n->end_line, .col = n->col};
    vec_push(&e->f->functions, (fact_function){.module = module,
                                               .name = name,
                                               .kind = FUNCTION_PRIVATE,
                                               .line = n->line,
                                               .end_line = n->end_line});
    row.param_first = e->f->kids.count;
    vec_push(&e->f->clauses, row);
    vec_push(&e->heads, 0);
}

/* -- what surrounds the body of a function -- */

typedef struct {
    uint32_t reads, scope, clause_mark, capture_max, conditional, quote_depth;
    bool in_function, in_using_macro, pattern;
} clause_surroundings;

static clause_surroundings clause_enter(elixir *e)
{
    clause_surroundings before = {e->reads.count, e->aliases.count,  e->clause_mark,
                                  e->capture_max, e->conditional,    e->quote_depth,
                                  e->in_function, e->in_using_macro, e->pattern};
    e->clause_mark = ++e->clause_marks;
    e->in_function = true;
    e->in_using_macro = e->pattern = false;
    return before;
}

/* Names that the clause reads and never binds may be calls: settled by elixir_finish. */
static void clause_leave(elixir *e, const clause_surroundings *before)
{
    for (uint32_t i = before->reads; i < e->reads.count; i++) {
        node_ix node = e->reads.items[i];
        sym name = e->f->nodes.items[node].name;
        if (name >= e->bound.count || e->bound.items[name] != e->clause_mark)
            vec_push(&e->free_names, (free_name){node, e->module});
    }
    e->reads.count = before->reads;
    e->aliases.count = before->scope;
    e->clause_mark = before->clause_mark;
    e->capture_max = before->capture_max;
    e->conditional = before->conditional;
    e->quote_depth = before->quote_depth;
    e->in_function = before->in_function;
    e->in_using_macro = before->in_using_macro;
    e->pattern = before->pattern;
}

/* -- heads -- */

typedef struct {
    sv name;
    uint32_t arguments; /* a syntax node whose children are the parameters; 0: none */
    uint32_t guard;
} head;

static head head_read(const elixir *e, uint32_t at)
{
    head h = {0};
    for (;;) {
        uint32_t first = elixir_child(e, at);
        uint32_t second = first ? elixir_next(e, at, first) : 0;
        if (elixir_kind(e, at) == K_BLOCK && first && !second) {
            at = first;
        } else if (elixir_kind(e, at) == K_BINARY && elixir_kind(e, second) == OP_WHEN &&
                   !h.guard) {
            h.guard = elixir_last_child(e, at);
            at = first;
        } else {
            break;
        }
    }
    h.name = elixir_text(e, at);
    uint32_t first = elixir_child(e, at);
    switch (elixir_kind(e, at)) {
    case K_CALL:
        if (sv_eq(elixir_text(e, first), SV("unquote"))) break;
        h.name = elixir_text(e, first);
        h.arguments = elixir_arguments(e, at);
        break;
    case K_BINARY:
    case K_UNARY: /* def a + b, def -a: the operator among the children is skipped later */
        for (EACH_CHILD(e, at, child))
            if (elixir_kind(e, child) >= K_OP_FIRST) h.name = elixir_text(e, child);
        h.arguments = at;
        break;
    default: break;
    }
    h.name = front_cut(h.name, STRING_BYTES_MAX);
    return h;
}

/* Pushes the parameters; returns how many have a default. */
static uint32_t push_params(elixir *e, uint32_t arguments)
{
    uint32_t defaults = 0;
    uint32_t mark = e->stack.count;
    if (!arguments) return 0;
    for (EACH_CHILD(e, arguments, param)) {
        if (elixir_kind(e, param) >= K_OP_FIRST) continue;
        if (e->stack.count - mark == UINT16_MAX) break;
        node_ix made = elixir_pattern(e, param);
        const fact_node *n = &e->f->nodes.items[made];
        if (n->kind == NODE_OP && sv_eq(facts_text(e->f, n->name), SV("\\\\"))) defaults++;
        elixir_push(e, made);
    }
    return defaults;
}

static function_kind kind_of(special what)
{
    switch (what) {
    case SP_DEFP: return FUNCTION_PRIVATE;
    case SP_DEFMACRO:
    case SP_DEFGUARD: return FUNCTION_MACRO;
    case SP_DEFMACROP:
    case SP_DEFGUARDP: return FUNCTION_MACRO_PRIVATE;
    default: return FUNCTION_PUBLIC;
    }
}

/* Takes @doc and @impl for a function. */
static void pending_take(elixir *e, uint32_t function)
{
    fact_function *fn = &e->f->functions.items[function];
    if (e->pending.impl) fn->is_impl = true;
    if (e->pending.doc) {
        const syntax_node *n = elixir_at(e, e->pending.doc);
        buf text = {0};
        elixir_text_of(e, e->pending.doc, &text);
        sym made = elixir_sym(e, front_cut(sv_trim(buf_sv(&text)), DOC_BYTES_MAX));
        buf_release(&text);
        vec_push(&e->f->docs,
                 (fact_doc){fn->module, function + 1, DOC_FUNCTION, made, n->line, n->end_line});
    }
    e->pending = (pending_attributes){0};
}

/* The value of `name:` in the keyword list node `list`; 0: none. */
static node_ix keyword_value(const elixir *e, node_ix list, sv name)
{
    const fact_node *n = &e->f->nodes.items[list];
    for (uint32_t i = 0; i < n->kid_count; i++) {
        node_ix pair = facts_kid(e->f, list, i);
        node_ix key = facts_kid(e->f, pair, 0);
        if (sv_eq(facts_text(e->f, e->f->nodes.items[key].name), name))
            return facts_kid(e->f, pair, 1);
    }
    return 0;
}

/* The call that a delegate stands for: to.as(parameters without defaults). */
static node_ix delegate_body(elixir *e, uint32_t at, sym name, uint32_t params)
{
    uint32_t options = elixir_argument(e, at, 1);
    node_ix list = options ? elixir_value(e, options) : 0;
    node_ix to = list ? keyword_value(e, list, SV("to")) : 0;
    node_ix as = list ? keyword_value(e, list, SV("as")) : 0;
    uint32_t count = e->stack.count;
    if (!to) return 0;
    elixir_push(e, to);
    for (uint32_t i = params; i < count; i++) {
        const fact_node *param = &e->f->nodes.items[e->stack.items[i]];
        bool defaulted = param->kind == NODE_OP && sv_eq(facts_text(e->f, param->name), SV("\\\\"));
        if (defaulted) param = &e->f->nodes.items[facts_kid(e->f, e->stack.items[i], 0)];
        sym variable = param->kind == NODE_VAR ? param->name : elixir_sym(e, SV("_"));
        elixir_push(e, elixir_make(e, NODE_VAR, variable, at, e->stack.count));
    }
    if (as && e->f->nodes.items[as].kind == NODE_ATOM) name = e->f->nodes.items[as].name;
    return elixir_make(e, NODE_CALL_REMOTE, name, at, count);
}

static void define(elixir *e, special what, uint32_t at)
{
    uint32_t head_at = elixir_argument(e, at, 0);
    head h = head_read(e, head_at);
    sections parts = elixir_sections(e, at);
    clause_surroundings before = clause_enter(e);
    uint32_t mark = e->stack.count;
    uint32_t defaults = push_params(e, h.arguments);
    uint32_t arity = e->stack.count - mark;
    sym name = elixir_sym(e, h.name);
    uint32_t function = function_row(e, e->module, name, arity, kind_of(what), at);
    node_ix guard = 0;
    node_ix body = 0;
    bool is_guard = what == SP_DEFGUARD || what == SP_DEFGUARDP;
    if (h.guard && is_guard) body = elixir_value(e, h.guard);
    else if (h.guard) guard = elixir_guard(e, h.guard);
    if (what == SP_DEFDELEGATE) {
        e->f->functions.items[function].is_delegate = true;
        body = delegate_body(e, at, name, mark);
    } else if (parts.at[SECTION_DO]) {
        e->in_using_macro = what == SP_DEFMACRO && sv_eq(h.name, SV("__using__"));
        pending_attributes pending = e->pending;
        body = elixir_guarded_body(e, at, &parts);
        e->pending = pending;
    }
    clause_leave(e, &before);
    clause_add(e, function, mark, guard, body, at);
    fact_function *fn = &e->f->functions.items[function];
    fn->default_count = (uint16_t)MAX(fn->default_count, defaults);
    pending_take(e, function);
}

/* -- tests -- */

static sv quoted(const elixir *e, uint32_t at)
{
    sv text = elixir_text(e, at);
    return text.size >= 2 ? sv_slice(text, 1, text.size - 1) : text;
}

/* `test "name", context do ... end` defines a function, as ExUnit does. */
static bool test_define(elixir *e, uint32_t at)
{
    sections parts = elixir_sections(e, at);
    uint32_t name_at = elixir_argument(e, at, 0);
    uint32_t context = elixir_argument(e, at, 1);
    if (!parts.at[SECTION_DO] || elixir_kind(e, name_at) != K_STRING) return false;
    buf name = {0};
    buf_add_c(&name, "test ");
    if (e->describe.size) {
        buf_add(&name, e->describe);
        buf_add_char(&name, ' ');
    }
    buf_add(&name, quoted(e, name_at));
    sym name_sym = elixir_sym(e, front_cut(buf_sv(&name), STRING_BYTES_MAX));
    buf_release(&name);
    clause_surroundings before = clause_enter(e);
    uint32_t mark = e->stack.count;
    if (context && elixir_kind(e, context) != K_KEYWORDS)
        elixir_push(e, elixir_pattern(e, context));
    else elixir_push(e, elixir_leaf(e, NODE_VAR, SV("_"), at));
    uint32_t function = function_row(e, e->module, name_sym, 1, FUNCTION_PUBLIC, at);
    e->f->functions.items[function].is_test = true;
    node_ix body = elixir_guarded_body(e, at, &parts);
    clause_leave(e, &before);
    clause_add(e, function, mark, 0, body, at);
    pending_take(e, function);
    return true;
}

static bool describe(elixir *e, uint32_t at, node_ix *out)
{
    sections parts = elixir_sections(e, at);
    uint32_t name_at = elixir_argument(e, at, 0);
    if (!parts.at[SECTION_DO] || elixir_kind(e, name_at) != K_STRING) return false;
    sv before = e->describe;
    uint32_t scope = e->aliases.count;
    uint32_t mark = e->stack.count;
    e->describe = quoted(e, name_at);
    elixir_module_code(e, parts.at[SECTION_DO]);
    e->describe = before;
    e->aliases.count = scope;
    if (e->stack.count > mark) *out = elixir_make(e, NODE_BLOCK, 0, at, mark);
    return true;
}

/* -- structs -- */

static void field_add(elixir *e, node_ix item)
{
    const fact_node *n = &e->f->nodes.items[item];
    fact_field row = {.name = n->name};
    if (n->kind == NODE_TUPLE && n->kid_count == 2) {
        row.name = e->f->nodes.items[facts_kid(e->f, item, 0)].name;
        row.value = facts_kid(e->f, item, 1);
    }
    if (row.name) vec_push(&e->f->fields, row);
}

static void struct_define(elixir *e, uint32_t at)
{
    node_ix list = elixir_value(e, elixir_argument(e, at, 0));
    uint32_t first = e->f->fields.count;
    if (e->f->nodes.items[list].kind == NODE_LIST)
        for (uint32_t i = 0; i < e->f->nodes.items[list].kid_count; i++)
            field_add(e, facts_kid(e->f, list, i));
    vec_push(&e->f->records, (fact_record){.module = e->module,
                                           .name = e->f->modules.items[e->module].name,
                                           .is_struct = true,
                                           .field_first = first,
                                           .field_count = e->f->fields.count - first,
                                           .line = elixir_at(e, at)->line});
}

static void attribute_row(elixir *e, sv name, uint32_t value, uint32_t at)
{
    node_ix made = value ? elixir_value(e, value) : 0;
    vec_push(&e->f->attributes,
             (fact_attribute){elixir_module(e), elixir_sym(e, name), made, elixir_at(e, at)->line});
}

bool elixir_def(elixir *e, special what, uint32_t at, node_ix *out)
{
    if (e->depth >= LOWER_DEPTH_MAX - 8) return false;
    switch (what) {
    case SP_TEST: return !e->in_function && test_define(e, at);
    case SP_DESCRIBE: return !e->in_function && describe(e, at, out);
    case SP_DEFSTRUCT:
    case SP_DEFEXCEPTION:
        if (e->in_function) return false;
        struct_define(e, at);
        return true;
    case SP_DEFOVERRIDABLE:
        if (e->in_function) return false;
        attribute_row(e, SV("defoverridable"), elixir_argument(e, at, 0), at);
        return true;
    default: define(e, what, at); return true;
    }
}

/* -- attributes -- */

enum { ATTR_VALUE, ATTR_DOC, ATTR_MODULEDOC, ATTR_IMPL, ATTR_BEHAVIOUR, ATTR_SPEC, ATTR_TYPE };
static const struct {
    const char *name;
    uint8_t what;
} ATTRIBUTES[] = {
    {"doc", ATTR_DOC},
    {"moduledoc", ATTR_MODULEDOC},
    {"impl", ATTR_IMPL},
    {"behaviour", ATTR_BEHAVIOUR},
    {"behavior", ATTR_BEHAVIOUR},
    {"spec", ATTR_SPEC},
    {"type", ATTR_TYPE},
    {"typep", ATTR_TYPE},
    {"opaque", ATTR_TYPE},
    {"typedoc", ATTR_TYPE},
    {"callback", ATTR_TYPE},
    {"macrocallback", ATTR_TYPE},
};

static uint8_t attribute_what(sv name)
{
    for (size_t i = 0; i < ARRAY_LEN(ATTRIBUTES); i++)
        if (sv_eq_c(name, ATTRIBUTES[i].name)) return ATTRIBUTES[i].what;
    return ATTR_VALUE;
}

static bool is_text(const elixir *e, uint32_t at)
{
    return elixir_kind(e, at) == K_STRING || elixir_kind(e, at) == K_SIGIL;
}

static void moduledoc_add(elixir *e, uint32_t value)
{
    if (!is_text(e, value)) return;
    const syntax_node *n = elixir_at(e, value);
    buf text = {0};
    elixir_text_of(e, value, &text);
    sym made = elixir_sym(e, front_cut(sv_trim(buf_sv(&text)), DOC_BYTES_MAX));
    buf_release(&text);
    if (made)
        vec_push(&e->f->docs,
                 (fact_doc){elixir_module(e), 0, DOC_MODULE, made, n->line, n->end_line});
}

static void attribute_set(elixir *e, sv name, uint32_t value, uint32_t at)
{
    uint32_t line = elixir_at(e, at)->line;
    uint8_t what = attribute_what(name);
    bool is_head = what == ATTR_DOC || what == ATTR_IMPL || what == ATTR_SPEC;
    if (is_head && !e->pending.line) e->pending.line = line;
    switch (what) {
    case ATTR_DOC:
        if (elixir_kind(e, value) != K_KEYWORDS) e->pending.doc = is_text(e, value) ? value : 0;
        break;
    case ATTR_MODULEDOC: moduledoc_add(e, value); break;
    case ATTR_IMPL: e->pending.impl = !sv_eq(elixir_text(e, value), SV("false")); break;
    case ATTR_BEHAVIOUR: {
        sym target = elixir_module_name(e, value);
        if (target) vec_push(&e->f->behaviours, (fact_behaviour){elixir_module(e), target, line});
        break;
    }
    case ATTR_SPEC: break;
    case ATTR_TYPE: e->pending = (pending_attributes){0}; break;
    default: attribute_row(e, name, value, at); break;
    }
}

node_ix elixir_attribute(elixir *e, uint32_t at, uint32_t operand)
{
    uint32_t mark = e->stack.count;
    if (elixir_kind(e, operand) == K_IDENTIFIER)
        return elixir_leaf(e, NODE_ATTR, elixir_text(e, operand), at);
    uint32_t target = elixir_kind(e, operand) == K_CALL ? elixir_child(e, operand) : 0;
    if (elixir_kind(e, target) != K_IDENTIFIER || elixir_special(elixir_text(e, target))) {
        elixir_push(e, elixir_value(e, operand));
        return elixir_make(e, NODE_OP, elixir_sym(e, SV("@")), at, mark);
    }
    sv name = elixir_text(e, target);
    uint32_t value = elixir_argument(e, operand, 0);
    if (!value) return elixir_leaf(e, NODE_ATTR, name, at);
    if (!e->in_function && !e->quote_depth) {
        attribute_set(e, name, value, at);
        return 0;
    }
    uint8_t what = attribute_what(name);
    if (what == ATTR_SPEC || what == ATTR_TYPE) return 0;
    elixir_push(e, elixir_leaf(e, NODE_ATOM, name, target));
    elixir_push(e, elixir_value(e, value));
    return elixir_make_call(e, NODE_CALL, elixir_sym(e, SV("@")), at, at, mark);
}
