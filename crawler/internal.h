/* Shared by the files of this room only. */
#ifndef LODE_CRAWLER_INTERNAL_H
#define LODE_CRAWLER_INTERNAL_H

#include <git2.h>

#include "base/buf.h"
#include "base/vec.h"
#include "crawler/crawler.h"

/* Debian 12's libgit2 1.5 has no shallow clone; everything else here works with it. */
#if LIBGIT2_VER_MAJOR > 1 || (LIBGIT2_VER_MAJOR == 1 && LIBGIT2_VER_MINOR >= 7)
#define LODE_SHALLOW 1
#else
#define LODE_SHALLOW 0
#endif

/* Sets *err from libgit2's last message and returns false: "WHAT: message". The kind follows from
 * the class of the message: network, system and configuration are ERR_IO, objects ERR_INPUT. */
bool git_fail(error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Folder of a file:// address or plain path; NULL with ERR_INPUT for file://host/... */
const char *url_local_path(const char *url, url_kind kind, arena *a, error *err);

/* Removes a file or folder with all below it, without following links. True when it is gone. */
bool tree_remove(const char *path);

/* git's configuration files of the system and the user, those that are there; to be freed with
 * git_config_free. The environment's GIT_CONFIG_GLOBAL, _SYSTEM and _NOSYSTEM are honoured. */
bool git_settings_open(git_config **out, error *err);
/* http.proxy of that configuration, to be freed; NULL: there is none. */
char *git_http_proxy(void);

/* Starts and ends libcurl; for crawler_init. */
bool http_init(error *err);
void http_end(void);

typedef VEC(git_oid) oid_list;

/* What is known of a wanted ref once the remote's refs were seen. */
typedef struct {
    char source[256];  /* full ref name at the source, or a 40-digit commit id */
    char branch[256];  /* short branch name, "" when it is none */
    git_oid id;        /* what the ref points to (a tag object perhaps); zero for a bare id */
    bool is_commit_id; /* ref is a commit id that no ref of the source points to */
} wanted_ref;

typedef struct {
    const char *name;
    const char *symref_target; /* or NULL */
    git_oid id;
} source_ref;

/* Finds ref ("" is HEAD) among the source's refs, as git does: exact name, tag, branch.
 * ERR_INPUT: empty repository, no default branch, no such ref. */
bool wanted_find(const source_ref *refs, size_t count, const char *url, const char *ref,
                 wanted_ref *out, error *err);
/* Whether text is a whole commit id: 40 hexadecimal digits. */
bool is_commit_id(const char *text);

/* The two ways into the mirror repository, which is open and empty or an older state. Both leave
 * the wanted commit readable and *commit set to it. */
typedef struct {
    git_repository *repo;
    const mirror_options *options;
    const char *url;    /* as in the list, for messages */
    const char *source; /* address or folder after insteadOf */
    const char *ref;
    git_oid commit, tree;
    wanted_ref wanted;
    bool fresh;   /* repo is empty, being built */
    bool changed; /* objects or refs came */
    bool suspect; /* what went wrong may be damage of the mirror itself */
    uint64_t received_bytes;
} mirror_job;
bool mirror_from_remote(mirror_job *job, error *err);
bool mirror_from_folder(mirror_job *job, error *err);
/* By git's protocol version 2. *unfit: the server or the mirror is none for it, and
 * mirror_from_remote is to be asked. */
bool mirror_from_wire(mirror_job *job, bool *unfit, error *err);
/* A mirror without the blobs that were not wanted has a list of the commits whose wanted blobs are
 * all there, in its file "lode-partial". */
bool mirror_is_partial(const mirror_job *job);
/* Makes one pack of many. What goes wrong leaves them as they are: nothing depends on it. */
void mirror_repack(mirror_job *job);
/* Whether the commit that id leads to is here with all that is wanted of it. Sets job->commit. */
bool mirror_holds(mirror_job *job, const git_oid *id);
/* Peels id to a commit whose tree is there; ERR_INPUT otherwise. */
bool mirror_peel(mirror_job *job, const git_oid *id, error *err);

struct snapshot {
    arena memory;
    snapshot_options options;
    snapshot_info info;
    char *root; /* the git folder, or the plain folder */
    snapshot_entry *entries;
    uint32_t entry_count;
    snapshot_skip *skips;
    uint32_t skip_count;
    oid_list
        *missing; /* where blobs that are not in the object database are noted; NULL: nowhere */
};

/* Collects entries and skips, then sorts them into the snapshot. */
typedef struct walk walk;
walk *walk_open(snapshot *s);
void walk_close(walk *w);
/* Whether the count limit lets one more thing in; notes SKIP_COUNT once. */
bool walk_count(walk *w, sv path);
/* The class of a path, or -1. Notes paths that are too long. */
int32_t walk_class(walk *w, sv path);
void walk_file(walk *w, sv path, const unsigned char id[20], uint64_t size_bytes, uint32_t mode,
               int32_t class);
void walk_skip(walk *w, sv path, skip_reason reason, uint64_t size_bytes);
void walk_finish(walk *w);

/* Puts the defaults in place of zeros. */
void snapshot_options_fill(snapshot_options *o);
bool snapshot_walk_git(snapshot *s, git_repository *repo, const git_oid *tree, error *err);
bool snapshot_walk_folder(snapshot *s, error *err);
bool folder_read(const snapshot *s, const snapshot_entry *entry, buf *out, error *err);

#endif
