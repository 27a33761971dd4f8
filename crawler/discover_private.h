/* What the sources of discovery share. */
#ifndef LODE_CRAWLER_DISCOVER_PRIVATE_H
#define LODE_CRAWLER_DISCOVER_PRIVATE_H

#include "base/map.h"
#include "base/vec.h"
#include "crawler/discover.h"

/* A repository as a source describes it. Texts are borrowed; "" or -1: not said. */
typedef struct {
    sv url; /* of the repository, or of a page within it */
    sv licence, fork_of, topics, pushed_at, language, tags, ref;
    int64_t stars;
    int is_fork, is_archived; /* 0, 1 or -1 */
} discovered;
#define DISCOVERED_NONE                                                                            \
    {                                                                                              \
        .url = SV(""), .licence = SV(""), .fork_of = SV(""), .topics = SV(""),                     \
        .pushed_at = SV(""), .language = SV(""), .tags = SV(""), .ref = SV(""), .stars = -1,       \
        .is_fork = -1, .is_archived = -1                                                           \
    }

/* Repositories that were found so far. */
typedef struct {
    const discover_options *options;
    discover_told *told;
    arena *a;
    map64 seen; /* hash of the address, case ignored, to index */
    VEC(corpus_entry) entries;
} gathering;

/* Takes a repository that passes the filters. */
void gather(gathering *g, const discovered *d);
/* Whether the limit is reached. */
bool gather_is_full(const gathering *g);

/* The address of the repository that a link leads into: https, without www, .git, trees and
 * fragments; NULL when it is none of a host that is known to have repositories. */
const char *repository_address(sv link, arena *a);

bool discover_hex(gathering *g, error *err);
bool discover_github(gathering *g, error *err);
bool discover_ecosystems(gathering *g, error *err);
bool discover_ghs_csv(gathering *g, error *err);
bool discover_file(gathering *g, error *err);

#endif
