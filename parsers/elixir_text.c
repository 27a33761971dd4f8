/* Elixir literals: numbers, atoms, strings, heredocs, sigils. */
#include "base/base.h"

#include "parsers/elixir.h"

/* Where we are in a heredoc. */
typedef struct {
    bool heredoc;
    bool line_start;
    bool first_line; /* the line break after the opening quotes is not content */
    size_t indent;   /* that of the closing quotes */
} text_state;

static text_state text_begin(const elixir *e, uint32_t at)
{
    sv whole = elixir_text(e, at);
    size_t open = 0;
    if (elixir_kind(e, at) == K_SIGIL) {
        uint32_t name = elixir_child_of_kind(e, at, K_SIGIL_NAME);
        open = name ? elixir_at(e, name)->end - elixir_at(e, at)->start : 0;
    }
    sv quoted = sv_slice(whole, open, whole.size);
    text_state s = {.heredoc = sv_starts(quoted, SV("\"\"\"")) || sv_starts(quoted, SV("'''"))};
    if (!s.heredoc || quoted.size < 6) return s;
    s.first_line = true;
    char quote = quoted.data[0];
    size_t end = quoted.size;
    while (end > 0 && quoted.data[end - 1] != quote) end--; /* sigil modifiers */
    size_t close = end >= 3 ? end - 3 : 0;
    while (close > 0 && (quoted.data[close - 1] == ' ' || quoted.data[close - 1] == '\t')) {
        close--;
        s.indent++;
    }
    return s;
}

static void utf8_add(buf *out, uint32_t code)
{
    if (code < 0x80) {
        buf_add_char(out, (char)code);
    } else if (code < 0x800) {
        buf_add_char(out, (char)(0xC0 | code >> 6));
        buf_add_char(out, (char)(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
        buf_add_char(out, (char)(0xE0 | code >> 12));
        buf_add_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
        buf_add_char(out, (char)(0x80 | (code & 0x3F)));
    } else if (code < 0x110000) {
        buf_add_char(out, (char)(0xF0 | code >> 18));
        buf_add_char(out, (char)(0x80 | (code >> 12 & 0x3F)));
        buf_add_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
        buf_add_char(out, (char)(0x80 | (code & 0x3F)));
    }
}

static uint32_t hex_value(sv digits)
{
    uint32_t value = 0;
    for (size_t i = 0; i < digits.size; i++) {
        char c = digits.data[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                : 16;
        if (digit < 16 && value < 0x1000000) value = value * 16 + digit;
    }
    return value;
}

/* The character that \c stands for; c itself where it has no meaning. */
static char escaped(char c)
{
    static const char FROM[] = "0abdefnrstv";
    static const char TO[] = "\0\a\b\x7f\x1b\f\n\r \t\v";
    const char *found = c ? strchr(FROM, c) : NULL;
    return found ? TO[found - FROM] : c;
}

static void escape_add(buf *out, sv escape)
{
    if (escape.size < 2 || escape.data[1] == '\n' || escape.data[1] == '\r') return;
    if (escape.data[1] == 'x' || escape.data[1] == 'u')
        utf8_add(out, hex_value(sv_slice(escape, 2, escape.size)));
    else if (escape.size == 2) buf_add_char(out, escaped(escape.data[1]));
    else buf_add(out, sv_slice(escape, 1, escape.size));
}

static void content_add(text_state *s, buf *out, sv text)
{
    if (!s->heredoc) {
        buf_add(out, text);
        return;
    }
    size_t at = 0;
    while (at < text.size) {
        if (s->line_start) {
            size_t end = at + s->indent;
            while (at < text.size && at < end && (text.data[at] == ' ' || text.data[at] == '\t'))
                at++;
            s->line_start = false;
        }
        size_t newline = sv_find(text, SV("\n"), at);
        size_t end = newline == SIZE_MAX ? text.size : newline + 1;
        bool joined = newline != SIZE_MAX && newline > at && text.data[newline - 1] == '\\';
        if (!s->first_line) buf_add(out, sv_slice(text, at, joined ? newline - 1 : end));
        if (newline != SIZE_MAX) {
            s->first_line = false;
            s->line_start = true;
        }
        at = end;
    }
}

static void piece_add(const elixir *e, text_state *s, uint32_t piece, buf *out)
{
    if (elixir_kind(e, piece) == K_QUOTED_CONTENT) {
        content_add(s, out, elixir_text(e, piece));
    } else if (elixir_kind(e, piece) == K_ESCAPE) {
        s->line_start = false;
        escape_add(out, elixir_text(e, piece));
    } else if (elixir_kind(e, piece) == K_INTERPOLATION) {
        s->line_start = false;
    }
}

void elixir_text_of(const elixir *e, uint32_t at, buf *out)
{
    text_state s = text_begin(e, at);
    for (EACH_CHILD(e, at, piece)) piece_add(e, &s, piece, out);
}

bool elixir_has_interpolation(const elixir *e, uint32_t at)
{
    return elixir_child_of_kind(e, at, K_INTERPOLATION) != 0;
}

static node_ix text_leaf(elixir *e, node_kind kind, uint32_t at)
{
    uint32_t only = elixir_child(e, at);
    text_state s = text_begin(e, at);
    if (!s.heredoc && elixir_kind(e, only) == K_QUOTED_CONTENT && !elixir_next(e, at, only))
        return elixir_leaf(e, kind, front_cut(elixir_text(e, only), STRING_BYTES_MAX), at);
    buf text = {0};
    elixir_text_of(e, at, &text);
    node_ix made = elixir_leaf(e, kind, front_cut(buf_sv(&text), STRING_BYTES_MAX), at);
    buf_release(&text);
    return made;
}

/* Pushes the text since the last interpolation. */
static void text_flush(elixir *e, buf *text, uint32_t at)
{
    if (text->size)
        elixir_push(e, elixir_leaf(e, NODE_STRING, front_cut(buf_sv(text), STRING_BYTES_MAX), at));
    buf_clear(text);
}

static node_ix interpolated(elixir *e, uint32_t at)
{
    uint32_t mark = e->stack.count;
    text_state s = text_begin(e, at);
    buf text = {0};
    uint32_t text_at = at;
    for (EACH_CHILD(e, at, piece)) {
        if (elixir_kind(e, piece) == K_INTERPOLATION) {
            text_flush(e, &text, text_at);
            uint32_t inner = elixir_child(e, piece);
            node_ix value = inner ? elixir_expr(e, inner) : 0;
            if (value) elixir_push(e, value);
        } else if (text.size == 0) {
            text_at = piece;
        }
        piece_add(e, &s, piece, &text);
    }
    text_flush(e, &text, text_at);
    buf_release(&text);
    return elixir_make(e, NODE_BINARY, 0, at, mark);
}

node_ix elixir_string(elixir *e, uint32_t at)
{
    return elixir_has_interpolation(e, at) ? interpolated(e, at) : text_leaf(e, NODE_STRING, at);
}

/* ~w(a b)a */
static node_ix word_list(elixir *e, uint32_t at, bool atoms)
{
    buf text = {0};
    elixir_text_of(e, at, &text);
    sv rest = buf_sv(&text);
    uint32_t mark = e->stack.count;
    while ((rest = sv_trim(rest)).size > 0) {
        size_t end = 0;
        while (end < rest.size && !strchr(" \t\r\n", rest.data[end])) end++;
        sv word = front_cut(sv_slice(rest, 0, end), STRING_BYTES_MAX);
        elixir_push(e, elixir_leaf(e, atoms ? NODE_ATOM : NODE_STRING, word, at));
        rest = sv_slice(rest, end, rest.size);
    }
    buf_release(&text);
    return elixir_make(e, NODE_LIST, 0, at, mark);
}

node_ix elixir_sigil(elixir *e, uint32_t at)
{
    if (elixir_has_interpolation(e, at)) return interpolated(e, at);
    uint32_t name = elixir_child_of_kind(e, at, K_SIGIL_NAME);
    if (name && (sv_eq(elixir_text(e, name), SV("w")) || sv_eq(elixir_text(e, name), SV("W")))) {
        uint32_t modifiers = elixir_child_of_kind(e, at, K_SIGIL_MODIFIERS);
        return word_list(e, at, modifiers && sv_eq(elixir_text(e, modifiers), SV("a")));
    }
    return text_leaf(e, NODE_STRING, at);
}

/* 0x, 0b, 0o as decimal; as written where it does not fit. */
static bool radix_decimal(sv text, char *out, size_t out_size)
{
    unsigned radix = text.data[1] == 'x' ? 16 : text.data[1] == 'o' ? 8 : 2;
    uint64_t value = 0;
    for (size_t i = 2; i < text.size; i++) {
        if (text.data[i] == '_') continue;
        uint64_t digit = hex_value((sv){text.data + i, 1});
        if (__builtin_mul_overflow(value, radix, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return false;
    }
    snprintf(out, out_size, "%" PRIu64, value);
    return true;
}

node_ix elixir_number(elixir *e, uint32_t at)
{
    sv text = elixir_text(e, at);
    node_kind kind = elixir_kind(e, at) == K_FLOAT ? NODE_FLOAT : NODE_INT;
    char decimal[24];
    if (text.size > 2 && text.data[0] == '0' && strchr("xbo", text.data[1]) &&
        radix_decimal(text, decimal, sizeof decimal))
        return elixir_leaf(e, kind, sv_from(decimal), at);
    if (!text.size || !memchr(text.data, '_', text.size))
        return elixir_leaf(e, kind, front_cut(text, STRING_BYTES_MAX), at);
    buf plain = {0};
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] != '_') buf_add_char(&plain, text.data[i]);
    node_ix made = elixir_leaf(e, kind, front_cut(buf_sv(&plain), STRING_BYTES_MAX), at);
    buf_release(&plain);
    return made;
}

static uint32_t utf8_first(sv text)
{
    unsigned char lead = text.size ? (unsigned char)text.data[0] : 0;
    size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    uint32_t code = more ? lead & (0x3Fu >> more) : lead;
    for (size_t i = 1; i <= more && i < text.size; i++)
        code = code << 6 | ((unsigned char)text.data[i] & 0x3F);
    return code;
}

node_ix elixir_char(elixir *e, uint32_t at)
{
    sv text = elixir_text(e, at);
    text = sv_slice(text, 1, text.size);
    uint32_t code = text.size >= 2 && text.data[0] == '\\'
                        ? (uint32_t)(unsigned char)escaped(text.data[1])
                        : utf8_first(text);
    char decimal[12];
    snprintf(decimal, sizeof decimal, "%u", code);
    return elixir_leaf(e, NODE_INT, sv_from(decimal), at);
}

node_ix elixir_atom(elixir *e, uint32_t at)
{
    sv text = elixir_text(e, at);
    switch (elixir_kind(e, at)) {
    case K_ATOM: text = sv_slice(text, 1, text.size); break;
    case K_KEYWORD:
        text = sv_trim(text);
        text = sv_slice(text, 0, text.size ? text.size - 1 : 0);
        break;
    case K_QUOTED_ATOM:
    case K_QUOTED_KEYWORD:
        return elixir_has_interpolation(e, at) ? interpolated(e, at) : text_leaf(e, NODE_ATOM, at);
    default: break; /* true, false, nil */
    }
    if (sv_starts(text, SV("Elixir."))) text = sv_slice(text, 7, text.size);
    return elixir_leaf(e, NODE_ATOM, front_cut(text, STRING_BYTES_MAX), at);
}
