/* Git's protocol version 2 over HTTP (gitprotocol-v2): what libgit2 does not speak. Refs by
 * prefix, one commit without its blobs, and blobs by id. */
#ifndef LODE_CRAWLER_WIRE_H
#define LODE_CRAWLER_WIRE_H

#include "crawler/http.h"
#include "crawler/internal.h"

typedef enum {
    WIRE_DONE,
    WIRE_UNFIT, /* the server does not speak version 2, or not enough of it: libgit2's turn */
    WIRE_FAILED /* *err is set and names the repository */
} wire_outcome;

/* The way to one repository. */
typedef struct {
    mirror_job *job;
    uint64_t bytes_max;      /* of all answers together */
    char base[HTTP_URL_MAX]; /* the repository's address, after redirects */
    bool features_known, can_shallow, can_filter;
} wire;

/* The address of job->source; false when it is too long. */
bool wire_start(wire *w, mirror_job *job);

/* Asks for the refs that begin with one of the prefixes. Texts belong to the arena. */
wire_outcome wire_list(wire *w, const char *const *prefixes, uint32_t prefix_count,
                       source_ref **refs, size_t *ref_count, arena *a, error *err);
/* Asks what the server can do, unless that is known, into can_shallow and can_filter. */
wire_outcome wire_features(wire *w, error *err);

/* What to fetch. */
typedef struct {
    const git_oid *wants;
    uint32_t want_count;
    const git_oid *haves; /* commits whose trees are here */
    uint32_t have_count;
    bool one_commit; /* depth 1; shallow lines are kept in the repository */
    bool no_blobs;
} wire_want;
/* Receives a pack into the object database of job->repo. The caller checks that what was wanted is
 * there: a server may send anything that is a pack. */
wire_outcome wire_fetch(wire *w, const wire_want *want, error *err);

#endif
