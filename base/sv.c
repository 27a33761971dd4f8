#define _GNU_SOURCE
#include "base/base.h"

int sv_cmp(sv a, sv b)
{
    size_t n = MIN(a.size, b.size);
    int order = n ? memcmp(a.data, b.data, n) : 0;
    if (order) return order;
    return a.size < b.size ? -1 : a.size > b.size;
}

bool sv_starts(sv text, sv prefix)
{
    return sv_eq(sv_slice(text, 0, prefix.size), prefix);
}

bool sv_ends(sv text, sv suffix)
{
    return text.size >= suffix.size &&
           sv_eq(sv_slice(text, text.size - suffix.size, text.size), suffix);
}

size_t sv_find(sv text, sv needle, size_t from)
{
    if (from > text.size || needle.size > text.size - from) return SIZE_MAX;
    if (needle.size == 0) return from;
    const char *at = memmem(text.data + from, text.size - from, needle.data, needle.size);
    return at ? (size_t)(at - text.data) : SIZE_MAX;
}

sv sv_slice(sv text, size_t from, size_t to)
{
    to = MIN(to, text.size);
    from = MIN(from, to);
    /* NULL plus nothing is undefined in C. */
    return (sv){from ? text.data + from : text.data, to - from};
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

sv sv_trim(sv text)
{
    size_t from = 0, to = text.size;
    while (from < to && is_space(text.data[from])) from++;
    while (to > from && is_space(text.data[to - 1])) to--;
    return sv_slice(text, from, to);
}

bool sv_next(sv *rest, char separator, sv *piece)
{
    if (!rest->data) return false;
    const char *at = rest->size ? memchr(rest->data, separator, rest->size) : NULL;
    if (!at) {
        *piece = *rest;
        *rest = (sv){NULL, 0};
        return true;
    }
    size_t length = (size_t)(at - rest->data);
    *piece = (sv){rest->data, length};
    *rest = (sv){at + 1, rest->size - length - 1};
    return true;
}

bool sv_to_i64(sv text, int64_t *out)
{
    size_t i = 0;
    bool negative = false;
    if (i < text.size && (text.data[i] == '-' || text.data[i] == '+'))
        negative = text.data[i++] == '-';
    if (i == text.size) return false;
    int64_t value = 0;
    bool digit_before = false;
    for (; i < text.size; i++) {
        char c = text.data[i];
        if (c == '_' && digit_before && i + 1 < text.size) {
            digit_before = false;
            continue;
        }
        if (c < '0' || c > '9') return false;
        digit_before = true;
        if (__builtin_mul_overflow(value, 10, &value)) return false;
        if (negative ? __builtin_sub_overflow(value, c - '0', &value)
                     : __builtin_add_overflow(value, c - '0', &value))
            return false;
    }
    *out = value;
    return true;
}
