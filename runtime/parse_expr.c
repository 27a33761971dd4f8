#include "base/base.h"

#include "runtime/parse.h"

uint32_t node_add(parser *ps, node_kind kind, int64_t value)
{
    vec_push(&ps->out->nodes, (node){.kind = (uint8_t)kind, .value = value});
    return ps->out->nodes.count - 1;
}

uint32_t node_group(parser *ps, node_kind kind, const uint32_t *kids, uint32_t count)
{
    uint32_t first = ps->out->kids.count;
    for (uint32_t i = 0; i < count; i++) vec_push(&ps->out->kids, kids[i]);
    uint32_t n = node_add(ps, kind, 0);
    ps->out->nodes.items[n].kid_first = first;
    ps->out->nodes.items[n].kid_count = count;
    return n;
}

uint32_t node_atom(parser *ps, sym atom)
{
    return node_add(ps, NODE_ATOM, atom);
}

uint32_t variable(parser *ps, sv name)
{
    template_def *t = ps->tmpl;
    sym s = sym_add(&ps->out->atoms, name);
    for (uint32_t i = 1; i < t->var_count; i++)
        if (t->vars[i] == s) return i;
    if (t->var_count == PROGRAM_VARS_MAX) {
        parse_fail(ps, peek(ps), "a template has at most %d variables", PROGRAM_VARS_MAX - 1);
        return 0;
    }
    t->vars[t->var_count] = s;
    t->var_is_state[t->var_count] = false;
    return t->var_count++;
}

static bool deeper(parser *ps)
{
    if (++ps->depth <= PROGRAM_DEPTH_MAX) return true;
    parse_fail(ps, peek(ps), "this is nested more than %d deep", PROGRAM_DEPTH_MAX);
    return false;
}

/* Items up to the closing mark, as expressions or patterns; [A, B | Rest] for lists. */
static uint32_t parse_items(parser *ps, const char *close, bool pattern, node_kind kind)
{
    VEC(uint32_t) kids = {0};
    bool tail = false;
    uint32_t (*item)(parser *) = pattern ? parse_pattern : parse_expr;
    if (deeper(ps) && !take_mark(ps, close)) {
        for (;;) {
            vec_push(&kids, item(ps));
            if (ps->failed || tail) break;
            if (take_mark(ps, ",")) continue;
            if (kind != NODE_LIST || !take_mark(ps, "|")) break;
            tail = true;
        }
        expect_mark(ps, close, "after the last element");
    }
    ps->depth--;
    uint32_t n = node_group(ps, kind, kids.items, kids.count);
    ps->out->nodes.items[n].tail = tail;
    vec_release(&kids);
    return n;
}

static const struct {
    const char *name;
    node_op op;
    uint32_t count;
} functions[] = {{"len", OP_LEN, 1},         {"elem", OP_ELEM, 2},     {"is_pid", OP_IS_PID, 1},
                 {"is_atom", OP_IS_ATOM, 1}, {"is_int", OP_IS_INT, 1}, {"is_tuple", OP_IS_TUPLE, 1},
                 {"is_list", OP_IS_LIST, 1}, {"member", OP_MEMBER, 2}, {"delete", OP_DELETE, 2},
                 {"sort", OP_SORT, 1},       {"part", OP_PART, 2},     {"size", OP_SIZE, 1}};

static uint32_t parse_function(parser *ps, const token *name)
{
    take(ps);
    uint32_t n = parse_items(ps, ")", false, NODE_OP);
    for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
        if (!is_word(name, functions[i].name)) continue;
        node *made = &ps->out->nodes.items[n];
        made->value = functions[i].op;
        if (made->kid_count != functions[i].count)
            parse_fail(ps, name, "%s takes %u argument%s, not %u", functions[i].name,
                       functions[i].count, functions[i].count == 1 ? "" : "s", made->kid_count);
        return n;
    }
    const char *names[ARRAY_LEN(functions)];
    for (size_t i = 0; i < ARRAY_LEN(functions); i++) names[i] = functions[i].name;
    const char *near = nearest(name->text, names, ARRAY_LEN(names));
    parse_fail(ps, name, "no function is called %.*s%s%s%s", SV_FMT(name->text),
               near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    return n;
}

static uint32_t parse_word(parser *ps, const token *t)
{
    if (is_word(t, "self")) return node_add(ps, NODE_SELF, 0);
    if (is_word(t, "now")) return node_add(ps, NODE_NOW, 0);
    if (is_word(t, "from")) return node_add(ps, NODE_VAR, 0);
    /* The number of the instance, among the arguments of a counted child. */
    if (is_word(t, "index") && ps->tmpl->kind == TEMPLATE_SUPERVISOR)
        return node_add(ps, NODE_VAR, 0);
    if (is_word(t, "child")) return parse_child_expr(ps);
    if (is_mark(peek(ps), "(") && peek(ps)->tight) return parse_function(ps, t);
    return node_atom(ps, sym_add(&ps->out->atoms, t->text));
}

uint32_t parse_primary(parser *ps)
{
    const token *t = take(ps);
    switch ((token_kind)t->kind) {
    case TOKEN_INT: return node_add(ps, NODE_INT, t->value);
    case TOKEN_STRING: return node_atom(ps, sym_add(&ps->out->atoms, t->text));
    case TOKEN_WORD: return parse_word(ps, t);
    case TOKEN_VAR:
        if (t->text.data[0] == '_') {
            parse_fail(ps, t, "%.*s has no value; it stands for anything in a pattern only",
                       SV_FMT(t->text));
            return 0;
        }
        return node_add(ps, NODE_VAR, variable(ps, t->text));
    default: break;
    }
    if (is_mark(t, "{")) return parse_items(ps, "}", false, NODE_TUPLE);
    if (is_mark(t, "[")) return parse_items(ps, "]", false, NODE_LIST);
    if (is_mark(t, "-") && peek(ps)->kind == TOKEN_INT)
        return node_add(ps, NODE_INT, -take(ps)->value);
    if (is_mark(t, "(")) {
        uint32_t n = deeper(ps) ? parse_expr(ps) : 0;
        ps->depth--;
        expect_mark(ps, ")", "to close the parenthesis");
        return n;
    }
    parse_fail(ps, t, "a value is missing here: a number, a name, a Variable, {...} or [...]");
    return node_add(ps, NODE_INT, 0);
}

static uint32_t parse_unary(parser *ps)
{
    bool negate = is_mark(peek(ps), "-") && peek_at(ps, 1)->kind != TOKEN_INT;
    if (!negate && !is_word(peek(ps), "not")) return parse_primary(ps);
    take(ps);
    uint32_t operand = deeper(ps) ? parse_unary(ps) : 0;
    ps->depth--;
    uint32_t n = node_group(ps, NODE_OP, &operand, 1);
    ps->out->nodes.items[n].value = negate ? OP_NEG : OP_NOT;
    return n;
}

static const struct {
    const char *text;
    node_op op;
    int level; /* binds tighter the higher it is */
} operators[] = {{"or", OP_OR, 1},     {"and", OP_AND, 2}, {"==", OP_EQ, 3}, {"!=", OP_NE, 3},
                 {"<", OP_LT, 3},      {"<=", OP_LE, 3},   {">", OP_GT, 3},  {">=", OP_GE, 3},
                 {"++", OP_CONCAT, 4}, {"+", OP_ADD, 5},   {"-", OP_SUB, 5}, {"*", OP_MUL, 6},
                 {"/", OP_DIV, 6},     {"rem", OP_REM, 6}};

static size_t operator_at(const parser *ps)
{
    const token *t = peek(ps);
    if (t->line_start) return SIZE_MAX; /* a new line begins a new statement */
    for (size_t i = 0; i < ARRAY_LEN(operators); i++)
        if ((t->kind == TOKEN_MARK || t->kind == TOKEN_WORD) && sv_eq_c(t->text, operators[i].text))
            return i;
    return SIZE_MAX;
}

static uint32_t parse_binary(parser *ps, int level)
{
    uint32_t left = parse_unary(ps);
    while (!ps->failed) {
        size_t i = operator_at(ps);
        if (i == SIZE_MAX || operators[i].level < level) return left;
        take(ps);
        uint32_t right = deeper(ps) ? parse_binary(ps, operators[i].level + 1) : 0;
        ps->depth--;
        left = node_group(ps, NODE_OP, (uint32_t[]){left, right}, 2);
        ps->out->nodes.items[left].value = operators[i].op;
    }
    return left;
}

uint32_t parse_expr(parser *ps)
{
    return parse_binary(ps, 1);
}

uint32_t parse_pattern(parser *ps)
{
    const token *t = peek(ps);
    if (t->kind == TOKEN_VAR) {
        take(ps);
        if (t->text.data[0] == '_') return node_add(ps, NODE_WILD, 0);
        uint32_t v = variable(ps, t->text);
        if (ps->in_clause_pattern && ps->tmpl->var_is_state[v])
            parse_fail(ps, t,
                       "%.*s is state already; write ^%.*s to compare with it, or take "
                       "another name",
                       SV_FMT(t->text), SV_FMT(t->text));
        return node_add(ps, NODE_VAR, v);
    }
    if (is_mark(t, "^")) {
        take(ps);
        if (peek(ps)->kind != TOKEN_VAR) {
            parse_fail(ps, peek(ps), "after ^ comes a Variable whose value is to be matched");
            return 0;
        }
        return node_add(ps, NODE_PIN, variable(ps, take(ps)->text));
    }
    if (is_mark(t, "{") || is_mark(t, "[")) {
        take(ps);
        bool tuple = is_mark(t, "{");
        return parse_items(ps, tuple ? "}" : "]", true, tuple ? NODE_TUPLE : NODE_LIST);
    }
    if (is_word(t, "from")) {
        take(ps);
        return node_add(ps, NODE_PIN, 0);
    }
    return parse_primary(ps);
}

uint32_t parse_template_use(parser *ps, fixup *out)
{
    const token *t = take(ps);
    *out = (fixup){.node = NONE, .insn = NONE, .child = NONE, .at = t, .name = t->text};
    out->shutdown = out->type = out->restart = NONE;
    if (t->kind != TOKEN_WORD) {
        parse_fail(ps, t, "the name of a process, server or supervisor is missing here");
        return 0;
    }
    uint32_t args;
    if (is_mark(peek(ps), "(") && peek(ps)->tight) {
        take(ps);
        args = parse_items(ps, ")", false, NODE_LIST);
    } else {
        args = node_group(ps, NODE_LIST, NULL, 0);
    }
    out->arg_count = ps->out->nodes.items[args].kid_count;
    return args;
}

/* child T(args) [id E] [restart R] [shutdown S] [type worker|supervisor] [significant]
 * [without id|start] */
uint32_t parse_child_expr(parser *ps)
{
    fixup fix;
    uint32_t args = parse_template_use(ps, &fix);
    uint32_t kids[8] = {node_atom(ps, ATOM_child),
                        node_add(ps, NODE_INT, 0),
                        args,
                        node_atom(ps, sym_add(&ps->out->atoms, fix.name)),
                        node_atom(ps, ATOM_permanent),
                        node_add(ps, NODE_INT, 5000),
                        node_atom(ps, ATOM_worker),
                        node_atom(ps, ATOM_false)};
    fix.node = kids[1];
    fix.restart = kids[4];
    fix.shutdown = kids[5];
    fix.type = kids[6];
    while (!peek(ps)->line_start) { /* a new line begins a new statement */
        if (take_word(ps, "id")) kids[3] = parse_primary(ps);
        else if (take_word(ps, "restart")) kids[4] = parse_primary(ps), fix.restart = NONE;
        else if (take_word(ps, "shutdown")) kids[5] = parse_primary(ps), fix.shutdown = NONE;
        else if (take_word(ps, "type")) kids[6] = parse_primary(ps), fix.type = NONE;
        else if (take_word(ps, "significant")) {
            bool value = peek(ps)->kind == TOKEN_VAR && more_on_line(ps);
            kids[7] = value ? parse_primary(ps) : node_atom(ps, ATOM_true);
        } else if (take_word(ps, "without")) {
            if (take_word(ps, "id")) kids[3] = node_atom(ps, ATOM_no_id);
            else if (take_word(ps, "start"))
                fix.node = NONE, ps->out->nodes.items[kids[1]].value = -1;
            else parse_fail(ps, peek(ps), "a child can be without id or without start");
        } else break;
    }
    vec_push(&ps->fixups, fix);
    return node_group(ps, NODE_TUPLE, kids, 8);
}
