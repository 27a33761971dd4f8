/* HTTP by libcurl, with the rules that every connection of Lode keeps: https and http only, no
 * password files, no credentials to another host, no way back from https to http, at most five
 * redirects, limits on bytes, silence and time. Proxies come from the environment as libcurl reads
 * it, or from git's http.proxy. */
#ifndef LODE_CRAWLER_HTTP_H
#define LODE_CRAWLER_HTTP_H

#include <stdatomic.h>

#include "base/buf.h"
#include "base/error.h"
#include "crawler/crawler.h"

enum { HTTP_URL_MAX = 4096, HTTP_HEADERS_MAX = 8 };

/* Zero is a usable value for every field but url. */
typedef struct {
    const char *url;
    const char *headers[HTTP_HEADERS_MAX]; /* "Name: value"; the first NULL ends them */
    const char *user_agent;                /* NULL: "lode/VERSION" */
    bool is_post;
    sv body;                 /* of a POST */
    bool follow;             /* follow redirects; GET only */
    uint64_t bytes_max;      /* most bytes of the answer's body, decompressed; 0: 1 MiB */
    uint32_t silence_s;      /* longest time without a byte; 0: 120 */
    uint32_t time_s;         /* longest time in all; 0: 3,600 */
    const atomic_bool *stop; /* ends the transfer when it becomes true; may be NULL */
    /* Takes a piece of the body; false ends the transfer with *err set. NULL: response.body. */
    bool (*on_body)(void *payload, sv bytes, error *err);
    void *payload;
} http_request;

/* Release with http_release. */
typedef struct {
    int status;              /* of the last answer; 0: none came */
    bool too_large;          /* the transfer was ended by bytes_max */
    uint64_t received_bytes; /* heads and bodies as they came over the connection */
    char url[HTTP_URL_MAX];  /* that answered, after redirects */
    buf head;                /* header lines of the last answer */
    buf body;
} http_response;

/* Sends the request and receives the answer, whatever its status. False when no whole answer came:
 * ERR_IO (network, silence, stopped), ERR_LIMIT (bytes_max), or what on_body set. Sentences do not
 * name the repository; the caller does. The session may be NULL. */
bool http_run(crawler_session *session, const http_request *request, http_response *out,
              error *err);
void http_release(http_response *response);
/* The value of a header of the answer (case of the name ignored); empty: not there. */
sv http_header(const http_response *response, const char *name);

#endif
