/* Elixir expressions: the dispatch by kind, names, operators, blocks. */
#include "base/base.h"

#include "parsers/elixir.h"

static node_ix too_deep(elixir *e, uint32_t at)
{
    e->f->partial = true;
    return elixir_leaf(e, NODE_UNKNOWN, SV("depth"), at);
}

/* What has no meaning here: its parts are still lowered. */
node_ix elixir_unknown(elixir *e, uint32_t at)
{
    uint32_t mark = e->stack.count;
    for (EACH_CHILD(e, at, child)) {
        if (elixir_kind(e, child) >= K_OP_FIRST) continue;
        node_ix made = elixir_expr(e, child);
        if (made) elixir_push(e, made);
    }
    return elixir_make(e, NODE_UNKNOWN, 0, at, mark);
}

node_ix elixir_value(elixir *e, uint32_t at)
{
    node_ix made = at ? elixir_expr(e, at) : 0;
    return made ? made : elixir_leaf(e, NODE_ATOM, SV("nil"), at);
}

node_ix elixir_pattern(elixir *e, uint32_t at)
{
    bool before = e->pattern;
    e->pattern = true;
    node_ix made = elixir_value(e, at);
    e->pattern = before;
    return made;
}

static node_ix unpattern(elixir *e, uint32_t at)
{
    bool before = e->pattern;
    e->pattern = false;
    node_ix made = elixir_value(e, at);
    e->pattern = before;
    return made;
}

static node_ix module_atom(elixir *e, uint32_t at, bool self)
{
    sym name = elixir_module_name(e, at);
    if (!name) return elixir_leaf(e, NODE_VAR, elixir_text(e, at), at);
    node_ix made = elixir_make(e, NODE_ATOM, name, at, e->stack.count);
    e->f->nodes.items[made].flags = NODE_FLAG_MODULE | (self ? NODE_FLAG_SELF : 0);
    return made;
}

static void bind(elixir *e, sym name)
{
    while (e->bound.count <= name) vec_push(&e->bound, 0);
    e->bound.items[name] = e->clause_mark;
}

static node_ix identifier(elixir *e, uint32_t at)
{
    sv text = elixir_text(e, at);
    if (text.size == 0) return elixir_leaf(e, NODE_UNKNOWN, SV("missing"), at);
    if (text.data[0] == '_' && sv_eq(text, SV("__MODULE__"))) return module_atom(e, at, true);
    node_ix made = elixir_leaf(e, NODE_VAR, text, at);
    if (e->pattern) bind(e, e->f->nodes.items[made].name);
    else if (e->in_function && !e->quote_depth) vec_push(&e->reads, made);
    return made;
}

node_ix elixir_pair(elixir *e, uint32_t at)
{
    uint32_t key = elixir_child(e, at);
    if (elixir_kind(e, at) != K_PAIR) return elixir_unknown(e, at);
    uint32_t mark = e->stack.count;
    e->depth++;
    elixir_push(e, elixir_value(e, key));
    uint32_t value = elixir_last_child(e, at);
    elixir_push(e, value == key ? 0 : elixir_value(e, value));
    e->depth--;
    return elixir_make(e, NODE_TUPLE, 0, at, mark);
}

node_ix elixir_keywords(elixir *e, uint32_t at)
{
    uint32_t mark = e->stack.count;
    e->depth++;
    for (EACH_CHILD(e, at, pair)) elixir_push(e, elixir_pair(e, pair));
    e->depth--;
    return elixir_make(e, NODE_LIST, 0, at, mark);
}

static node_ix tuple(elixir *e, uint32_t at)
{
    uint32_t mark = e->stack.count;
    for (EACH_CHILD(e, at, item))
        elixir_push(e, elixir_kind(e, item) == K_KEYWORDS ? elixir_keywords(e, item)
                                                          : elixir_value(e, item));
    return elixir_make(e, NODE_TUPLE, 0, at, mark);
}

static node_ix block(elixir *e, uint32_t at)
{
    uint32_t only = elixir_child(e, at);
    if (only && elixir_kind(e, only) != K_STAB && !elixir_next(e, at, only))
        return elixir_expr(e, only);
    return elixir_body(e, at);
}

static node_ix unary(elixir *e, uint32_t at)
{
    uint32_t token = elixir_child(e, at);
    uint32_t operand = elixir_last_child(e, at);
    if (!token || operand == token) return elixir_unknown(e, at);
    switch (elixir_kind(e, token)) {
    case OP_AT: return elixir_attribute(e, at, operand);
    case OP_AND_AMP: return elixir_capture(e, at, operand);
    default: break;
    }
    uint32_t mark = e->stack.count;
    if (elixir_kind(e, token) == OP_PIN) {
        elixir_push(e, unpattern(e, operand));
        return elixir_make(e, NODE_PIN, 0, at, mark);
    }
    bool negation = elixir_kind(e, token) == OP_NOT;
    sym name = elixir_sym(e, negation ? SV("not") : elixir_text(e, token));
    elixir_push(e, elixir_value(e, operand));
    return elixir_make(e, NODE_OP, name, at, mark);
}

static node_ix operation(elixir *e, uint32_t at, sv name, uint32_t left, uint32_t right)
{
    uint32_t mark = e->stack.count;
    elixir_push(e, elixir_value(e, left));
    elixir_push(e, elixir_kind(e, right) == K_KEYWORDS ? elixir_keywords(e, right)
                                                       : elixir_value(e, right));
    return elixir_make(e, NODE_OP, elixir_sym(e, name), at, mark);
}

static node_ix pair_of(elixir *e, node_kind kind, uint32_t at, uint32_t left, uint32_t right)
{
    uint32_t mark = e->stack.count;
    elixir_push(e, kind == NODE_TUPLE ? elixir_value(e, left) : elixir_pattern(e, left));
    elixir_push(e, elixir_value(e, right));
    return elixir_make(e, kind, 0, at, mark);
}

static node_ix not_in(elixir *e, uint32_t at, uint32_t left, uint32_t right)
{
    uint32_t mark = e->stack.count;
    e->depth++;
    elixir_push(e, operation(e, at, SV("in"), left, right));
    e->depth--;
    return elixir_make(e, NODE_OP, elixir_sym(e, SV("not")), at, mark);
}

static node_ix binary(elixir *e, uint32_t at)
{
    uint32_t left = elixir_child(e, at);
    uint32_t token = left ? elixir_next(e, at, left) : 0;
    while (token && elixir_kind(e, token) < K_OP_FIRST) token = elixir_next(e, at, token);
    uint32_t right = elixir_last_child(e, at);
    if (!token || right <= token) return elixir_unknown(e, at);
    switch (elixir_kind(e, token)) {
    case OP_PIPE: return elixir_pipe(e, at);
    case OP_MATCH: return pair_of(e, NODE_MATCH, at, left, right);
    case OP_ARROW_LEFT: return pair_of(e, NODE_GENERATOR, at, left, right);
    case OP_ASSOC: return pair_of(e, NODE_TUPLE, at, left, right);
    case OP_NOT_IN: return not_in(e, at, left, right);
    case OP_DEFAULT: {
        uint32_t mark = e->stack.count;
        elixir_push(e, elixir_value(e, left));
        elixir_push(e, unpattern(e, right));
        return elixir_make(e, NODE_OP, elixir_sym(e, SV("\\\\")), at, mark);
    }
    default: return operation(e, at, elixir_op_name(elixir_text(e, token)), left, right);
    }
}

static node_ix index_of(elixir *e, uint32_t at)
{
    uint32_t mark = e->stack.count;
    elixir_push(e, elixir_value(e, elixir_child(e, at)));
    elixir_push(e, elixir_value(e, elixir_last_child(e, at)));
    return elixir_make(e, NODE_INDEX, 0, at, mark);
}

static node_ix written_module(elixir *e, sv name, uint32_t at)
{
    node_ix made = elixir_leaf(e, NODE_ATOM, name, at);
    e->f->nodes.items[made].flags = NODE_FLAG_MODULE;
    return made;
}

/* A.{B, C} outside of a directive. */
static node_ix module_list(elixir *e, uint32_t at, uint32_t owner, uint32_t names)
{
    uint32_t mark = e->stack.count;
    sym prefix = elixir_module_name(e, owner);
    if (!prefix) return elixir_unknown(e, at);
    for (EACH_CHILD(e, names, name)) {
        buf text = {0};
        buf_add(&text, facts_text(e->f, prefix));
        buf_add_char(&text, '.');
        buf_add(&text, elixir_text(e, name));
        elixir_push(e, written_module(e, front_cut(buf_sv(&text), STRING_BYTES_MAX), name));
        buf_release(&text);
    }
    return elixir_make(e, NODE_LIST, 0, at, mark);
}

/* A dot outside of a call: __MODULE__.X, x.Y, A.{B, C}. */
static node_ix dot(elixir *e, uint32_t at)
{
    if (elixir_module_name(e, at)) return module_atom(e, at, false);
    uint32_t left = elixir_child(e, at);
    uint32_t right = elixir_last_child(e, at);
    if (elixir_kind(e, right) == K_TUPLE) return module_list(e, at, left, right);
    if (right == left || elixir_kind(e, right) != K_ALIAS) return elixir_unknown(e, at);
    /* What the compiler makes of a computed left side. */
    uint32_t mark = e->stack.count;
    elixir_push(e, written_module(e, SV("Module"), at));
    elixir_push(e, elixir_value(e, left));
    elixir_push(e, written_module(e, elixir_text(e, right), right));
    return elixir_make(e, NODE_CALL_REMOTE, elixir_sym(e, SV("concat")), at, mark);
}

static node_ix dispatch(elixir *e, uint32_t at)
{
    switch (elixir_kind(e, at)) {
    case K_IDENTIFIER: return identifier(e, at);
    case K_CALL: return elixir_call(e, at, 0);
    case K_ALIAS: return module_atom(e, at, false);
    case K_ATOM:
    case K_QUOTED_ATOM:
    case K_KEYWORD:
    case K_QUOTED_KEYWORD:
    case K_BOOLEAN:
    case K_NIL: return elixir_atom(e, at);
    case K_STRING:
    case K_CHARLIST: return elixir_string(e, at);
    case K_TUPLE: return tuple(e, at);
    case K_LIST: return elixir_list(e, at);
    case K_MAP: return elixir_map(e, at);
    case K_BINARY: return binary(e, at);
    case K_UNARY: return unary(e, at);
    case K_INTEGER:
    case K_FLOAT: return elixir_number(e, at);
    case K_FN: return elixir_fn(e, at);
    case K_ACCESS: return index_of(e, at);
    case K_BITSTRING: return elixir_bitstring(e, at);
    case K_SIGIL: return elixir_sigil(e, at);
    case K_BLOCK: return block(e, at);
    case K_BODY: return elixir_body(e, at);
    case K_KEYWORDS: return elixir_keywords(e, at);
    case K_PAIR: return elixir_pair(e, at);
    case K_CHAR: return elixir_char(e, at);
    case K_DOT: return dot(e, at);
    case K_OPERATOR_IDENTIFIER: return elixir_leaf(e, NODE_OP, elixir_text(e, at), at);
    case K_ERROR: return elixir_error(e, at);
    default: return elixir_unknown(e, at);
    }
}

node_ix elixir_expr(elixir *e, uint32_t at)
{
    if (e->depth >= LOWER_DEPTH_MAX) return too_deep(e, at);
    e->depth++;
    node_ix made = dispatch(e, at);
    e->depth--;
    return made;
}
