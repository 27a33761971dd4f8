#include "base/base.h"

#include "runtime/parse.h"

uint32_t emit(parser *ps, insn_kind kind)
{
    vec_push(&ps->out->insns, (insn){.kind = (uint8_t)kind,
                                     .dst = NONE,
                                     .e = {NONE, NONE, NONE},
                                     .line = ps->in_prelude ? 0 : ps->line});
    return ps->out->insns.count - 1;
}

static insn *at(parser *ps, uint32_t index)
{
    return &ps->out->insns.items[index];
}

static uint32_t here(const parser *ps)
{
    return ps->out->insns.count;
}

/* Operations with plain operands. The operand letters fill e0, e1, e2 in order: p a primary, e an
 * expression, o an expression that may be left out. Behind a blank, words with a value: t timeout,
 * c continue, r reply, s reason, a auto_shutdown, g tag, each followed by the operand it fills. */
static const struct op_def {
    const char *word;
    insn_kind kind;
    const char *operands;
    uint32_t b;
} ops[] = {
    {"send", I_SEND, "pe", 0},
    {"cast", I_CAST, "pe", 0},
    {"call", I_CALL, "pe t2", CALL_PLAIN},
    {"stop_server", I_STOP_PROC, "p s1t2", 0},
    {"reply_to", I_REPLY_TO, "pe", 0},
    {"reply", I_RETURN, "e t1c2", RET_REPLY},
    {"noreply", I_RETURN, " t1c2", RET_NOREPLY},
    {"stop", I_RETURN, "e r2", RET_STOP},
    {"ignore", I_RETURN, "", RET_IGNORE},
    {"return", I_RETURN, "e", RET_REPLY},
    {"bad_return", I_RETURN, "e", RET_BAD},
    {"init_ack", I_INIT_ACK, "o", 0},
    {"send_request", I_REQUEST, "pe", 0},
    {"wait_response", I_RESPONSE, "p t2", 0},
    {"receive_response", I_RESPONSE, "p t2", RESPONSE_ABANDON},
    {"check_response", I_CHECK_RESPONSE, "pp", 0},
    {"get_state", I_SYSTEM, "p", ATOM_get_state},
    {"replace_state", I_SYSTEM, "pp", ATOM_replace_state},
    {"suspend", I_SYSTEM, "p", ATOM_suspend},
    {"resume", I_SYSTEM, "p", ATOM_resume},
    {"check_childspecs", I_CHECK_SPECS, "e a2", 0},
    {"sleep", I_SLEEP, "p", 0},
    {"at", I_UNTIL, "p", 0},
    {"link", I_LINK, "p", 0},
    {"unlink", I_UNLINK, "p", 0},
    {"monitor", I_MONITOR, "p g1", 0},
    {"demonitor", I_DEMONITOR, "p", 0},
    {"alias", I_ALIAS, "", 0},
    {"unalias", I_UNALIAS, "p", 0},
    {"exit", I_EXIT, "e", 0},
    {"crash", I_CRASH, "e", 0},
    {"exit_signal", I_EXIT_SIGNAL, "pe", 0},
    {"kill", I_EXIT_SIGNAL, "p", 0},
    {"trap_exit", I_TRAP_EXIT, "o", 0},
    {"register", I_REGISTER, "po", 0},
    {"unregister", I_UNREGISTER, "p", 0},
    {"whereis", I_WHEREIS, "p", 0},
    {"alive", I_ALIVE, "p", 0},
    {"send_after", I_SEND_AFTER, "ppe", 0},
    {"start_timer", I_SEND_AFTER, "ppe", 1},
    {"cancel_timer", I_CANCEL_TIMER, "p", 0},
    {"read_timer", I_READ_TIMER, "p", 0},
    {"binary", I_BINARY, "p", 0},
    {"copy", I_BINARY, "p", 1},
    {"log", I_LOG, "e", 0},
    {"assert", I_ASSERT, "e", 0},
    {"await", I_AWAIT, "p t2", 0},
    {"yield", I_AWAIT, "p t2", 1},
    {"apply", I_APPLY, "po", 0},
    {"next", I_STATEM, "e", STATEM_NEXT},
    {"postpone", I_STATEM, "", STATEM_POSTPONE},
    {"state_timeout", I_STATEM, "po", STATEM_TIMEOUT},
    {"event_timeout", I_STATEM, "po", STATEM_EVENT},
    {"generic_timeout", I_STATEM, "ppo", STATEM_GENERIC},
    {"next_event", I_STATEM, "e", STATEM_INTERNAL},
    {"repeat_state", I_STATEM, "", STATEM_REPEAT},
};

/* What is asked of a supervisor by a call. */
static const struct {
    const char *word;
    bool operand;
} sup_ops[] = {{"start_child", true},    {"terminate_child", true}, {"restart_child", true},
               {"delete_child", true},   {"get_childspec", true},   {"which_children", false},
               {"count_children", false}};

static const struct {
    const char *word;
    insn_kind kind;
    uint32_t flags;
} spawn_ops[] = {
    {"spawn", I_SPAWN, 0},
    {"spawn_link", I_SPAWN, SPAWN_LINK},
    {"spawn_monitor", I_SPAWN, SPAWN_MONITOR},
    {"spawn_request", I_SPAWN, SPAWN_REQUEST},
    {"spawn_request_link", I_SPAWN, SPAWN_REQUEST | SPAWN_LINK},
    {"spawn_request_monitor", I_SPAWN, SPAWN_REQUEST | SPAWN_MONITOR},
    {"async", I_SPAWN, SPAWN_TASK | SPAWN_LINK},
    {"async_nolink", I_SPAWN, SPAWN_TASK},
    {"start", I_START, 0},
    {"start_link", I_START, SPAWN_LINK},
    {"start_monitor", I_START, SPAWN_MONITOR},
    {"run", I_START, 0},
    {"enter_loop", I_ENTER_LOOP, 0},
};

static void parse_option(parser *ps, insn *in, const char *option)
{
    static const char *const words[] = {"timeout", "continue",      "reply",
                                        "reason",  "auto_shutdown", "tag"};
    static const char letters[] = "tcrsag";
    const char *word = words[strchr(letters, option[0]) - letters];
    if (!more_on_line(ps) || !take_word(ps, word)) return;
    uint32_t n = parse_primary(ps);
    in->e[option[1] - '0'] = n;
}

static uint32_t parse_alias_kind(parser *ps, alias_kind absent)
{
    if (!more_on_line(ps)) return absent;
    if (take_word(ps, "explicit_unalias")) return ALIAS_EXPLICIT;
    if (take_word(ps, "reply_demonitor") || take_word(ps, "reply")) return ALIAS_REPLY;
    (void)take_word(ps, "demonitor");
    return absent;
}

static void parse_op(parser *ps, const struct op_def *op, uint32_t dst)
{
    insn in = {.e = {NONE, NONE, NONE}, .b = op->b};
    const char *c = op->operands;
    for (uint32_t slot = 0; *c && *c != ' '; c++, slot++) {
        if (*c == 'o' && !more_on_line(ps)) continue;
        in.e[slot] = *c == 'p' ? parse_primary(ps) : parse_expr(ps);
    }
    if (*c == ' ') {
        const char *options = c + 1;
        size_t count = strlen(options) / 2;
        for (size_t round = 0; round < count; round++) /* in any order */
            for (size_t i = 0; i < count; i++) parse_option(ps, &in, options + 2 * i);
    }
    insn_kind kind = op->kind;
    if (kind == I_TRAP_EXIT && in.e[0] == NONE) in.e[0] = node_atom(ps, ATOM_true);
    if (strcmp(op->word, "kill") == 0) in.e[1] = node_atom(ps, ATOM_kill);
    if (kind == I_MONITOR && take_word(ps, "alias")) in.b = parse_alias_kind(ps, ALIAS_DEMONITOR);
    if (kind == I_ALIAS) in.b = parse_alias_kind(ps, ALIAS_EXPLICIT);
    while (kind == I_DEMONITOR && more_on_line(ps)) {
        if (take_word(ps, "flush")) in.b |= DEMONITOR_FLUSH;
        else if (take_word(ps, "info")) in.b |= DEMONITOR_INFO;
        else break;
    }
    bool response = kind == I_RESPONSE || kind == I_CHECK_RESPONSE;
    if (response && take_word(ps, "keep")) in.b |= RESPONSE_KEEP;
    if (kind == I_BINARY) ps->out->has_binaries = true;
    if (kind == I_INIT_ACK) ps->tmpl->acks = true;
    if (ps->in_statem && kind == I_RETURN && in.b == RET_REPLY && strcmp(op->word, "reply") == 0) {
        kind = I_REPLY_TO; /* a state machine replies by an action */
        in.e[1] = in.e[0];
        in.e[0] = node_add(ps, NODE_VAR, 0);
    }
    uint32_t i = emit(ps, kind);
    at(ps, i)->dst = dst;
    at(ps, i)->b = in.b;
    memcpy(at(ps, i)->e, in.e, sizeof in.e);
}

static void parse_sup_op(parser *ps, const char *word, bool operand, uint32_t dst)
{
    uint32_t to = parse_primary(ps);
    uint32_t message = node_atom(ps, sym_add(&ps->out->atoms, sv_from(word)));
    if (operand) message = node_group(ps, NODE_TUPLE, (uint32_t[]){message, parse_expr(ps)}, 2);
    uint32_t i = emit(ps, I_CALL);
    at(ps, i)->dst = dst;
    at(ps, i)->b = CALL_SUPERVISOR;
    at(ps, i)->e[0] = to;
    at(ps, i)->e[1] = message;
}

/* Code that runs elsewhere or later, jumped over here. Returns where it begins. */
static uint32_t parse_aside(parser *ps)
{
    uint32_t over = emit(ps, I_JUMP), code = here(ps);
    void *breaks = ps->breaks;
    uint32_t tries = ps->tries;
    bool in_statem = ps->in_statem;
    ps->breaks = NULL;
    ps->tries = 0;
    ps->in_statem = false;
    parse_block(ps);
    emit(ps, I_END);
    ps->breaks = breaks;
    ps->tries = tries;
    ps->in_statem = in_statem;
    at(ps, over)->a = here(ps);
    return code;
}

static uint32_t hidden_variable(parser *ps)
{
    char name[24];
    snprintf(name, sizeof name, "#%u", here(ps));
    return variable(ps, sv_from(name));
}

static void parse_spawn(parser *ps, size_t which, uint32_t dst)
{
    uint32_t fun = NONE, args = NONE;
    fixup fix = {0};
    bool code = spawn_ops[which].kind == I_SPAWN && is_mark(peek(ps), "{");
    if (code) {
        uint32_t pc = parse_aside(ps), v = hidden_variable(ps);
        uint32_t i = emit(ps, I_FUN);
        at(ps, i)->a = pc;
        at(ps, i)->b = NONE;
        at(ps, i)->dst = node_add(ps, NODE_VAR, v);
        fun = at(ps, i)->dst;
    } else {
        args = parse_template_use(ps, &fix);
    }
    uint32_t timeout = NONE;
    if (spawn_ops[which].kind == I_START && more_on_line(ps) && take_word(ps, "timeout"))
        timeout = parse_primary(ps);
    uint32_t i = emit(ps, spawn_ops[which].kind);
    at(ps, i)->dst = dst;
    at(ps, i)->a = NONE;
    at(ps, i)->b = spawn_ops[which].flags;
    at(ps, i)->e[0] = timeout;
    at(ps, i)->e[1] = args;
    at(ps, i)->e[2] = fun;
    if (code) return;
    fix.insn = i;
    vec_push(&ps->fixups, fix);
}

static void parse_fun(parser *ps, uint32_t dst)
{
    uint32_t param = NONE;
    if (peek(ps)->kind == TOKEN_VAR) param = variable(ps, take(ps)->text);
    uint32_t pc = parse_aside(ps);
    uint32_t i = emit(ps, I_FUN);
    at(ps, i)->a = pc;
    at(ps, i)->b = param;
    at(ps, i)->dst = dst;
}

static void parse_if(parser *ps)
{
    uint32_t test = parse_expr(ps);
    uint32_t branch = emit(ps, I_JUMP_IF_NOT);
    at(ps, branch)->e[0] = test;
    parse_block(ps);
    if (!take_word(ps, "else")) {
        at(ps, branch)->a = here(ps);
        return;
    }
    uint32_t over = emit(ps, I_JUMP);
    at(ps, branch)->a = here(ps);
    if (++ps->depth > PROGRAM_DEPTH_MAX)
        parse_fail(ps, peek(ps), "this is nested more than %d deep", PROGRAM_DEPTH_MAX);
    else if (take_word(ps, "if")) parse_if(ps);
    else parse_block(ps);
    ps->depth--;
    at(ps, over)->a = here(ps);
}

typedef VEC(uint32_t) index_list;

static void patch_all(parser *ps, index_list *jumps)
{
    for (uint32_t i = 0; i < jumps->count; i++) at(ps, jumps->items[i])->a = here(ps);
    vec_release(jumps);
}

static void parse_choose(parser *ps)
{
    index_list targets = {0}, ends = {0};
    uint32_t choose = emit(ps, I_CHOOSE);
    do {
        vec_push(&targets, here(ps));
        parse_block(ps);
        vec_push(&ends, emit(ps, I_JUMP));
    } while (!ps->failed && take_word(ps, "or"));
    at(ps, choose)->a = ps->out->kids.count;
    at(ps, choose)->b = targets.count;
    for (uint32_t i = 0; i < targets.count; i++) vec_push(&ps->out->kids, targets.items[i]);
    vec_release(&targets);
    patch_all(ps, &ends);
}

static void parse_loop(parser *ps, bool counted)
{
    uint32_t counter = 0, head;
    if (counted) {
        uint32_t times = parse_expr(ps);
        counter = hidden_variable(ps);
        uint32_t set = emit(ps, I_LET);
        at(ps, set)->e[0] = times;
        at(ps, set)->dst = node_add(ps, NODE_VAR, counter);
    }
    head = here(ps);
    uint32_t count = counted ? emit(ps, I_COUNT) : NONE;
    if (counted) at(ps, count)->b = counter;
    void *outer = ps->breaks;
    uint32_t outer_tries = ps->loop_tries;
    index_list breaks = {0};
    ps->breaks = (void *)&breaks;
    ps->loop_tries = ps->tries;
    parse_block(ps);
    ps->breaks = outer;
    ps->loop_tries = outer_tries;
    uint32_t back = emit(ps, I_JUMP);
    at(ps, back)->a = head;
    if (counted) at(ps, count)->a = here(ps);
    patch_all(ps, &breaks);
}

static void parse_break(parser *ps, const token *t)
{
    index_list *breaks = (void *)ps->breaks;
    if (!breaks) {
        parse_fail(ps, t, "break stands inside repeat or loop only");
        return;
    }
    for (uint32_t i = ps->loop_tries; i < ps->tries; i++) emit(ps, I_TRY_END);
    vec_push(breaks, emit(ps, I_JUMP));
}

static void parse_try(parser *ps, const token *t)
{
    uint32_t begin = emit(ps, I_TRY);
    ps->tries++;
    parse_block(ps);
    ps->tries--;
    emit(ps, I_TRY_END);
    uint32_t over = emit(ps, I_JUMP);
    at(ps, begin)->a = here(ps);
    if (!take_word(ps, "catch"))
        parse_fail(ps, t, "try { ... } is followed by catch [PATTERN] { ... }");
    /* catch {a, B} { ... }: a brace after catch begins a pattern if another brace follows it. */
    uint32_t depth = 0, ahead = 0;
    if (is_mark(peek(ps), "{")) {
        do {
            if (is_mark(peek_at(ps, ahead), "{")) depth++;
            if (is_mark(peek_at(ps, ahead), "}")) depth--;
            ahead++;
        } while (depth && peek_at(ps, ahead)->kind != TOKEN_END);
    }
    bool pattern = !is_mark(peek(ps), "{") ||
                   (is_mark(peek_at(ps, ahead), "{") && !peek_at(ps, ahead)->line_start);
    if (pattern) {
        uint32_t n = parse_pattern(ps);
        at(ps, begin)->dst = n;
    }
    parse_block(ps);
    at(ps, over)->a = here(ps);
}

void parse_clause_rest(parser *ps, clause *c, bool block_needed)
{
    ps->in_clause_pattern = true;
    c->pattern = parse_pattern(ps);
    ps->in_clause_pattern = false;
    c->guard = take_word(ps, "when") ? parse_expr(ps) : NONE;
    c->place = parse_place(ps);
    c->code = here(ps);
    if (block_needed || is_mark(peek(ps), "{")) parse_block(ps);
}

static void parse_receive(parser *ps)
{
    VEC(clause) clauses = {0};
    index_list ends = {0};
    uint32_t head = emit(ps, I_RECEIVE);
    uint32_t line = ps->line;
    ps->list.tokens.items[ps->at].block = true;
    expect_mark(ps, "{", "after receive");
    while (!ps->failed && !take_mark(ps, "}")) {
        ps->list.tokens.items[ps->at].statement = true;
        const token *t = peek(ps);
        if (take_word(ps, "on")) {
            clause c = {.kind = CLAUSE_RECEIVE, .state = NONE, .line = t->line};
            parse_clause_rest(ps, &c, false);
            vec_push(&clauses, c);
        } else if (take_word(ps, "after")) {
            uint32_t ms = parse_expr(ps);
            at(ps, head)->e[0] = ms;
            at(ps, head)->e[1] = here(ps);
            if (is_mark(peek(ps), "{")) parse_block(ps);
        } else {
            parse_fail(ps, t, "in a receive stand `on PATTERN { ... }` and `after MS { ... }`");
        }
        vec_push(&ends, emit(ps, I_JUMP));
        while (take_mark(ps, ";")) continue;
    }
    if (clauses.count == 0 && at(ps, head)->e[0] == NONE && !ps->failed)
        parse_fail(ps, peek(ps),
                   "a receive without clauses would wait for ever; use sleep infinity");
    at(ps, head)->a = ps->out->clauses.count;
    at(ps, head)->b = clauses.count;
    for (uint32_t i = 0; i < clauses.count; i++) vec_push(&ps->out->clauses, clauses.items[i]);
    vec_release(&clauses);
    patch_all(ps, &ends);
    ps->line = line;
}

/* Is this the left side of `PATTERN = ...`? */
static bool binds(const parser *ps)
{
    uint32_t ahead = 0, depth = 0;
    const token *t = peek(ps);
    if (is_mark(t, "^")) return is_mark(peek_at(ps, 2), "=");
    if (t->kind == TOKEN_END || (t->kind == TOKEN_MARK && !is_mark(t, "{") && !is_mark(t, "[")))
        return false;
    do {
        t = peek_at(ps, ahead++);
        if (is_mark(t, "{") || is_mark(t, "[")) depth++;
        if (is_mark(t, "}") || is_mark(t, "]")) depth--;
    } while (depth && t->kind != TOKEN_END);
    return is_mark(peek_at(ps, ahead), "=");
}

static bool parse_control(parser *ps, const token *t)
{
    if (take_word(ps, "if")) return parse_if(ps), true;
    if (take_word(ps, "choose")) return parse_choose(ps), true;
    if (take_word(ps, "repeat")) return parse_loop(ps, true), true;
    if (take_word(ps, "loop")) return parse_loop(ps, false), true;
    if (take_word(ps, "break")) return parse_break(ps, t), true;
    if (take_word(ps, "try")) return parse_try(ps, t), true;
    if (take_word(ps, "receive")) return parse_receive(ps), true;
    return false;
}

static bool parse_named_op(parser *ps, uint32_t dst)
{
    const token *t = peek(ps);
    for (size_t i = 0; i < ARRAY_LEN(ops); i++)
        if (is_word(t, ops[i].word)) return take(ps), parse_op(ps, &ops[i], dst), true;
    for (size_t i = 0; i < ARRAY_LEN(sup_ops); i++)
        if (is_word(t, sup_ops[i].word))
            return take(ps), parse_sup_op(ps, sup_ops[i].word, sup_ops[i].operand, dst), true;
    for (size_t i = 0; i < ARRAY_LEN(spawn_ops); i++)
        if (is_word(t, spawn_ops[i].word)) return take(ps), parse_spawn(ps, i, dst), true;
    if (take_word(ps, "fun")) return parse_fun(ps, dst), true;
    return false;
}

static void unknown_statement(parser *ps, const token *t)
{
    const char *words[ARRAY_LEN(ops) + ARRAY_LEN(sup_ops) + ARRAY_LEN(spawn_ops) + 8] = {
        "if", "choose", "repeat", "loop", "break", "try", "receive", "fun"};
    size_t n = 8;
    for (size_t i = 0; i < ARRAY_LEN(ops); i++) words[n++] = ops[i].word;
    for (size_t i = 0; i < ARRAY_LEN(sup_ops); i++) words[n++] = sup_ops[i].word;
    for (size_t i = 0; i < ARRAY_LEN(spawn_ops); i++) words[n++] = spawn_ops[i].word;
    const char *near = nearest(t->text, words, n);
    if (near)
        parse_fail(ps, t, "no statement begins with %.*s; did you mean %s?", SV_FMT(t->text), near);
    else
        parse_fail(ps, t,
                   "a statement begins with an operation (send, call, receive, ...) or with "
                   "PATTERN =");
}

void parse_statement(parser *ps)
{
    const token *t = peek(ps);
    ps->list.tokens.items[ps->at].statement = true;
    ps->line = t->line;
    uint32_t first = here(ps), dst = NONE;
    bool simple = false;
    if (binds(ps)) {
        dst = parse_pattern(ps);
        take(ps);
        simple = true;
        if (!parse_named_op(ps, dst)) {
            uint32_t value = parse_expr(ps);
            uint32_t i = emit(ps, I_LET);
            at(ps, i)->dst = dst;
            at(ps, i)->e[0] = value;
        }
    } else if (!parse_control(ps, t)) {
        simple = true;
        if (!parse_named_op(ps, NONE)) unknown_statement(ps, t);
    }
    uint32_t place = parse_place(ps);
    if (place)
        for (uint32_t i = first; i < (simple ? here(ps) : first + 1); i++)
            if (!at(ps, i)->place) at(ps, i)->place = place;
    if (more_on_line(ps))
        parse_fail(ps, peek(ps),
                   "the statement was over here; the next one begins on a new line "
                   "or after ;");
    while (take_mark(ps, ";")) continue;
}

void parse_block(parser *ps)
{
    if (!is_mark(peek(ps), "{")) {
        parse_fail(ps, peek(ps), "a block { ... } is missing here");
        return;
    }
    ps->list.tokens.items[ps->at].block = true;
    take(ps);
    if (++ps->depth > PROGRAM_DEPTH_MAX)
        parse_fail(ps, peek(ps), "this is nested more than %d deep", PROGRAM_DEPTH_MAX);
    while (!ps->failed && !is_mark(peek(ps), "}")) {
        if (peek(ps)->kind == TOKEN_END) parse_fail(ps, peek(ps), "the block is not closed; add }");
        else parse_statement(ps);
    }
    ps->depth--;
    take_mark(ps, "}");
}
