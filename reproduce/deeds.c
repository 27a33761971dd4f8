/* The words of a story in each language: the table of deeds, and terms. */
#include "base/base.h"
#include "reproduce/story.h"
#include <ctype.h>

static const deed_row rows[] = {
#define DEED(id, shape, scenario, erlang, elixir) {shape, {scenario, erlang, elixir}},
#include "reproduce/deeds.def"
#undef DEED
};

const deed_row *deed_get(do_kind kind)
{
    return &rows[kind];
}

void time_told(const telling *t, int64_t ms, buf *out)
{
    if (ms == FOREVER_MS) buf_add_c(out, t->language == TELL_ELIXIR ? ":infinity" : "infinity");
    else buf_printf(out, ms > 0 && t->scaled ? "ms(%" PRId64 ")" : "%" PRId64, ms);
}

static bool is_among(const char *const *words, size_t count, sv word)
{
    for (size_t i = 0; i < count; i++)
        if (sv_eq_c(word, words[i])) return true;
    return false;
}

static bool is_bound(const char *bound, sv word)
{
    sv rest = sv_from(bound ? bound : ""), one;
    while (sv_next(&rest, ' ', &one))
        if (sv_eq(one, word)) return true;
    return false;
}

static void variable_told(buf *out, sv word, const telling *t, bool pattern)
{
    if (pattern || is_bound(t->bound, word)) {
        if (t->language == TELL_ERLANG) buf_add(out, word);
        else buf_printf(out, "v_%c%.*s", tolower(word.data[0]), (int)word.size - 1, word.data + 1);
    } else if (t->language == TELL_ERLANG) {
        buf_printf(out, "get('%.*s')", SV_FMT(word));
    } else {
        buf_printf(out, ":erlang.get(:%.*s)", SV_FMT(word));
    }
}

static void word_add(buf *out, sv word, sv rest, const telling *t, bool pattern)
{
    static const char *const messages[] = {"EXIT", "DOWN"};
    static const char *const operators[] = {"and", "or", "not", "rem", "div", "true", "false"};
    bool erlang = t->language == TELL_ERLANG;
    if (is_among(messages, ARRAY_LEN(messages), word))
        buf_printf(out, erlang ? "'%.*s'" : ":%.*s", SV_FMT(word));
    else if (isupper((unsigned char)word.data[0])) variable_told(out, word, t, pattern);
    else if (sv_eq_c(word, "self")) buf_add_c(out, "self()");
    else if (sv_eq_c(word, "from")) buf_add_c(out, erlang ? "From" : "from");
    else if (rest.size && rest.data[0] == '(' && sv_eq_c(word, "len")) buf_add_c(out, "length");
    else if (erlang || word.data[0] == '_' || is_among(operators, ARRAY_LEN(operators), word))
        buf_add(out, word);
    else buf_printf(out, ":%.*s", SV_FMT(word));
}

void term_add(buf *out, const char *text, const telling *t, bool pattern)
{
    static const char caller[] = "elem(1, from)";
    if (t->language == TELL_SCENARIO) {
        buf_add_c(out, text);
        return;
    }
    if (strcmp(text, caller) == 0) {
        buf_add_c(out, t->language == TELL_ERLANG ? "element(1, From)" : "elem(from, 0)");
        return;
    }
    for (sv rest = sv_from(text); rest.size;) {
        size_t size = 0;
        while (size < rest.size &&
               (isalnum((unsigned char)rest.data[size]) || rest.data[size] == '_'))
            size++;
        if (size && !isdigit((unsigned char)rest.data[0])) {
            sv word = sv_slice(rest, 0, size);
            rest = sv_slice(rest, size, rest.size);
            word_add(out, word, rest, t, pattern);
        } else if (t->language == TELL_ERLANG && sv_starts(rest, SV("!="))) {
            buf_add_c(out, "/=");
            rest = sv_slice(rest, 2, rest.size);
        } else if (t->language == TELL_ERLANG && sv_starts(rest, SV("<="))) {
            buf_add_c(out, "=<");
            rest = sv_slice(rest, 2, rest.size);
        } else {
            size = MAX(size, 1);
            buf_add(out, sv_slice(rest, 0, size));
            rest = sv_slice(rest, size, rest.size);
        }
    }
}

void deed_tell(const deed *d, telling *t, buf *out)
{
    const char *text = rows[d->kind].text[t->language];
    uint32_t number = 0;
    for (; *text; text++) {
        if (*text != '%') {
            buf_add_char(out, *text);
            continue;
        }
        text++;
        if ((*text == 'n' || (*text == 'v' && !d->into)) && !number) number = ++t->names;
        switch (*text) {
        case 'w': term_add(out, d->who, t, false); break;
        case 't': term_add(out, d->text, t, false); break;
        case 'p': term_add(out, d->text, t, true); break;
        case 'm': time_told(t, d->ms, out); break;
        case 'i': buf_printf(out, "%" PRId64, d->ms); break;
        case 'n': buf_printf(out, "%u", number); break;
        case 'v':
            if (d->into) buf_add_c(out, d->into);
            else buf_printf(out, "R%u", number);
            break;
        case '@': place_add(out, d->path, d->line); break;
        default: break;
        }
    }
}
