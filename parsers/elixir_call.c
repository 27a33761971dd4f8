/* Elixir calls: local, remote, anonymous, piped; captures. */
#include "base/base.h"

#include "parsers/elixir.h"

uint32_t elixir_arguments(const elixir *e, uint32_t call)
{
    return elixir_child_of_kind(e, call, K_ARGUMENTS);
}

uint32_t elixir_argument(const elixir *e, uint32_t call, uint32_t n)
{
    uint32_t arguments = elixir_arguments(e, call);
    if (!arguments) return 0;
    for (EACH_CHILD(e, arguments, argument))
        if (n-- == 0) return argument;
    return 0;
}

/* Pushes the pair of a part of a do-block: {:do, body}. */
static void push_part(elixir *e, const char *name, uint32_t part)
{
    uint32_t mark = e->stack.count;
    e->depth += 2;
    elixir_push(e, elixir_leaf(e, NODE_ATOM, sv_from(name), part));
    elixir_push(e, elixir_section(e, part));
    e->depth -= 2;
    elixir_push(e, elixir_make(e, NODE_TUPLE, 0, part, mark));
}

static void push_do_block(elixir *e, uint32_t do_block)
{
    uint32_t mark = e->stack.count;
    push_part(e, "do", do_block);
    for (EACH_CHILD(e, do_block, part)) {
        switch (elixir_kind(e, part)) {
        case K_RESCUE_BLOCK: push_part(e, "rescue", part); break;
        case K_CATCH_BLOCK: push_part(e, "catch", part); break;
        case K_ELSE_BLOCK: push_part(e, "else", part); break;
        case K_AFTER_BLOCK: push_part(e, "after", part); break;
        default: break;
        }
    }
    elixir_push(e, elixir_make(e, NODE_LIST, 0, do_block, mark));
}

static void push_arguments(elixir *e, uint32_t arguments)
{
    for (EACH_CHILD(e, arguments, argument)) {
        if (elixir_kind(e, argument) == K_KEYWORDS) elixir_push(e, elixir_keywords(e, argument));
        else if (elixir_kind(e, argument) < K_OP_FIRST) elixir_push(e, elixir_value(e, argument));
    }
}

void elixir_push_args(elixir *e, uint32_t call)
{
    for (EACH_CHILD(e, call, child)) {
        if (elixir_kind(e, child) == K_ARGUMENTS) push_arguments(e, child);
        else if (elixir_kind(e, child) == K_DO_BLOCK) push_do_block(e, child);
    }
}

static node_ix call_flags(elixir *e, node_ix made, uint32_t at, node_ix piped)
{
    uint32_t arguments = elixir_arguments(e, at);
    uint32_t target = elixir_child(e, at);
    uint8_t flags = piped ? NODE_FLAG_PIPED : 0;
    /* `f (x)` has a space and so no parentheses of the call's own. */
    if (arguments && elixir_at(e, arguments)->start == elixir_at(e, target)->end &&
        e->tree.source.data[elixir_at(e, arguments)->start] == '(')
        flags |= NODE_FLAG_ARGS;
    e->f->nodes.items[made].flags |= flags;
    return made;
}

static node_ix local_call(elixir *e, uint32_t at, uint32_t target, node_ix piped)
{
    sv name = elixir_text(e, target);
    special what = elixir_special(name);
    if (what != SP_NONE && !(piped && what < SP_CASE)) {
        uint32_t before = e->stack.count;
        if (what >= SP_CASE) {
            node_ix made = elixir_control(e, what, at, piped);
            if (made) return made;
        } else if (what >= SP_ALIAS) {
            bool only_scope = what == SP_ALIAS || what == SP_REQUIRE;
            if (elixir_argument(e, at, 0) && (only_scope || !e->quote_depth)) {
                elixir_directive(e, what, at);
                return 0;
            }
        } else if (!e->quote_depth && elixir_argument(e, at, 0)) {
            if (what == SP_DEFMODULE || what == SP_DEFPROTOCOL || what == SP_DEFIMPL) {
                elixir_defmodule(e, what, at);
                return 0;
            }
            node_ix made = 0;
            if (e->module != NO_INDEX && elixir_def(e, what, at, &made)) return made;
        }
        e->stack.count = before;
    }
    uint32_t mark = e->stack.count;
    if (piped) elixir_push(e, piped);
    elixir_push_args(e, at);
    return call_flags(e, elixir_make_call(e, NODE_CALL, elixir_sym(e, name), at, target, mark), at,
                      piped);
}

/* The name after the dot: identifier, operator, "quoted". */
static sym dot_name(elixir *e, uint32_t right)
{
    uint8_t kind = elixir_kind(e, right);
    if (kind != K_STRING && kind != K_CHARLIST) return elixir_sym(e, elixir_text(e, right));
    buf text = {0};
    elixir_text_of(e, right, &text);
    sym name = elixir_sym(e, front_cut(buf_sv(&text), STRING_BYTES_MAX));
    buf_release(&text);
    return name;
}

/* mod.unquote(name)(args): call is the syntax node of `mod.unquote(name)`. */
static bool is_dot_unquote(const elixir *e, uint32_t call)
{
    if (elixir_kind(e, call) != K_CALL) return false;
    uint32_t target = elixir_child(e, call);
    return elixir_kind(e, target) == K_DOT &&
           sv_eq(elixir_text(e, elixir_last_child(e, target)), SV("unquote")) &&
           elixir_argument(e, call, 0);
}

/* Pushes module and name of `mod.unquote(name)`. */
static void push_dot_unquote(elixir *e, uint32_t call)
{
    uint32_t mod = elixir_child(e, elixir_child(e, call));
    elixir_push(e, elixir_value(e, mod));
    uint32_t mark = e->stack.count;
    elixir_push(e, elixir_value(e, elixir_argument(e, call, 0)));
    elixir_push(e, elixir_make(e, NODE_UNQUOTE, 0, call, mark));
}

static node_ix dot_call(elixir *e, uint32_t at, uint32_t target, node_ix piped)
{
    uint32_t mark = e->stack.count;
    if (is_dot_unquote(e, at)) {
        push_dot_unquote(e, at);
        if (piped) elixir_push(e, piped);
        return call_flags(e, elixir_make(e, NODE_CALL_DYNAMIC, 0, at, mark), at, piped);
    }
    uint32_t left = elixir_child(e, target);
    uint32_t right = left ? elixir_next(e, target, left) : 0;
    if (!left) return elixir_unknown(e, at);
    node_ix owner = elixir_value(e, left);
    elixir_push(e, owner);
    if (!right) { /* f.(x) */
        if (piped) elixir_push(e, piped);
        elixir_push_args(e, at);
        return call_flags(e, elixir_make(e, NODE_CALL_FUN, 0, at, mark), at, piped);
    }
    sym name = dot_name(e, right);
    bool bare = !elixir_arguments(e, at) && !elixir_child_of_kind(e, at, K_DO_BLOCK) && !piped;
    if (bare && e->f->nodes.items[owner].kind != NODE_ATOM)
        return elixir_make_call(e, NODE_FIELD, name, at, right, mark);
    if (piped) elixir_push(e, piped);
    elixir_push_args(e, at);
    node_ix made = elixir_make_call(e, NODE_CALL_REMOTE, name, at, right, mark);
    return call_flags(e, made, at, piped);
}

node_ix elixir_call(elixir *e, uint32_t at, node_ix piped)
{
    uint32_t target = elixir_child(e, at);
    uint32_t mark = e->stack.count;
    switch (elixir_kind(e, target)) {
    case K_IDENTIFIER: return local_call(e, at, target, piped);
    case K_DOT: return dot_call(e, at, target, piped);
    default: break;
    }
    if (!target) return elixir_unknown(e, at);
    /* f(a)(b), unquote(f)(a), mod.unquote(f)(a) */
    bool dynamic = is_dot_unquote(e, target);
    if (dynamic) push_dot_unquote(e, target);
    else elixir_push(e, elixir_value(e, target));
    if (piped) elixir_push(e, piped);
    elixir_push_args(e, at);
    node_kind kind = dynamic ? NODE_CALL_DYNAMIC : NODE_CALL_FUN;
    return call_flags(e, elixir_make(e, kind, 0, at, mark), at, piped);
}

node_ix elixir_pipe(elixir *e, uint32_t at)
{
    uint32_t left = elixir_child(e, at);
    uint32_t right = elixir_last_child(e, at);
    node_ix first = elixir_value(e, left);
    uint32_t mark = e->stack.count;
    while (elixir_kind(e, right) == K_BLOCK && elixir_child(e, right) &&
           !elixir_next(e, right, elixir_child(e, right)))
        right = elixir_child(e, right);
    switch (elixir_kind(e, right)) {
    case K_CALL: {
        node_ix made = elixir_call(e, right, first);
        if (made) return made;
        elixir_push(e, first);
        break;
    }
    case K_IDENTIFIER: {
        elixir_push(e, first);
        node_ix made = elixir_make(e, NODE_CALL, elixir_sym(e, elixir_text(e, right)), right, mark);
        e->f->nodes.items[made].flags = NODE_FLAG_PIPED;
        return made;
    }
    case K_FN:
    case K_UNARY: {
        elixir_push(e, elixir_value(e, right));
        elixir_push(e, first);
        node_ix made = elixir_make(e, NODE_CALL_FUN, 0, right, mark);
        e->f->nodes.items[made].flags = NODE_FLAG_PIPED;
        return made;
    }
    default:
        elixir_push(e, first);
        elixir_push(e, elixir_value(e, right));
        break;
    }
    return elixir_make(e, NODE_OP, elixir_sym(e, SV("|>")), at, mark);
}

/* &f/1, &M.f/1, &+/2: left and right of the slash. */
static node_ix fun_ref(elixir *e, uint32_t at, uint32_t left, uint32_t right)
{
    uint32_t mark = e->stack.count;
    sym name = 0;
    elixir_push(e, 0);
    switch (elixir_kind(e, left)) {
    case K_IDENTIFIER:
    case K_OPERATOR_IDENTIFIER: name = elixir_sym(e, elixir_text(e, left)); break;
    case K_CALL: {
        uint32_t target = elixir_child(e, left);
        uint32_t owner = elixir_child(e, target);
        uint32_t function = owner ? elixir_next(e, target, owner) : 0;
        if (elixir_kind(e, target) != K_DOT || !function || elixir_arguments(e, left)) break;
        node_ix module = elixir_value(e, owner);
        e->stack.items[mark] = module;
        name = dot_name(e, function);
        break;
    }
    default: break;
    }
    if (!name) {
        e->stack.count = mark;
        return 0;
    }
    elixir_push(e, elixir_number(e, right));
    return elixir_make(e, NODE_FUN_REF, name, at, mark);
}

node_ix elixir_capture(elixir *e, uint32_t at, uint32_t operand)
{
    if (elixir_kind(e, operand) == K_INTEGER) {
        uint32_t n = 0;
        sv digits = elixir_text(e, operand);
        for (size_t i = 0; i < digits.size && n < 256; i++)
            n = n * 10 + (uint32_t)(digits.data[i] - '0');
        e->capture_max = MAX(e->capture_max, MIN(n, 255u));
        char name[8];
        snprintf(name, sizeof name, "&%u", MIN(n, 255u));
        return elixir_leaf(e, NODE_VAR, sv_from(name), at);
    }
    while (elixir_kind(e, operand) == K_BLOCK && elixir_child(e, operand) &&
           !elixir_next(e, operand, elixir_child(e, operand)))
        operand = elixir_child(e, operand);
    if (elixir_kind(e, operand) == K_BINARY) {
        uint32_t left = elixir_child(e, operand);
        uint32_t token = elixir_next(e, operand, left);
        uint32_t right = elixir_last_child(e, operand);
        if (elixir_kind(e, token) == OP_SLASH && elixir_kind(e, right) == K_INTEGER) {
            node_ix made = fun_ref(e, at, left, right);
            if (made) return made;
        }
    }
    uint32_t before = e->capture_max;
    e->capture_max = 0;
    uint32_t mark = e->stack.count;
    elixir_push(e, 0); /* no guard */
    e->depth += 2;
    elixir_push(e, elixir_value(e, operand));
    e->depth -= 2;
    for (uint32_t i = 1; i <= e->capture_max; i++) {
        char name[8];
        snprintf(name, sizeof name, "&%u", i);
        elixir_push(e, elixir_leaf(e, NODE_VAR, sv_from(name), at));
    }
    e->capture_max = before;
    node_ix arm = elixir_make(e, NODE_ARM, 0, operand, mark);
    e->f->nodes.items[arm].flags = ARM_FN;
    elixir_push(e, arm);
    return elixir_make(e, NODE_FN, 0, at, mark);
}
