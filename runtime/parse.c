#include "base/base.h"

#include "runtime/parse.h"
#include "runtime/prelude.h"

const token *peek_at(const parser *ps, uint32_t ahead)
{
    uint32_t i = ps->at + ahead;
    return i < ps->list.tokens.count ? &ps->list.tokens.items[i] : vec_last(&ps->list.tokens);
}

const token *peek(const parser *ps)
{
    return peek_at(ps, 0);
}

const token *take(parser *ps)
{
    const token *t = peek(ps);
    if (t->kind != TOKEN_END) ps->at++;
    return t;
}

bool is_mark(const token *t, const char *text)
{
    return t->kind == TOKEN_MARK && sv_eq_c(t->text, text);
}

bool is_word(const token *t, const char *text)
{
    return t->kind == TOKEN_WORD && sv_eq_c(t->text, text);
}

bool take_mark(parser *ps, const char *text)
{
    if (!is_mark(peek(ps), text)) return false;
    take(ps);
    return true;
}

bool take_word(parser *ps, const char *text)
{
    if (!is_word(peek(ps), text)) return false;
    take(ps);
    return true;
}

bool parse_fail(parser *ps, const token *t, const char *format, ...)
{
    if (ps->failed) return false;
    ps->failed = true;
    va_list args;
    va_start(args, format);
    char text[200];
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return error_set(ps->err, ERR_INPUT, "%.*s:%u:%u: %s", SV_FMT(ps->file_name), t->line,
                     t->column, text);
}

bool expect_mark(parser *ps, const char *text, const char *where)
{
    if (take_mark(ps, text)) return true;
    return parse_fail(ps, peek(ps), "%s is missing %s", text, where);
}

bool more_on_line(const parser *ps)
{
    const token *t = peek(ps);
    return t->kind != TOKEN_END && !t->line_start && !is_mark(t, "}") && !is_mark(t, ";") &&
           !is_mark(t, "@");
}

static size_t distance(sv a, const char *b)
{
    size_t row[32], n = strlen(b);
    if (a.size > 30 || n > 30) return SIZE_MAX;
    for (size_t j = 0; j <= n; j++) row[j] = j;
    for (size_t i = 1; i <= a.size; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t above = row[j];
            size_t best = MIN(MIN(row[j - 1], above) + 1, diagonal + (a.data[i - 1] != b[j - 1]));
            row[j] = best;
            diagonal = above;
        }
    }
    return row[n];
}

const char *nearest(sv text, const char *const *words, size_t count)
{
    const char *best = NULL;
    size_t best_distance = text.size > 3 ? 3 : 2;
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(text, words[i]);
        if (d >= best_distance) continue;
        best_distance = d;
        best = words[i];
    }
    return best;
}

uint32_t parse_place(parser *ps)
{
    if (!take_mark(ps, "@")) return 0;
    const token *t = take(ps);
    if (t->kind != TOKEN_STRING) {
        parse_fail(ps, t, "after @ comes a place in quotes, as in @ \"lib/a.ex:12\"");
        return 0;
    }
    return sym_add(&ps->out->atoms, t->text);
}

uint32_t template_find(const program *p, sv name)
{
    for (uint32_t i = p->templates.count; i-- > 0;) /* the scenario's own before the prelude's */
        if (sv_eq(sym_text(&p->atoms, p->templates.items[i].name), name)) return i;
    return NONE;
}

static int64_t parse_number(parser *ps, int64_t max)
{
    const token *t = take(ps);
    if (t->kind != TOKEN_INT || t->value > max) {
        parse_fail(ps, t, "a number up to %" PRId64 " is missing here", max);
        return 0;
    }
    return t->value;
}

static uint32_t parse_one_of(parser *ps, const char *const *words, uint32_t count, const char *what)
{
    const token *t = take(ps);
    for (uint32_t i = 0; i < count; i++)
        if (is_word(t, words[i])) return i;
    const char *near = t->kind == TOKEN_WORD ? nearest(t->text, words, count) : NULL;
    parse_fail(ps, t, "%.*s is no %s%s%s%s", SV_FMT(t->text), what, near ? "; did you mean " : "",
               near ? near : "", near ? "?" : "");
    return 0;
}

static void parse_child_def(parser *ps)
{
    static const char *const restarts[] = {"permanent", "transient", "temporary"};
    static const char *const types[] = {"worker", "supervisor"};
    fixup fix;
    child_def c = {.line = peek(ps)->line, .count = NONE, .restart = UINT8_MAX};
    c.shutdown_ms = INT32_MIN;
    bool type_given = false;
    c.args = parse_template_use(ps, &fix);
    c.id = node_atom(ps, sym_add(&ps->out->atoms, fix.name));
    while (!ps->failed && more_on_line(ps)) {
        if (take_word(ps, "id")) {
            c.id = parse_primary(ps);
        } else if (take_word(ps, "count")) {
            c.count = parse_primary(ps);
        } else if (take_word(ps, "restart")) {
            c.restart = (uint8_t)parse_one_of(ps, restarts, 3, "restart type");
        } else if (take_word(ps, "significant")) {
            c.significant = true;
        } else if (take_word(ps, "type")) {
            c.is_supervisor = parse_one_of(ps, types, 2, "child type") == 1;
            type_given = true;
        } else if (take_word(ps, "shutdown")) {
            if (take_word(ps, "infinity")) c.shutdown_ms = SHUTDOWN_INFINITY;
            else if (take_word(ps, "brutal_kill")) c.shutdown_ms = SHUTDOWN_BRUTAL;
            else c.shutdown_ms = (int32_t)parse_number(ps, INT32_MAX);
        } else {
            parse_fail(ps, peek(ps),
                       "of a child one can say: id, count, restart, shutdown, type, "
                       "significant");
        }
    }
    c.place = parse_place(ps);
    fix.child = ps->out->children.count;
    fix.type = type_given; /* here: whether it was given */
    vec_push(&ps->out->children, c);
    vec_push(&ps->fixups, fix);
}

/* A flag given by a variable is checked when the supervisor starts. */
static bool parse_flag(parser *ps, flag_kind flag)
{
    if (peek(ps)->kind != TOKEN_VAR) return false;
    ps->tmpl->flag_nodes[flag] = parse_primary(ps);
    return true;
}

static void parse_intensity(parser *ps)
{
    if (!parse_flag(ps, FLAG_INTENSITY)) ps->tmpl->intensity = (uint32_t)parse_number(ps, 1000000);
    if (take_word(ps, "per") && !parse_flag(ps, FLAG_PERIOD))
        ps->tmpl->period_s = (uint32_t)parse_number(ps, 1000000);
    if (ps->tmpl->period_s == 0) parse_fail(ps, peek(ps), "the period is at least 1 second");
}

static bool parse_sup_section(parser *ps)
{
    static const char *const strategies[] = {"one_for_one", "one_for_all", "rest_for_one",
                                             "simple_one_for_one"};
    static const char *const autos[] = {"never", "any_significant", "all_significant"};
    template_def *t = ps->tmpl;
    if (t->kind != TEMPLATE_SUPERVISOR && t->kind != TEMPLATE_DYNAMIC) return false;
    if (take_word(ps, "intensity")) return parse_intensity(ps), true;
    if (take_word(ps, "max_children") && t->kind == TEMPLATE_DYNAMIC)
        return t->max_children = (uint32_t)parse_number(ps, UINT32_MAX - 1), true;
    if (t->kind == TEMPLATE_DYNAMIC) return false;
    if (take_word(ps, "strategy")) {
        if (!parse_flag(ps, FLAG_STRATEGY))
            t->strategy = (uint8_t)parse_one_of(ps, strategies, 4, "strategy");
        return true;
    }
    if (take_word(ps, "auto_shutdown")) {
        if (!parse_flag(ps, FLAG_AUTO))
            t->auto_shutdown = (uint8_t)parse_one_of(ps, autos, 3, "kind of shutdown");
        return true;
    }
    if (take_word(ps, "children")) return t->children_node = parse_expr(ps), true;
    if (take_word(ps, "child")) return parse_child_def(ps), true;
    return false;
}

typedef VEC(clause) clause_list;

static void parse_server_clause(parser *ps, clause_list *clauses, uint32_t state)
{
    static const char *const kinds[] = {
        "call",  "cast",     "info",          "continue",        "terminate",
        "enter", "internal", "state_timeout", "generic_timeout", "timeout"};
    static const clause_kind kind_of[] = {
        CLAUSE_CALL,     CLAUSE_CAST,          CLAUSE_INFO,
        CLAUSE_CONTINUE, CLAUSE_TERMINATE,     CLAUSE_ENTER,
        CLAUSE_INTERNAL, CLAUSE_STATE_TIMEOUT, CLAUSE_GENERIC_TIMEOUT,
        CLAUSE_TIMEOUT};
    clause c = {.line = peek(ps)->line, .state = state, .guard = NONE};
    ps->line = c.line;
    c.kind = (uint8_t)kind_of[parse_one_of(ps, kinds, ARRAY_LEN(kinds), "kind of clause")];
    if (c.kind == CLAUSE_TIMEOUT && ps->tmpl->kind == TEMPLATE_SERVER) {
        c.kind = CLAUSE_INFO;
        c.pattern = node_atom(ps, ATOM_timeout);
        c.place = parse_place(ps);
        c.code = ps->out->insns.count;
        parse_block(ps);
    } else {
        parse_clause_rest(ps, &c, true);
    }
    emit(ps, I_END);
    vec_push(clauses, c);
}

static void parse_state_variables(parser *ps)
{
    do {
        const token *t = take(ps);
        if (t->kind != TOKEN_VAR || t->text.data[0] == '_') {
            parse_fail(ps, t, "after state comes a Variable, as in state Count = 0");
            return;
        }
        uint32_t v = variable(ps, t->text);
        expect_mark(ps, "=", "after the variable");
        uint32_t value = parse_expr(ps);
        uint32_t i = emit(ps, I_LET);
        ps->out->insns.items[i].e[0] = value;
        ps->out->insns.items[i].dst = node_add(ps, NODE_VAR, v);
        ps->tmpl->var_is_state[v] = true;
    } while (take_mark(ps, ","));
}

/* One section of a server, state machine or supervisor. init code is put aside: sections may come
 * in any order, but what sets the state goes before. */
static void parse_section(parser *ps, clause_list *clauses, uint32_t *init_token)
{
    template_def *t = ps->tmpl;
    ps->list.tokens.items[ps->at].statement = true;
    ps->line = peek(ps)->line;
    bool statem = t->kind == TEMPLATE_STATEM;
    bool serves = statem || t->kind == TEMPLATE_SERVER;
    const token *first = peek(ps);
    if (take_word(ps, "name")) {
        t->registered = parse_expr(ps);
    } else if (serves && take_word(ps, "state")) {
        parse_state_variables(ps);
    } else if (take_word(ps, "init")) {
        /* Parsed once the whole template is known. */
        *init_token = ps->at;
        uint32_t depth = 0;
        do {
            if (is_mark(peek(ps), "{")) depth++;
            if (is_mark(peek(ps), "}")) depth--;
        } while (take(ps)->kind != TOKEN_END && peek(ps)->kind != TOKEN_END && depth);
    } else if (serves && take_word(ps, "on")) {
        parse_server_clause(ps, clauses, NONE);
    } else if (statem && take_word(ps, "in")) {
        ps->in_clause_pattern = true;
        uint32_t state = parse_pattern(ps);
        ps->in_clause_pattern = false;
        if (!take_word(ps, "on")) parse_fail(ps, peek(ps), "after in STATE comes on");
        parse_server_clause(ps, clauses, state);
    } else if (statem && take_word(ps, "initial")) {
        t->state_initial = parse_expr(ps);
    } else if (statem && take_word(ps, "enter_calls")) {
        t->enter_calls = true;
    } else if (!parse_sup_section(ps)) {
        static const char *const words[] = {
            "name",      "state",        "init",        "on",       "in",
            "initial",   "child",        "enter_calls", "strategy", "auto_shutdown",
            "intensity", "max_children", "children"};
        const char *near = nearest(first->text, words, ARRAY_LEN(words));
        parse_fail(ps, first, "%.*s is no section of this%s%s%s", SV_FMT(first->text),
                   near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
    if (!ps->failed && more_on_line(ps))
        parse_fail(ps, peek(ps),
                   "the section was over here; the next one begins on a new line or after ;");
    while (take_mark(ps, ";")) continue;
}

static void parse_sections(parser *ps)
{
    template_def *t = ps->tmpl;
    clause_list clauses = {0};
    uint32_t init_token = NONE;
    ps->list.tokens.items[ps->at].block = true;
    expect_mark(ps, "{", "to begin the template");
    /* State is set by code in front of init; clause code lies in between and is jumped over. */
    t->init_code = ps->out->insns.count;
    t->child_first = ps->out->children.count;
    while (!ps->failed && !is_mark(peek(ps), "}")) {
        if (peek(ps)->kind == TOKEN_END) {
            parse_fail(ps, peek(ps), "the template is not closed; add }");
            break;
        }
        bool clause_next = is_word(peek(ps), "on") || is_word(peek(ps), "in");
        uint32_t over = clause_next ? emit(ps, I_JUMP) : NONE;
        parse_section(ps, &clauses, &init_token);
        if (clause_next) ps->out->insns.items[over].a = ps->out->insns.count;
    }
    uint32_t end_token = ps->at;
    if (init_token != NONE && !ps->failed) {
        ps->at = init_token;
        bool in_statem = ps->in_statem;
        ps->in_statem = false;
        parse_block(ps);
        ps->in_statem = in_statem;
        if (!ps->failed) ps->at = end_token;
    }
    emit(ps, I_END);
    take_mark(ps, "}");
    t->child_count = ps->out->children.count - t->child_first;
    t->clause_first = ps->out->clauses.count;
    t->clause_count = clauses.count;
    for (uint32_t i = 0; i < clauses.count; i++) vec_push(&ps->out->clauses, clauses.items[i]);
    vec_release(&clauses);
}

static void parse_process_body(parser *ps)
{
    template_def *t = ps->tmpl;
    t->init_code = ps->out->insns.count;
    ps->list.tokens.items[ps->at].block = true;
    if (!expect_mark(ps, "{", "to begin the process")) return;
    while (!ps->failed && is_word(peek(ps), "name") && !is_mark(peek_at(ps, 1), "=")) {
        ps->list.tokens.items[ps->at].statement = true;
        ps->line = peek(ps)->line;
        take(ps);
        uint32_t name = parse_expr(ps);
        uint32_t i = emit(ps, I_REGISTER);
        ps->out->insns.items[i].e[0] = name;
        t->registered = name;
        while (take_mark(ps, ";")) continue;
    }
    while (!ps->failed && !is_mark(peek(ps), "}")) {
        if (peek(ps)->kind == TOKEN_END)
            parse_fail(ps, peek(ps), "the process is not closed; add }");
        else parse_statement(ps);
    }
    take_mark(ps, "}");
    emit(ps, I_END);
}

static void parse_params(parser *ps)
{
    if (!take_mark(ps, "(")) return;
    if (take_mark(ps, ")")) return;
    do {
        const token *t = take(ps);
        if (t->kind != TOKEN_VAR || t->text.data[0] == '_') {
            parse_fail(ps, t, "a parameter is a Variable");
            return;
        }
        uint32_t v = variable(ps, t->text);
        ps->tmpl->var_is_state[v] = true;
        ps->tmpl->param_count = (uint8_t)v;
    } while (take_mark(ps, ","));
    expect_mark(ps, ")", "after the parameters");
}

static void parse_template(parser *ps, template_kind kind)
{
    const token *name = kind == TEMPLATE_DRIVER ? peek(ps) : take(ps);
    template_def *t = &ps->tmpl_store;
    *t = (template_def){.kind = (uint8_t)kind,
                        .prelude = ps->in_prelude,
                        .var_count = 1,
                        .registered = NONE,
                        .state_initial = NONE,
                        .intensity = kind == TEMPLATE_DYNAMIC ? 3 : 1,
                        .period_s = 5,
                        .max_children = UINT32_MAX,
                        .flag_nodes = {NONE, NONE, NONE, NONE},
                        .children_node = NONE,
                        .line = name->line};
    ps->tmpl = t;
    ps->tries = ps->loop_tries = 0;
    ps->in_statem = kind == TEMPLATE_STATEM;
    sv text = kind == TEMPLATE_DRIVER ? SV("driver") : name->text;
    if (kind != TEMPLATE_DRIVER && name->kind != TOKEN_WORD) {
        parse_fail(ps, name, "a name in small letters is missing here");
        return;
    }
    uint32_t same = template_find(ps->out, text);
    if (same != NONE && ps->out->templates.items[same].prelude == ps->in_prelude) {
        parse_fail(ps, name, "there is another %.*s on line %u", SV_FMT(text),
                   ps->out->templates.items[same].line);
        return;
    }
    t->name = sym_add(&ps->out->atoms, text);
    parse_params(ps);
    t->place = parse_place(ps);
    if (kind == TEMPLATE_PROCESS || kind == TEMPLATE_DRIVER || kind == TEMPLATE_FUNCTION)
        parse_process_body(ps);
    else parse_sections(ps);
    if (kind == TEMPLATE_STATEM && t->state_initial == NONE)
        parse_fail(ps, name, "a state machine needs its first state: initial STATE");
    if (kind == TEMPLATE_DRIVER) ps->out->driver = ps->out->templates.count;
    vec_push(&ps->out->templates, *t);
}

static void parse_expect(parser *ps)
{
    static const char *const kinds[] = {"some",     "never",  "always",  "at_most",
                                        "at_least", "passed", "classes", "outcomes"};
    expectation x = {.line = peek(ps)->line};
    x.kind = (uint8_t)parse_one_of(ps, kinds, 8, "expectation");
    if (x.kind == EXPECT_AT_MOST || x.kind == EXPECT_AT_LEAST) {
        static const char *const measures[] = {"messages", "bytes", "binaries", "restarts", "herd"};
        x.number = parse_number(ps, INT64_MAX / 16);
        x.measure = (uint8_t)parse_one_of(ps, measures, MEASURE_COUNT, "measure");
        vec_push(&ps->out->expectations, x);
        return;
    }
    if (x.kind == EXPECT_PASSED) {
        vec_push(&ps->out->expectations, x);
        return;
    }
    if (x.kind >= EXPECT_CLASSES) {
        x.number = parse_number(ps, INT64_MAX / 16);
    } else {
        do {
            const token *t = take(ps);
            rt_category c;
            if (!rt_category_parse(t->text, &c)) {
                const char *names[RT_CATEGORY_COUNT];
                for (uint32_t i = 0; i < RT_CATEGORY_COUNT; i++)
                    names[i] = rt_category_name((rt_category)i);
                const char *near = nearest(t->text, names, RT_CATEGORY_COUNT);
                parse_fail(ps, t, "%.*s is no category%s%s%s", SV_FMT(t->text),
                           near ? "; did you mean " : "; one is deadlock", near ? near : "",
                           near ? "?" : "");
                return;
            }
            x.categories |= 1u << c;
        } while (take_mark(ps, ","));
    }
    vec_push(&ps->out->expectations, x);
}

static void parse_item(parser *ps)
{
    static const char *const words[] = {
        "process", "server",   "statem", "supervisor", "dynamic_supervisor", "function", "driver",
        "expect",  "scenario", "limit",  "option"};
    static const char *const options[] = {"instant_delivery", "early_timers", "reply_by_ref"};
    static const char *const limits[] = {"time", "mailbox", "events"};
    ps->list.tokens.items[ps->at].statement = true;
    const token *t = take(ps);
    for (uint32_t i = 0; i <= TEMPLATE_DRIVER; i++)
        if (is_word(t, words[i])) {
            parse_template(ps, (template_kind)i);
            return;
        }
    if (is_word(t, "expect")) {
        parse_expect(ps);
    } else if (is_word(t, "scenario")) {
        const token *title = take(ps);
        if (title->kind != TOKEN_STRING) parse_fail(ps, title, "the title stands in quotes");
        ps->out->title = sym_add(&ps->out->atoms, title->text);
    } else if (is_word(t, "limit")) {
        uint32_t limit = parse_one_of(ps, limits, 3, "limit");
        if (limit == 0) ps->out->horizon_ms = parse_number(ps, INT64_C(1) << 40);
        if (limit == 1) ps->out->mailbox_max = (uint32_t)parse_number(ps, UINT32_MAX - 1);
        if (limit == 2) ps->out->events_max = (uint32_t)parse_number(ps, 10000000);
    } else if (is_word(t, "option")) {
        uint32_t option = parse_one_of(ps, options, 3, "option");
        if (option == 0) ps->out->delivery_instant = true;
        if (option == 1) ps->out->timers_early = true;
        if (option == 2) ps->out->reply_by_ref = true;
    } else {
        const char *near = t->kind == TOKEN_WORD ? nearest(t->text, words, ARRAY_LEN(words)) : NULL;
        parse_fail(ps, t,
                   "here begins one of process, server, supervisor, driver, expect ...%s%s%s",
                   near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
}

/* Templates may be used before they are written. */
static void resolve(parser *ps)
{
    program *p = ps->out;
    for (uint32_t i = 0; i < ps->fixups.count && !ps->failed; i++) {
        fixup *f = &ps->fixups.items[i];
        uint32_t found = template_find(p, f->name);
        if (found == NONE) {
            const char *names[256];
            size_t count = 0;
            for (uint32_t k = 0; k < p->templates.count && count < ARRAY_LEN(names); k++)
                names[count++] = sym_text(&p->atoms, p->templates.items[k].name).data;
            const char *near = nearest(f->name, names, count);
            parse_fail(ps, f->at, "nothing is called %.*s%s%s%s", SV_FMT(f->name),
                       near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
            return;
        }
        const template_def *t = &p->templates.items[found];
        bool is_sup = t->kind == TEMPLATE_SUPERVISOR || t->kind == TEMPLATE_DYNAMIC;
        if (f->insn != NONE) p->insns.items[f->insn].a = found;
        if (f->node != NONE) {
            p->nodes.items[f->node].value = found;
            if (f->type != NONE && is_sup) p->nodes.items[f->type].value = ATOM_supervisor;
            if (f->shutdown != NONE && is_sup)
                p->nodes.items[f->shutdown] = (node){.kind = NODE_ATOM, .value = ATOM_infinity};
        }
        if (f->child == NONE) continue;
        child_def *c = &p->children.items[f->child];
        c->tmpl = found;
        if (!f->type) c->is_supervisor = is_sup;
        if (c->restart == UINT8_MAX) c->restart = RESTART_PERMANENT;
        if (c->shutdown_ms == INT32_MIN)
            c->shutdown_ms = c->is_supervisor ? SHUTDOWN_INFINITY : 5000;
    }
}

static bool parse_text(parser *ps, sv file_name, sv text, bool prelude)
{
    ps->file_name = file_name;
    ps->in_prelude = prelude;
    ps->at = 0;
    token_list_release(&ps->list);
    if (!scan(file_name, text, &ps->list, ps->err)) {
        ps->failed = true;
        return false;
    }
    while (!ps->failed && peek(ps)->kind != TOKEN_END) {
        parse_item(ps);
        while (take_mark(ps, ";")) continue;
    }
    if (!ps->failed) resolve(ps);
    vec_clear(&ps->fixups);
    return !ps->failed;
}

bool program_parse_tokens(sv file_name, sv text, program *out, token_list *tokens, error *err)
{
    *out = (program){.driver = NONE};
    term_atoms_init(&out->atoms);
    parser ps = {.out = out, .err = err};
    bool done = true;
    sv part;
    for (uint32_t i = 0; done && prelude_part(i, &part); i++)
        done = parse_text(&ps, SV("prelude"), part, true);
    done = done && parse_text(&ps, file_name, text, false);
    if (done && out->driver == NONE)
        done = error_set(err, ERR_INPUT, "%.*s: no driver { ... } says what is started; add one",
                         SV_FMT(file_name));
    if (tokens) *tokens = ps.list;
    else token_list_release(&ps.list);
    vec_release(&ps.fixups);
    if (!done) program_release(out);
    return done;
}

bool program_parse(sv file_name, sv text, program *out, error *err)
{
    return program_parse_tokens(file_name, text, out, NULL, err);
}

void program_release(program *p)
{
    sym_table_release(&p->atoms);
    vec_release(&p->nodes);
    vec_release(&p->kids);
    vec_release(&p->insns);
    vec_release(&p->clauses);
    vec_release(&p->children);
    vec_release(&p->templates);
    vec_release(&p->expectations);
}
