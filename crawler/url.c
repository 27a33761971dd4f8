#include "base/base.h"

#include <ctype.h>

#include "crawler/internal.h"

static const struct {
    const char *prefix;
    url_kind kind;
} schemes[] = {
    {"https://", URL_HTTPS},
    {"http://", URL_HTTP},
    {"file://", URL_FILE},
};

/* The scheme's length with "://", 0 if text has none. */
static size_t scheme_length(sv url)
{
    size_t at = sv_find(url, SV("://"), 0);
    if (at == SIZE_MAX || at == 0) return 0;
    for (size_t i = 0; i < at; i++) {
        if (!isalnum((unsigned char)url.data[i]) && !strchr("+-.", url.data[i])) return 0;
    }
    return at + 3;
}

bool url_check(sv url, url_kind *kind, error *err)
{
    enum { URL_BYTES_MAX = 2048 };
    *kind = URL_NONE;
    if (url.size == 0) return error_set(err, ERR_INPUT, "an empty address");
    if (url.size > URL_BYTES_MAX)
        return error_set(err, ERR_INPUT, "%.60s...: an address of more than %d bytes", url.data,
                         URL_BYTES_MAX);
    for (size_t i = 0; i < url.size; i++) {
        if ((unsigned char)url.data[i] < ' ' || url.data[i] == 0x7f)
            return error_set(err, ERR_INPUT, "an address with a control character at byte %zu", i);
    }
    size_t scheme = scheme_length(url);
    if (scheme == 0) {
        /* owner@host:path and host:path are git's short form of ssh. */
        size_t colon = sv_find(url, SV(":"), 0);
        size_t slash = sv_find(url, SV("/"), 0);
        if (colon < slash)
            return error_set(err, ERR_INPUT,
                             "%.*s: ssh is not used; give an https address or a path", SV_FMT(url));
        *kind = URL_PATH;
        return true;
    }
    sv rest = sv_slice(url, scheme, url.size);
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        size_t length = strlen(schemes[i].prefix);
        if (length != scheme || strncasecmp(url.data, schemes[i].prefix, length) != 0) continue;
        sv host = sv_slice(rest, 0, MIN(sv_find(rest, SV("/"), 0), rest.size));
        if (schemes[i].kind != URL_FILE) {
            if (sv_has(host, SV("@")))
                return error_set(err, ERR_INPUT,
                                 "an address with a user or password in it is refused: it would "
                                 "end up in the database (host %.*s)",
                                 SV_FMT(sv_slice(host, sv_find(host, SV("@"), 0) + 1, host.size)));
            if (host.size == 0 || rest.size <= host.size + 1)
                return error_set(err, ERR_INPUT, "%.*s: the host or the path is missing",
                                 SV_FMT(url));
        }
        *kind = schemes[i].kind;
        return true;
    }
    return error_set(err, ERR_INPUT, "%.*s: only https, http, file and plain paths are used",
                     SV_FMT(url));
}

const char *url_local_path(const char *url, url_kind kind, arena *a, error *err)
{
    if (kind == URL_PATH) return url;
    sv rest = sv_slice(sv_from(url), strlen("file://"), SIZE_MAX);
    if (sv_starts(rest, SV("localhost/"))) rest = sv_slice(rest, strlen("localhost"), SIZE_MAX);
    if (!sv_starts(rest, SV("/"))) {
        error_set(err, ERR_INPUT, "%s: a file address of another machine; write file:///path", url);
        return NULL;
    }
    /* As git does: %XX stands for a byte; what is no such escape stands for itself. */
    char *path = arena_strndup(a, rest.data, rest.size);
    size_t out = 0;
    for (size_t i = 0; i < rest.size; i++) {
        unsigned char byte;
        if (rest.data[i] == '%' && i + 2 < rest.size &&
            hex_decode(sv_slice(rest, i + 1, i + 3), &byte, 1) && byte != 0) {
            path[out++] = (char)byte;
            i += 2;
        } else {
            path[out++] = rest.data[i];
        }
    }
    path[out] = '\0';
    return path;
}

/* --- url.<base>.insteadOf ------------------------------------------------------------------ */

typedef struct {
    sv url;
    size_t matched; /* length of the longest prefix so far */
    char *base;     /* what replaces it; owned */
} rewrite;

static void rewrite_offer(rewrite *r, const char *key, const char *value)
{
    static const char head[] = "url.", tail[] = ".insteadof";
    size_t length = strlen(key);
    if (!value || length < sizeof head + sizeof tail - 2) return;
    if (strncasecmp(key, head, sizeof head - 1) != 0) return;
    if (strcasecmp(key + length - (sizeof tail - 1), tail) != 0) return;
    sv prefix = sv_from(value);
    if (prefix.size == 0 || prefix.size <= r->matched || !sv_starts(r->url, prefix)) return;
    sv base = sv_slice(sv_from(key), sizeof head - 1, length - (sizeof tail - 1));
    free(r->base);
    r->base = base_malloc(base.size + 1);
    memcpy(r->base, base.data, base.size);
    r->base[base.size] = '\0';
    r->matched = prefix.size;
}

/* git -c key=value hands its settings on in the environment. */
static void rewrite_from_environment(rewrite *r)
{
    int64_t count = 0;
    const char *text = getenv("GIT_CONFIG_COUNT");
    if (!text || !sv_to_i64(sv_from(text), &count)) return;
    for (int64_t i = 0; i < MIN(count, 1000); i++) {
        char name[64];
        snprintf(name, sizeof name, "GIT_CONFIG_KEY_%" PRId64, i);
        const char *key = getenv(name);
        snprintf(name, sizeof name, "GIT_CONFIG_VALUE_%" PRId64, i);
        if (key) rewrite_offer(r, key, getenv(name));
    }
}

bool url_rewrite(const char *url, const char **out, arena *a, error *err)
{
    rewrite r = {.url = sv_from(url)};
    git_config *config = NULL;
    git_config_iterator *each = NULL;
    git_config_entry *item;
    bool done = false;

    if (!git_settings_open(&config, err)) goto out;
    if (git_config_iterator_new(&each, config) < 0) {
        git_fail(err, "git's configuration");
        goto out;
    }
    int rc;
    while ((rc = git_config_next(&item, each)) == 0) rewrite_offer(&r, item->name, item->value);
    if (rc != GIT_ITEROVER) {
        git_fail(err, "git's configuration");
        goto out;
    }
    rewrite_from_environment(&r);
    *out = r.base ? arena_printf(a, "%s%s", r.base, url + r.matched) : url;
    done = true;
out:
    free(r.base);
    git_config_iterator_free(each);
    git_config_free(config);
    return done;
}

/* --- where the mirror is --------------------------------------------------------------------- */

/* Adds one folder name: only bytes that every file system keeps apart, no leading dot, not too
 * long, and not mistakable for the folder of a repository. */
static void add_component(buf *out, sv name, bool last)
{
    enum { NAME_BYTES_MAX = 200 };
    size_t start = out->size;
    for (size_t i = 0; i < name.size; i++) {
        unsigned char c = (unsigned char)name.data[i];
        bool plain = isalnum(c) || (strchr("._-", c) && c != '\0' && i > 0);
        if (plain) buf_add_char(out, (char)c);
        else buf_printf(out, "%%%02X", c);
    }
    if (out->size - start > NAME_BYTES_MAX) {
        out->size = start + NAME_BYTES_MAX;
        buf_printf(out, "%%%016" PRIx64, hash64(name));
    }
    if (!last && sv_ends(sv_slice(buf_sv(out), start, out->size), SV(".git"))) {
        out->size -= 4;
        buf_add_c(out, "%2Egit");
    }
}

char *mirror_path(const char *root, const char *url, arena *a)
{
    buf out = {0};
    error ignored = {0};
    url_kind kind;
    sv text = sv_from(url);
    buf_printf(&out, "%s/", root);
    if (!url_check(text, &kind, &ignored)) kind = URL_PATH;
    sv rest = text;
    if (kind == URL_HTTPS || kind == URL_HTTP || kind == URL_FILE)
        rest = sv_slice(text, scheme_length(text), text.size);
    if (kind == URL_HTTP) buf_add_c(&out, "_http/");
    if (kind == URL_FILE || kind == URL_PATH) buf_add_c(&out, "_local/");
    while (sv_ends(rest, SV("/"))) rest.size--;
    if (kind == URL_HTTPS || kind == URL_HTTP) {
        /* owner/name and owner/name.git are one repository at every host there is. */
        if (sv_ends(rest, SV(".git"))) rest.size -= 4;
    }
    sv piece;
    bool host = kind == URL_HTTPS || kind == URL_HTTP;
    while (sv_next(&rest, '/', &piece)) {
        if (piece.size == 0) continue;
        if (host) {
            /* Host names ignore case. */
            char *lower = arena_strndup(a, piece.data, piece.size);
            for (char *c = lower; *c; c++) *c = (char)tolower((unsigned char)*c);
            piece.data = lower;
        }
        host = false;
        add_component(&out, piece, rest.size == 0);
        buf_add_char(&out, '/');
    }
    if (out.size > 0) out.size--;
    buf_add_c(&out, ".git");
    char *path = arena_strndup(a, out.data, out.size);
    buf_release(&out);
    return path;
}
