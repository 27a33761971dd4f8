/* Discovery: from registries, hosts and exports to a corpus list. */
#ifndef LODE_CRAWLER_DISCOVER_H
#define LODE_CRAWLER_DISCOVER_H

#include "crawler/crawler.h"

typedef enum {
    DISCOVER_HEX,        /* packages of hex.pm, by the repository they link to */
    DISCOVER_GITHUB,     /* GitHub's search of repositories, by language */
    DISCOVER_ECOSYSTEMS, /* packages of hex.pm as packages.ecosyste.ms knows them */
    DISCOVER_GHS_CSV,    /* a CSV export of GitHub Search (seart-ghs.si.usi.ch) */
    DISCOVER_FILE        /* a corpus list, or a file with an address a line */
} discover_source;
/* The source by its name on the command line ("hex", "github", "ecosystems", "ghs-csv", "file");
 * false: there is none. */
bool discover_source_named(const char *name, discover_source *out);

/* Zero is a usable value for every field but source, and path for the sources that are files. */
typedef struct {
    discover_source source;
    const char *path;      /* the file of ghs-csv and file */
    const char *api;       /* address of the API; NULL: the public one */
    const char *cache_dir; /* answers by ETag are kept here; NULL: nowhere */
    const char *contact;   /* e-mail address that ecosyste.ms and hosts may write to */
    const char *tokens;    /* of GitHub, with commas between them; used in turn */
    const char *languages; /* "elixir,erlang", which is also what NULL means */
    int64_t stars_min;     /* repositories with fewer, or of unknown number when over 0, are out */
    const char *pushed_since; /* "2024-01-01": without a push since, or unknown, are out */
    bool no_forks, no_archived;
    uint32_t limit;          /* at most so many; 0: all */
    uint32_t wait_max_s;     /* longest pause that a server's limit may ask for; 0: 3,600 */
    uint32_t retry_ms;       /* first pause before a failed request is sent again; 0: 1,000 */
    const atomic_bool *stop; /* ends early with ERR_IO; may be NULL */
    /* Called before each request that is sent with how many repositories are known; may be NULL. */
    void (*on_progress)(void *payload, uint32_t found, const char *now_at);
    void *payload;
} discover_options;

/* What was done; counts. */
typedef struct {
    uint32_t requests, cached; /* sent; of these answered "not modified" */
    uint32_t seen, without_address, filtered, doubled;
    uint32_t cut_windows; /* searches of one day that had more results than the host gives */
} discover_told;

/* Fills *out with the repositories that pass the filters, each once, sorted by address. Texts
 * belong to the arena. Requests are sent again after failures of the server (three times) and after
 * the pause that it asks for. ERR_INPUT: an answer or file that is not as documented, by address or
 * line. ERR_LIMIT: an answer that is too large. ERR_IO: network, a pause over wait_max_s, stopped.
 * Nothing is returned then: kept answers make the next try cheap. */
bool discover(const discover_options *options, corpus *out, discover_told *told, arena *a,
              error *err);

#endif
