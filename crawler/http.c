#include "base/base.h"

#include <curl/curl.h>

#include "base/version.h"
#include "crawler/http.h"
#include "crawler/internal.h"

enum { HEAD_BYTES_MAX = 64 << 10, REDIRECTS_MAX = 5, CONNECT_TIMEOUT_S = 30 };

struct crawler_session {
    CURL *curl;
    char *proxy; /* git's http.proxy; NULL: the environment decides */
};

/* One request under way. */
typedef struct {
    const http_request *request;
    http_response *response;
    CURL *curl;
    uint64_t bytes_max, body_bytes;
    error refused; /* why on_body ended the transfer */
    bool stopped, head_too_large;
} exchange;

bool http_init(error *err)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) return true;
    return error_set(err, ERR_BUG, "libcurl does not start");
}

void http_end(void)
{
    curl_global_cleanup();
}

crawler_session *crawler_session_open(void)
{
    crawler_session *s = base_calloc(1, sizeof *s);
    s->curl = curl_easy_init();
    if (!s->curl) fatal_oom(sizeof(void *));
    s->proxy = git_http_proxy();
    return s;
}

void crawler_session_close(crawler_session *session)
{
    if (!session) return;
    curl_easy_cleanup(session->curl);
    free(session->proxy);
    free(session);
}

static size_t on_head(char *data, size_t size, size_t count, void *payload)
{
    exchange *x = payload;
    sv line = {data, size * count};
    buf *head = &x->response->head;
    if (sv_starts(line, SV("HTTP/"))) buf_clear(head);
    if (head->size + line.size > HEAD_BYTES_MAX) {
        x->head_too_large = true;
        return 0;
    }
    buf_add(head, line);
    return line.size;
}

static size_t on_body(char *data, size_t size, size_t count, void *payload)
{
    exchange *x = payload;
    sv bytes = {data, size * count};
    long status = 0;
    /* The page that comes with a redirect is nobody's. */
    curl_easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &status);
    if (x->request->follow && status >= 300 && status < 400 && status != 304) return bytes.size;
    x->body_bytes += bytes.size;
    if (x->body_bytes > x->bytes_max) {
        x->response->too_large = true;
        return 0;
    }
    if (!x->request->on_body || status != 200) buf_add(&x->response->body, bytes);
    else if (!x->request->on_body(x->request->payload, bytes, &x->refused)) return 0;
    return bytes.size;
}

static int on_progress(void *payload, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    exchange *x = payload;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    const atomic_bool *stop = x->request->stop;
    x->stopped = stop && atomic_load_explicit(stop, memory_order_relaxed);
    return x->stopped ? 1 : 0;
}

static void set_limits(CURL *c, const http_request *r)
{
    uint32_t silence_s = r->silence_s ? r->silence_s : 120;
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR,
                     strncasecmp(r->url, "https:", 6) == 0 ? "https" : "https,http");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, r->follow && !r->is_post ? 1L : 0L);
    curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
    curl_easy_setopt(c, CURLOPT_UNRESTRICTED_AUTH, 0L);
    curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)MIN(silence_s, (uint32_t)CONNECT_TIMEOUT_S));
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)silence_s);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)(r->time_s ? r->time_s : 3600));
    curl_easy_setopt(c, CURLOPT_BUFFERSIZE, 65536L);
}

/* What curl's code means, as a sentence without the repository's name. */
static bool explain(const exchange *x, CURLcode code, const char *detail, error *err)
{
    if (x->refused.kind != ERR_NONE) {
        if (err) *err = x->refused;
        return false;
    }
    if (x->stopped) return error_set(err, ERR_IO, "stopped while fetching");
    if (x->response->too_large)
        return error_set(err, ERR_LIMIT, "more than %" PRIu64 " bytes to receive", x->bytes_max);
    if (x->head_too_large) return error_set(err, ERR_INPUT, "the head of the answer is too long");
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return error_set(err, ERR_IO, "the server went silent: %s", detail);
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
        return error_set(err, ERR_IO, "the connection ended before the answer did (%s)", detail);
    case CURLE_TOO_MANY_REDIRECTS:
        return error_set(err, ERR_INPUT, "more than %d redirects", REDIRECTS_MAX);
    case CURLE_UNSUPPORTED_PROTOCOL:
        return error_set(err, ERR_INPUT, "a redirect to an address that is not used: %s", detail);
    default: return error_set(err, ERR_IO, "%s", *detail ? detail : curl_easy_strerror(code));
    }
}

static struct curl_slist *headers_of(const http_request *r)
{
    /* Without "Expect: 100-continue", which costs a round trip. */
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (int i = 0; i < HTTP_HEADERS_MAX && r->headers[i]; i++)
        list = curl_slist_append(list, r->headers[i]);
    return list;
}

bool http_run(crawler_session *session, const http_request *request, http_response *out, error *err)
{
    crawler_session *own = session ? NULL : crawler_session_open();
    if (!session) session = own;
    CURL *c = session->curl;
    char detail[CURL_ERROR_SIZE] = "";
    exchange x = {.request = request, .response = out, .curl = c};
    curl_off_t bytes = 0;
    long status = 0, head_bytes = 0;
    char *url = NULL;
    x.bytes_max = request->bytes_max ? request->bytes_max : UINT64_C(1) << 20;
    buf_clear(&out->head);
    buf_clear(&out->body);
    out->status = 0;
    out->too_large = false;

    curl_easy_reset(c);
    set_limits(c, request);
    struct curl_slist *headers = headers_of(request);
    curl_easy_setopt(c, CURLOPT_URL, request->url);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_USERAGENT,
                     request->user_agent ? request->user_agent : "lode/" LODE_VERSION);
    curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, request->on_body ? NULL : "");
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_head);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, &x);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &x);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, &x);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    if (session->proxy) curl_easy_setopt(c, CURLOPT_PROXY, session->proxy);
    if (request->is_post) {
        curl_easy_setopt(c, CURLOPT_POST, 1L);
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.size);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, request->body.data);
    }
    CURLcode code = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(c, CURLINFO_SIZE_DOWNLOAD_T, &bytes);
    curl_easy_getinfo(c, CURLINFO_HEADER_SIZE, &head_bytes);
    curl_easy_getinfo(c, CURLINFO_EFFECTIVE_URL, &url);
    out->status = (int)status;
    out->received_bytes = (uint64_t)(bytes + head_bytes);
    snprintf(out->url, sizeof out->url, "%s", url ? url : request->url);
    curl_slist_free_all(headers);
    bool done = code == CURLE_OK || explain(&x, code, detail, err);
    /* The handle outlives what it points to. */
    curl_easy_reset(c);
    crawler_session_close(own);
    return done;
}

void http_release(http_response *response)
{
    buf_release(&response->head);
    buf_release(&response->body);
}

sv http_header(const http_response *response, const char *name)
{
    sv rest = buf_sv(&response->head), line;
    size_t length = strlen(name);
    while (sv_next(&rest, '\n', &line)) {
        if (line.size > length && line.data[length] == ':' &&
            strncasecmp(line.data, name, length) == 0)
            return sv_trim(sv_slice(line, length + 1, line.size));
    }
    return SV("");
}
