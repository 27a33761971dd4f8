/* Erlang functions: clauses, and which of them are exported or tests. */
#include "base/base.h"

#include "parsers/erlang.h"

static uint64_t function_key(sym name, uint32_t arity, bool is_test)
{
    return pair64(name, arity << 1 | is_test);
}

/* A function that has clauses for tests and for ordinary builds is two functions. */
static uint32_t function_of(lowering *l, sym name, uint32_t arity, uint32_t line)
{
    bool is_test = erl_in_test(l);
    uint32_t index = l->f->functions.count;
    if (!map64_add(&l->function_index, function_key(name, arity, is_test), &index)) return index;
    vec_push(&l->f->functions, (fact_function){.name = name,
                                               .arity = (uint16_t)arity,
                                               .kind = FUNCTION_PRIVATE,
                                               .is_test = is_test,
                                               .line = line});
    erl_function_docs(l, index, line);
    return index;
}

static uint32_t push_params(lowering *l, uint32_t args)
{
    uint32_t mark = l->stack.count;
    for (EACH_CHILD(l, args, child)) {
        erl_kind kind = erl_kind_at(l, child);
        if (erl_is_expr(kind) || kind == K_TYPE) erl_push(l, erl_expr(l, child));
    }
    return l->stack.count - mark;
}

/* What of a clause is there; 0 for what is not. */
typedef struct {
    uint32_t at, name, args, guard, body;
} clause_parts;

static void lower_clause(lowering *l, const clause_parts *parts)
{
    const syntax_node *n = erl_at(l, parts->at);
    sym name = erl_name(l, parts->name);
    uint32_t mark = l->stack.count, arity = 0;
    for (EACH_CHILD(l, parts->args, child)) {
        erl_kind kind = erl_kind_at(l, child);
        arity += erl_is_expr(kind) || kind == K_TYPE;
    }
    if (arity > UINT8_MAX) { /* more than the language allows */
        l->f->partial = true;
        return;
    }
    l->function_name = name;
    l->function_arity = arity;
    fact_clause clause = {.line = l->env ? l->env->line : n->line,
                          .end_line = l->env ? l->env->end_line : n->end_line,
                          .col = (uint16_t)MIN(l->env ? l->env->col : n->col, UINT16_MAX),
                          .conditional = erl_in_other(l)};
    clause.function = function_of(l, name, arity, clause.line);
    push_params(l, parts->args);
    clause.param_first = facts_kids_add(l->f, l->stack.items + mark, arity);
    l->stack.count = mark;
    clause.guard = erl_guard(l, parts->guard);
    clause.body =
        parts->body ? erl_body(l, parts->body) : erl_unknown_rest(l, parts->at, parts->args);
    fact_function *fn = &l->f->functions.items[clause.function];
    fn->end_line = MAX(fn->end_line, clause.end_line);
    vec_push(&l->f->clauses, clause);
    l->function_name = 0;
}

void erl_function_clause(lowering *l, uint32_t at)
{
    clause_parts parts = {.at = at,
                          .name = erl_child(l, at, F_NAME),
                          .args = erl_child(l, at, F_ARGS),
                          .guard = erl_child(l, at, F_GUARD),
                          .body = erl_child(l, at, F_BODY)};
    if (parts.name && parts.args) lower_clause(l, &parts);
}

void erl_broken_clause(lowering *l, uint32_t at, uint32_t name, uint32_t args)
{
    clause_parts parts = {.at = at, .name = name, .args = args};
    lower_clause(l, &parts);
}

void erl_fun_decl(lowering *l, uint32_t at)
{
    for (EACH_CHILD(l, at, child)) {
        if (erl_kind_at(l, child) == K_FUNCTION_CLAUSE) erl_function_clause(l, child);
        if (erl_kind_at(l, child) != K_MACRO_CALL) continue;
        bool applied;
        macro_def *def = erl_macro_of(l, child, &applied);
        macro_env env;
        if (def && def->body && erl_kind_at(l, def->body) == K_REPLACEMENT_CLAUSES &&
            erl_macro_enter(l, def, child, erl_child(l, child, F_ARGS), &env)) {
            for (EACH_CHILD(l, def->body, clause))
                if (erl_kind_at(l, clause) == K_FUNCTION_CLAUSE) erl_function_clause(l, clause);
            erl_macro_leave(l, &env);
            continue;
        }
        /* A macro from elsewhere: linking may know the functions that it makes. */
        char name[256];
        sv text = syntax_text(&l->s, erl_child(l, child, F_NAME));
        snprintf(name, sizeof name, "?%.*s", SV_FMT(front_cut(text, sizeof name - 2)));
        fact_attribute row = {.name = sym_add(&l->f->symbols, sv_from(name)),
                              .line = erl_at(l, child)->line};
        row.value = erl_expr(l, child);
        vec_push(&l->f->attributes, row);
    }
}

void erl_export(lowering *l, sym name, uint32_t arity)
{
    bool is_test = erl_in_test(l);
    uint32_t known = 1;
    if (!map64_add(&l->export_index, function_key(name, arity, is_test), &known)) return;
    if (!is_test) vec_push(&l->f->exports, (fact_export){.name = name, .arity = (uint16_t)arity});
}

static bool is_exported(const lowering *l, const fact_function *fn)
{
    for (int test = 0; test <= (fn->is_test ? 1 : 0); test++) {
        if (map64_get(&l->export_index, function_key(0, 0, test), 0)) return true;
        if (map64_get(&l->export_index, function_key(fn->name, fn->arity, test), 0)) return true;
    }
    return false;
}

void erl_functions_finish(lowering *l)
{
    for (vec_each(&l->f->functions, fn)) {
        sv name = facts_text(l->f, fn->name);
        bool main = l->is_script && fn->arity == 1 && sv_eq(name, SV("main"));
        bool unit = l->is_eunit && fn->arity == 0 &&
                    (sv_ends(name, SV("_test")) || sv_ends(name, SV("_test_")));
        if (main || unit || is_exported(l, fn)) fn->kind = FUNCTION_PUBLIC;
        if (unit) fn->is_test = true;
    }
}
