#include "base/base.h"

#include <time.h>
#include <unistd.h>

#include "base/version.h"
#include "crawler/webapi.h"

enum { ANSWER_BYTES_MAX = 32 << 20, TRIES_MAX = 4, PAUSES_MAX = 20 };

void webapi_begin(webapi *a, const discover_options *options, discover_told *told)
{
    memset(a, 0, sizeof *a);
    a->options = options;
    a->told = told;
    a->session = crawler_session_open();
    sv rest = sv_from(options->tokens ? options->tokens : ""), token;
    while (a->token_count < WEBAPI_TOKENS_MAX && sv_next(&rest, ',', &token)) {
        token = sv_trim(token);
        if (token.size == 0 || token.size >= sizeof a->token[0]) continue;
        snprintf(a->token[a->token_count++], sizeof a->token[0], "%.*s", SV_FMT(token));
    }
    const char *contact = options->contact ? options->contact : "";
    snprintf(a->user_agent, sizeof a->user_agent, "lode/" LODE_VERSION "%s%s%s",
             *contact ? " (mailto:" : "", contact, *contact ? ")" : "");
}

void webapi_end(webapi *a)
{
    crawler_session_close(a->session);
    memset(a->token, 0, sizeof a->token);
}

/* Sleeps in short pieces, so that a stop is heard. */
static bool pause_ms(const webapi *a, int64_t ms, error *err)
{
    int64_t until = monotonic_ms() + ms;
    while (monotonic_ms() < until) {
        const atomic_bool *stop = a->options->stop;
        if (stop && atomic_load_explicit(stop, memory_order_relaxed))
            return error_set(err, ERR_IO, "stopped");
        int64_t left = MIN(until - monotonic_ms(), 200);
        struct timespec piece = {left / 1000, left % 1000 * 1000000};
        if (left > 0) nanosleep(&piece, NULL);
    }
    return true;
}

static int64_t *free_at(webapi *a)
{
    return a->token_count ? &a->token_free_at[a->token_now] : &a->free_at;
}

/* Takes the token that is free first, and waits until it is. */
static bool await_turn(webapi *a, const char *url, error *err)
{
    for (uint32_t i = 0; i < a->token_count; i++)
        if (a->token_free_at[i] < *free_at(a)) a->token_now = i;
    int64_t wait_s = *free_at(a) - (int64_t)time(NULL);
    int64_t most = a->options->wait_max_s ? a->options->wait_max_s : 3600;
    if (wait_s <= 0) return true;
    if (wait_s > most)
        return error_set(err, ERR_IO,
                         "%s: the server's limit is reached for another %" PRId64 " s; try again "
                         "later, or with more tokens",
                         url, wait_s);
    log_line(LOG_INFO, "the server's limit is reached: waiting %" PRId64 " s", wait_s);
    return pause_ms(a, wait_s * 1000, err);
}

/* What the head of an answer says of the limit, for the next request. */
static void note_limit(webapi *a, const http_response *response)
{
    int64_t remaining = -1, reset = 0, retry_s = 0, now = (int64_t)time(NULL);
    bool refused = response->status == 429 || response->status == 403;
    bool has_reset = sv_to_i64(http_header(response, "x-ratelimit-reset"), &reset);
    if (!sv_to_i64(http_header(response, "x-ratelimit-remaining"), &remaining)) remaining = -1;
    if (refused && sv_to_i64(http_header(response, "retry-after"), &retry_s))
        *free_at(a) = now + MAX(retry_s, 1);
    else if (remaining == 0 && has_reset) *free_at(a) = MAX(reset, refused ? now + 1 : reset);
    /* Without a time the documentation of hosts asks for a minute. */
    else if (refused) *free_at(a) = now + 60;
}

/* Whether a refusal is about the rate and not about the right. */
static bool is_limit(const http_response *response)
{
    int64_t remaining = -1;
    if (response->status == 429) return true;
    if (response->status != 403) return false;
    if (http_header(response, "retry-after").size > 0) return true;
    return (sv_to_i64(http_header(response, "x-ratelimit-remaining"), &remaining) &&
            remaining == 0) ||
           sv_has(buf_sv(&response->body), SV("rate limit"));
}

/* --- kept answers: a file "ETAG\nBODY" by address -----------------------------------------------
 */

static bool kept_path(const webapi *a, const char *url, buf *out)
{
    if (!a->options->cache_dir) return false;
    unsigned char digest[32];
    char hex[65];
    sha256 h;
    sha256_init(&h);
    sha256_add(&h, url, strlen(url));
    sha256_end(&h, digest);
    hex_encode(digest, sizeof digest, hex);
    buf_printf(out, "%s/%.32s.json", a->options->cache_dir, hex);
    return true;
}

/* The kept answer with its tag; false: there is none. */
static bool kept_read(const webapi *a, const char *url, buf *tag, buf *body)
{
    buf path = {0}, text = {0};
    bool found = kept_path(a, url, &path) && path_exists(path.data) &&
                 file_read(path.data, ANSWER_BYTES_MAX + 4096, &text, NULL);
    sv rest = buf_sv(&text), line;
    found = found && sv_next(&rest, '\n', &line) && line.size > 0 && line.size < 300;
    if (found) {
        buf_printf(tag, "If-None-Match: %.*s", SV_FMT(line));
        buf_add(body, rest);
    }
    buf_release(&path);
    buf_release(&text);
    return found;
}

static void keep(const webapi *a, const char *url, const http_response *response)
{
    buf path = {0}, text = {0};
    sv tag = http_header(response, "etag");
    if (tag.size > 0 && tag.size < 300 && kept_path(a, url, &path) &&
        dir_make(a->options->cache_dir, NULL)) {
        buf_add(&text, tag);
        buf_add_char(&text, '\n');
        buf_add(&text, buf_sv(&response->body));
        /* Only a cache: a full disk costs requests in the next run and nothing else. */
        file_write(path.data, buf_sv(&text), NULL);
    }
    buf_release(&path);
    buf_release(&text);
}

static bool parse(const char *url, sv body, json_t **out, error *err)
{
    json_error_t why;
    *out = json_loadb(body.data, body.size, JSON_REJECT_DUPLICATES, &why);
    if (*out) return true;
    return error_set(err, ERR_INPUT, "%s: the answer is no JSON: %s (line %d)", url, why.text,
                     why.line);
}

typedef enum { TRY_DONE, TRY_AGAIN, TRY_LATER, TRY_FAILED } try_outcome;

/* One request. TRY_AGAIN: the server failed; TRY_LATER: it asks for a pause. */
static try_outcome try_once(webapi *a, const char *url, json_t **out, error *err)
{
    char authorization[300];
    buf tag = {0}, kept = {0};
    http_response response = {0};
    http_request request = {.url = url,
                            .user_agent = a->user_agent,
                            .follow = true,
                            .bytes_max = ANSWER_BYTES_MAX,
                            .silence_s = 60,
                            .time_s = 300,
                            .stop = a->options->stop};
    int count = 0;
    request.headers[count++] = "Accept: application/json";
    if (a->token_count) {
        snprintf(authorization, sizeof authorization, "Authorization: Bearer %s",
                 a->token[a->token_now]);
        request.headers[count++] = authorization;
    }
    if (kept_read(a, url, &tag, &kept)) request.headers[count++] = tag.data;
    a->told->requests++;
    try_outcome outcome = TRY_DONE;
    if (!http_run(a->session, &request, &response, err)) {
        outcome = err->kind == ERR_IO && strcmp(err->text, "stopped while fetching") != 0
                      ? TRY_AGAIN
                      : TRY_FAILED;
        error_prefix(err, "%s", url);
    } else {
        note_limit(a, &response);
        if (response.status == 200) {
            outcome = parse(url, buf_sv(&response.body), out, err) ? TRY_DONE : TRY_FAILED;
            if (outcome == TRY_DONE) keep(a, url, &response);
        } else if (response.status == 304 && kept.size > 0) {
            a->told->cached++;
            outcome = parse(url, buf_sv(&kept), out, err) ? TRY_DONE : TRY_FAILED;
        } else if (is_limit(&response)) {
            outcome = TRY_LATER;
            error_set(err, ERR_IO, "%s: the server's limit is reached (HTTP %d)", url,
                      response.status);
        } else {
            outcome = response.status >= 500 ? TRY_AGAIN : TRY_FAILED;
            error_set(err, response.status >= 500 ? ERR_IO : ERR_INPUT, "%s: HTTP %d", url,
                      response.status);
        }
    }
    http_release(&response);
    buf_release(&tag);
    buf_release(&kept);
    return outcome;
}

bool webapi_get(webapi *a, const char *url, json_t **out, error *err)
{
    int64_t wait_ms = a->options->retry_ms ? a->options->retry_ms : 1000;
    uint32_t tries = 0, pauses = 0;
    error ignored = {0};
    if (!err) err = &ignored;
    *out = NULL;
    if (a->options->on_progress) a->options->on_progress(a->options->payload, a->found, url);
    for (;;) {
        if (!await_turn(a, url, err)) return false;
        switch (try_once(a, url, out, err)) {
        case TRY_DONE: return true;
        case TRY_FAILED: return false;
        case TRY_LATER:
            if (++pauses == PAUSES_MAX) return false;
            break;
        case TRY_AGAIN:
            if (++tries == TRIES_MAX) return false;
            log_line(LOG_DEBUG, "%s; once more", err->text);
            error stopped = {0};
            if (!pause_ms(a, wait_ms, &stopped)) return false;
            wait_ms *= 2;
            break;
        }
    }
}

const char *webapi_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

int64_t webapi_number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) && json_integer_value(value) >= 0 ? json_integer_value(value)
                                                                    : -1;
}
