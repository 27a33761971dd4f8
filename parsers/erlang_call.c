/* Erlang calls: local, remote, of function values; and through macros. */
#include "base/base.h"

#include "parsers/erlang.h"

static place here(const lowering *l, uint32_t at)
{
    return (place){at, l->env};
}

static node_ix expr_in(lowering *l, place what)
{
    const macro_env *env = l->env;
    l->env = what.env;
    node_ix node = erl_expr(l, what.at);
    l->env = env;
    return node;
}

static sym resolve_in(lowering *l, place what)
{
    const macro_env *env = l->env;
    l->env = what.env;
    sym name = erl_resolve_atom(l, what.at);
    l->env = env;
    return name;
}

/* What a macro parameter stands for; what itself if it is none. */
static place through_params(lowering *l, place what)
{
    const macro_env *env = l->env;
    l->env = what.env;
    for (int i = 0; i < MACRO_NEST_MAX && erl_kind_at(l, what.at) == K_VAR; i++) {
        uint32_t arg = erl_macro_arg(l, what.at);
        if (!arg) break;
        l->env = l->env->outer;
        what = here(l, arg);
    }
    l->env = env;
    return what;
}

/* A node at the place of the function name that extends over the whole call. */
static node_ix put_call(lowering *l, node_kind kind, sym name, uint32_t callee, uint32_t at)
{
    node_ix node = erl_put(l, kind, name, callee);
    l->f->nodes.items[node].flags = NODE_FLAG_ARGS;
    if (!l->env) l->f->nodes.items[node].end_line = erl_at(l, at)->end_line;
    return node;
}

static void push_args(lowering *l, place args)
{
    if (!args.at) return;
    const macro_env *env = l->env;
    l->env = args.env;
    for (EACH_CHILD(l, args.at, child)) {
        erl_kind kind = erl_kind_at(l, child);
        uint32_t arg = kind == K_MACRO_ARG ? erl_child(l, child, F_EXPR) : child;
        kind = arg ? erl_kind_at(l, arg) : (erl_kind)SYNTAX_OTHER;
        if (erl_is_expr(kind) || kind == K_TYPE) erl_push(l, erl_expr(l, arg));
    }
    l->env = env;
}

/* module:callee(args) */
static node_ix remote_call(lowering *l, uint32_t at, place module, place callee, place args)
{
    uint32_t mark = l->stack.count;
    if (erl_kind_at(l, callee.at) == K_CALL) { /* m:f(A)(B) */
        place inner = {erl_child(l, callee.at, F_EXPR), callee.env};
        place inner_args = {erl_child(l, callee.at, F_ARGS), callee.env};
        if (!inner.at || l->depth >= NODE_DEPTH_MAX - 3) return erl_cut(l, at);
        node_ix node = put_call(l, NODE_CALL_FUN, 0, inner.at, at);
        l->depth++;
        erl_push(l, remote_call(l, at, module, inner, inner_args));
        l->depth--;
        push_args(l, args);
        return erl_take(l, node, mark);
    }
    sym name = resolve_in(l, callee);
    node_kind kind = name ? NODE_CALL_REMOTE : NODE_CALL_DYNAMIC;
    node_ix node = put_call(l, kind, name, l->env ? at : callee.at, at);
    erl_push(l, expr_in(l, module));
    if (!name) erl_push(l, expr_in(l, callee));
    push_args(l, args);
    return erl_take(l, node, mark);
}

/* module:?NAME(args): the grammar gives the arguments to the macro. */
static node_ix remote_macro(lowering *l, uint32_t at, place module, place macro)
{
    const macro_env *env = l->env;
    place args = {erl_child(l, macro.at, F_ARGS), macro.env};
    l->env = macro.env;
    bool applied;
    macro_def *def = erl_macro_of(l, macro.at, &applied);
    uint32_t body = def ? def->body : 0;
    macro_env inner;
    if (body && !applied && erl_kind_at(l, body) == K_CALL &&
        erl_macro_enter(l, def, macro.at, args.at, &inner)) {
        place callee = {erl_child(l, body, F_EXPR), &inner};
        place called = {erl_child(l, body, F_ARGS), &inner};
        node_ix node = callee.at ? remote_call(l, at, module, callee, called) : erl_cut(l, at);
        erl_macro_leave(l, &inner);
        l->env = env;
        return node;
    }
    sym name = applied && body ? erl_resolve_atom(l, body) : erl_resolve_atom(l, macro.at);
    l->env = env;
    uint32_t mark = l->stack.count;
    node_kind kind = name ? NODE_CALL_REMOTE : NODE_CALL_DYNAMIC;
    node_ix node = put_call(l, kind, name, l->env ? at : macro.at, at);
    erl_push(l, expr_in(l, module));
    if (!name) {
        sv text = syntax_text(&l->s, erl_child(l, macro.at, F_NAME));
        node_ix unknown = erl_put(l, NODE_MACRO, sym_add(&l->f->symbols, text), at);
        facts_node_kids(l->f, unknown, &(node_ix){0}, 1);
        erl_push(l, unknown);
    }
    push_args(l, args);
    return erl_take(l, node, mark);
}

/* module:fun without arguments is what macros are made of; a reference without arity says so. */
static node_ix remote_name(lowering *l, uint32_t at, place module, sym name)
{
    node_ix node = erl_put(l, NODE_FUN_REF, name, at);
    node_ix pair[2] = {expr_in(l, module), 0};
    facts_node_kids(l->f, node, pair, 2);
    return node;
}

static node_ix remote_to(lowering *l, uint32_t at, place module, place fun)
{
    fun = through_params(l, fun);
    erl_kind kind = erl_kind_at(l, fun.at);
    if (kind == K_CALL) {
        place callee = {erl_child(l, fun.at, F_EXPR), fun.env};
        place args = {erl_child(l, fun.at, F_ARGS), fun.env};
        return callee.at ? remote_call(l, at, module, callee, args) : erl_unknown(l, at);
    }
    bool has_args = kind == K_MACRO_CALL && erl_child(l, fun.at, F_ARGS);
    if (has_args) return remote_macro(l, at, module, fun);
    sym name = resolve_in(l, fun);
    if (name) return remote_name(l, at, module, name);
    if (kind != K_INTEGER && kind != K_MACRO_CALL) return erl_unknown(l, at);
    node_ix node = erl_put(l, NODE_SEGMENT, 0, at); /* X:16, the body of a macro */
    node_ix pair[2] = {expr_in(l, module), 0};
    pair[1] = expr_in(l, fun);
    facts_node_kids(l->f, node, pair, 2);
    return node;
}

node_ix erl_remote(lowering *l, uint32_t at)
{
    uint32_t prefix = erl_child(l, at, F_MODULE), fun = erl_child(l, at, F_FUN);
    uint32_t module = prefix ? erl_child(l, prefix, F_MODULE) : 0;
    if (!module || !fun) return erl_unknown(l, at);
    return remote_to(l, at, here(l, module), here(l, fun));
}

node_ix erl_call_to(lowering *l, uint32_t at, uint32_t callee, place args)
{
    place target = through_params(l, here(l, callee));
    if (erl_kind_at(l, target.at) == K_REMOTE) { /* ?F(X) where F is m:f */
        uint32_t prefix = erl_child(l, target.at, F_MODULE);
        uint32_t fun = erl_child(l, target.at, F_FUN);
        place module = {prefix ? erl_child(l, prefix, F_MODULE) : 0, target.env};
        bool simple = fun && erl_kind_at(l, fun) != K_MACRO_CALL;
        if (module.at && simple) return remote_call(l, at, module, (place){fun, target.env}, args);
    }
    uint32_t mark = l->stack.count;
    sym name = resolve_in(l, target);
    node_kind kind = name ? NODE_CALL : NODE_CALL_FUN;
    node_ix node = put_call(l, kind, name, l->env ? at : target.at, at);
    if (!name) erl_push(l, expr_in(l, target));
    push_args(l, args);
    return erl_take(l, node, mark);
}

node_ix erl_call(lowering *l, uint32_t at)
{
    uint32_t callee = erl_child(l, at, F_EXPR), args = erl_child(l, at, F_ARGS);
    if (!callee || !erl_is_expr(erl_kind_at(l, callee))) return erl_unknown(l, at);
    return erl_call_to(l, at, callee, here(l, args));
}
