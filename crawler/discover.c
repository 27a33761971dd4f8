#include "base/base.h"

#include <ctype.h>

#include "crawler/discover_private.h"

static const struct {
    const char *name;
    bool (*run)(gathering *g, error *err);
} sources[] = {
    [DISCOVER_HEX] = {"hex", discover_hex},
    [DISCOVER_GITHUB] = {"github", discover_github},
    [DISCOVER_ECOSYSTEMS] = {"ecosystems", discover_ecosystems},
    [DISCOVER_GHS_CSV] = {"ghs-csv", discover_ghs_csv},
    [DISCOVER_FILE] = {"file", discover_file},
};

bool discover_source_named(const char *name, discover_source *out)
{
    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        *out = (discover_source)i;
        if (strcmp(sources[i].name, name) == 0) return true;
    }
    return false;
}

/* --- addresses -------------------------------------------------------------------------------- */

/* Hosts, and how many parts of the path are a repository; 0: all up to "/-/". */
static const struct {
    const char *host;
    int parts;
} hosts[] = {
    {"github.com", 2},    {"gitlab.com", 0}, {"codeberg.org", 2},
    {"bitbucket.org", 2}, {"git.sr.ht", 2},
};

static sv until_any(sv text, const char *set)
{
    for (size_t i = 0; i < text.size; i++)
        if (strchr(set, text.data[i]) || (unsigned char)text.data[i] <= ' ')
            return sv_slice(text, 0, i);
    return text;
}

const char *repository_address(sv link, arena *a)
{
    static const char *const schemes[] = {"https://", "http://", "git://", "git+https://"};
    link = sv_trim(link);
    sv rest = {NULL, 0};
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        size_t length = strlen(schemes[i]);
        if (link.size > length && strncasecmp(link.data, schemes[i], length) == 0)
            rest = sv_slice(link, length, link.size);
    }
    if (!rest.data) return NULL;
    rest = until_any(rest, "#?\"'<>\\");
    if (rest.size > 4 && strncasecmp(rest.data, "www.", 4) == 0)
        rest = sv_slice(rest, 4, rest.size);
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        size_t length = strlen(hosts[i].host);
        if (rest.size <= length + 1 || rest.data[length] != '/' ||
            strncasecmp(rest.data, hosts[i].host, length) != 0)
            continue;
        sv path = sv_slice(rest, length + 1, rest.size), part;
        size_t end = sv_find(path, SV("/-/"), 0);
        path = sv_slice(path, 0, end);
        buf out = {0};
        int parts = 0;
        buf_printf(&out, "https://%s", hosts[i].host);
        while ((hosts[i].parts == 0 || parts < hosts[i].parts) && sv_next(&path, '/', &part)) {
            if (part.size == 0 || sv_eq(part, SV(".")) || sv_eq(part, SV(".."))) continue;
            buf_add_char(&out, '/');
            buf_add(&out, part);
            parts++;
        }
        if (sv_ends(buf_sv(&out), SV(".git"))) out.size -= 4;
        const char *address = parts >= 2 ? arena_strndup(a, out.data, out.size) : NULL;
        buf_release(&out);
        return address;
    }
    return NULL;
}

/* --- filters -----------------------------------------------------------------------------------
 */

static bool language_is_wanted(const discover_options *o, sv language)
{
    sv rest = sv_from(o->languages ? o->languages : "elixir,erlang"), wanted;
    /* A package or list that says no language may hold any. */
    if (language.size == 0) return true;
    while (sv_next(&rest, ',', &wanted)) {
        wanted = sv_trim(wanted);
        if (wanted.size == language.size &&
            strncasecmp(wanted.data, language.data, wanted.size) == 0)
            return true;
    }
    return false;
}

static bool passes(const discover_options *o, const discovered *d)
{
    if (o->no_forks && (d->is_fork == 1 || d->fork_of.size > 0)) return false;
    if (o->no_archived && d->is_archived == 1) return false;
    if (o->stars_min > 0 && d->stars < o->stars_min) return false;
    /* Times are written as 2024-01-31T...: their order is that of the bytes. */
    if (o->pushed_since && sv_cmp(d->pushed_at, sv_from(o->pushed_since)) < 0) return false;
    return language_is_wanted(o, d->language);
}

/* One line of a list: what would end a column or a line becomes a blank. */
static const char *column(gathering *g, sv text)
{
    char *copy = arena_strndup(g->a, text.data ? text.data : "", text.size);
    for (char *c = copy; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f) *c = ' ';
    return copy;
}

static uint64_t address_key(const char *address)
{
    buf lower = {0};
    for (const char *c = address; *c; c++) buf_add_char(&lower, (char)tolower((unsigned char)*c));
    uint64_t key = hash64(buf_sv(&lower));
    buf_release(&lower);
    return key;
}

bool gather_is_full(const gathering *g)
{
    return g->options->limit > 0 && g->entries.count >= g->options->limit;
}

void gather(gathering *g, const discovered *d)
{
    url_kind kind;
    g->told->seen++;
    const char *address = repository_address(d->url, g->a);
    bool whole = g->options->source == DISCOVER_FILE || g->options->source == DISCOVER_GITHUB;
    /* A list or a host names repositories and not pages, wherever they are. */
    if (!address && whole && url_check(d->url, &kind, NULL))
        address = arena_strndup(g->a, d->url.data, d->url.size);
    if (!address || !url_check(sv_from(address), &kind, NULL)) {
        g->told->without_address++;
        return;
    }
    if (!passes(g->options, d)) {
        g->told->filtered++;
        return;
    }
    if (gather_is_full(g)) return;
    uint32_t index = g->entries.count;
    if (!map64_add(&g->seen, address_key(address), &index)) {
        g->told->doubled++;
        return;
    }
    const char *fork = d->fork_of.size ? column(g, d->fork_of) : d->is_fork == 1 ? "fork" : "";
    corpus_entry entry = {
        .url = address,
        .ref = column(g, d->ref),
        .tags = column(g, d->tags.size ? d->tags : d->language),
        .stars = d->stars >= 0 ? arena_printf(g->a, "%" PRId64, d->stars) : "",
        .licence = column(g, d->licence),
        .fork_of = fork,
        .archived = d->is_archived < 0 ? ""
                    : d->is_archived   ? "yes"
                                       : "no",
        .topics = column(g, d->topics),
        .pushed_at = column(g, d->pushed_at),
    };
    vec_push(&g->entries, entry);
}

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const corpus_entry *)a)->url, ((const corpus_entry *)b)->url);
}

bool discover(const discover_options *options, corpus *out, discover_told *told, arena *a,
              error *err)
{
    gathering g = {.options = options, .told = told, .a = a};
    memset(out, 0, sizeof *out);
    memset(told, 0, sizeof *told);
    bool done = sources[options->source].run(&g, err);
    if (done && g.entries.count > 0) {
        qsort(g.entries.items, g.entries.count, sizeof *g.entries.items, compare_entries);
        out->entries = ARENA_ARRAY(a, corpus_entry, g.entries.count);
        memcpy(out->entries, g.entries.items, g.entries.count * sizeof *out->entries);
        out->entry_count = g.entries.count;
    }
    map64_release(&g.seen);
    vec_release(&g.entries);
    return done;
}
