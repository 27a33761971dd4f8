#include "base/base.h"

#include "crawler/internal.h"

/* Length of the well-formed UTF-8 sequence at text (RFC 3629), with its code point; 0: none. */
static size_t utf8_at(sv text, size_t from, uint32_t *point)
{
    const unsigned char *p = (const unsigned char *)text.data + from;
    size_t left = text.size - from;
    if (p[0] < 0x80) {
        *point = p[0];
        return 1;
    }
    size_t length = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (p[0] < 0xC2 || p[0] > 0xF4 || left < length) return 0;
    uint32_t value = p[0] & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80) return 0;
        value = value << 6 | (p[i] & 0x3Fu);
    }
    if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return 0;
    *point = value;
    return length;
}

/* Would move the cursor, change the direction of text, or break a line. */
static bool is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029 ||
           (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

void path_escape(sv path, buf *out)
{
    size_t i = 0;
    while (i < path.size) {
        uint32_t point = 0;
        size_t length = utf8_at(path, i, &point);
        if (length > 0 && !is_control(point)) {
            if (point == '\\') buf_add_char(out, '\\');
            buf_add(out, sv_slice(path, i, i + length));
        } else {
            if (length == 0) length = 1;
            for (size_t k = i; k < i + length; k++)
                buf_printf(out, "\\x%02x", (unsigned char)path.data[k]);
        }
        i += length;
    }
}

static const char *const reason_names[SKIP_REASON_COUNT] = {
    [SKIP_SYMLINK] = "symlink",       [SKIP_SUBMODULE] = "submodule",
    [SKIP_TOO_LARGE] = "too_large",   [SKIP_PATH_LENGTH] = "path_length",
    [SKIP_DEPTH] = "depth",           [SKIP_COUNT] = "count",
    [SKIP_UNREADABLE] = "unreadable", [SKIP_SPECIAL] = "special",
    [SKIP_ODD_NAME] = "odd_name",     [SKIP_BUILD_DIR] = "build_dir",
};

const char *skip_reason_name(skip_reason reason)
{
    return reason < SKIP_REASON_COUNT ? reason_names[reason] : "unknown";
}
