#include "base/base.h"

static void reserve(buf *b, size_t more)
{
    size_t wanted = b->size + more + 1;
    if (wanted <= b->capacity) return;
    size_t capacity = b->capacity ? b->capacity : 64;
    while (capacity < wanted) capacity *= 2;
    b->data = base_realloc(b->data, capacity);
    b->capacity = capacity;
}

void buf_add(buf *b, sv text)
{
    reserve(b, text.size);
    if (text.size) memcpy(b->data + b->size, text.data, text.size);
    b->size += text.size;
    b->data[b->size] = '\0';
}

void buf_add_c(buf *b, const char *text)
{
    buf_add(b, sv_from(text));
}

void buf_add_char(buf *b, char c)
{
    buf_add(b, (sv){&c, 1});
}

void buf_printf(buf *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length > 0) {
        reserve(b, (size_t)length);
        vsnprintf(b->data + b->size, (size_t)length + 1, format, again);
        b->size += (size_t)length;
    }
    va_end(again);
}

void buf_clear(buf *b)
{
    b->size = 0;
    if (b->data) b->data[0] = '\0';
}

void buf_release(buf *b)
{
    free(b->data);
    *b = (buf){0};
}
