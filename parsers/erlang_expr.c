/* Erlang expressions: values, operators, calls. Control structures are in erlang_control.c. */
#include "base/base.h"

#include "parsers/erlang.h"

node_ix erl_put(lowering *l, node_kind kind, sym name, uint32_t at)
{
    const syntax_node *n = erl_at(l, at);
    const macro_env *env = l->env;
    node_ix node = facts_node(l->f, kind, name, env ? env->line : n->line, env ? env->col : n->col);
    l->f->nodes.items[node].end_line = env ? env->end_line : n->end_line;
    if (l->nest > 0 && l->expansion_left > 0) l->expansion_left--;
    return node;
}

node_ix erl_take(lowering *l, node_ix node, uint32_t mark)
{
    if (l->stack.count > mark)
        facts_node_kids(l->f, node, l->stack.items + mark, l->stack.count - mark);
    l->stack.count = mark;
    return node;
}

node_ix erl_cut(lowering *l, uint32_t at)
{
    l->f->partial = true;
    return erl_put(l, NODE_UNKNOWN, 0, at);
}

/* Pushes the outermost expressions among the children of at that come after `after`. */
static void push_lowerable(lowering *l, uint32_t at, uint32_t after)
{
    if (l->depth >= NODE_DEPTH_MAX - 1) return;
    l->depth++;
    for (EACH_CHILD(l, at, child)) {
        if (child <= after) continue;
        erl_kind kind = erl_kind_at(l, child);
        if (erl_is_expr(kind)) erl_push(l, erl_expr(l, child));
        else if (kind < K_FUN_DECL && kind != K_TYPE && kind != K_FIELD_TYPE)
            push_lowerable(l, child, 0);
    }
    l->depth--;
}

node_ix erl_unknown_rest(lowering *l, uint32_t at, uint32_t after)
{
    uint32_t mark = l->stack.count;
    node_ix node = erl_put(l, NODE_UNKNOWN, 0, at);
    push_lowerable(l, at, after);
    return erl_take(l, node, mark);
}

node_ix erl_unknown(lowering *l, uint32_t at)
{
    return erl_unknown_rest(l, at, 0);
}

/* -- names -- */

sym erl_resolve_atom(lowering *l, uint32_t at)
{
    bool is_alias;
    const macro_env *env = l->env;
    sym result = 0;
    /* Each round goes from a name to what it stands for; the cap ends macros in a circle. */
    for (int round = 0; round < MACRO_NEST_MAX && at; round++) {
        bool applied;
        switch (erl_kind_at(l, at)) {
        case K_ATOM: result = erl_atom(l->f, syntax_text(&l->s, at), &is_alias); goto out;
        case K_PAREN: at = erl_child(l, at, F_EXPR); break;
        case K_VAR:
            at = erl_macro_arg(l, at);
            if (at) l->env = l->env->outer;
            break;
        case K_MACRO_CALL: {
            sv name = syntax_text(&l->s, erl_child(l, at, F_NAME));
            if (sv_eq(name, SV("MODULE"))) {
                result = l->module_name;
                goto out;
            }
            if (sv_eq(name, SV("FUNCTION_NAME"))) {
                result = l->function_name;
                goto out;
            }
            macro_def *def = erl_macro_of(l, at, &applied);
            at = def && def->params == 0 && !applied ? def->body : 0;
            break;
        }
        default: at = 0;
        }
    }
out:
    l->env = env;
    return result;
}

sym erl_name(lowering *l, uint32_t at)
{
    if (at == 0) return 0;
    sym resolved = erl_resolve_atom(l, at);
    if (resolved) return resolved;
    if (erl_kind_at(l, at) != K_MACRO_CALL)
        return sym_add(&l->f->symbols, front_cut(syntax_text(&l->s, at), STRING_BYTES_MAX));
    char name[256];
    sv text = front_cut(syntax_text(&l->s, erl_child(l, at, F_NAME)), sizeof name - 2);
    snprintf(name, sizeof name, "?%.*s", SV_FMT(text));
    return sym_add(&l->f->symbols, sv_from(name));
}

node_ix erl_put_atom(lowering *l, sv text, uint32_t at)
{
    return erl_put(l, NODE_ATOM, sym_add(&l->f->symbols, text), at);
}

node_ix erl_name_node(lowering *l, uint32_t at)
{
    if (erl_kind_at(l, at) == K_ATOM) return erl_expr(l, at);
    sym name = erl_name(l, at);
    return erl_put(l, NODE_ATOM, name, at);
}

/* -- literals -- */

static node_ix lower_atom(lowering *l, uint32_t at)
{
    bool is_alias;
    sym name = erl_atom(l->f, syntax_text(&l->s, at), &is_alias);
    node_ix node = erl_put(l, NODE_ATOM, name, at);
    if (is_alias) l->f->nodes.items[node].flags = NODE_FLAG_MODULE;
    return node;
}

static node_ix lower_var(lowering *l, uint32_t at)
{
    uint32_t arg = erl_macro_arg(l, at);
    if (arg) {
        const macro_env *env = l->env;
        l->env = env->outer;
        node_ix node = erl_expr(l, arg);
        l->env = env;
        return node;
    }
    sv text = front_cut(syntax_text(&l->s, at), STRING_BYTES_MAX);
    return erl_put(l, NODE_VAR, sym_add(&l->f->symbols, text), at);
}

static node_ix lower_integer(lowering *l, uint32_t at)
{
    return erl_put(l, NODE_INT, erl_integer(l->f, syntax_text(&l->s, at)), at);
}

static node_ix lower_float(lowering *l, uint32_t at)
{
    sv text = front_cut(syntax_text(&l->s, at), STRING_BYTES_MAX);
    return erl_put(l, NODE_FLOAT, sym_add(&l->f->symbols, text), at);
}

static node_ix lower_char(lowering *l, uint32_t at)
{
    return erl_put(l, NODE_INT, erl_char(l->f, syntax_text(&l->s, at)), at);
}

static node_ix put_string(lowering *l, buf *content, uint32_t at)
{
    sym text = sym_add(&l->f->symbols, front_cut(buf_sv(content), STRING_BYTES_MAX));
    buf_clear(content);
    return erl_put(l, NODE_STRING, text, at);
}

static node_ix lower_string(lowering *l, uint32_t at)
{
    buf content = {0};
    erl_string(syntax_text(&l->s, at), &content);
    node_ix node = put_string(l, &content, at);
    buf_release(&content);
    return node;
}

/* "a" "b" is one string; what is no literal is appended with ++. */
static node_ix lower_concatables(lowering *l, uint32_t at)
{
    buf content = {0};
    bool open = false;
    uint32_t mark = l->stack.count;
    l->depth += FOLD_DEPTH_MAX;
    for (EACH_CHILD(l, at, child)) {
        bool literal = erl_kind_at(l, child) == K_STRING;
        if (literal && content.size < STRING_BYTES_MAX)
            erl_string(syntax_text(&l->s, child), &content);
        if (!literal && open) erl_push(l, put_string(l, &content, at));
        if (!literal && erl_is_expr(erl_kind_at(l, child))) erl_push(l, erl_expr(l, child));
        open = literal;
    }
    if (open) erl_push(l, put_string(l, &content, at));
    buf_release(&content);
    l->depth -= FOLD_DEPTH_MAX;
    return erl_fold(l, "++", mark, at);
}

/* -- operators -- */

enum { FOLD_CHAIN_MAX = FOLD_DEPTH_MAX / 2 }; /* the other half: halvings, and there are 32 */

static node_ix fold_range(lowering *l, sym op, uint32_t from, uint32_t to, uint32_t at)
{
    if (to - from > FOLD_CHAIN_MAX) { /* halves: long chains must not become deep */
        uint32_t middle = from + (to - from) / 2;
        node_ix pair[2] = {fold_range(l, op, from, middle, at), 0};
        pair[1] = fold_range(l, op, middle, to, at);
        node_ix node = erl_put(l, NODE_OP, op, at);
        facts_node_kids(l->f, node, pair, 2);
        return node;
    }
    node_ix left = l->stack.items[from];
    for (uint32_t i = from + 1; i < to; i++) {
        node_ix pair[2] = {left, l->stack.items[i]};
        left = erl_put(l, NODE_OP, op, at);
        l->f->nodes.items[left].line = l->f->nodes.items[pair[0]].line;
        l->f->nodes.items[left].col = l->f->nodes.items[pair[0]].col;
        facts_node_kids(l->f, left, pair, 2);
    }
    return left;
}

node_ix erl_fold(lowering *l, const char *op, uint32_t mark, uint32_t at)
{
    node_ix node = 0;
    if (l->stack.count - mark == 1) node = l->stack.items[mark];
    if (l->stack.count - mark > 1)
        node = fold_range(l, sym_add(&l->f->symbols, sv_from(op)), mark, l->stack.count, at);
    l->stack.count = mark;
    return node;
}

static node_ix lower_operator(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count;
    erl_kind op = K_COUNT;
    for (EACH_CHILD(l, at, child))
        if (op == K_COUNT && erl_is_token(erl_kind_at(l, child))) op = erl_kind_at(l, child);
    node_ix node = op == T_SLASH || op == T_MINUS ? erl_macro_segment(l, at) : 0;
    if (node) return node;
    if (op == T_BANG) {
        node = erl_put(l, NODE_CALL_REMOTE, sym_add(&l->f->symbols, SV("send")), at);
        erl_push(l, erl_put_atom(l, SV("erlang"), at));
    } else {
        node = erl_put(l, NODE_OP, sym_add(&l->f->symbols, erl_op_name(op)), at);
    }
    for (EACH_CHILD(l, at, child))
        if (erl_is_expr(erl_kind_at(l, child))) erl_push(l, erl_expr(l, child));
    return erl_take(l, node, mark);
}

static node_ix lower_match(lowering *l, uint32_t at)
{
    uint32_t lhs = erl_child(l, at, F_LHS), rhs = erl_child(l, at, F_RHS);
    if (!lhs || !rhs) return erl_unknown(l, at);
    node_ix node = erl_put(l, NODE_MATCH, 0, at);
    node_ix pair[2] = {erl_expr(l, lhs), 0};
    pair[1] = erl_expr(l, rhs);
    facts_node_kids(l->f, node, pair, 2);
    return node;
}

/* -- compounds -- */

/* Pushes the expressions among the children; a `| Tail` at the end gives true. */
static bool push_children(lowering *l, uint32_t at)
{
    bool tail = false;
    for (EACH_CHILD(l, at, child)) {
        erl_kind kind = erl_kind_at(l, child);
        if (kind == K_PIPE) {
            uint32_t lhs = erl_child(l, child, F_LHS), rhs = erl_child(l, child, F_RHS);
            if (lhs) erl_push(l, erl_expr(l, lhs));
            if (rhs) erl_push(l, erl_expr(l, rhs));
            tail = lhs && rhs;
        } else if (erl_is_expr(kind)) {
            erl_push(l, erl_expr(l, child));
        } else if (kind == K_TYPE) {
            erl_push(l, erl_unknown(l, child));
        }
    }
    return tail;
}

static node_ix lower_tuple(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count;
    node_ix node = erl_put(l, NODE_TUPLE, 0, at);
    push_children(l, at);
    return erl_take(l, node, mark);
}

static node_ix lower_list(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count;
    node_ix node = erl_put(l, NODE_LIST, 0, at);
    if (push_children(l, at)) l->f->nodes.items[node].flags |= NODE_FLAG_TAIL;
    return erl_take(l, node, mark);
}

static node_ix lower_paren(lowering *l, uint32_t at)
{
    uint32_t inner = erl_child(l, at, F_EXPR);
    return inner ? erl_expr(l, inner) : erl_unknown(l, at);
}

static node_ix lower_block(lowering *l, uint32_t at)
{
    return erl_body(l, at);
}

static node_ix lower_catch(lowering *l, uint32_t at)
{
    uint32_t inner = erl_child(l, at, F_EXPR);
    if (!inner) return erl_unknown(l, at);
    node_ix node = erl_put(l, NODE_CATCH, 0, at);
    node_ix value = erl_expr(l, inner);
    facts_node_kids(l->f, node, &value, 1);
    return node;
}

/* -- dispatch -- */

static erl_expr_fn *const LOWER[K_EXPR_LAST + 1] = {
    [K_ATOM] = lower_atom,
    [K_VAR] = lower_var,
    [K_INTEGER] = lower_integer,
    [K_FLOAT] = lower_float,
    [K_CHAR] = lower_char,
    [K_STRING] = lower_string,
    [K_CONCATABLES] = lower_concatables,
    [K_MACRO_CALL] = erl_macro_call,
    [K_MACRO_STRING] = erl_macro_string,
    [K_LIST] = lower_list,
    [K_TUPLE] = lower_tuple,
    [K_BINARY] = erl_binary,
    [K_PAREN] = lower_paren,
    [K_BLOCK] = lower_block,
    [K_IF] = erl_if,
    [K_CASE] = erl_case,
    [K_RECEIVE] = erl_receive,
    [K_TRY] = erl_try,
    [K_MAYBE] = erl_maybe,
    [K_INTERNAL_FUN] = erl_internal_fun,
    [K_EXTERNAL_FUN] = erl_external_fun,
    [K_ANONYMOUS_FUN] = erl_anonymous_fun,
    [K_LIST_COMPREHENSION] = erl_comprehension,
    [K_BINARY_COMPREHENSION] = erl_comprehension,
    [K_MAP_COMPREHENSION] = erl_comprehension,
    [K_CALL] = erl_call,
    [K_REMOTE] = erl_remote,
    [K_BINARY_OP] = lower_operator,
    [K_UNARY_OP] = lower_operator,
    [K_MATCH] = lower_match,
    [K_COND_MATCH] = erl_unknown,
    [K_CATCH] = lower_catch,
    [K_PIPE] = erl_unknown,
    [K_MAP] = erl_map,
    [K_MAP_UPDATE] = erl_map_update,
    [K_RECORD] = erl_record,
    [K_RECORD_UPDATE] = erl_record_update,
    [K_RECORD_FIELD_ACCESS] = erl_record_field,
    [K_RECORD_INDEX] = erl_record_index,
};

node_ix erl_expr(lowering *l, uint32_t at)
{
    erl_kind kind = erl_kind_at(l, at);
    if (l->depth >= NODE_DEPTH_MAX - 2) return erl_cut(l, at);
    if (l->nest > 0 && l->expansion_left == 0) return 0; /* the expansion is dropped as a whole */
    l->depth++;
    node_ix node = erl_is_expr(kind) ? LOWER[kind](l, at) : erl_unknown(l, at);
    l->depth--;
    return node;
}
