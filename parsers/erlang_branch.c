/* -ifdef, -ifndef, -if, -elif, -else, -endif: which code is for tests, which is conditional, and
 * which of several definitions of a macro an ordinary build would take. */
#include "base/base.h"

#include "parsers/erlang.h"

static bool any_branch(const lowering *l, branch_kind kind)
{
    for (uint32_t i = 0; i < MIN(l->branch_count, (uint32_t)CONDITION_DEPTH_MAX); i++)
        if (l->branches[i].kind == kind) return true;
    return false;
}

bool erl_in_test(const lowering *l)
{
    return any_branch(l, BRANCH_TEST);
}

bool erl_in_other(const lowering *l)
{
    return any_branch(l, BRANCH_OTHER);
}

bool erl_in_preferred(const lowering *l)
{
    for (uint32_t i = 0; i < MIN(l->branch_count, (uint32_t)CONDITION_DEPTH_MAX); i++)
        if (!l->branches[i].preferred) return false;
    return true;
}

/* Macros that are defined when tests are built. */
static bool is_test_name(sv name)
{
    static const char *const names[] = {"TEST",     "EUNIT",       "EQC",        "PROPER",
                                        "PROPTEST", "COMMON_TEST", "EUNIT_TEST", "CTEST"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (sv_eq_c(name, names[i])) return true;
    return false;
}

static void enter(lowering *l, branch_kind kind, bool preferred)
{
    if (l->branch_count < CONDITION_DEPTH_MAX)
        l->branches[l->branch_count] = (branch){(uint8_t)kind, preferred, preferred};
    l->branch_count++;
}

/* -ifndef(X) right before -define(X): an include guard or a default, not a condition. */
static bool is_guarded_define(const lowering *l, uint32_t at, sv name)
{
    uint32_t next = syntax_next(&l->s, 0, at);
    if (!next || erl_kind_at(l, next) != K_FORM_DEFINE) return false;
    uint32_t lhs = erl_child(l, next, F_LHS);
    uint32_t defined = lhs ? erl_child(l, lhs, F_NAME) : 0;
    return defined && sv_eq(syntax_text(&l->s, defined), name);
}

static void enter_ifdef(lowering *l, uint32_t at, bool negated)
{
    uint32_t name_at = erl_child(l, at, F_NAME);
    sv name = name_at ? syntax_text(&l->s, name_at) : SV("");
    sym known = sym_find(&l->f->symbols, name);
    bool defined = known && erl_macro_find(l, known, -1);
    branch_kind kind = BRANCH_OTHER;
    if (is_test_name(name)) kind = negated ? BRANCH_NOT_TEST : BRANCH_TEST;
    if (negated && is_guarded_define(l, at, name)) kind = BRANCH_ALWAYS;
    /* The release is defined in every release of the last years. */
    if (sv_eq(name, SV("OTP_RELEASE"))) defined = true;
    enter(l, kind, defined != negated);
}

static void enter_if(lowering *l, uint32_t at)
{
    uint32_t cond = erl_child(l, at, F_COND);
    branch_kind kind = BRANCH_OTHER;
    bool negated = false;
    if (cond) {
        const syntax_node *n = erl_at(l, cond);
        for (uint32_t i = cond; i < n->next; i++) {
            if (erl_kind_at(l, i) == T_NOT) negated = true;
            if (erl_kind_at(l, i) == K_VAR && is_test_name(syntax_text(&l->s, i)))
                kind = negated ? BRANCH_NOT_TEST : BRANCH_TEST;
        }
    }
    enter(l, kind, kind != BRANCH_TEST);
}

static void turn(lowering *l)
{
    static const uint8_t other[] = {
        [BRANCH_ALWAYS] = BRANCH_OTHER,
        [BRANCH_TEST] = BRANCH_NOT_TEST,
        [BRANCH_NOT_TEST] = BRANCH_TEST,
        [BRANCH_OTHER] = BRANCH_OTHER,
    };
    if (l->branch_count == 0 || l->branch_count > CONDITION_DEPTH_MAX) return;
    branch *b = &l->branches[l->branch_count - 1];
    b->kind = other[b->kind];
    b->preferred = !b->any_preferred;
    b->any_preferred = true;
}

bool erl_branch_form(lowering *l, uint32_t at)
{
    switch (erl_kind_at(l, at)) {
    case K_FORM_IFDEF: enter_ifdef(l, at, false); return true;
    case K_FORM_IFNDEF: enter_ifdef(l, at, true); return true;
    case K_FORM_IF: enter_if(l, at); return true;
    case K_FORM_ELIF:
    case K_FORM_ELSE: turn(l); return true;
    case K_FORM_ENDIF:
        if (l->branch_count > 0) l->branch_count--;
        return true;
    default: return false;
    }
}
