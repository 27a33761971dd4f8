#include "base/base.h"

static void cut_at_character(char *text, size_t size)
{
    size_t length = strlen(text);
    if (length + 1 < size) return;
    /* A cut may have split a UTF-8 sequence: drop its bytes back to the lead byte. */
    while (length > 0 && ((unsigned char)text[length - 1] & 0xC0) == 0x80) length--;
    if (length > 0 && ((unsigned char)text[length - 1] & 0x80)) length--;
    text[length] = '\0';
}

bool error_set(error *err, err_kind kind, const char *format, ...)
{
    if (!err) return false;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    err->kind = kind;
    cut_at_character(err->text, sizeof err->text);
    return false;
}

bool error_prefix(error *err, const char *format, ...)
{
    if (!err || err->kind == ERR_NONE) return false;
    char old[sizeof err->text];
    memcpy(old, err->text, sizeof old);
    char prefix[sizeof err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);
    size_t used = strlen(prefix);
    memcpy(err->text, prefix, used + 1);
    if (used + 2 < sizeof err->text) {
        snprintf(err->text + used, sizeof err->text - used, ": %.*s",
                 (int)(sizeof err->text - used - 3), old);
    }
    cut_at_character(err->text, sizeof err->text);
    return false;
}

const char *err_kind_name(err_kind kind)
{
    switch (kind) {
    case ERR_NONE: return "none";
    case ERR_INPUT: return "input";
    case ERR_LIMIT: return "limit";
    case ERR_IO: return "io";
    case ERR_DB: return "db";
    case ERR_BUG: return "bug";
    }
    return "unknown";
}
