/* Git's pkt-lines (gitprotocol-common, "pkt-line Format"), as they come from a hostile server. */
#ifndef LODE_CRAWLER_PKT_H
#define LODE_CRAWLER_PKT_H

#include "base/buf.h"
#include "base/error.h"

typedef enum { PKT_DATA, PKT_FLUSH, PKT_DELIM, PKT_END } pkt_kind;
enum { PKT_BYTES_MAX = 65520 };

/* Cuts a stream into packets. Zero is ready; release with pkt_release. */
typedef struct {
    buf pending; /* the beginning of a packet that is not whole yet */
} pkt_reader;

/* Called for each packet with its content; false ends with *err set. */
typedef bool pkt_visitor(void *payload, pkt_kind kind, sv content, error *err);

/* Takes the next piece of the stream. ERR_INPUT for what is no packet, or what visit set. */
bool pkt_feed(pkt_reader *r, sv bytes, pkt_visitor *visit, void *payload, error *err);
/* Whether a packet was begun and not ended. */
bool pkt_is_torn(const pkt_reader *r);
void pkt_release(pkt_reader *r);

/* Appends a packet with a line of text (printf-like); a line feed is added. */
void pkt_line(buf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void pkt_flush(buf *out);
void pkt_delim(buf *out);

#endif
