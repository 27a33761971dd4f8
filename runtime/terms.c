#include "base/base.h"

#include "runtime/parse.h"

/* A parsed scenario as one Erlang term, for an interpreter outside (tests/differential runs it on
 * real OTP). Expressions are terms: numbers as they are, {a, Atom}, {v, Variable}, {p, Pinned},
 * {t, Kids}, {l, Kids}, {lt, Kids, Rest}, {o, Operator, Kids}, w, self, now. Code keeps its
 * addresses: jumps name instructions by number. */

static const char *const insn_names[] = {
    [I_END] = "done",
    [I_LET] = "set",
    [I_JUMP] = "jump",
    [I_JUMP_IF_NOT] = "jump_if_not",
    [I_COUNT] = "count",
    [I_CHOOSE] = "choose",
    [I_TRY] = "begin_try",
    [I_TRY_END] = "end_try",
    [I_SEND] = "send",
    [I_CAST] = "cast",
    [I_CALL] = "call",
    [I_STOP_PROC] = "stop_server",
    [I_REPLY_TO] = "reply_to",
    [I_RETURN] = "return",
    [I_RECEIVE] = "receives",
    [I_SLEEP] = "sleep",
    [I_UNTIL] = "until",
    [I_LINK] = "link",
    [I_UNLINK] = "unlink",
    [I_MONITOR] = "monitor",
    [I_DEMONITOR] = "demonitor",
    [I_ALIAS] = "alias",
    [I_UNALIAS] = "unalias",
    [I_EXIT] = "exit",
    [I_CRASH] = "crash",
    [I_EXIT_SIGNAL] = "exit_signal",
    [I_TRAP_EXIT] = "trap_exit",
    [I_SPAWN] = "spawn",
    [I_START] = "start",
    [I_REGISTER] = "register",
    [I_UNREGISTER] = "unregister",
    [I_WHEREIS] = "whereis",
    [I_ALIVE] = "alive",
    [I_SEND_AFTER] = "send_after",
    [I_CANCEL_TIMER] = "cancel_timer",
    [I_READ_TIMER] = "read_timer",
    [I_LOG] = "log",
    [I_ASSERT] = "assert",
    [I_AWAIT] = "await",
    [I_FUN] = "function",
    [I_APPLY] = "apply",
    [I_STATEM] = "statem",
    [I_INIT_ACK] = "init_ack",
    [I_ENTER_LOOP] = "enter_loop",
    [I_REQUEST] = "request",
    [I_RESPONSE] = "response",
    [I_CHECK_RESPONSE] = "check_response",
    [I_SYSTEM] = "system",
    [I_BINARY] = "binary",
    [I_CHECK_SPECS] = "check_specs",
};

static const char *const op_names[OP_COUNT] = {
    [OP_ADD] = "'+'",
    [OP_SUB] = "'-'",
    [OP_MUL] = "'*'",
    [OP_DIV] = "'div'",
    [OP_REM] = "'rem'",
    [OP_CONCAT] = "'++'",
    [OP_EQ] = "'=='",
    [OP_NE] = "'/='",
    [OP_LT] = "'<'",
    [OP_LE] = "'=<'",
    [OP_GT] = "'>'",
    [OP_GE] = "'>='",
    [OP_AND] = "'and'",
    [OP_OR] = "'or'",
    [OP_NOT] = "'not'",
    [OP_NEG] = "neg",
    [OP_LEN] = "len",
    [OP_ELEM] = "elem",
    [OP_IS_PID] = "is_pid",
    [OP_IS_ATOM] = "is_atom",
    [OP_IS_INT] = "is_int",
    [OP_MEMBER] = "member",
    [OP_IS_TUPLE] = "is_tuple",
    [OP_IS_LIST] = "is_list",
    [OP_DELETE] = "delete",
    [OP_SORT] = "sort",
    [OP_PART] = "part",
    [OP_SIZE] = "size",
};

static const char *const clause_names[] = {
    [CLAUSE_RECEIVE] = "receives",
    [CLAUSE_CALL] = "call",
    [CLAUSE_CAST] = "cast",
    [CLAUSE_INFO] = "info",
    [CLAUSE_CONTINUE] = "continue",
    [CLAUSE_TERMINATE] = "terminate",
    [CLAUSE_ENTER] = "enter",
    [CLAUSE_INTERNAL] = "internal",
    [CLAUSE_STATE_TIMEOUT] = "state_timeout",
    [CLAUSE_GENERIC_TIMEOUT] = "generic_timeout",
    [CLAUSE_TIMEOUT] = "timeout",
};

typedef struct {
    const program *p;
    buf *out;
} writer;

static void write_atom(const writer *w, sym name)
{
    sv text = sym_text(&w->p->atoms, name);
    buf_add_char(w->out, '\'');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '\'' || c == '\\') buf_add_char(w->out, '\\');
        if (c < ' ') buf_printf(w->out, "\\x{%x}", c);
        else buf_add_char(w->out, (char)c);
    }
    buf_add_char(w->out, '\'');
}

static void write_node(const writer *w, uint32_t index);

static void write_kids(const writer *w, const node *n, uint32_t count)
{
    buf_add_char(w->out, '[');
    for (uint32_t i = 0; i < count; i++) {
        if (i) buf_add_char(w->out, ',');
        write_node(w, w->p->kids.items[n->kid_first + i]);
    }
    buf_add_char(w->out, ']');
}

/* Depth is bounded by the parser (PROGRAM_DEPTH_MAX). */
static void write_node(const writer *w, uint32_t index)
{
    buf *out = w->out;
    if (index == NONE) {
        buf_add_c(out, "none");
        return;
    }
    const node *n = &w->p->nodes.items[index];
    uint32_t count = n->kid_count - (n->tail ? 1 : 0);
    switch ((node_kind)n->kind) {
    case NODE_INT: buf_printf(out, "%" PRId64, n->value); return;
    case NODE_ATOM:
        buf_add_c(out, "{a,");
        write_atom(w, (sym)n->value);
        break;
    case NODE_VAR: buf_printf(out, "{v,%" PRId64, n->value); break;
    case NODE_PIN: buf_printf(out, "{p,%" PRId64, n->value); break;
    case NODE_WILD: buf_add_c(out, "w"); return;
    case NODE_SELF: buf_add_c(out, "self"); return;
    case NODE_NOW: buf_add_c(out, "now"); return;
    case NODE_TUPLE:
        buf_add_c(out, "{t,");
        write_kids(w, n, count);
        break;
    case NODE_LIST:
        buf_add_c(out, n->tail ? "{lt," : "{l,");
        write_kids(w, n, count);
        if (n->tail) {
            buf_add_char(out, ',');
            write_node(w, w->p->kids.items[n->kid_first + count]);
        }
        break;
    case NODE_OP:
        buf_printf(out, "{o,%s,", op_names[n->value]);
        write_kids(w, n, count);
        break;
    }
    buf_add_char(out, '}');
}

static void write_number(const writer *w, uint32_t value)
{
    if (value == NONE) buf_add_c(w->out, "none");
    else buf_printf(w->out, "%u", value);
}

/* {Kind, Result, Operand1, Operand2, Operand3, A, B} */
static void write_insn(const writer *w, const insn *in)
{
    buf *out = w->out;
    bool known = in->kind < ARRAY_LEN(insn_names) && insn_names[in->kind];
    buf_printf(out, "{%s,", known ? insn_names[in->kind] : "unknown");
    write_node(w, in->dst);
    for (uint32_t i = 0; i < 3; i++) {
        buf_add_char(out, ',');
        if (in->kind == I_RECEIVE && i == 1) write_number(w, in->e[i]);
        else write_node(w, in->e[i]);
    }
    buf_add_char(out, ',');
    if (in->kind == I_CHOOSE) {
        for (uint32_t i = 0; i < in->b; i++)
            buf_printf(out, "%c%u", i ? ',' : '[', w->p->kids.items[in->a + i]);
        buf_add_char(out, ']');
    } else {
        write_number(w, in->a);
    }
    buf_add_char(out, ',');
    write_number(w, in->b);
    buf_add_char(out, '}');
}

static void write_child(const writer *w, const child_def *c)
{
    static const char *const restarts[] = {"permanent", "transient", "temporary"};
    buf *out = w->out;
    buf_printf(out, "{%u,", c->tmpl);
    write_node(w, c->args);
    buf_add_char(out, ',');
    write_node(w, c->id);
    buf_add_char(out, ',');
    write_node(w, c->count);
    buf_printf(out, ",%s,%s,%s,", restarts[c->restart], c->significant ? "true" : "false",
               c->is_supervisor ? "supervisor" : "worker");
    if (c->shutdown_ms == SHUTDOWN_INFINITY) buf_add_c(out, "infinity}");
    else if (c->shutdown_ms == SHUTDOWN_BRUTAL) buf_add_c(out, "brutal_kill}");
    else buf_printf(out, "%d}", c->shutdown_ms);
}

/* {Number, Name, Kind, Parameters, StateVariables, RegisteredName, Code, {FirstClause, Count},
 *  Children, {Strategy, AutoShutdown, Intensity, Period, MaxChildren}, EnterCalls, FirstState} */
static void write_template(const writer *w, uint32_t index)
{
    static const char *const kinds[] = {
        [TEMPLATE_PROCESS] = "process", [TEMPLATE_SERVER] = "server",
        [TEMPLATE_STATEM] = "statem",   [TEMPLATE_SUPERVISOR] = "supervisor",
        [TEMPLATE_DYNAMIC] = "dynamic", [TEMPLATE_FUNCTION] = "function",
        [TEMPLATE_DRIVER] = "driver",
    };
    static const char *const strategies[] = {"one_for_one", "one_for_all", "rest_for_one",
                                             "simple_one_for_one"};
    static const char *const autos[] = {"never", "any_significant", "all_significant"};
    buf *out = w->out;
    const template_def *t = &w->p->templates.items[index];
    buf_printf(out, "{%u,", index);
    write_atom(w, t->name);
    buf_printf(out, ",%s,%u,[", kinds[t->kind], t->param_count);
    bool first = true;
    for (uint32_t i = 1; i < t->var_count; i++) {
        if (!t->var_is_state[i]) continue;
        buf_printf(out, "%s%u", first ? "" : ",", i);
        first = false;
    }
    buf_add_c(out, "],");
    write_node(w, t->registered);
    buf_printf(out, ",%u,{%u,%u},[", t->init_code, t->clause_first, t->clause_count);
    for (uint32_t i = 0; i < t->child_count; i++) {
        if (i) buf_add_char(out, ',');
        write_child(w, &w->p->children.items[t->child_first + i]);
    }
    bool variable = t->children_node != NONE;
    for (uint32_t i = 0; i < ARRAY_LEN(t->flag_nodes); i++)
        variable = variable || t->flag_nodes[i] != NONE;
    buf_printf(out, "],{%s,%s,%u,%u,", variable ? "variable" : strategies[t->strategy],
               autos[t->auto_shutdown], t->intensity, t->period_s);
    write_number(w, t->max_children);
    buf_printf(out, "},%s,", t->enter_calls ? "true" : "false");
    write_node(w, t->state_initial);
    buf_add_char(out, '}');
}

/* Whether the scenario starts anything of the prelude, whose templates come first. */
static bool uses_prelude(const program *p, uint32_t own)
{
    uint32_t node_first = p->nodes.count; /* of the scenario's own */
    for (uint32_t i = p->templates.items[own].init_code; i < p->insns.count; i++) {
        const insn *in = &p->insns.items[i];
        for (uint32_t k = 0; k < 3; k++)
            if (in->kind != I_RECEIVE || k != 1) node_first = MIN(node_first, in->e[k]);
        if ((in->kind == I_START || in->kind == I_SPAWN) && in->a < own) return true;
    }
    for (uint32_t i = own; i < p->templates.count; i++) {
        const template_def *t = &p->templates.items[i];
        for (uint32_t k = 0; k < t->child_count; k++)
            if (p->children.items[t->child_first + k].tmpl < own) return true;
    }
    for (uint32_t i = node_first; i < p->nodes.count; i++) { /* children given as values */
        const node *n = &p->nodes.items[i];
        if (n->kind != NODE_TUPLE || n->kid_count != 8) continue;
        const node *tag = &p->nodes.items[p->kids.items[n->kid_first]];
        const node *tmpl = &p->nodes.items[p->kids.items[n->kid_first + 1]];
        if (tag->kind == NODE_ATOM && tag->value == ATOM_child && tmpl->kind == NODE_INT &&
            tmpl->value < own)
            return true;
    }
    return false;
}

static void write_program(const writer *w)
{
    const program *p = w->p;
    buf *out = w->out;
    uint32_t own = 0, code = 0;
    while (p->templates.items[own].prelude) own++;
    if (uses_prelude(p, own)) own = 0;
    else code = p->templates.items[own].init_code;
    buf_printf(out, "{scenario,%s,%u,[\n", p->reply_by_ref ? "reply_by_ref" : "reply_by_alias",
               p->driver);
    for (uint32_t i = own; i < p->templates.count; i++) {
        write_template(w, i);
        buf_add_c(out, i + 1 < p->templates.count ? ",\n" : "],\n");
    }
    buf_printf(out, "%u,{", code);
    for (uint32_t i = code; i < p->insns.count; i++) {
        write_insn(w, &p->insns.items[i]);
        buf_add_c(out, i + 1 < p->insns.count ? ",\n" : "},\n[");
    }
    /* {Kind, Pattern, State, Guard, Code} */
    for (uint32_t i = 0; i < p->clauses.count; i++) {
        const clause *c = &p->clauses.items[i];
        if (i) buf_add_c(out, ",\n");
        if (c->code < code) { /* of the prelude, unused */
            buf_add_c(out, "none");
            continue;
        }
        buf_printf(out, "{%s,", clause_names[c->kind]);
        write_node(w, c->pattern);
        buf_add_char(out, ',');
        write_node(w, c->state);
        buf_add_char(out, ',');
        write_node(w, c->guard);
        buf_printf(out, ",%u}", c->code);
    }
    buf_add_c(out, "]}");
}

bool rt_terms(sv file_name, sv text, buf *out, error *err)
{
    program p;
    if (!program_parse(file_name, text, &p, err)) return false;
    const writer w = {.p = &p, .out = out};
    write_program(&w);
    program_release(&p);
    return true;
}
