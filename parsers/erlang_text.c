/* Erlang literals: escapes, quoted atoms, strings, sigils, numbers.
 *
 * Escapes follow the reference manual, "Data Types", "Escape Sequences". */
#include "base/base.h"

#include "parsers/erlang.h"

static void add_utf8(buf *out, uint32_t c)
{
    if (c < 0x80) {
        buf_add_char(out, (char)c);
    } else if (c < 0x800) {
        buf_add_char(out, (char)(0xC0 | c >> 6));
        buf_add_char(out, (char)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        buf_add_char(out, (char)(0xE0 | c >> 12));
        buf_add_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
        buf_add_char(out, (char)(0x80 | (c & 0x3F)));
    } else if (c < 0x110000) {
        buf_add_char(out, (char)(0xF0 | c >> 18));
        buf_add_char(out, (char)(0x80 | (c >> 12 & 0x3F)));
        buf_add_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
        buf_add_char(out, (char)(0x80 | (c & 0x3F)));
    }
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'z') return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return 99;
}

/* Digits of base from *at on, at most digits_max of them; values past Unicode stay past it. */
static uint32_t read_digits(sv text, size_t *at, int base, size_t digits_max)
{
    uint32_t value = 0;
    for (size_t n = 0; n < digits_max && *at < text.size; n++, ++*at) {
        int digit = digit_value(text.data[*at]);
        if (digit >= base) break;
        value = MIN(value, UINT32_C(0x1000000)) * (uint32_t)base + (uint32_t)digit;
    }
    return value;
}

/* The character of the escape whose backslash was just passed. */
static uint32_t read_escape(sv text, size_t *at)
{
    static const char from[] = "bdefnrstv", to[] = "\b\x7f\x1b\f\n\r \t\v";
    char c = text.data[*at];
    if (c >= '0' && c <= '7') return read_digits(text, at, 8, 3);
    ++*at;
    if (c == 'x' && *at < text.size && text.data[*at] == '{') {
        ++*at;
        uint32_t value = read_digits(text, at, 16, 16);
        if (*at < text.size && text.data[*at] == '}') ++*at;
        return value;
    }
    if (c == 'x') return read_digits(text, at, 16, 2);
    if (c == '^' && *at < text.size) return (uint32_t)text.data[(*at)++] & 31;
    const char *found = c ? strchr(from, c) : NULL;
    return found ? (unsigned char)to[found - from] : (unsigned char)c;
}

static void unescape(sv text, buf *out)
{
    for (size_t at = 0; at < text.size;) {
        char c = text.data[at++];
        if (c != '\\' || at == text.size) {
            buf_add_char(out, c);
        } else if ((unsigned char)text.data[at] >= 0x80) {
            buf_add_char(out, text.data[at++]);
        } else {
            add_utf8(out, read_escape(text, &at));
        }
    }
}

static sym plain_atom(facts *f, sv text, bool *is_alias)
{
    sv prefix = SV("Elixir.");
    *is_alias = sv_starts(text, prefix) && text.size > prefix.size;
    return sym_add(&f->symbols, *is_alias ? sv_slice(text, prefix.size, text.size) : text);
}

sym erl_atom(facts *f, sv text, bool *is_alias)
{
    *is_alias = false;
    if (text.size == 0 || text.data[0] != '\'') return sym_add(&f->symbols, text);
    text = sv_slice(text, 1, text.size > 1 ? text.size - 1 : 1);
    if (memchr(text.data, '\\', text.size) == NULL) return plain_atom(f, text, is_alias);
    buf plain = {0};
    unescape(text, &plain);
    sym result = plain_atom(f, buf_sv(&plain), is_alias);
    buf_release(&plain);
    return result;
}

/* """, line break, lines, line break, indentation, """: the lines without the indentation. */
static void triple_quoted(sv text, bool verbatim, buf *out)
{
    size_t quotes = 0;
    while (quotes < text.size && text.data[quotes] == '"') quotes++;
    if (text.size < 2 * quotes) return;
    text = sv_slice(text, quotes, text.size - quotes);
    size_t first = sv_find(text, SV("\n"), 0);
    if (first == SIZE_MAX) return;
    size_t last = text.size;
    while (last > 0 && text.data[last - 1] != '\n') last--;
    size_t indent = text.size - last;
    sv lines = sv_slice(text, first + 1, last > first + 1 ? last - 1 : first + 1);
    bool more = false;
    sv line;
    while (sv_next(&lines, '\n', &line)) {
        if (more) buf_add_char(out, '\n');
        more = true;
        line = sv_slice(line, MIN(indent, line.size), line.size);
        if (sv_ends(line, SV("\r"))) line.size--;
        if (verbatim) buf_add(out, line);
        else unescape(line, out);
    }
}

void erl_string(sv text, buf *out)
{
    size_t letters = sv_starts(text, SV("~")) ? 1 : 0;
    while (letters && letters < text.size && digit_value(text.data[letters]) < 36) letters++;
    bool verbatim = letters > 1 && (text.data[1] == 'B' || text.data[1] == 'S');
    bool lower = letters > 1 && !verbatim;
    text = sv_slice(text, letters, text.size);
    if (sv_starts(text, SV("\"\"\""))) {
        verbatim = !lower; /* of the triple-quoted ones only ~b and ~s have escapes */
        triple_quoted(text, verbatim, out);
        return;
    }
    if (text.size < 2) return;
    text = front_cut(sv_slice(text, 1, text.size - 1), (size_t)8 * STRING_BYTES_MAX);
    if (verbatim) buf_add(out, text);
    else unescape(text, out);
}

sym erl_char(facts *f, sv text)
{
    char number[16];
    uint32_t value = 0;
    size_t at = 2;
    if (text.size > 2 && text.data[1] == '\\') {
        value = read_escape(text, &at);
    } else if (text.size > 1) {
        unsigned char lead = (unsigned char)text.data[1];
        size_t rest = lead < 0xC0 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        value = rest ? lead & (0x3Fu >> rest) : lead;
        for (; rest > 0 && at < text.size; rest--, at++)
            value = value << 6 | ((unsigned char)text.data[at] & 0x3F);
    }
    snprintf(number, sizeof number, "%" PRIu32, value);
    return sym_add(&f->symbols, sv_from(number));
}

enum { BASED_DIGITS_MAX = 200 };

/* Digits of base as decimal text, by long multiplication. */
static sym decimal(facts *f, sv digits, int base)
{
    uint8_t places[BASED_DIGITS_MAX * 2] = {0}; /* lowest first; log10(36) is under two */
    size_t count = 1;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.data[i] == '_') continue;
        uint32_t carry = (uint32_t)digit_value(digits.data[i]);
        for (size_t p = 0; p < count || carry > 0; p++) {
            if (p == sizeof places) return sym_add(&f->symbols, digits);
            carry += places[p] * (uint32_t)base;
            places[p] = (uint8_t)(carry % 10);
            carry /= 10;
            count = MAX(count, p + 1);
        }
    }
    char text[sizeof places];
    for (size_t p = 0; p < count; p++) text[p] = (char)('0' + places[count - 1 - p]);
    return sym_add(&f->symbols, (sv){text, count});
}

sym erl_integer(facts *f, sv text)
{
    const char *hash = memchr(text.data, '#', text.size);
    if (hash) {
        int64_t base = 0;
        size_t at = (size_t)(hash - text.data);
        sv digits = sv_slice(text, at + 1, text.size);
        if (!sv_to_i64(sv_slice(text, 0, at), &base) || base < 2 || base > 36 ||
            digits.size > BASED_DIGITS_MAX)
            return sym_add(&f->symbols, front_cut(text, STRING_BYTES_MAX));
        return decimal(f, digits, (int)base);
    }
    text = front_cut(text, STRING_BYTES_MAX);
    if (memchr(text.data, '_', text.size) == NULL) return sym_add(&f->symbols, text);
    buf plain = {0};
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] != '_') buf_add_char(&plain, text.data[i]);
    sym result = sym_add(&f->symbols, buf_sv(&plain));
    buf_release(&plain);
    return result;
}
