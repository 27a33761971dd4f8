#include "base/base.h"

static void before_value(json_out *j)
{
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    if (j->has_item[j->depth]) buf_add_char(j->out, ',');
    j->has_item[j->depth] = true;
}

static void open_level(json_out *j, char c)
{
    before_value(j);
    assert(j->depth + 1 < JSON_DEPTH_MAX);
    buf_add_char(j->out, c);
    j->has_item[++j->depth] = false;
}

static void close_level(json_out *j, char c)
{
    assert(j->depth > 0);
    j->depth--;
    buf_add_char(j->out, c);
}

/* Length of the valid UTF-8 sequence at p (RFC 3629), or 0. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80) return 1;
    size_t n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC2 ? 2 : 0;
    if (n == 0 || p[0] > 0xF4 || left < n) return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
        (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return n;
}

static void quote(buf *out, sv text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.size;) {
        unsigned char c = (unsigned char)text.data[i];
        size_t n = utf8_length((const unsigned char *)text.data + i, text.size - i);
        if (n == 0) {
            buf_add_c(out, "\\ufffd");
            n = 1;
        } else if (c == '"' || c == '\\') {
            buf_printf(out, "\\%c", c);
        } else if (c < 0x20 || c == 0x7F) {
            buf_printf(out, "\\u%04x", c);
        } else {
            buf_add(out, (sv){text.data + i, n});
        }
        i += n;
    }
    buf_add_char(out, '"');
}

void json_object(json_out *j)
{
    open_level(j, '{');
}
void json_object_end(json_out *j)
{
    close_level(j, '}');
}
void json_array(json_out *j)
{
    open_level(j, '[');
}
void json_array_end(json_out *j)
{
    close_level(j, ']');
}

void json_key(json_out *j, const char *key)
{
    before_value(j);
    quote(j->out, sv_from(key));
    buf_add_char(j->out, ':');
    j->after_key = true;
}

void json_sv(json_out *j, sv text)
{
    before_value(j);
    quote(j->out, text);
}

void json_c(json_out *j, const char *text)
{
    json_sv(j, sv_from(text));
}

void json_i64(json_out *j, int64_t value)
{
    before_value(j);
    buf_printf(j->out, "%" PRId64, value);
}

void json_f64(json_out *j, double value)
{
    before_value(j);
    if (value != value || value - value != 0) buf_add_c(j->out, "null");
    else buf_printf(j->out, "%.10g", value);
}

void json_bool(json_out *j, bool value)
{
    before_value(j);
    buf_add_c(j->out, value ? "true" : "false");
}

void json_null(json_out *j)
{
    before_value(j);
    buf_add_c(j->out, "null");
}
