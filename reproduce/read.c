/* A told scenario read back as a story: what people edited, and what is kept without its model.
 * Only what tell.c writes is read; the whole language is the runtime's. */
#include "base/base.h"
#include "reproduce/story.h"
#include <ctype.h>

enum { ACTORS_MAX = 1000, DEEDS_MAX = 100000 };

typedef struct {
    story *s;
    sv file_name, rest;
    uint32_t line, deeds_read;
    sv path; /* place behind the line at hand; empty: none */
    uint32_t place_line;
    error *err;
} reader;

static bool fail(reader *r, sv line)
{
    return error_set(r->err, ERR_INPUT, "%.*s:%u: no line of a told story: %.60s",
                     SV_FMT(r->file_name), r->line,
                     line.size ? arena_strndup(&r->s->memory, line.data, line.size) : "its end");
}

/* Takes ` @ "path:line"` out of the line. */
static sv place_take(reader *r, sv line)
{
    r->path = (sv){0};
    r->place_line = 0;
    for (size_t i = 0; i + 4 < line.size; i++) {
        if (!sv_starts(sv_slice(line, i, line.size), SV(" @ \""))) continue;
        size_t end = i + 4, colon = 0;
        while (end < line.size && line.data[end] != '"') {
            if (line.data[end] == ':') colon = end;
            end++;
        }
        if (end == line.size || !colon) return line;
        r->path = sv_slice(line, i + 4, colon);
        r->place_line = (uint32_t)strtoul(line.data + colon + 1, NULL, 10);
        buf b = {0};
        buf_add(&b, sv_slice(line, 0, i));
        buf_add(&b, sv_slice(line, end + 1, line.size));
        line = sv_from(arena_strndup(&r->s->memory, b.data ? b.data : "", b.size));
        buf_release(&b);
        return sv_trim(line);
    }
    return line;
}

/* The next line with something on it, without its place. False at the end. */
static bool line_next(reader *r, sv *line)
{
    while (sv_next(&r->rest, '\n', line)) {
        r->line++;
        *line = sv_trim(*line);
        if (!line->size) continue;
        if (line->data[0] != '#') *line = place_take(r, *line);
        return true;
    }
    *line = (sv){0};
    return false;
}

static const char *kept(reader *r, sv text)
{
    return arena_strndup(&r->s->memory, text.data, text.size);
}

static size_t digits_of(sv text)
{
    size_t size = 0;
    while (size < text.size && size < 15 && isdigit((unsigned char)text.data[size])) size++;
    return size;
}

/* Does the line read as the text with its words filled in? */
static bool fits(reader *r, const char *text, sv line, deed *d);

static bool term_fits(reader *r, char what, const char *text, sv line, deed *d)
{
    const char **word = what == 'w' ? &d->who : &d->text;
    if (*word) { /* the same again */
        sv same = sv_from(*word);
        return sv_starts(line, same) && fits(r, text, sv_slice(line, same.size, line.size), d);
    }
    int depth = 0;
    for (size_t i = 0; i < line.size; i++) {
        char ch = line.data[i];
        if (ch == ' ' && depth == 0 && what == 'w') return false;
        depth += ch == '{' || ch == '[' || ch == '(';
        depth -= ch == '}' || ch == ']' || ch == ')';
        if (depth < 0) return false;
        bool ends = *text ? i + 1 < line.size && (*text == '%' || line.data[i + 1] == *text)
                          : i + 1 == line.size;
        if (depth || !ends) continue;
        deed copy = *d;
        *word = kept(r, sv_slice(line, 0, i + 1));
        if (fits(r, text, sv_slice(line, i + 1, line.size), d)) return true;
        *d = copy;
    }
    return false;
}

static bool number_fits(reader *r, char what, const char *text, sv line, deed *d)
{
    size_t size = digits_of(line);
    if (size) d->ms = what == 'n' ? d->ms : strtoll(line.data, NULL, 10);
    else if (what == 'm' && sv_starts(line, SV("infinity"))) d->ms = FOREVER_MS, size = 8;
    return size && fits(r, text, sv_slice(line, size, line.size), d);
}

static bool variable_fits(reader *r, const char *text, sv line, deed *d)
{
    size_t size = 0;
    if (!line.size || !isupper((unsigned char)line.data[0])) return false;
    while (size < line.size && (isalnum((unsigned char)line.data[size]) || line.data[size] == '_'))
        size++;
    /* R1, S2: nobody asks for it. */
    bool fresh = size > 1 && digits_of(sv_slice(line, 1, size)) == size - 1;
    d->into = fresh ? NULL : kept(r, sv_slice(line, 0, size));
    return fits(r, text, sv_slice(line, size, line.size), d);
}

static bool fits(reader *r, const char *text, sv line, deed *d)
{
    for (; *text; text++) {
        if (*text != '%') {
            if (!line.size || line.data[0] != *text) return false;
            line = sv_slice(line, 1, line.size);
            continue;
        }
        char what = *++text;
        switch (what) {
        case '@': continue;
        case 'v': return variable_fits(r, text + 1, line, d);
        case 'n':
        case 'm':
        case 'i': return number_fits(r, what, text + 1, line, d);
        default: return term_fits(r, what, text + 1, line, d);
        }
    }
    return line.size == 0;
}

static bool deed_read(reader *r, sv line, deed *out)
{
    for (uint32_t kind = 0; kind < DO_KIND_COUNT; kind++) {
        *out = (deed){.kind = (uint8_t)kind};
        if (!fits(r, deed_get((do_kind)kind)->text[TELL_SCENARIO], line, out)) continue;
        out->path = r->path;
        out->line = r->place_line;
        return true;
    }
    return false;
}

/* The lines up to the brace that closes the body. */
static bool body_read(reader *r, deeds *body)
{
    uint32_t depth = 0;
    sv line;
    while (line_next(r, &line)) {
        deed d;
        if (line.data[0] == '#' && !sv_starts(line, SV("# gate:"))) continue;
        if (!deed_read(r, line, &d) || ++r->deeds_read > DEEDS_MAX) return fail(r, line);
        if (d.kind == DO_CATCH) d.kind = DO_END;
        if (d.kind == DO_END && depth-- == 0) return true;
        depth += deed_get((do_kind)d.kind)->shape == OPENS;
        vec_push(body, d);
    }
    return fail(r, line);
}

static sv word_take(sv *line)
{
    size_t size = 0;
    *line = sv_trim(*line);
    int depth = 0;
    while (size < line->size && (depth || line->data[size] != ' ')) {
        depth += line->data[size] == '{';
        depth -= line->data[size] == '}';
        size++;
    }
    sv word = sv_slice(*line, 0, size);
    *line = sv_trim(sv_slice(*line, size, line->size));
    return word;
}

static int64_t number_take(sv *line)
{
    sv word = word_take(line);
    return digits_of(word) ? strtoll(word.data, NULL, 10) : 0;
}

static bool child_read(reader *r, actor *a, sv line)
{
    story_child c = {.shutdown_ms = SHUTDOWN_UNKNOWN, .count = 1};
    c.name = kept(r, word_take(&line));
    c.path = r->path;
    c.line = r->place_line;
    while (line.size) {
        sv word = word_take(&line);
        if (sv_eq_c(word, "count")) c.count = number_take(&line);
        else if (sv_eq_c(word, "restart")) c.restart = kept(r, word_take(&line));
        else if (sv_eq_c(word, "shutdown")) {
            sv how = word_take(&line);
            c.shutdown_ms = sv_eq_c(how, "infinity")      ? SHUTDOWN_INFINITY
                            : sv_eq_c(how, "brutal_kill") ? SHUTDOWN_BRUTAL
                            : digits_of(how)              ? (int32_t)strtol(how.data, NULL, 10)
                                                          : SHUTDOWN_UNKNOWN;
        } else return fail(r, word);
    }
    vec_push(&a->children, c);
    return true;
}

static bool clause_read(reader *r, actor *a, sv line)
{
    story_clause *c = vec_add(&a->clauses);
    c->kind = kept(r, word_take(&line));
    if (!line.size || line.data[line.size - 1] != '{') return fail(r, line);
    line.size--;
    c->pattern = kept(r, sv_trim(line));
    c->path = r->path;
    c->line = r->place_line;
    c->callback = NO_IX;
    return body_read(r, &c->body);
}

static bool actor_read(reader *r, actor *a)
{
    sv line;
    while (line_next(r, &line)) {
        sv whole = line, word = word_take(&line);
        bool done = true;
        if (sv_eq_c(word, "}")) return true;
        if (whole.data[0] == '#') continue;
        if (sv_eq_c(word, "name")) a->unnamed = false;
        else if (sv_eq_c(word, "state")) {
            vec_push(&a->variables, kept(r, word_take(&line)));
            word_take(&line); /* = */
            vec_push(&a->initials, kept(r, line));
        } else if (sv_eq_c(word, "init")) done = body_read(r, &a->init);
        else if (sv_eq_c(word, "on")) done = clause_read(r, a, line);
        else if (sv_eq_c(word, "strategy")) a->strategy = kept(r, line);
        else if (sv_eq_c(word, "intensity")) {
            a->intensity = number_take(&line);
            word_take(&line); /* per */
            a->period_s = number_take(&line);
        } else if (sv_eq_c(word, "child")) done = child_read(r, a, line);
        else done = fail(r, whole);
        if (!done) return false;
    }
    return fail(r, line);
}

static bool actor_begin(reader *r, actor_kind kind, sv line)
{
    if (r->s->actors.count == ACTORS_MAX) return fail(r, line);
    actor *a = vec_add(&r->s->actors);
    a->kind = (uint8_t)kind;
    a->name = kept(r, word_take(&line));
    a->server = NO_IX;
    a->unnamed = true;
    a->strategy = "one_for_one";
    a->path = r->path;
    a->line = r->place_line;
    return actor_read(r, a);
}

static uint32_t categories_read(sv list)
{
    uint32_t mask = 0;
    sv word;
    while (sv_next(&list, ',', &word)) {
        rt_category category;
        if (rt_category_parse(sv_trim(word), &category)) mask |= 1u << category;
    }
    return mask;
}

static bool after(sv line, const char *prefix, sv *rest)
{
    if (!sv_starts(line, sv_from(prefix))) return false;
    *rest = sv_trim(sv_slice(line, strlen(prefix), line.size));
    return true;
}

static bool top_read(reader *r, sv line, uint32_t *predicted)
{
    story *s = r->s;
    sv rest;
    if (after(line, "scenario \"", &rest)) {
        s->title = kept(r, sv_slice(rest, 0, rest.size - (rest.size > 0)));
    } else if (after(line, "# supposed: ", &rest)) {
        vec_push(&s->assumed, kept(r, rest));
    } else if (after(line, "# control: ", &rest)) {
        s->control = true;
        s->control_text = kept(r, rest);
    } else if (after(line, "# predicted, any of: ", &rest)) {
        *predicted = categories_read(rest);
    } else if (after(line, "expect never ", &rest)) {
        *predicted |= categories_read(rest);
    } else if (after(line, "expect some ", &rest)) {
        if (!*predicted) *predicted = categories_read(rest);
    } else if (after(line, "limit time ", &rest)) {
        s->time_ms = number_take(&rest);
    } else if (after(line, "limit mailbox ", &rest)) {
        s->mailbox_max = (uint32_t)number_take(&rest);
    } else if (sv_eq_c(line, "option reply_by_ref")) {
        s->reply_by_ref = true;
    } else if (after(line, "server ", &rest)) {
        return actor_begin(r, ACTOR_SERVER, rest);
    } else if (after(line, "supervisor ", &rest)) {
        return actor_begin(r, ACTOR_SUPERVISOR, rest);
    } else if (after(line, "dynamic_supervisor ", &rest)) {
        return actor_begin(r, ACTOR_DYNAMIC, rest);
    } else if (after(line, "driver {", &rest)) {
        return body_read(r, &s->driver);
    } else if (line.data[0] != '#') {
        return fail(r, line);
    }
    return true;
}

bool story_read(sv file_name, sv text, story *out, uint32_t *predicted, error *err)
{
    reader r = {.s = out, .file_name = file_name, .rest = text, .err = err};
    sv line;
    *out = (story){.title = ""};
    *predicted = 0;
    while (line_next(&r, &line))
        if (!top_read(&r, line, predicted)) return false;
    return true;
}
