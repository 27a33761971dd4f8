/* Erlang macros: the definitions of this file, and their expansion where they are used. */
#include "base/base.h"

#include "parsers/erlang.h"

static uint64_t macro_key(sym name, int arity)
{
    return pair64(name, (uint32_t)(arity + 1));
}

macro_def *erl_macro_find(lowering *l, sym name, int arity)
{
    uint32_t index = map64_get(&l->macro_index, macro_key(name, arity), UINT32_MAX);
    return index == UINT32_MAX || l->macros.items[index].name == 0 ? NULL : &l->macros.items[index];
}

void erl_macro_define(lowering *l, macro_def def)
{
    macro_def *known = erl_macro_find(l, def.name, def.arity);
    if (known && known->preferred && !def.preferred) return;
    if (known) {
        *known = def;
        return;
    }
    map64_set(&l->macro_index, macro_key(def.name, def.arity), l->macros.count);
    vec_push(&l->macros, def);
}

void erl_macro_undef(lowering *l, sym name)
{
    for (vec_each(&l->macros, def))
        if (def->name == name) def->name = 0;
}

uint32_t erl_macro_arg_count(const lowering *l, uint32_t args)
{
    uint32_t count = 0;
    for (EACH_CHILD(l, args, child)) count += erl_kind_at(l, child) == K_MACRO_ARG;
    return count;
}

macro_def *erl_macro_of(lowering *l, uint32_t at, bool *applied)
{
    *applied = false;
    uint32_t name_at = erl_child(l, at, F_NAME), args = erl_child(l, at, F_ARGS);
    if (!name_at) return NULL;
    sym name = sym_find(&l->f->symbols, syntax_text(&l->s, name_at));
    if (!name) return NULL;
    if (args) {
        macro_def *def = erl_macro_find(l, name, (int)erl_macro_arg_count(l, args));
        if (def) return def;
    }
    macro_def *def = erl_macro_find(l, name, -1);
    *applied = def && args;
    return def;
}

uint32_t erl_macro_arg(const lowering *l, uint32_t var)
{
    if (!l->env || !l->env->params) return 0;
    sv name = syntax_text(&l->s, var);
    uint32_t n = 0;
    for (EACH_CHILD(l, l->env->params, param)) {
        if (erl_kind_at(l, param) != K_VAR) continue;
        if (n == l->env->arg_count) return 0;
        if (sv_eq(syntax_text(&l->s, param), name)) return l->env->args[n];
        n++;
    }
    return 0;
}

bool erl_macro_enter(lowering *l, macro_def *def, uint32_t at, uint32_t args, macro_env *env)
{
    if (!def || !def->body || l->nest >= MACRO_NEST_MAX) return false;
    for (const macro_env *open = l->env; open; open = open->outer)
        if (open->def == def) return false; /* a macro that uses itself */
    if (l->nest == 0) l->expansion_left = MIN((uint32_t)MACRO_NODES_MAX, l->blob_left);
    if (l->expansion_left == 0) {
        l->f->partial = true;
        return false;
    }
    const syntax_node *n = erl_at(l, at);
    *env = (macro_env){.def = def,
                       .outer = l->env,
                       .params = def->params,
                       .line = l->env ? l->env->line : n->line,
                       .col = l->env ? l->env->col : n->col,
                       .end_line = l->env ? l->env->end_line : n->end_line};
    if (def->params && args) {
        for (EACH_CHILD(l, args, child)) {
            if (erl_kind_at(l, child) != K_MACRO_ARG) continue;
            uint32_t expr = erl_child(l, child, F_EXPR);
            if (env->arg_count == MACRO_ARGS_MAX || !expr) return false;
            env->args[env->arg_count++] = expr;
        }
    }
    l->nest++;
    l->env = env;
    return true;
}

void erl_macro_leave(lowering *l, const macro_env *env)
{
    l->env = env->outer;
    if (--l->nest > 0) return;
    uint32_t given = MIN((uint32_t)MACRO_NODES_MAX, l->blob_left);
    l->blob_left -= given - l->expansion_left;
}

/* The body of a definition; 0 when it is no expression. */
static node_ix lower_replacement(lowering *l, uint32_t body)
{
    switch (erl_kind_at(l, body)) {
    case K_REPLACEMENT_GUARD_OR:
    case K_REPLACEMENT_GUARD_AND: return erl_guard(l, body);
    case K_REPLACEMENT_EXPR_GUARD: return erl_expr(l, erl_child(l, body, F_EXPR));
    default: return erl_is_expr(erl_kind_at(l, body)) ? erl_expr(l, body) : 0;
    }
}

static node_ix expand(lowering *l, macro_def *def, bool applied, uint32_t at, uint32_t args)
{
    macro_env env;
    const macro_env *outer = l->env;
    if (!erl_macro_enter(l, def, at, args, &env)) return 0;
    l->depth++;
    node_ix node = applied && erl_is_expr(erl_kind_at(l, def->body))
                       ? erl_call_to(l, at, def->body, (place){args, outer})
                       : lower_replacement(l, def->body);
    l->depth--;
    bool cut = l->expansion_left == 0;
    erl_macro_leave(l, &env);
    if (!cut) return node;
    l->f->partial = true;
    return 0;
}

/* The macros that the preprocessor has by itself; 0 when name is none. */
static node_ix predefined(lowering *l, sv name, uint32_t at)
{
    if (sv_eq(name, SV("MODULE"))) {
        node_ix node = erl_put(l, NODE_ATOM, l->module_name, at);
        l->f->nodes.items[node].flags = NODE_FLAG_MODULE | NODE_FLAG_SELF;
        return node;
    }
    if (sv_eq(name, SV("MODULE_STRING")) && l->module_name)
        return erl_put(l, NODE_STRING, l->module_name, at);
    if (sv_eq(name, SV("MACHINE"))) return erl_put_atom(l, SV("BEAM"), at);
    bool is_line = sv_eq(name, SV("LINE"));
    if (is_line || (sv_eq(name, SV("FUNCTION_ARITY")) && l->function_name)) {
        char number[16];
        uint32_t line = l->env ? l->env->line : erl_at(l, at)->line;
        snprintf(number, sizeof number, "%" PRIu32, is_line ? line : l->function_arity);
        return erl_put(l, NODE_INT, sym_add(&l->f->symbols, sv_from(number)), at);
    }
    if (sv_eq(name, SV("FUNCTION_NAME")) && l->function_name)
        return erl_put(l, NODE_ATOM, l->function_name, at);
    return 0;
}

node_ix erl_macro_call(lowering *l, uint32_t at)
{
    uint32_t name_at = erl_child(l, at, F_NAME), args = erl_child(l, at, F_ARGS);
    if (!name_at) return erl_unknown(l, at);
    sv name = syntax_text(&l->s, name_at);
    node_ix known = args ? 0 : predefined(l, name, at);
    if (known) return known;
    if (args && l->function_name && sv_eq(name, SV("FUNCTION_NAME")))
        return erl_call_to(l, at, at, (place){args, l->env});
    bool applied;
    macro_def *def = erl_macro_of(l, at, &applied);
    uint32_t mark = l->stack.count;
    node_ix node = erl_put(l, NODE_MACRO, sym_add(&l->f->symbols, name), at);
    erl_push(l, expand(l, def, applied, at, args));
    if (args) {
        l->f->nodes.items[node].flags |= NODE_FLAG_ARGS;
        for (EACH_CHILD(l, args, child)) {
            uint32_t expr = erl_child(l, child, F_EXPR);
            if (expr) erl_push(l, erl_expr(l, expr));
        }
    }
    return erl_take(l, node, mark);
}

/* ??X: the text of the argument. */
node_ix erl_macro_string(lowering *l, uint32_t at)
{
    uint32_t name_at = erl_child(l, at, F_NAME);
    if (!name_at) return erl_unknown(l, at);
    uint32_t arg = erl_macro_arg(l, name_at);
    sv text = front_cut(syntax_text(&l->s, arg ? arg : name_at), STRING_BYTES_MAX);
    node_ix node = erl_put(l, arg ? NODE_STRING : NODE_MACRO, sym_add(&l->f->symbols, text), at);
    if (!arg) facts_node_kids(l->f, node, &(node_ix){0}, 1);
    return node;
}

void erl_macros_finish(lowering *l)
{
    facts *f = l->f;
    map64 ordinary = {0};
    for (uint32_t i = 0; i < f->macros.count; i++) {
        const fact_macro *m = &f->macros.items[i];
        if (!l->macro_rows.items[i].is_test) map64_set(&ordinary, macro_key(m->name, m->arity), 1);
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < f->macros.count; i++) {
        fact_macro m = f->macros.items[i];
        macro_row row = l->macro_rows.items[i];
        if (row.is_test && map64_get(&ordinary, macro_key(m.name, m.arity), 0)) continue;
        m.body = row.body ? lower_replacement(l, row.body) : 0;
        f->macros.items[kept++] = m;
    }
    f->macros.count = kept;
    map64_release(&ordinary);
}
