/* Elixir modules: names and aliases, directives, defmodule, __using__, recovery from errors. */
#include "base/base.h"

#include "parsers/elixir.h"

/* Far over what people write; keeps hostile files from costing the square of their size. */
enum { IMPL_TARGETS_MAX = 16, ALIASES_MAX = 4096 };

static sv first_segment(sv name)
{
    size_t dot = sv_find(name, SV("."), 0);
    return dot == SIZE_MAX ? name : sv_slice(name, 0, dot);
}

static sv last_segment(sv name)
{
    size_t at = name.size;
    while (at > 0 && name.data[at - 1] != '.') at--;
    return sv_slice(name, at, name.size);
}

static sym join(elixir *e, sv left, sv right)
{
    buf text = {0};
    buf_add(&text, left);
    buf_add_char(&text, '.');
    buf_add(&text, right);
    sym made = elixir_sym(e, front_cut(buf_sv(&text), STRING_BYTES_MAX));
    buf_release(&text);
    return made;
}

static sv sym_sv(const elixir *e, sym name)
{
    return facts_text(e->f, name);
}

sym elixir_alias_text(elixir *e, sv written)
{
    bool plain = true;
    for (size_t i = 0; i < written.size && plain; i++) plain = (unsigned char)written.data[i] > ' ';
    if (plain) return elixir_sym(e, front_cut(written, STRING_BYTES_MAX));
    buf text = {0};
    for (size_t i = 0; i < written.size; i++)
        if ((unsigned char)written.data[i] > ' ') buf_add_char(&text, written.data[i]);
    sym made = elixir_sym(e, front_cut(buf_sv(&text), STRING_BYTES_MAX));
    buf_release(&text);
    return made;
}

/* An alias as written to the full name, by what is in scope. */
static sym resolve(elixir *e, sv written)
{
    sv first = sv_trim(first_segment(written));
    if (sv_eq(first, SV("Elixir")) && first.size < written.size)
        return elixir_alias_text(e, sv_slice(written, sizeof "Elixir." - 1, written.size));
    for (uint32_t i = e->aliases.count; i-- > 0;) {
        const alias_row *row = &e->aliases.items[i];
        if (!sv_eq(row->short_name, first)) continue;
        if (first.size == written.size) return row->full;
        sym rest =
            elixir_alias_text(e, sv_slice(written, first_segment(written).size + 1, written.size));
        return join(e, sym_sv(e, row->full), sym_sv(e, rest));
    }
    return elixir_alias_text(e, written);
}

sym elixir_module_name(elixir *e, uint32_t at)
{
    switch (elixir_kind(e, at)) {
    case K_ALIAS: return resolve(e, elixir_text(e, at));
    case K_ATOM:
    case K_QUOTED_ATOM: {
        const fact_node *made = &e->f->nodes.items[elixir_atom(e, at)];
        return made->kind == NODE_ATOM ? made->name : 0;
    }
    case K_IDENTIFIER:
        if (e->module == NO_INDEX || !sv_eq(elixir_text(e, at), SV("__MODULE__"))) return 0;
        return e->f->modules.items[e->module].name;
    case K_DOT: {
        uint32_t left = elixir_child(e, at);
        uint32_t right = elixir_last_child(e, at);
        if (elixir_kind(e, left) == K_DOT || elixir_kind(e, right) != K_ALIAS) return 0;
        sym owner = elixir_module_name(e, left);
        if (!owner) return 0;
        sym rest = elixir_alias_text(e, elixir_text(e, right));
        return join(e, sym_sv(e, owner), sym_sv(e, rest));
    }
    default: return 0;
    }
}

static void alias_add(elixir *e, sv short_name, sym full)
{
    if (full && short_name.size && e->aliases.count < ALIASES_MAX)
        vec_push(&e->aliases, (alias_row){short_name, full});
}

/* The value of a keyword argument of a call, or 0. */
static uint32_t option_at(const elixir *e, uint32_t call, const char *name)
{
    uint32_t arguments = elixir_arguments(e, call);
    uint32_t last = arguments ? elixir_last_child(e, arguments) : 0;
    if (elixir_kind(e, last) != K_KEYWORDS) return 0;
    for (EACH_CHILD(e, last, pair)) {
        uint32_t key = elixir_child(e, pair);
        sv text = elixir_kind(e, key) == K_KEYWORD ? sv_trim(elixir_text(e, key)) : SV("");
        if (text.size && sv_eq_c(sv_slice(text, 0, text.size - 1), name))
            return elixir_last_child(e, pair);
    }
    return 0;
}

static void use_add(elixir *e, sym target, uint32_t call)
{
    uint32_t module = elixir_module(e);
    uint32_t opts = elixir_argument(e, call, 1);
    node_ix made = opts ? elixir_value(e, opts) : 0;
    vec_push(&e->f->uses, (fact_use){module, target, made, elixir_at(e, call)->line});
    fact_module *row = &e->f->modules.items[module];
    if (row->kind == MODULE_PLAIN && sv_ends(sym_sv(e, target), SV("Case"))) row->is_test = true;
}

static void import_add(elixir *e, sym target, uint32_t call)
{
    uint32_t only = option_at(e, call, "only");
    uint32_t except = option_at(e, call, "except");
    fact_import row = {.module = elixir_module(e),
                       .target = target,
                       .only = only ? elixir_value(e, only) : 0,
                       .except = except ? elixir_value(e, except) : 0,
                       .line = elixir_at(e, call)->line};
    vec_push(&e->f->imports, row);
}

static void directive_one(elixir *e, special what, uint32_t call, sym target)
{
    uint32_t as = option_at(e, call, "as");
    switch (what) {
    case SP_ALIAS:
        alias_add(e, as ? elixir_text(e, as) : last_segment(sym_sv(e, target)), target);
        break;
    case SP_REQUIRE:
        if (as) alias_add(e, elixir_text(e, as), target);
        break;
    case SP_IMPORT: import_add(e, target, call); break;
    default: use_add(e, target, call); break;
    }
}

void elixir_directive(elixir *e, special what, uint32_t at)
{
    uint32_t subject = elixir_argument(e, at, 0);
    uint32_t many = elixir_kind(e, subject) == K_DOT ? elixir_last_child(e, subject) : 0;
    if (elixir_kind(e, many) == K_TUPLE) { /* alias A.{B, C.D} */
        sym owner = elixir_module_name(e, elixir_child(e, subject));
        if (!owner) return;
        for (EACH_CHILD(e, many, one)) {
            if (elixir_kind(e, one) != K_ALIAS) continue;
            sym rest = elixir_alias_text(e, elixir_text(e, one));
            directive_one(e, what, at, join(e, sym_sv(e, owner), sym_sv(e, rest)));
        }
        return;
    }
    sym target = elixir_module_name(e, subject);
    /* `use unquote(x)`: the text stands for a module that only linking might know. */
    if (!target && what >= SP_IMPORT)
        target = elixir_sym(e, front_cut(elixir_text(e, subject), STRING_BYTES_MAX));
    if (target) directive_one(e, what, at, target);
}

/* -- modules -- */

/* What belongs to the code at hand and not to a module inside it. */
typedef struct {
    uint32_t module, using_module, conditional, capture_max, scope, clause_mark;
    bool in_function, in_using_macro, pattern;
    sv describe;
    pending_attributes pending;
} surroundings;

static surroundings leave(elixir *e, uint32_t module)
{
    surroundings before = {e->module,        e->using_module, e->conditional, e->capture_max,
                           e->aliases.count, e->clause_mark,  e->in_function, e->in_using_macro,
                           e->pattern,       e->describe,     e->pending};
    e->module = module;
    e->using_module = NO_INDEX;
    e->conditional = 0;
    e->in_function = e->in_using_macro = e->pattern = false;
    e->describe = SV("");
    e->pending = (pending_attributes){0};
    return before;
}

static void come_back(elixir *e, const surroundings *before)
{
    e->module = before->module;
    e->using_module = before->using_module;
    e->conditional = before->conditional;
    e->capture_max = before->capture_max;
    e->aliases.count = before->scope;
    e->clause_mark = before->clause_mark;
    e->in_function = before->in_function;
    e->in_using_macro = before->in_using_macro;
    e->pattern = before->pattern;
    e->describe = before->describe;
    e->pending = before->pending;
}

static void push_made(elixir *e, node_ix made)
{
    if (made) elixir_push(e, made);
}

void elixir_module_code(elixir *e, uint32_t at)
{
    uint8_t kind = elixir_at(e, at)->kind;
    if (kind != K_SOURCE && kind != K_DO_BLOCK && kind != K_BLOCK && kind != K_ERROR) {
        push_made(e, elixir_expr(e, at));
        return;
    }
    e->depth++;
    for (EACH_CHILD(e, at, child)) {
        uint8_t part = elixir_kind(e, child);
        if (part < K_AFTER_BLOCK || part > K_ELSE_BLOCK) push_made(e, elixir_expr(e, child));
    }
    e->depth--;
}

/* Code from `mark` on as the body of the module at hand. */
static void module_body_end(elixir *e, uint32_t at, uint32_t mark)
{
    uint32_t count = e->stack.count - mark;
    if (count == 0) return;
    node_ix body = count == 1 ? vec_pop(&e->stack) : elixir_make(e, NODE_BLOCK, 0, at, mark);
    elixir_module_body(e, e->module, body);
}

static uint32_t module_add(elixir *e, sym name, module_kind kind, uint32_t at)
{
    const syntax_node *n = elixir_at(e, at);
    vec_push(&e->f->modules, (fact_module){.name = name,
                                           .kind = (uint8_t)kind,
                                           .parent = e->module == NO_INDEX ? 0 : e->module + 1,
                                           .line = n->line,
                                           .end_line = n->end_line});
    return e->f->modules.count - 1;
}

static void module_lower(elixir *e, sym name, module_kind kind, uint32_t at, uint32_t section)
{
    uint32_t module = module_add(e, name, kind, at);
    surroundings before = leave(e, module);
    uint32_t mark = e->stack.count;
    if (section) {
        fact_module *row = &e->f->modules.items[module];
        row->end_line = MAX(row->end_line, elixir_at(e, section)->end_line);
        elixir_module_code(e, section);
    }
    module_body_end(e, at, mark);
    come_back(e, &before);
}

/* Name of a nested or outermost module; a nested one is also aliased for what follows. */
static sym defined_name(elixir *e, uint32_t name_at)
{
    sv written = elixir_text(e, name_at);
    if (elixir_kind(e, name_at) != K_ALIAS) {
        sym name = elixir_module_name(e, name_at);
        return name ? name : elixir_sym(e, front_cut(written, STRING_BYTES_MAX));
    }
    if (e->module == NO_INDEX || sv_starts(written, SV("Elixir."))) return resolve(e, written);
    sv parent = sym_sv(e, e->f->modules.items[e->module].name);
    sv plain = sym_sv(e, elixir_alias_text(e, written));
    sv first = first_segment(plain);
    alias_add(e, first, join(e, parent, first));
    return join(e, parent, plain);
}

static void defimpl(elixir *e, uint32_t at, uint32_t section)
{
    sym protocol = elixir_module_name(e, elixir_argument(e, at, 0));
    uint32_t target = option_at(e, at, "for");
    if (!protocol) protocol = elixir_sym(e, SV("unknown"));
    sv name = sym_sv(e, protocol);
    if (elixir_kind(e, target) == K_LIST) {
        uint32_t count = 0;
        for (EACH_CHILD(e, target, one)) {
            sym for_name = elixir_module_name(e, one);
            if (for_name && count++ < IMPL_TARGETS_MAX)
                module_lower(e, join(e, name, sym_sv(e, for_name)), MODULE_IMPL, at, section);
        }
        return;
    }
    sym for_name = target                  ? elixir_module_name(e, target)
                   : e->module == NO_INDEX ? 0
                                           : e->f->modules.items[e->module].name;
    sv for_text = for_name ? sym_sv(e, for_name) : target ? elixir_text(e, target) : SV("unknown");
    module_lower(e, join(e, name, for_text), MODULE_IMPL, at, section);
}

/* Without its `end` a module's body is the syntax error right after its head. The error is marked,
 * so that it is not lowered twice. */
static uint32_t body_in_error(elixir *e, uint32_t at)
{
    uint32_t after = elixir_at(e, at)->next;
    if (after >= e->tree.nodes.count || elixir_at(e, after)->kind != K_ERROR) return 0;
    e->tree.nodes.items[after].missing = true;
    return after;
}

void elixir_defmodule(elixir *e, special what, uint32_t at)
{
    sections parts = elixir_sections(e, at);
    if (!parts.at[SECTION_DO]) parts.at[SECTION_DO] = body_in_error(e, at);
    if (e->depth >= LOWER_DEPTH_MAX - 8) {
        e->f->partial = true;
        return;
    }
    if (what == SP_DEFIMPL) {
        defimpl(e, at, parts.at[SECTION_DO]);
        return;
    }
    sym name = defined_name(e, elixir_argument(e, at, 0));
    module_lower(e, name, what == SP_DEFPROTOCOL ? MODULE_PROTOCOL : MODULE_PLAIN, at,
                 parts.at[SECTION_DO]);
}

node_ix elixir_using_quote(elixir *e, uint32_t at, uint32_t section)
{
    uint32_t mark = e->stack.count;
    if (e->using_module == NO_INDEX) {
        sym name = e->f->modules.items[e->module].name;
        e->using_module = module_add(e, name, MODULE_USING, at);
    }
    fact_module *row = &e->f->modules.items[e->using_module];
    row->end_line = MAX(row->end_line, elixir_at(e, at)->end_line);
    surroundings before = leave(e, e->using_module);
    elixir_module_code(e, section);
    module_body_end(e, at, mark);
    come_back(e, &before);
    elixir_push(e, elixir_leaf(e, NODE_ATOM, SV("nil"), at));
    return elixir_make(e, NODE_QUOTE, 0, at, mark);
}

/* `defmodule A do ...` without its end leaves the words in a row: name of the module, or 0. */
static uint32_t broken_module(const elixir *e, uint32_t parent, uint32_t at)
{
    if (elixir_kind(e, at) != K_IDENTIFIER || !sv_eq(elixir_text(e, at), SV("defmodule"))) return 0;
    uint32_t next = elixir_next(e, parent, at);
    if (elixir_kind(e, next) == K_ARGUMENTS) next = elixir_child(e, next);
    return elixir_kind(e, next) == K_ALIAS ? next : 0;
}

node_ix elixir_error(elixir *e, uint32_t at)
{
    uint32_t mark = e->stack.count;
    surroundings outermost = {0};
    uint32_t outermost_mark = 0;
    bool entered = false;
    if (elixir_at(e, at)->missing) return elixir_make(e, NODE_UNKNOWN, 0, at, mark);
    for (EACH_CHILD(e, at, child)) {
        if (elixir_kind(e, child) >= K_OP_FIRST) continue;
        uint32_t name_at = e->quote_depth ? 0 : broken_module(e, at, child);
        if (!name_at) {
            push_made(e, elixir_expr(e, child));
            continue;
        }
        sym name = defined_name(e, name_at);
        uint32_t module = module_add(e, name, MODULE_PLAIN, at);
        e->f->modules.items[module].line = elixir_at(e, child)->line;
        if (entered) module_body_end(e, at, outermost_mark);
        surroundings before = leave(e, module);
        if (!entered) outermost = before;
        entered = true;
        outermost_mark = e->stack.count;
    }
    if (entered) {
        module_body_end(e, at, outermost_mark);
        come_back(e, &outermost);
    }
    return elixir_make(e, NODE_UNKNOWN, 0, at, mark);
}
