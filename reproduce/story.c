/* Building blocks of stories. */
#include "base/base.h"
#include "reproduce/story.h"

void story_release(story *s)
{
    for (vec_each(&s->actors, a)) {
        for (vec_each(&a->clauses, c)) vec_release(&c->body);
        vec_release(&a->clauses);
        vec_release(&a->variables);
        vec_release(&a->initials);
        vec_release(&a->init);
        vec_release(&a->children);
    }
    vec_release(&s->actors);
    vec_release(&s->driver);
    vec_release(&s->assumed);
    arena_release(&s->memory);
}

static bool is_reserved(const char *name)
{
    /* Words that begin or go on with something in a scenario, or are reserved in Erlang. */
    static const char *const words[] = {
        "self",    "now",      "from",    "child",  "rem",   "and",         "or",
        "not",     "timeout",  "reason",  "id",     "count", "restart",     "driver",
        "agent",   "pool",     "service", "end",    "fun",   "if",          "case",
        "of",      "when",     "receive", "after",  "begin", "catch",       "try",
        "maybe",   "div",      "band",    "bor",    "bxor",  "bnot",        "bsl",
        "bsr",     "xor",      "andalso", "orelse", "else",  "reply",       "continue",
        "alias",   "flush",    "do",      "nil",    "true",  "false",       "in",
        "fn",      "shutdown", "type",    "kernel", "init",  "supervisor",  "server",
        "process", "statem",   "judge",   "logger", "user",  "code_server", "error_logger"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(name, words[i]) == 0) return true;
    return false;
}

const char *name_of(story *s, sv text)
{
    buf b = {0};
    for (size_t i = 0; i < text.size && b.size < 40; i++) {
        char ch = text.data[i];
        bool upper = ch >= 'A' && ch <= 'Z';
        bool small = ch >= 'a' && ch <= 'z', digit = ch >= '0' && ch <= '9';
        bool after_small = i && ((text.data[i - 1] >= 'a' && text.data[i - 1] <= 'z') ||
                                 (text.data[i - 1] >= '0' && text.data[i - 1] <= '9'));
        if (upper && after_small) buf_add_char(&b, '_');
        if (upper) buf_add_char(&b, (char)(ch - 'A' + 'a'));
        else if (small || (digit && b.size)) buf_add_char(&b, ch);
        else if (b.size && b.data[b.size - 1] != '_') buf_add_char(&b, '_');
    }
    while (b.size && b.data[b.size - 1] == '_') b.size--;
    const char *name = b.size ? arena_strndup(&s->memory, b.data, b.size) : "message";
    buf_release(&b);
    return is_reserved(name) ? arena_printf(&s->memory, "%s_it", name) : name;
}

static bool name_taken(const story *s, const char *name)
{
    for (vec_each(&s->actors, a))
        if (strcmp(a->name, name) == 0) return true;
    return false;
}

uint32_t actor_add(story *s, actor_kind kind, const char *base)
{
    const char *name = base;
    for (uint32_t n = 2; name_taken(s, name); n++)
        name = arena_printf(&s->memory, "%s_%u", base, n);
    actor *a = vec_add(&s->actors);
    a->kind = (uint8_t)kind;
    a->name = name;
    a->server = NO_IX;
    a->strategy = "one_for_one";
    return s->actors.count - 1;
}

uint32_t actor_of(story *s, server_ix server)
{
    for (uint32_t i = 0; i < s->actors.count; i++)
        if (s->actors.items[i].server == server && server != NO_IX) return i;
    const model_module *module = &s->m->modules.items[s->m->servers.items[server].module];
    sv text = model_text(s->m, module->name);
    for (size_t i = text.size; i-- > 0;)
        if (text.data[i] == '.') {
            text = (sv){text.data + i + 1, text.size - i - 1};
            break;
        }
    uint32_t i = actor_add(s, ACTOR_SERVER, name_of(s, text));
    actor *a = &s->actors.items[i];
    a->server = server;
    a->path = model_text(s->m, s->m->files.items[module->file].path);
    a->line = module->line;
    return i;
}

story_clause *clause_add(story *s, uint32_t actor_index, const char *kind, const char *pattern,
                         callback_ix callback)
{
    actor *a = &s->actors.items[actor_index];
    story_clause *c = vec_add(&a->clauses);
    c->kind = kind;
    c->pattern = pattern;
    c->callback = callback;
    if (callback != NO_IX) {
        place p = model_place(s->m, s->m->callbacks.items[callback].node);
        c->path = p.path;
        c->line = p.line;
    }
    return c;
}

deed *deed_add(deeds *to, do_kind kind, const char *who, const char *text, int64_t ms)
{
    deed *d = vec_add(to);
    d->kind = (uint8_t)(kind == DO_AT_ONCE && !text ? DO_ZERO : kind);
    d->who = who;
    d->text = kind == DO_RECEIVE && !text ? "_" : text;
    d->ms = ms;
    return d;
}

deed *deed_into(deeds *to, const char *into, do_kind kind, const char *who, const char *text,
                int64_t ms)
{
    deed *d = deed_add(to, kind, who, text, ms);
    d->into = into;
    return d;
}

void deed_at(const story *s, deed *d, node_ix node)
{
    place p = model_place(s->m, node);
    d->path = p.path;
    d->line = p.line;
}

void assume(story *s, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (vec_each(&s->assumed, known))
        if (strcmp(*known, text) == 0) return;
    vec_push(&s->assumed, arena_strndup(&s->memory, text, strlen(text)));
}

const char *kind_of(const story *s, callback_ix callback)
{
    const model_callback *cb = &s->m->callbacks.items[callback];
    uint8_t kind = cb->kind == CB_EVENT ? cb->event : cb->kind;
    switch (kind) {
    case CB_AGENT_FUN:
    case CB_CALL: return "call";
    case CB_CAST: return "cast";
    case CB_CONTINUE: return "continue";
    case CB_TERMINATE: return "terminate";
    default: return "info";
    }
}

const char *message_of(story *s, callback_ix callback)
{
    const model_callback *cb = &s->m->callbacks.items[callback];
    const char *tag = cb->tag ? name_of(s, model_text(s->m, cb->tag)) : NULL;
    if (!tag) tag = cb->kind == CB_AGENT_FUN ? "run" : "message";
    bool other = cb->tag_arity > 1 || !cb->tag;
    const model_server *server = &s->m->servers.items[cb->server];
    for (uint32_t i = 0; i < server->callback_count && !other; i++) {
        callback_ix k = server->callback_first + i;
        other = k != callback && s->m->callbacks.items[k].tag == cb->tag &&
                strcmp(kind_of(s, k), kind_of(s, callback)) == 0;
    }
    if (!other) return tag;
    return arena_printf(&s->memory, "{%s, %u}", tag, callback - server->callback_first + 1);
}

static uint32_t returns_mask(const story *s, callback_ix callback, const char *const *words,
                             uint32_t count)
{
    const model *m = s->m;
    const model_callback *cb = &m->callbacks.items[callback];
    uint32_t mask = 0;
    for (uint32_t i = 0; i < cb->return_count; i++) {
        val_ix v = m->returns.items[cb->return_first + i];
        if (model_value(m, v)->kind == VAL_TUPLE) v = model_value_kid(m, v, 0);
        if (model_value(m, v)->kind != VAL_ATOM) continue;
        sv text = model_text(m, model_value(m, v)->name);
        for (uint32_t k = 0; k < count; k++)
            if (sv_eq_c(text, words[k])) mask |= 1u << k;
    }
    return mask;
}

void end_clause(story *s, deeds *to, callback_ix callback)
{
    static const char *const words[] = {"reply", "noreply", "stop", "stop_and_reply"};
    const model *m = s->m;
    const model_callback *cb = &m->callbacks.items[callback];
    if (strcmp(kind_of(s, callback), "call") != 0) return;
    uint32_t mask = returns_mask(s, callback, words, ARRAY_LEN(words));
    bool answers = mask == 0 || (mask & 1) || cb->kind != CB_CALL;
    for (uint32_t i = 0; i < cb->effect_count && !answers; i++)
        answers = m->effects.items[cb->effect_first + i].kind == API_REPLY;
    if (answers) deed_add(to, DO_REPLY, NULL, "ok", 0);
    else if (mask & 2) deed_add(to, DO_NOREPLY, NULL, NULL, 0);
    else deed_add(to, DO_REPLY, NULL, "ok", 0);
}

callback_ix root_of(const story *s)
{
    const model *m = s->m;
    if (s->f->callback != NO_IX) return s->f->callback;
    for (effect_ix i = 0; i < m->effects.count; i++)
        if (m->effects.items[i].node == s->f->node) return m->effects.items[i].root;
    /* The clause that the place stands in. */
    callback_ix best = NO_IX;
    for (callback_ix i = 0; i < m->callbacks.count; i++) {
        if (m->callbacks.items[i].server != s->f->server || s->f->server == NO_IX) continue;
        place p = model_place(m, m->callbacks.items[i].node);
        if (p.file == s->f->at.file && p.line <= s->f->at.line + 1 &&
            (best == NO_IX || p.line >= model_place(m, m->callbacks.items[best].node).line))
            best = i;
    }
    return best;
}

bool is_evidence(const story *s, node_ix node)
{
    place p = model_place(s->m, node);
    if (p.file == s->f->at.file && p.line == s->f->at.line) return true;
    for (uint32_t i = 0; i < s->f->step_count; i++) {
        const finding_step *step = &s->all->steps.items[s->f->step_first + i];
        if (step->at.file == p.file && step->at.line == p.line) return true;
    }
    return false;
}

static bool is_child(const story *s, const char *name)
{
    for (vec_each(&s->actors, a))
        for (vec_each(&a->children, c))
            if (strcmp(c->name, name) == 0) return true;
    return false;
}

static const actor *actor_named(const story *s, const char *name)
{
    for (vec_each(&s->actors, a))
        if (strcmp(a->name, name) == 0) return a;
    return NULL;
}

/* Does its start wait for what may not come? Then the driver does not wait for it. */
static bool init_waits(const story *s, const actor *a)
{
    bool waits = a->init.count > 0;
    if (a->kind == ACTOR_SUPERVISOR)
        for (vec_each(&a->children, c)) {
            const actor *child = actor_named(s, c->name);
            waits |= child && child->init.count > 0;
        }
    return waits;
}

static void start_one(story *s, actor *a, bool apart)
{
    a->started = true;
    if (apart) deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
    deed_add(&s->driver, DO_START, a->name, NULL, 0);
    if (apart) deed_add(&s->driver, DO_END, NULL, NULL, 0);
}

void start_all(story *s)
{
    for (int late = 0; late < 2; late++) {
        for (vec_each(&s->actors, a)) {
            if (a->started || is_child(s, a->name) || (int)init_waits(s, a) != late) continue;
            start_one(s, a, late);
        }
        if (late) continue;
        for (vec_each(&s->actors, a)) {
            if (a->kind != ACTOR_DYNAMIC) continue;
            for (vec_each(&a->children, c)) {
                const actor *child = actor_named(s, c->name);
                bool apart = child && child->init.count > 0;
                if (apart) deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
                deed_add(&s->driver, DO_START_CHILD, a->name, c->name, 0);
                if (apart) deed_add(&s->driver, DO_END, NULL, NULL, 0);
            }
        }
    }
}

void trigger(story *s, uint32_t to, callback_ix callback)
{
    const char *kind = kind_of(s, callback), *name = s->actors.items[to].name;
    const model_callback *cb = &s->m->callbacks.items[callback];
    if (cb->kind == CB_INIT) return;
    const char *message = message_of(s, callback);
    /* Its start is not waited for: then its name is. */
    bool awaited = s->actors.items[to].init.count == 0 || s->actors.items[to].unnamed;
    for (vec_each(&s->driver, d)) awaited |= d->kind == DO_AWAIT_NAME && strcmp(d->who, name) == 0;
    if (!awaited) deed_add(&s->driver, DO_AWAIT_NAME, name, NULL, 0);
    bool call = strcmp(kind, "call") == 0, stop = strcmp(kind, "terminate") == 0;
    if (call || stop) deed_add(&s->driver, DO_SPAWN, NULL, NULL, 0);
    if (call) deed_add(&s->driver, DO_CALL, name, message, 5000);
    else if (stop) deed_add(&s->driver, DO_STOP_SERVER, name, NULL, FOREVER_MS);
    else if (strcmp(kind, "cast") == 0) deed_add(&s->driver, DO_CAST, name, message, 0);
    else deed_add(&s->driver, DO_SEND, name, message, 0);
    if (call || stop) deed_add(&s->driver, DO_END, NULL, NULL, 0);
}
