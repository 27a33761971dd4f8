#include "base/base.h"

#include "crawler/pkt.h"

enum { HEAD = 4 };

/* The length that a packet begins with; false when it is none. */
static bool length_of(const char *text, uint32_t *length)
{
    unsigned char bytes[2];
    if (!hex_decode((sv){text, HEAD}, bytes, sizeof bytes)) return false;
    *length = (uint32_t)bytes[0] << 8 | bytes[1];
    return *length != 3 && *length <= PKT_BYTES_MAX;
}

/* Visits the whole packets of text; *used is where the first torn one begins. */
static bool visit_whole(sv text, size_t *used, pkt_visitor *visit, void *payload, error *err)
{
    static const pkt_kind special[] = {PKT_FLUSH, PKT_DELIM, PKT_END};
    *used = 0;
    while (text.size - *used >= HEAD) {
        const char *at = text.data + *used;
        uint32_t length;
        if (!length_of(at, &length))
            return error_set(err, ERR_INPUT, "the server does not speak git's protocol");
        if (length < HEAD) {
            if (!visit(payload, special[length], SV(""), err)) return false;
            *used += HEAD;
            continue;
        }
        if (text.size - *used < length) return true;
        if (!visit(payload, PKT_DATA, (sv){at + HEAD, length - HEAD}, err)) return false;
        *used += length;
    }
    return true;
}

bool pkt_feed(pkt_reader *r, sv bytes, pkt_visitor *visit, void *payload, error *err)
{
    size_t used = 0;
    /* A packet that was begun is filled up by itself, so that the rest need not be copied. */
    while (r->pending.size > 0 && bytes.size > 0) {
        uint32_t length = HEAD;
        if (r->pending.size >= HEAD && !length_of(r->pending.data, &length))
            return error_set(err, ERR_INPUT, "the server does not speak git's protocol");
        size_t wanted = MAX(length, (uint32_t)HEAD) - r->pending.size;
        sv piece = sv_slice(bytes, 0, wanted);
        buf_add(&r->pending, piece);
        bytes = sv_slice(bytes, piece.size, bytes.size);
        if (!visit_whole(buf_sv(&r->pending), &used, visit, payload, err)) return false;
        if (used > 0) buf_clear(&r->pending);
    }
    if (bytes.size == 0) return true;
    if (!visit_whole(bytes, &used, visit, payload, err)) return false;
    buf_add(&r->pending, sv_slice(bytes, used, bytes.size));
    return true;
}

bool pkt_is_torn(const pkt_reader *r)
{
    return r->pending.size > 0;
}

void pkt_release(pkt_reader *r)
{
    buf_release(&r->pending);
}

void pkt_line(buf *out, const char *format, ...)
{
    char text[1024], head[HEAD + 1];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text - 1, format, args);
    va_end(args);
    assert(length >= 0 && (size_t)length < sizeof text - 1);
    text[length++] = '\n';
    snprintf(head, sizeof head, "%04x", (unsigned)length + HEAD);
    buf_add_c(out, head);
    buf_add(out, (sv){text, (size_t)length});
}

void pkt_flush(buf *out)
{
    buf_add_c(out, "0000");
}

void pkt_delim(buf *out)
{
    buf_add_c(out, "0001");
}
