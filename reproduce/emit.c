/* A story as a program that needs nothing but OTP, or Elixir. All actors are one module: its
 * callbacks tell them apart by the role in their state, and what a process keeps is in its
 * dictionary. Explored choices take their first way, which is the one that fails. What happens is
 * told to the judge, a process that ends the program with one line. */
#include "base/base.h"
#include "base/embed.h"
#include "reproduce/story.h"
#include <ctype.h>

EMBED_DECLARE(reproduce);

/* The syntax of a language, as far as programs need it. */
typedef struct {
    const char *head, *note, *atom, *comma, *none;
    const char *begin, *end; /* of a clause, after its head */
    const char *more;        /* between clauses of a function */
    const char *last;        /* after the last */
    const char *close[DO_KIND_COUNT];
    const char *file, *tail; /* what every program ends with */
} syntax;

static const syntax syntaxes[] = {
    [TELL_ERLANG] = {.head = "-mode(compile).\n"
                             "-compile([export_all, nowarn_export_all, nowarn_unused_vars]).\n\n",
                     .note = "%%",
                     .atom = "",
                     .comma = ",\n    ",
                     .none = "ok",
                     .begin = " ->\n    ",
                     .end = "",
                     .more = ";\n",
                     .last = ".\n\n",
                     .close = {[DO_TRY] = "\n    catch _:_ -> ok end",
                               [DO_SPAWN] = "\n    end)",
                               [DO_SPAWN_LINK] = "\n    end)",
                               [DO_TASK] = "\n    end))",
                               [DO_REPEAT] = "\n    end)",
                               [DO_IF] = "\n    ; _ -> ok end",
                               [DO_ELSE] = "\n    end"},
                     .file = "program.erl",
                     .tail = ""},
    [TELL_ELIXIR] = {.head = "defmodule Story do\n",
                     .note = "#",
                     .atom = ":",
                     .comma = "\n    ",
                     .none = ":ok",
                     .begin = " do\n    ",
                     .end = "\n  end\n",
                     .more = "\n",
                     .last = "\n",
                     .close = {[DO_TRY] = "\n    catch\n    _, _ -> :ok\n    end",
                               [DO_SPAWN] = "\n    end)",
                               [DO_SPAWN_LINK] = "\n    end)",
                               [DO_TASK] = "\n    end))",
                               [DO_REPEAT] = "\n    end)",
                               [DO_IF] = "\n    end",
                               [DO_ELSE] = "\n    end"},
                     .file = "program.ex",
                     .tail = "end\n\nStory.main()\n"},
};

typedef struct {
    buf *out;
    const story *s;
    const syntax *x;
    telling how;
    bool patient; /* calls have their time in full */
    bool in_init;
} emitter;

static void emit_place(emitter *e, sv path, uint32_t line)
{
    if (line) buf_printf(e->out, "%s %.*s:%u\n    ", e->x->note, SV_FMT(path), line);
}

/* Who asks again when the time is over: that calls end is part of the story. */
static bool asks_again(const deeds *list)
{
    uint32_t depth = 0, repeat = 0, attempt = 0;
    for (vec_each(list, d)) {
        if (d->kind == DO_CALL && repeat && attempt) return true;
        if (d->kind == DO_END) {
            if (depth == repeat) repeat = 0;
            if (depth == attempt) attempt = 0;
            depth -= depth > 0;
        } else if (deed_get((do_kind)d->kind)->shape == OPENS) {
            depth++;
            if (d->kind == DO_REPEAT && !repeat) repeat = depth;
            if (d->kind == DO_TRY && !attempt) attempt = depth;
        }
    }
    return false;
}

/* Where no failure predicted is about time, calls have theirs in full: on a busy machine none of
 * them fails for that alone. */
static bool is_patient(const story *s, uint32_t predicted)
{
    uint32_t timed = 1u << RT_CALL_TIMEOUT | 1u << RT_LATE_REPLY | 1u << RT_DEADLOCK;
    return !(predicted & timed) && !asks_again(&s->driver);
}

static void emit_deed(emitter *e, const deed *d)
{
    const char *told = deed_get((do_kind)d->kind)->text[TELL_SCENARIO];
    bool keeps = d->into && strncmp(told, "%v = ", 5) == 0;
    buf_add_c(e->out, e->x->comma);
    emit_place(e, d->path, d->line);
    if (keeps && e->how.language == TELL_ERLANG) buf_printf(e->out, "put('%s', ", d->into);
    else if (keeps) buf_printf(e->out, "Process.put(:%s, ", d->into);
    telling how = e->how;
    how.scaled = !(e->patient && d->kind == DO_CALL);
    deed_tell(d, &how, e->out);
    if (keeps) buf_add_char(e->out, ')');
}

/* What the callback returns. */
static void emit_end(emitter *e, const deed *d)
{
    deed none = {.kind = DO_NOREPLY};
    buf text = {0};
    deed_tell(d ? d : &none, &e->how, &text);
    buf_add_char(&text, '\0');
    const char *noreply = e->how.language == TELL_ERLANG ? "{noreply" : "{:noreply";
    buf_add_c(e->out, e->x->comma);
    if (d) emit_place(e, d->path, d->line);
    bool ok = e->in_init && strncmp(text.data, noreply, strlen(noreply)) == 0;
    if (ok) buf_printf(e->out, "{%sok%s", e->x->atom, text.data + strlen(noreply));
    else buf_add_c(e->out, text.data);
    buf_release(&text);
}

/* The statements; then, if it returns something, what ends the clause. */
static void emit_body(emitter *e, const deeds *list, bool returns)
{
    uint8_t open[32];
    uint32_t depth = 0, skip_from = 0;
    bool skipping = false;
    const deed *end = NULL;
    for (vec_each(list, d)) {
        uint8_t shape = deed_get((do_kind)d->kind)->shape;
        uint8_t *innermost = depth && depth <= ARRAY_LEN(open) ? &open[depth - 1] : NULL;
        if (shape == OPENS) {
            if (depth < ARRAY_LEN(open)) open[depth] = d->kind;
            depth++;
            if (!skipping && d->kind != DO_CHOOSE) emit_deed(e, d);
        } else if (d->kind == DO_OR) {
            if (!skipping) skip_from = depth;
            skipping = true;
        } else if (d->kind == DO_ELSE) {
            if (!skipping) buf_add_char(e->out, '\n');
            if (!skipping) deed_tell(d, &e->how, e->out);
            if (innermost) *innermost = DO_ELSE;
        } else if (d->kind == DO_END) {
            bool way = !innermost || *innermost == DO_CHOOSE;
            if (!skipping && !way) buf_add_c(e->out, e->x->close[*innermost]);
            if (skipping && depth == skip_from) skipping = false;
            depth -= depth > 0;
        } else if (!skipping && !end) {
            if (shape == ENDS) end = d;
            else emit_deed(e, d);
        }
    }
    if (returns) emit_end(e, end);
}

static const char *variables_of(story *s, const char *pattern)
{
    buf b = {0};
    for (const char *c = pattern; *c;) {
        size_t size = 0;
        while (isalnum((unsigned char)c[size]) || c[size] == '_') size++;
        sv word = {c, size};
        if (size && isupper((unsigned char)*c) && !sv_eq_c(word, "EXIT") && !sv_eq_c(word, "DOWN"))
            buf_printf(&b, "%.*s ", SV_FMT(word));
        c += MAX(size, 1);
    }
    const char *kept = arena_strndup(&s->memory, b.data ? b.data : "", b.size);
    buf_release(&b);
    return kept;
}

static void emit_children(emitter *e, const actor *a)
{
    const char *atom = e->x->atom;
    bool first = true;
    for (vec_each(&a->children, c))
        for (int64_t i = 0; i < c->count && a->kind == ACTOR_SUPERVISOR; i++) {
            char id[80];
            if (c->count > 1) snprintf(id, sizeof id, "{%s%s, %" PRId64 "}", atom, c->name, i + 1);
            else snprintf(id, sizeof id, "%s%s", atom, c->name);
            buf_printf(e->out, "%s\n      child(%s, %s%s, ", first ? "" : ",", id, atom,
                       c->restart ? c->restart : "permanent");
            if (c->shutdown_ms == SHUTDOWN_INFINITY) buf_printf(e->out, "%sinfinity)", atom);
            else if (c->shutdown_ms == SHUTDOWN_BRUTAL) buf_printf(e->out, "%sbrutal_kill)", atom);
            else {
                time_told(&e->how, c->shutdown_ms > 0 ? c->shutdown_ms : 5000, e->out);
                buf_add_char(e->out, ')');
            }
            first = false;
        }
}

static void emit_flags(emitter *e, const actor *a)
{
    bool erlang = e->how.language == TELL_ERLANG, dynamic = a->kind == ACTOR_DYNAMIC;
    buf *out = e->out;
    const char *how = dynamic ? "one_for_one" : a->strategy;
    if (erlang)
        buf_printf(out, "#{strategy => %s, intensity => %" PRId64 ", period => %" PRId64 "}", how,
                   a->intensity, a->period_s);
    else
        buf_printf(out, "%%{strategy: :%s, intensity: %" PRId64 ", period: %" PRId64 "%s}", how,
                   a->intensity, a->period_s,
                   dynamic ? ", extra_arguments: [], max_children: :infinity" : "");
}

static void emit_init(emitter *e, const actor *a)
{
    buf *out = e->out;
    bool erlang = e->how.language == TELL_ERLANG;
    buf_printf(out, erlang ? "init(%s)" : "  def init(:%s)", a->name);
    buf_add_c(out, e->x->begin);
    emit_place(e, a->path, a->line);
    if (a->kind == ACTOR_SERVER) {
        buf_printf(out, erlang ? "S = %s" : "s = :%s", a->name);
        for (uint32_t i = 0; i < a->variables.count; i++) {
            deed d = {.kind = DO_SET, .into = a->variables.items[i], .text = a->initials.items[i]};
            emit_deed(e, &d);
        }
        e->in_init = true;
        emit_body(e, &a->init, true);
        e->in_init = false;
    } else if (a->kind == ACTOR_DYNAMIC && !erlang) {
        buf_add_c(out, "{:ok, ");
        emit_flags(e, a);
        buf_add_char(out, '}');
    } else {
        buf_printf(out, "{%sok, {", e->x->atom);
        emit_flags(e, a);
        buf_add_c(out, ", [");
        emit_children(e, a);
        buf_add_c(out, "]}}");
    }
    buf_add_c(out, e->x->end);
}

/* The callbacks: what they are called, what they get, and what happens to what no clause takes. */
static const struct {
    const char *kind, *name;
    bool from, last;
    const char *args, *fallback[TELL_COUNT];
} callbacks[] = {
    {"call",
     "handle_call",
     true,
     false,
     "_, _",
     {NULL, "error(function_clause)", ":erlang.error(:function_clause)"}},
    {"cast",
     "handle_cast",
     false,
     false,
     "_",
     {NULL, "error(function_clause)", ":erlang.error(:function_clause)"}},
    {"info", "handle_info", false, false, NULL, {NULL, "drops(M, S)", "drops(m, s)"}},
    {"continue",
     "handle_continue",
     false,
     false,
     "_",
     {NULL, "error(function_clause)", ":erlang.error(:function_clause)"}},
    {"terminate", "terminate", false, true, NULL, {NULL, "ended(M, S)", "ended(m, s)"}},
};

static void emit_clause(emitter *e, story *s, size_t which, const actor *a, const story_clause *c)
{
    bool erlang = e->how.language == TELL_ERLANG;
    buf *out = e->out;
    e->how.bound = variables_of(s, c->pattern);
    buf_printf(out, "%s%s(", erlang ? "" : "  def ", callbacks[which].name);
    if (callbacks[which].last) buf_add_c(out, erlang ? "Reason" : "reason");
    else term_add(out, c->pattern, &e->how, true);
    if (callbacks[which].from) buf_add_c(out, erlang ? ", From" : ", from");
    buf_printf(out, erlang ? ", %s = S)" : ", :%s = s)", a->name);
    buf_add_c(out, e->x->begin);
    emit_place(e, c->path, c->line);
    if (callbacks[which].from && !erlang) buf_add_c(out, "_ = from");
    else buf_add_c(out, e->x->none);
    emit_body(e, &c->body, !callbacks[which].last);
    if (callbacks[which].last) {
        buf_add_c(out, e->x->comma);
        buf_add_c(out, erlang ? "ended(Reason, S)" : "ended(reason, s)");
    }
    buf_add_c(out, e->x->end);
    buf_add_c(out, e->x->more);
    e->how.bound = NULL;
}

static void emit_callback(emitter *e, story *s, size_t which)
{
    bool erlang = e->how.language == TELL_ERLANG;
    buf *out = e->out;
    const char *name = callbacks[which].name, *def = erlang ? "" : "  def ";
    for (vec_each(&s->actors, a)) {
        bool some = false, takes_all = false;
        for (vec_each(&a->clauses, c)) {
            if (strcmp(c->kind, callbacks[which].kind) != 0) continue;
            some = true;
            takes_all |= strcmp(c->pattern, "_") == 0;
            emit_clause(e, s, which, a, c);
        }
        /* The default of a server without the callback logs and goes on; one with it crashes. */
        if (!some || takes_all || strcmp(name, "handle_info") != 0) continue;
        buf_printf(out, "%s%s(_, %s%s)%serror(%sfunction_clause)%s%s", def, name, e->x->atom,
                   a->name, e->x->begin, erlang ? "" : ":", e->x->end, e->x->more);
    }
    if (callbacks[which].args) buf_printf(out, "%s%s(%s, _)", def, name, callbacks[which].args);
    else buf_printf(out, erlang ? "%s%s(M, S)" : "%s%s(m, s)", def, name);
    buf_printf(out, "%s%s%s%s", e->x->begin, callbacks[which].fallback[e->how.language], e->x->end,
               e->x->last);
}

static void emit_names(emitter *e, const char *function, uint32_t kinds, bool named)
{
    bool first = true;
    buf_printf(e->out, e->how.language == TELL_ERLANG ? "%s() -> [" : "  def %s, do: [", function);
    for (vec_each(&e->s->actors, a)) {
        if (!(kinds >> a->kind & 1) || (named && a->unnamed)) continue;
        buf_printf(e->out, "%s%s%s", first ? "" : ", ", e->x->atom, a->name);
        first = false;
    }
    buf_add_c(e->out, e->how.language == TELL_ERLANG ? "].\n" : "]\n");
}

static int64_t longest(const deeds *list, bool patient)
{
    int64_t ms = 0;
    for (vec_each(list, d)) {
        const char *text = deed_get((do_kind)d->kind)->text[TELL_SCENARIO];
        if (strstr(text, "%m") && !(patient && d->kind == DO_CALL)) ms = MAX(ms, d->ms);
    }
    return ms;
}

static void emit_figure(emitter *e, const char *name, const char *value)
{
    buf_printf(e->out, e->how.language == TELL_ERLANG ? "%s() -> %s.\n" : "  def %s, do: %s\n",
               name, value);
}

static int64_t longest_of(const story *s, bool patient)
{
    int64_t ms = longest(&s->driver, patient);
    for (vec_each(&s->actors, a)) {
        ms = MAX(ms, longest(&a->init, patient));
        for (vec_each(&a->clauses, c)) ms = MAX(ms, longest(&c->body, patient));
    }
    return ms;
}

/* Nothing in a story takes its time for anything but the order: a program is faster. */
static int64_t faster_than(const story *s, bool patient)
{
    enum { FASTER = 20, LONGEST_MS = 300, TIMES = 5 };
    return MAX((int64_t)FASTER, MAX(longest_of(s, patient), s->time_ms / TIMES) / LONGEST_MS);
}

static void emit_figures(emitter *e, uint32_t predicted)
{
    const story *s = e->s;
    int64_t ms = MAX(s->time_ms, longest_of(s, e->patient));
    buf list = {0};
    char number[24], longest[64];
    /* A failure that is predicted is waited for however busy the machine is; that nothing happens
     * at all is what a deadlock is told by. */
    int64_t more = s->control || predicted >> RT_DEADLOCK & 1 ? 0 : 3000;
    snprintf(number, sizeof number, "%" PRId64, faster_than(s, e->patient));
    emit_figure(e, "faster", number);
    snprintf(longest, sizeof longest, "ms(%" PRId64 ") + %" PRId64, ms, more);
    emit_figure(e, "longest", longest);
    snprintf(number, sizeof number, "%u", s->mailbox_max ? s->mailbox_max : 1000000);
    emit_figure(e, "bound", number);
    emit_figure(e, "by_ref", s->reply_by_ref ? "true" : "false");
    for (uint32_t i = 0; i < RT_CATEGORY_COUNT; i++)
        if (predicted >> i & 1)
            buf_printf(&list, "%s%s%s", list.size ? ", " : "[", e->x->atom,
                       rt_category_name((rt_category)i));
    buf_add_c(&list, list.size ? "]" : "[]");
    buf_add_char(&list, '\0');
    emit_figure(e, "predicted", list.data);
    buf_release(&list);
    enum { SERVER = 1 << ACTOR_SERVER, DYNAMIC = 1 << ACTOR_DYNAMIC };
    enum { ANY = SERVER | DYNAMIC | 1 << ACTOR_SUPERVISOR };
    emit_names(e, "names", ANY, true);
    emit_names(e, "supervisors", ANY & ~SERVER, false);
    emit_names(e, "dynamics", DYNAMIC, false);
    buf_add_char(e->out, '\n');
}

static void emit_comment(emitter *e, const char *what, const char *text)
{
    buf_printf(e->out, "%s %s", e->x->note, what);
    for (; *text; text++) buf_add_char(e->out, (unsigned char)*text < ' ' ? ' ' : *text);
    buf_add_char(e->out, '\n');
}

void story_emit(story *s, uint32_t predicted, tell_language language, buf *out)
{
    emitter e = {.out = out,
                 .s = s,
                 .x = &syntaxes[language],
                 .how = {.language = language, .scaled = true}};
    bool erlang = language == TELL_ERLANG;
    e.patient = is_patient(s, predicted);
    if (erlang) buf_add_c(out, "#!/usr/bin/env escript\n");
    emit_comment(&e, "", s->title);
    for (vec_each(&s->assumed, text)) emit_comment(&e, "supposed: ", *text);
    if (s->control) emit_comment(&e, "control: ", s->control_text);
    emit_comment(&e, "",
                 erlang ? "Run by `escript FILE`: exits with 0 when the failure shows, 1 when not."
                        : "Run by `elixir FILE`: exits with 0 when the failure shows, 1 when not.");
    buf_add_c(out, e.x->head);
    buf_add_c(out, erlang ? "driver() ->\n    ok" : "  def driver do\n    :ok");
    emit_body(&e, &s->driver, false);
    buf_add_c(out, erlang ? ".\n\n" : "\n  end\n\n");
    for (vec_each(&s->actors, a)) {
        emit_init(&e, a);
        bool last = a == &s->actors.items[s->actors.count - 1];
        buf_add_c(out, last ? e.x->last : e.x->more);
    }
    for (size_t i = 0; i < ARRAY_LEN(callbacks); i++) emit_callback(&e, s, i);
    emit_figures(&e, predicted);
    size_t count = 0;
    const embed_file *files = reproduce_embed(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i].path, e.x->file) == 0) buf_add(out, embed_text(&files[i]));
    buf_add_c(out, e.x->tail);
}
