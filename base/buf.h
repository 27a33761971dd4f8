/* Byte buffer that grows; for building text. Zero is empty. */
#ifndef LODE_BASE_BUF_H
#define LODE_BASE_BUF_H

#include "base/sv.h"

typedef struct {
    char *data; /* zero-terminated once anything was added; NULL before */
    size_t size;
    size_t capacity;
} buf;

void buf_add(buf *b, sv text);
void buf_add_c(buf *b, const char *text);
void buf_add_char(buf *b, char c);
void buf_printf(buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline sv buf_sv(const buf *b)
{
    return (sv){b->data ? b->data : "", b->size};
}
void buf_clear(buf *b);
void buf_release(buf *b);

#endif
