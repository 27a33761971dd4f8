/* Discovery by the APIs of hex.pm, GitHub and ecosyste.ms. */
#include "base/base.h"

#include <ctype.h>
#include <time.h>

#include "crawler/webapi.h"
#include "crawler/discover_private.h"

enum { PAGES_MAX = 5000, PAGE_SIZE = 100 };

static bool wrong(const char *url, const char *what, error *err)
{
    return error_set(err, ERR_INPUT, "%s: the answer is not as documented: %s", url, what);
}

static sv text_of(const json_t *object, const char *key)
{
    return sv_from(webapi_text(object, key));
}

/* 0, 1 or -1. */
static int truth_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_boolean(value) ? json_is_true(value) : -1;
}

/* "a,b": the texts of an array. */
static void join(const json_t *array, buf *out)
{
    size_t i;
    json_t *item;
    json_array_foreach(array, i, item)
    {
        const char *text = json_string_value(item);
        if (!text) continue;
        if (out->size > 0) buf_add_char(out, ',');
        buf_add_c(out, text);
    }
}

/* --- hex.pm ------------------------------------------------------------------------------------
 */

static bool names_source(const char *key)
{
    static const char *const names[] = {"github",     "gitlab",    "source",
                                        "repository", "repo",      "source code",
                                        "codeberg",   "bitbucket", "sourcehut"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcasecmp(key, names[i]) == 0) return true;
    return false;
}

/* The link that leads to the source: one that says so, else any into a known host. */
static sv source_link(json_t *links, arena *a)
{
    const char *key;
    json_t *value;
    for (int named = 1; named >= 0; named--) {
        json_object_foreach(links, key, value)
        {
            sv link = sv_from(json_string_value(value) ? json_string_value(value) : "");
            if (names_source(key) == named && repository_address(link, a)) return link;
        }
    }
    return SV("");
}

static void gather_hex(gathering *g, const json_t *package)
{
    discovered d = DISCOVERED_NONE;
    buf licences = {0};
    const json_t *meta = json_object_get(package, "meta");
    join(json_object_get(meta, "licenses"), &licences);
    d.url = source_link(json_object_get(meta, "links"), g->a);
    d.licence = buf_sv(&licences);
    /* The registry knows releases and no pushes. */
    d.pushed_at = text_of(package, "updated_at");
    d.tags = SV("hex");
    gather(g, &d);
    buf_release(&licences);
}

/* Pages of an array until an empty one. */
static bool each_page(gathering *g, const char *format, const char *base, const char *more,
                      void (*take)(gathering *g, const json_t *item), error *err)
{
    webapi server;
    bool done = true, last = false;
    webapi_begin(&server, g->options, g->told);
    for (int page = 1; done && !last && page <= PAGES_MAX && !gather_is_full(g); page++) {
        json_t *answer = NULL, *item;
        size_t i;
        char url[HTTP_URL_MAX];
        snprintf(url, sizeof url, format, base, page, more);
        server.found = g->entries.count;
        done = webapi_get(&server, url, &answer, err);
        if (done && !json_is_array(answer)) done = wrong(url, "no list of packages", err);
        last = json_array_size(answer) == 0;
        json_array_foreach(answer, i, item)
        {
            if (done && !json_is_object(item)) done = wrong(url, "no package in the list", err);
            if (done) take(g, item);
        }
        json_decref(answer);
    }
    webapi_end(&server);
    return done;
}

bool discover_hex(gathering *g, error *err)
{
    const char *base = g->options->api ? g->options->api : "https://hex.pm/api";
    return each_page(g, "%s/packages?sort=name&page=%d%s", base, "", gather_hex, err);
}

/* --- ecosyste.ms -------------------------------------------------------------------------------
 */

static void gather_ecosystems(gathering *g, const json_t *package)
{
    discovered d = DISCOVERED_NONE;
    buf licences = {0}, topics = {0}, fork = {0};
    const json_t *repository = json_object_get(package, "repo_metadata");
    join(json_object_get(package, "normalized_licenses"), &licences);
    join(json_object_get(repository, "topics"), &topics);
    d.url = text_of(package, "repository_url");
    d.licence = licences.size ? buf_sv(&licences) : text_of(package, "licenses");
    d.stars = webapi_number(repository, "stargazers_count");
    d.is_fork = truth_of(repository, "fork");
    d.is_archived = truth_of(repository, "archived");
    d.topics = buf_sv(&topics);
    d.language = text_of(repository, "language");
    d.pushed_at = text_of(repository, "pushed_at");
    const char *source = webapi_text(repository, "source_name");
    if (*source) buf_printf(&fork, "https://github.com/%s", source);
    if (d.is_fork == 1) d.fork_of = buf_sv(&fork);
    if (d.pushed_at.size == 0) d.pushed_at = text_of(package, "latest_release_published_at");
    gather(g, &d);
    buf_release(&licences);
    buf_release(&topics);
    buf_release(&fork);
}

/* As part of an address. */
static void add_escaped(buf *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (isalnum((unsigned char)*c) || strchr("-._~", *c)) buf_add_char(out, *c);
        else buf_printf(out, "%%%02X", (unsigned char)*c);
    }
}

bool discover_ecosystems(gathering *g, error *err)
{
    const char *base = g->options->api ? g->options->api : "https://packages.ecosyste.ms/api/v1";
    buf more = {0};
    if (!g->options->contact)
        return error_set(err, ERR_INPUT,
                         "ecosyste.ms asks for an address to write to: give "
                         "--contact you@example.org");
    buf_add_c(&more, "&mailto=");
    add_escaped(&more, g->options->contact);
    bool done =
        each_page(g, "%s/registries/hex.pm/packages?per_page=100&sort=id&order=asc&page=%d%s", base,
                  more.data, gather_ecosystems, err);
    buf_release(&more);
    return done;
}

/* --- GitHub ------------------------------------------------------------------------------------
 */

/* The search gives no more than this many results of one question. */
enum { RESULTS_MAX = 1000 };

typedef struct {
    gathering *g;
    webapi server;
    const char *language;
} search;

static void gather_github(gathering *g, const json_t *item)
{
    discovered d = DISCOVERED_NONE;
    buf topics = {0};
    const json_t *licence = json_object_get(item, "license");
    join(json_object_get(item, "topics"), &topics);
    d.url = text_of(item, "html_url");
    d.licence = text_of(licence, "spdx_id");
    d.stars = webapi_number(item, "stargazers_count");
    d.is_fork = truth_of(item, "fork");
    d.is_archived = truth_of(item, "archived");
    d.topics = buf_sv(&topics);
    d.language = text_of(item, "language");
    d.pushed_at = text_of(item, "pushed_at");
    gather(g, &d);
    buf_release(&topics);
}

static void add_date(buf *out, int64_t day)
{
    struct tm tm;
    time_t at = (time_t)(day * 86400);
    char text[16];
    gmtime_r(&at, &tm);
    strftime(text, sizeof text, "%Y-%m-%d", &tm);
    buf_add_c(out, text);
}

/* The search of repositories that were made from day to day, both included. */
static void search_url(const search *s, int64_t from, int64_t to, int page, buf *out)
{
    const discover_options *o = s->g->options;
    buf_printf(out, "%s/search/repositories?q=language%%3A",
               o->api ? o->api : "https://api.github.com");
    add_escaped(out, s->language);
    buf_add_c(out, "+created%3A");
    add_date(out, from);
    buf_add_c(out, "..");
    add_date(out, to);
    buf_printf(out, "+fork%%3A%s", o->no_forks ? "false" : "true");
    if (o->no_archived) buf_add_c(out, "+archived%3Afalse");
    if (o->stars_min > 0) buf_printf(out, "+stars%%3A%%3E%%3D%" PRId64, o->stars_min);
    if (o->pushed_since) {
        buf_add_c(out, "+pushed%3A%3E%3D");
        add_escaped(out, o->pushed_since);
    }
    buf_printf(out, "&sort=stars&order=desc&per_page=%d&page=%d", PAGE_SIZE, page);
}

/* One page of a window, taken unless the window is to be halved; *total is what the host counts. A
 * search that timed out at the host gives
 * what it has and says so: it is asked once more. */
static bool search_page(search *s, int64_t from, int64_t to, int page, int64_t *total,
                        size_t *count, error *err)
{
    buf url = {0};
    bool done = true;
    search_url(s, from, to, page, &url);
    for (int attempt = 0; done && attempt < 2; attempt++) {
        json_t *answer = NULL;
        s->server.found = s->g->entries.count;
        done = webapi_get(&s->server, url.data, &answer, err);
        const json_t *items = json_object_get(answer, "items");
        *total = webapi_number(answer, "total_count");
        *count = json_array_size(items);
        if (done && (!json_is_array(items) || *total < 0))
            done = wrong(url.data, "no total_count and items", err);
        bool torn = truth_of(answer, "incomplete_results") == 1 && attempt == 0;
        size_t i;
        json_t *item;
        if (done && !torn && (*total <= RESULTS_MAX || from == to))
            json_array_foreach(items, i, item) gather_github(s->g, item);
        json_decref(answer);
        if (!torn) break;
    }
    buf_release(&url);
    return done;
}

/* Windows of time with more results than the search gives are halved. */
static bool search_window(search *s, int64_t from, int64_t to, error *err)
{
    struct {
        int64_t from, to;
    } stack[64];
    int depth = 0;
    stack[depth].from = from;
    stack[depth++].to = to;
    while (depth > 0 && !gather_is_full(s->g)) {
        int64_t a = stack[--depth].from, b = stack[depth].to, total = 0;
        size_t count = 0;
        bool one_day = a == b;
        if (!search_page(s, a, b, 1, &total, &count, err)) return false;
        if (total > RESULTS_MAX && !one_day) {
            int64_t middle = a + (b - a) / 2;
            stack[depth].from = middle + 1;
            stack[depth++].to = b;
            stack[depth].from = a;
            stack[depth++].to = middle;
            continue;
        }
        if (total > RESULTS_MAX) s->g->told->cut_windows++;
        int pages = (int)((MIN(total, RESULTS_MAX) + PAGE_SIZE - 1) / PAGE_SIZE);
        for (int page = 2; page <= pages; page++) {
            if (!search_page(s, a, b, page, &total, &count, err)) return false;
            if (count == 0) break;
        }
    }
    return true;
}

bool discover_github(gathering *g, error *err)
{
    const int64_t first_day = 13879; /* 2008-01-01: GitHub's first year */
    search s = {.g = g};
    sv rest = sv_from(g->options->languages ? g->options->languages : "elixir,erlang"), language;
    bool done = true;
    webapi_begin(&s.server, g->options, g->told);
    while (done && sv_next(&rest, ',', &language)) {
        language = sv_trim(language);
        s.language = arena_strndup(g->a, language.data, language.size);
        done = search_window(&s, first_day, (int64_t)time(NULL) / 86400, err);
    }
    webapi_end(&s.server);
    return done;
}
