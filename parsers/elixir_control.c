/* Elixir control flow: bodies, arms, case, cond, if, with, for, receive, try, fn, quote. */
#include "base/base.h"

#include "parsers/elixir.h"

static const struct {
    const char *name;
    uint8_t block;
    uint8_t section;
} SECTIONS[] = {
    {"do", K_DO_BLOCK, SECTION_DO},
    {"else", K_ELSE_BLOCK, SECTION_ELSE},
    {"rescue", K_RESCUE_BLOCK, SECTION_RESCUE},
    {"catch", K_CATCH_BLOCK, SECTION_CATCH},
    {"after", K_AFTER_BLOCK, SECTION_AFTER},
};

static void keyword_section(const elixir *e, uint32_t pair, sections *out)
{
    uint32_t key = elixir_child(e, pair);
    uint32_t value = elixir_last_child(e, pair);
    if (elixir_kind(e, key) != K_KEYWORD || value == key) return;
    sv name = sv_trim(elixir_text(e, key));
    name = sv_slice(name, 0, name.size - 1);
    for (size_t i = 0; i < ARRAY_LEN(SECTIONS); i++)
        if (sv_eq_c(name, SECTIONS[i].name)) out->at[SECTIONS[i].section] = value;
}

sections elixir_sections(const elixir *e, uint32_t call)
{
    sections out = {0};
    uint32_t arguments = elixir_arguments(e, call);
    uint32_t last = arguments ? elixir_last_child(e, arguments) : 0;
    if (elixir_kind(e, last) == K_KEYWORDS)
        for (EACH_CHILD(e, last, pair)) keyword_section(e, pair, &out);
    uint32_t do_block = elixir_child_of_kind(e, call, K_DO_BLOCK);
    if (!do_block) return out;
    out.at[SECTION_DO] = do_block;
    for (EACH_CHILD(e, do_block, part))
        for (size_t i = 1; i < ARRAY_LEN(SECTIONS); i++)
            if (elixir_kind(e, part) == SECTIONS[i].block) out.at[SECTIONS[i].section] = part;
    return out;
}

static bool is_part(uint8_t kind)
{
    return kind >= K_AFTER_BLOCK && kind <= K_ELSE_BLOCK;
}
static bool is_block(uint8_t kind)
{
    return kind == K_DO_BLOCK || is_part(kind);
}

/* The node whose children are the stab clauses of a section; 0: it has none. */
static uint32_t stabs_in(const elixir *e, uint32_t section)
{
    uint8_t kind = elixir_kind(e, section);
    if (!is_block(kind) && kind != K_BLOCK) return 0;
    return elixir_child_of_kind(e, section, K_STAB) ? section : 0;
}

static node_ix stabs_as_fn(elixir *e, uint32_t at)
{
    uint32_t mark = e->stack.count;
    elixir_push_arms(e, at, ARM_FN);
    return elixir_make(e, NODE_FN, 0, at, mark);
}

node_ix elixir_body(elixir *e, uint32_t at)
{
    if (stabs_in(e, at)) return stabs_as_fn(e, at);
    uint32_t scope = e->aliases.count;
    uint32_t mark = e->stack.count;
    uint32_t first = 0;
    e->depth++;
    for (EACH_CHILD(e, at, child)) {
        if (is_part(elixir_kind(e, child))) continue;
        node_ix made = elixir_expr(e, child);
        if (!made) continue;
        elixir_push(e, made);
        if (!first) first = child;
    }
    e->depth--;
    e->aliases.count = scope;
    uint32_t count = e->stack.count - mark;
    if (count == 1) return vec_pop(&e->stack);
    if (count == 0) return elixir_leaf(e, NODE_ATOM, SV("nil"), at);
    node_ix made = elixir_make(e, NODE_BLOCK, 0, first, mark);
    e->f->nodes.items[made].end_line = elixir_at(e, at)->end_line;
    return made;
}

node_ix elixir_section(elixir *e, uint32_t section)
{
    if (!section) return elixir_leaf(e, NODE_ATOM, SV("nil"), 0);
    uint8_t kind = elixir_kind(e, section);
    if (is_block(kind) || stabs_in(e, section)) return elixir_body(e, section);
    uint32_t scope = e->aliases.count;
    node_ix made = elixir_value(e, section);
    e->aliases.count = scope;
    return made;
}

node_ix elixir_guard(elixir *e, uint32_t at)
{
    if (elixir_kind(e, at) == K_BINARY) {
        uint32_t left = elixir_child(e, at);
        uint32_t token = elixir_next(e, at, left);
        uint32_t right = elixir_last_child(e, at);
        if (elixir_kind(e, token) == OP_WHEN && right > token && e->depth < LOWER_DEPTH_MAX) {
            uint32_t mark = e->stack.count;
            e->depth++;
            elixir_push(e, elixir_guard(e, left));
            elixir_push(e, elixir_guard(e, right));
            e->depth--;
            return elixir_make(e, NODE_OP, elixir_sym(e, SV("or")), at, mark);
        }
    }
    return elixir_value(e, at);
}

/* `e in [A, B]`, `A`, `[A, B]`, `e`: variable or 0, then modules. */
static void push_rescue_pattern(elixir *e, uint32_t at)
{
    uint32_t modules = at;
    node_ix variable = 0;
    if (elixir_kind(e, at) == K_BINARY) {
        variable = elixir_pattern(e, elixir_child(e, at));
        modules = elixir_last_child(e, at);
    } else if (elixir_kind(e, at) == K_IDENTIFIER) {
        variable = elixir_pattern(e, at);
        modules = 0;
    }
    elixir_push(e, variable);
    if (elixir_kind(e, modules) == K_LIST) {
        for (EACH_CHILD(e, modules, module)) elixir_push(e, elixir_value(e, module));
    } else if (modules) {
        elixir_push(e, elixir_value(e, modules));
    }
}

static void push_patterns(elixir *e, uint32_t arguments, arm_kind kind)
{
    uint32_t only = elixir_child(e, arguments);
    if (kind == ARM_RESCUE && only) {
        push_rescue_pattern(e, only);
        return;
    }
    if (kind == ARM_CATCH && only && !elixir_next(e, arguments, only))
        elixir_push(e, elixir_leaf(e, NODE_ATOM, SV("throw"), only));
    for (EACH_CHILD(e, arguments, pattern))
        elixir_push(e, kind == ARM_AFTER ? elixir_value(e, pattern) : elixir_pattern(e, pattern));
}

/* patterns [when guard] -> body. For cond the pattern is the guard. */
static node_ix arm(elixir *e, uint32_t stab, arm_kind kind, bool cond)
{
    uint32_t scope = e->aliases.count;
    uint32_t mark = e->stack.count;
    elixir_push(e, 0);
    elixir_push(e, 0);
    uint32_t head = elixir_child(e, stab);
    uint32_t body = elixir_child_of_kind(e, stab, K_BODY);
    uint32_t guard = 0;
    if (head == body) head = 0;
    if (elixir_kind(e, head) == K_BINARY) {
        guard = elixir_last_child(e, head);
        head = elixir_child(e, head);
    }
    e->depth++;
    if (cond && head) {
        node_ix condition = elixir_value(e, elixir_child(e, head));
        e->stack.items[mark] = condition;
    } else if (head) {
        push_patterns(e, head, kind);
        if (guard) {
            node_ix made = elixir_guard(e, guard);
            e->stack.items[mark] = made;
        }
    }
    node_ix made_body = body ? elixir_body(e, body) : elixir_leaf(e, NODE_ATOM, SV("nil"), stab);
    e->stack.items[mark + 1] = made_body;
    e->depth--;
    e->aliases.count = scope;
    node_ix made = elixir_make(e, NODE_ARM, 0, stab, mark);
    e->f->nodes.items[made].flags = (uint8_t)kind;
    return made;
}

static void push_arms(elixir *e, uint32_t section, arm_kind kind, bool cond)
{
    e->depth++;
    for (EACH_CHILD(e, section, stab)) {
        if (elixir_kind(e, stab) == K_STAB) elixir_push(e, arm(e, stab, kind, cond));
        else if (elixir_kind(e, stab) == K_ERROR) elixir_push(e, elixir_error(e, stab));
    }
    e->depth--;
}

void elixir_push_arms(elixir *e, uint32_t section, arm_kind kind)
{
    push_arms(e, section, kind, false);
}

node_ix elixir_fn(elixir *e, uint32_t at)
{
    return stabs_as_fn(e, at);
}

/* after of try, as an arm. */
static void push_finally(elixir *e, uint32_t section)
{
    uint32_t mark = e->stack.count;
    elixir_push(e, 0);
    e->depth++;
    elixir_push(e, elixir_section(e, section));
    e->depth--;
    node_ix made = elixir_make(e, NODE_ARM, 0, section, mark);
    e->f->nodes.items[made].flags = ARM_FINALLY;
    elixir_push(e, made);
}

node_ix elixir_guarded_body(elixir *e, uint32_t at, const sections *parts)
{
    if (!parts->at[SECTION_RESCUE] && !parts->at[SECTION_CATCH] && !parts->at[SECTION_ELSE] &&
        !parts->at[SECTION_AFTER])
        return elixir_section(e, parts->at[SECTION_DO]);
    static const uint8_t ARMS[][2] = {
        {SECTION_RESCUE, ARM_RESCUE}, {SECTION_CATCH, ARM_CATCH}, {SECTION_ELSE, ARM_ELSE}};
    uint32_t mark = e->stack.count;
    e->depth++;
    elixir_push(e, elixir_section(e, parts->at[SECTION_DO]));
    e->depth--;
    for (size_t i = 0; i < ARRAY_LEN(ARMS); i++)
        if (parts->at[ARMS[i][0]]) elixir_push_arms(e, parts->at[ARMS[i][0]], (arm_kind)ARMS[i][1]);
    if (parts->at[SECTION_AFTER]) push_finally(e, parts->at[SECTION_AFTER]);
    return elixir_make(e, NODE_TRY, 0, at, mark);
}

static node_ix lower_case(elixir *e, uint32_t at, node_ix piped, const sections *parts)
{
    uint32_t subject = elixir_argument(e, at, 0);
    uint32_t mark = e->stack.count;
    if (!parts->at[SECTION_DO] || (!subject && !piped)) return 0;
    elixir_push(e, piped ? piped : elixir_value(e, subject));
    elixir_push_arms(e, parts->at[SECTION_DO], ARM_CASE);
    return elixir_make(e, NODE_CASE, 0, at, mark);
}

static node_ix lower_cond(elixir *e, uint32_t at, const sections *parts)
{
    uint32_t mark = e->stack.count;
    if (!parts->at[SECTION_DO]) return 0;
    push_arms(e, parts->at[SECTION_DO], ARM_CASE, true);
    return elixir_make(e, NODE_COND, 0, at, mark);
}

static node_ix lower_if(elixir *e, uint32_t at, node_ix piped, const sections *parts, bool swap)
{
    uint32_t subject = elixir_argument(e, at, 0);
    uint32_t mark = e->stack.count;
    if (!parts->at[SECTION_DO] || (!subject && !piped)) return 0;
    elixir_push(e, piped ? piped : elixir_value(e, subject));
    uint32_t then = parts->at[SECTION_DO];
    uint32_t otherwise = parts->at[SECTION_ELSE];
    if (!e->in_function) e->conditional++;
    if (swap) elixir_push(e, elixir_section(e, otherwise));
    elixir_push(e, elixir_section(e, then));
    if (!swap && otherwise) elixir_push(e, elixir_section(e, otherwise));
    if (!e->in_function) e->conditional--;
    return elixir_make(e, NODE_IF, 0, at, mark);
}

static bool is_when(const elixir *e, uint32_t at)
{
    return elixir_kind(e, at) == K_BINARY &&
           elixir_kind(e, elixir_next(e, at, elixir_child(e, at))) == OP_WHEN;
}

/* pattern [when guard] <- value of `with`. */
static node_ix with_step(elixir *e, uint32_t at)
{
    uint32_t mark = e->stack.count;
    uint32_t left = elixir_child(e, at);
    uint32_t guard = 0;
    if (is_when(e, left)) {
        guard = elixir_last_child(e, left);
        left = elixir_child(e, left);
    }
    e->depth++;
    node_ix value = elixir_value(e, elixir_last_child(e, at));
    elixir_push(e, elixir_pattern(e, left));
    elixir_push(e, guard ? elixir_guard(e, guard) : 0);
    elixir_push(e, value);
    e->depth--;
    return elixir_make(e, NODE_WITH_STEP, 0, at, mark);
}

static bool is_arrow(const elixir *e, uint32_t at)
{
    return elixir_kind(e, at) == K_BINARY &&
           elixir_kind(e, elixir_next(e, at, elixir_child(e, at))) == OP_ARROW_LEFT;
}

static void push_do(elixir *e, uint32_t at, uint32_t section)
{
    uint32_t mark = e->stack.count;
    e->depth++;
    elixir_push(e, elixir_section(e, section));
    e->depth--;
    elixir_push(e, elixir_make(e, NODE_DO, 0, section ? section : at, mark));
}

static node_ix lower_with(elixir *e, uint32_t at, const sections *parts)
{
    uint32_t mark = e->stack.count;
    uint32_t scope = e->aliases.count;
    uint32_t arguments = elixir_arguments(e, at);
    if (!parts->at[SECTION_DO]) return 0;
    if (arguments) {
        for (EACH_CHILD(e, arguments, step)) {
            if (elixir_kind(e, step) == K_KEYWORDS) continue;
            elixir_push(e, is_arrow(e, step) ? with_step(e, step) : elixir_value(e, step));
        }
    }
    push_do(e, at, parts->at[SECTION_DO]);
    if (parts->at[SECTION_ELSE]) elixir_push_arms(e, parts->at[SECTION_ELSE], ARM_CASE);
    e->aliases.count = scope;
    return elixir_make(e, NODE_WITH, 0, at, mark);
}

/* `<<r::8, g::8 <- pixels>>`: the arrow stands in the last segment. */
static node_ix bitstring_generator(elixir *e, uint32_t at)
{
    uint32_t mark = e->stack.count;
    uint32_t source = 0;
    bool before = e->pattern;
    e->pattern = true;
    e->depth++;
    for (EACH_CHILD(e, at, segment)) {
        if (is_arrow(e, segment)) {
            source = elixir_last_child(e, segment);
            elixir_push(e, elixir_segment(e, elixir_child(e, segment)));
        } else {
            elixir_push(e, elixir_segment(e, segment));
        }
    }
    e->pattern = before;
    node_ix pattern = elixir_make(e, NODE_BINARY, 0, at, mark);
    elixir_push(e, pattern);
    elixir_push(e, elixir_value(e, source));
    e->depth--;
    return elixir_make(e, NODE_GENERATOR, 0, at, mark);
}

static bool is_section_key(const elixir *e, uint32_t pair)
{
    sections found = {0};
    keyword_section(e, pair, &found);
    return found.at[SECTION_DO] != 0;
}

/* `x when guard <- list`: a guard drops elements, as a filter after the generator does. */
static void push_guarded_generator(elixir *e, uint32_t step, uint32_t left)
{
    uint32_t mark = e->stack.count;
    e->depth++;
    elixir_push(e, elixir_pattern(e, elixir_child(e, left)));
    elixir_push(e, elixir_value(e, elixir_last_child(e, step)));
    elixir_push(e, elixir_make(e, NODE_GENERATOR, 0, step, mark));
    elixir_push(e, elixir_guard(e, elixir_last_child(e, left)));
    e->depth--;
}

static node_ix lower_for(elixir *e, uint32_t at, const sections *parts)
{
    uint32_t mark = e->stack.count;
    uint32_t arguments = elixir_arguments(e, at);
    if (!parts->at[SECTION_DO] || !arguments) return 0;
    for (EACH_CHILD(e, arguments, step)) {
        if (elixir_kind(e, step) == K_KEYWORDS) {
            for (EACH_CHILD(e, step, pair))
                if (!is_section_key(e, pair)) elixir_push(e, elixir_pair(e, pair));
        } else if (elixir_kind(e, step) == K_BITSTRING && is_arrow(e, elixir_last_child(e, step))) {
            elixir_push(e, bitstring_generator(e, step));
        } else if (is_arrow(e, step) && is_when(e, elixir_child(e, step))) {
            push_guarded_generator(e, step, elixir_child(e, step));
        } else {
            elixir_push(e, elixir_value(e, step));
        }
    }
    push_do(e, at, parts->at[SECTION_DO]);
    return elixir_make(e, NODE_FOR, 0, at, mark);
}

static node_ix lower_receive(elixir *e, uint32_t at, const sections *parts)
{
    uint32_t mark = e->stack.count;
    if (!parts->at[SECTION_DO]) return 0;
    elixir_push_arms(e, parts->at[SECTION_DO], ARM_CASE);
    if (parts->at[SECTION_AFTER]) elixir_push_arms(e, parts->at[SECTION_AFTER], ARM_AFTER);
    return elixir_make(e, NODE_RECEIVE, 0, at, mark);
}

static node_ix lower_quote(elixir *e, uint32_t at, const sections *parts)
{
    uint32_t mark = e->stack.count;
    if (!parts->at[SECTION_DO]) return 0;
    if (e->in_using_macro && !e->quote_depth)
        return elixir_using_quote(e, at, parts->at[SECTION_DO]);
    bool pattern = e->pattern;
    e->pattern = false;
    e->quote_depth++;
    elixir_push(e, elixir_section(e, parts->at[SECTION_DO]));
    e->quote_depth--;
    e->pattern = pattern;
    return elixir_make(e, NODE_QUOTE, 0, at, mark);
}

static node_ix lower_unquote(elixir *e, uint32_t at)
{
    uint32_t mark = e->stack.count;
    uint32_t argument = elixir_argument(e, at, 0);
    if (!argument) return 0;
    uint32_t before = e->quote_depth;
    if (e->quote_depth) e->quote_depth--;
    elixir_push(e, elixir_value(e, argument));
    e->quote_depth = before;
    return elixir_make(e, NODE_UNQUOTE, 0, at, mark);
}

node_ix elixir_control(elixir *e, special what, uint32_t at, node_ix piped)
{
    sections parts = elixir_sections(e, at);
    switch (what) {
    case SP_CASE: return lower_case(e, at, piped, &parts);
    case SP_COND: return lower_cond(e, at, &parts);
    case SP_IF: return lower_if(e, at, piped, &parts, false);
    case SP_UNLESS: return lower_if(e, at, piped, &parts, true);
    case SP_WITH: return piped ? 0 : lower_with(e, at, &parts);
    case SP_FOR: return piped ? 0 : lower_for(e, at, &parts);
    case SP_RECEIVE: return lower_receive(e, at, &parts);
    case SP_TRY: return parts.at[SECTION_DO] ? elixir_guarded_body(e, at, &parts) : 0;
    case SP_QUOTE: return piped ? 0 : lower_quote(e, at, &parts);
    case SP_UNQUOTE: return piped ? 0 : lower_unquote(e, at);
    default: return 0;
    }
}
