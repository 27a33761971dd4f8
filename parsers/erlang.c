/* Entry of the Erlang front end: the forms of a file, or the terms of a configuration. */
#include "base/base.h"

#include "parsers/erlang.h"

enum { ERROR_DEPTH_MAX = 8 };

/* An error that starts with the head of a function: that much is known of it. */
static bool broken_function(lowering *l, uint32_t at)
{
    uint32_t name = syntax_child(&l->s, at);
    uint32_t args = name ? syntax_next(&l->s, at, name) : 0;
    if (!args || erl_kind_at(l, name) != K_ATOM || erl_kind_at(l, args) != K_EXPR_ARGS)
        return false;
    sv rest = sv_trim(sv_slice(l->s.source, erl_at(l, args)->end, erl_at(l, at)->end));
    if (!sv_starts(rest, SV("->")) && !sv_starts(rest, SV("when"))) return false;
    erl_broken_clause(l, at, name, args);
    return true;
}

/* Forms within a syntax error are still forms. */
static void error_form(lowering *l, uint32_t at, int depth)
{
    if (erl_kind_at(l, at) == (erl_kind)SYNTAX_ERROR && broken_function(l, at)) return;
    for (EACH_CHILD(l, at, child)) {
        if (erl_form(l, child) || depth == ERROR_DEPTH_MAX) continue;
        erl_kind kind = erl_kind_at(l, child);
        if (!erl_is_token(kind) && !erl_is_expr(kind)) error_form(l, child, depth + 1);
    }
}

static void lower_forms(lowering *l)
{
    for (EACH_CHILD(l, 0, child))
        if (!erl_form(l, child) && erl_kind_at(l, child) == (erl_kind)SYNTAX_ERROR)
            error_form(l, child, 0);
}

/* Expressions at the top are terms, unless they are the debris of a broken form. */
static void lower_terms(lowering *l)
{
    if (l->f->modules.count > 0) return;
    for (EACH_CHILD(l, 0, child)) {
        if (!erl_is_expr(erl_kind_at(l, child))) continue;
        node_ix term = erl_expr(l, child);
        vec_push(&l->f->terms, term);
    }
}

/* common_test suites, eunit companions and property modules, by the names their tools go by. */
static bool is_test_module(sv name)
{
    return sv_ends(name, SV("_SUITE")) || sv_ends(name, SV("_tests")) ||
           sv_ends(name, SV("_test")) || sv_starts(name, SV("prop_"));
}

void erlang_lower(facts *f, TSNode root, sv source)
{
    uint32_t kind_count;
    const uint8_t *kinds = erl_kinds(&kind_count);
    lowering l = {.f = f, .fields = erl_fields(), .blob_left = BLOB_EXPANSION_MAX};
    syntax_build(root, source, kinds, kind_count, &l.s);
    if (f->error_count > 0) erl_repair(&l);
    lower_forms(&l);
    lower_terms(&l);
    erl_functions_finish(&l);
    facts_group_clauses(f);
    erl_macros_finish(&l);
    erl_ignores(&l);
    if (f->modules.count > 0) {
        fact_module *m = &f->modules.items[0];
        m->end_line = erl_at(&l, 0)->end_line;
        m->is_test = is_test_module(facts_text(f, m->name));
        if (m->line == 0) m->line = 1;
    }
    syntax_release(&l.s);
    vec_release(&l.stack);
    vec_release(&l.macros);
    vec_release(&l.macro_rows);
    map64_release(&l.macro_index);
    map64_release(&l.function_index);
    map64_release(&l.export_index);
}
