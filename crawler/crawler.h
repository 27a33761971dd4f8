/* Crawler: corpus list to repositories to snapshots to bytes.
 *
 * Nothing that is mined is executed, checked out or trusted: objects are read from the object
 * database by libgit2; hooks, filters, submodules and symbolic links are never followed.
 *
 * Call crawler_init once before anything else here, and before threads start. */
#ifndef LODE_CRAWLER_H
#define LODE_CRAWLER_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/sv.h"

/* Sets libgit2 up (process-wide: time limits, no check of who owns a repository, object hashes
 * are checked when they are fetched and not again when they are read). May be called more than
 * once, each with its crawler_end. ERR_BUG when libgit2 does not start. */
bool crawler_init(error *err);
void crawler_end(void);
/* For `lode doctor`: "1.9.7"; static storage. */
const char *crawler_git_version(void);
/* Whether the libgit2 at hand can clone at depth 1 (1.7 and newer). */
bool crawler_can_clone_shallow(void);

/* --- corpus list ---------------------------------------------------------------------------
 *
 * Tab-separated, UTF-8, with the header `url<TAB>ref<TAB>tags` (at least url; `stars`, `licence`,
 * `fork_of`, `archived`, `topics` and `pushed_at` are read too, and further columns are ignored).
 * Blank lines and lines that begin with `#` are skipped; CRLF is accepted. */

/* One repository of a list. Texts belong to the arena given to corpus_read. */
typedef struct {
    const char *url;  /* as written; a relative plain path is made absolute by the list's folder */
    const char *ref;  /* branch, tag, full ref name or 40-digit commit; "" is the default branch */
    const char *tags; /* as written; "" when there are none */
    /* Further columns that discovery writes; "" when the list does not say. */
    const char *stars, *licence, *fork_of, *archived, *topics, *pushed_at;
    uint32_t line; /* in the list, from 1 */
} corpus_entry;

/* A line that could not be used. */
typedef struct {
    uint32_t line;
    error reason; /* names file and line */
} corpus_fault;

typedef struct {
    corpus_entry *entries; /* in the order of the list; of two that are equal the first */
    uint32_t entry_count;
    corpus_fault *faults; /* empty unless CORPUS_GO_ON */
    uint32_t fault_count;
} corpus;

typedef enum {
    CORPUS_STOP, /* the first broken line is the error */
    CORPUS_GO_ON /* broken lines become faults; only an unreadable file is an error */
} corpus_mode;

/* Reads a list. ERR_INPUT for a broken line or header ("FILE:LINE: ..."), ERR_IO when the file
 * cannot be read, ERR_LIMIT over 16 MiB. Thread-safe. */
bool corpus_read(const char *path, corpus_mode mode, corpus *out, arena *a, error *err);

/* Writes a list with all columns, whole or not at all; path NULL: to stdout. No text may hold a tab
 * or line feed. ERR_IO. */
bool corpus_write(const char *path, const corpus *list, error *err);

/* How a repository is reached. */
typedef enum { URL_NONE, URL_HTTPS, URL_HTTP, URL_FILE, URL_PATH } url_kind;
/* The kind of an address; ERR_INPUT for anything else (ssh, git://, user:password@, ...), by
 * name. Thread-safe. */
bool url_check(sv url, url_kind *kind, error *err);
/* The address after git's url.<base>.insteadOf of the user's and the system's configuration
 * (GIT_CONFIG_GLOBAL, GIT_CONFIG_SYSTEM, GIT_CONFIG_NOSYSTEM and GIT_CONFIG_COUNT are honoured).
 * The longest match wins, as in git. */
bool url_rewrite(const char *url, const char **out, arena *a, error *err);

/* Connections that are kept open from one repository to the next; belongs to one thread. */
typedef struct crawler_session crawler_session;
crawler_session *crawler_session_open(void);
void crawler_session_close(crawler_session *session);

/* --- mirror --------------------------------------------------------------------------------- */

/* Zero is a usable value for every field but root. */
typedef struct {
    const char *root;   /* the mirror folder; made when missing */
    bool full_history;  /* all branches and tags with their history, else one commit */
    bool offline;       /* use what the mirror holds; ERR_IO when it does not hold the commit */
    uint64_t bytes_max; /* most bytes to receive for one repository; 0: 4 GiB. ERR_LIMIT over */
    uint32_t
        packs_max; /* packs of a mirror at depth 1 that become one when there are more; 0: 50 */
    uint32_t silence_s;       /* longest time that a server may send nothing; 0: 120 */
    const atomic_bool *stop;  /* when it becomes true the transfer ends with ERR_IO; may be NULL */
    crawler_session *session; /* of the calling thread; NULL: connections are not kept */
    /* Which files are wanted. Where the server can leave out blobs, only those of wanted paths
     * travel. The name stands for what the function says: another name is another choice. NULL: all
     * files are wanted. The path is as in the tree. */
    bool (*wants)(void *wants_payload, sv path);
    const char *wants_name; /* letters, digits, `.`, `_` and `-` */
    void *wants_payload;
    /* Called while objects arrive; may be NULL. Called by the calling thread. */
    void (*on_progress)(void *payload, uint64_t received_bytes, uint32_t received_objects,
                        uint32_t total_objects);
    void *payload;
} mirror_options;

typedef enum {
    MIRROR_CLONED,  /* it was not there */
    MIRROR_FETCHED, /* new objects came */
    MIRROR_SAME     /* nothing new */
} mirror_outcome;

/* Texts belong to the arena given to mirror_update. */
typedef struct {
    const char *git_dir; /* bare repository, for snapshot_open */
    const char *commit;  /* 40 hexadecimal digits: the commit of the wanted ref */
    const char *tree;    /* likewise: its tree */
    const char *branch;  /* short name of the branch; "" for a tag or commit */
    mirror_outcome outcome;
    uint64_t received_bytes; /* over the network, heads of answers included */
} mirror_result;

/* Clones or fetches one repository into the mirror and finds the wanted commit.
 *
 * https and http: one small request (git's protocol version 2, refs by prefix) tells whether there
 * is anything new. What is new comes at depth 1 unless full_history, and without the blobs that are
 * not wanted where the server can do that. Servers of older versions are talked to by libgit2, and
 * a commit id that such a server does not give by itself is looked for in the whole history. A
 * commit that is there already needs no network.
 * file and plain paths: nothing is copied; the mirror's repository names the source's objects in
 * objects/info/alternates, so the source has to stay where it is.
 *
 * Stops between any two steps leave either the old mirror, the new one, or a file that the next
 * run removes. A mirror that is damaged is made anew. One caller at a time works on one repository
 * (a lock file, also between processes). Thread-safe for any repositories.
 *
 * ERR_INPUT: no such repository, empty, no default branch, no such ref, damaged objects, an
 * address that is refused. ERR_LIMIT: over bytes_max. ERR_IO: network, disk, stopped. Each
 * sentence names the repository. */
bool mirror_update(const mirror_options *options, const char *url, const char *ref,
                   mirror_result *out, arena *a, error *err);
/* Removes the mirror of url, if there is one; *removed tells. ERR_IO: it cannot be removed. */
bool mirror_remove(const char *root, const char *url, bool *removed, error *err);
/* Where the mirror of url is or would be: ROOT/github.com/owner/name.git for https,
 * ROOT/_http/HOST%3APORT/... for http, ROOT/_local/... for the rest; every byte that is not a
 * letter, digit, `.`, `_` or `-` is written %XX. A function of url alone. */
char *mirror_path(const char *root, const char *url, arena *a);

/* --- snapshot ------------------------------------------------------------------------------- */

/* One repository at one commit, or one plain folder. */
typedef struct snapshot snapshot;
/* Reads a snapshot's blobs; belongs to one thread. */
typedef struct snapshot_reader snapshot_reader;

/* A file that passed the filter. */
typedef struct {
    sv path;              /* escaped (see path_escape), followed by a NUL byte */
    sv raw_path;          /* as in the tree, any byte but NUL and with slashes between folders */
    unsigned char id[20]; /* git's blob id (SHA-1) */
    uint64_t size_bytes;
    uint32_t mode; /* as in the tree: 0100644 or 0100755 */
    int32_t class; /* what the filter said */
} snapshot_entry;

/* Something that was left out, and would have passed the filter or cannot be told. */
typedef enum {
    SKIP_SYMLINK,
    SKIP_SUBMODULE,
    SKIP_TOO_LARGE,   /* over blob_bytes_max */
    SKIP_PATH_LENGTH, /* over path_bytes_max */
    SKIP_DEPTH,       /* a folder below depth_max */
    SKIP_COUNT,       /* past entry_count_max: the walk ended here */
    SKIP_UNREADABLE,  /* damaged or missing object, no permission */
    SKIP_SPECIAL,     /* device, socket, pipe */
    SKIP_ODD_NAME,    /* "", ".", "..", with a slash, or twice: no real tree has these */
    SKIP_BUILD_DIR,   /* plain folders only: _build, deps beside mix.exs, node_modules */
    SKIP_REASON_COUNT
} skip_reason;
/* A lower-case word for the reason ("symlink", "too_large", ...); static storage. */
const char *skip_reason_name(skip_reason reason);

typedef struct {
    sv path;
    skip_reason reason;
    uint64_t size_bytes; /* 0 when unknown */
} snapshot_skip;

enum { SNAPSHOT_CLASS_MAX = 8 };

/* Texts belong to the snapshot. */
typedef struct {
    bool is_folder;        /* a plain folder: no commit, tree, branch or time */
    const char *commit;    /* 40 hexadecimal digits; "" for a folder */
    const char *tree;      /* likewise */
    const char *branch;    /* the default branch, or the branch named by rev; "" when none */
    int64_t commit_time_s; /* committer's time, seconds since 1970; 0 for a folder */
    uint64_t file_count;   /* all files, wanted or not */
    uint64_t class_count[SNAPSHOT_CLASS_MAX]; /* entries by class */
    uint64_t class_bytes[SNAPSHOT_CLASS_MAX]; /* their bytes */
} snapshot_info;

/* Zero in a number: the default that is named. */
typedef struct {
    /* Class of a path, 0 .. SNAPSHOT_CLASS_MAX - 1, or -1 to leave it out. NULL: all are 0. The
     * path is as in the tree, not escaped. */
    int32_t (*class_of)(void *payload, sv path);
    void *payload;
    uint64_t blob_bytes_max;  /* 1 MiB */
    uint32_t path_bytes_max;  /* 4,096 */
    uint32_t depth_max;       /* 64 folders */
    uint32_t entry_count_max; /* 1,000,000 files and folders in all */
} snapshot_options;

/* Opens a git repository (bare, or with a work tree whose files are not looked at) at rev, or a
 * plain folder. rev: anything git's rev-parse takes that leads to a commit; NULL or "" is HEAD.
 * options may be NULL. On success *out is the caller's, to be closed by snapshot_close.
 *
 * ERR_INPUT: no such folder, empty repository, HEAD without a commit, no such rev, a rev for a
 * plain folder, damaged commit or tree. ERR_IO: cannot be read. Thread-safe. */
bool snapshot_open(const char *path, const char *rev, const snapshot_options *options,
                   snapshot **out, error *err);
void snapshot_close(snapshot *s);
const snapshot_info *snapshot_about(const snapshot *s);
/* Sorted by path (byte order of the path as in the tree). Valid until the snapshot is closed. */
const snapshot_entry *snapshot_entries(const snapshot *s, uint32_t *count);
/* What was left out, sorted by path. */
const snapshot_skip *snapshot_skips(const snapshot *s, uint32_t *count);

/* A reader for the calling thread; several may read one snapshot at a time. Closed before the
 * snapshot is. */
bool snapshot_reader_open(const snapshot *s, snapshot_reader **out, error *err);
void snapshot_reader_close(snapshot_reader *r);
/* Appends the bytes of entry to out. ERR_INPUT when the object is damaged or, in a plain folder,
 * the file changed since the snapshot was opened; ERR_IO when it cannot be read. */
bool snapshot_read(snapshot_reader *r, const snapshot_entry *entry, buf *out, error *err);
/* Appends the bytes of a blob of any commit of the repository by id; not for plain folders.
 * ERR_LIMIT over the blob limit of the snapshot. */
bool snapshot_read_id(snapshot_reader *r, const unsigned char id[20], buf *out, error *err);

/* --- licences --------------------------------------------------------------------------------- */

enum { LICENCE_BYTES_MAX = 128 };
/* Rises whenever licence_decide says something else of any text. */
uint32_t licence_version(void);
/* Whether a path is by its name that of a licence file, at most two folders deep. */
bool licence_is_file(sv path);
/* The SPDX expression of the licences whose text this is, by phrases that tell them apart
 * (licences.def): one name, several joined by AND, or NOASSERTION. Files that only name a licence
 * are taken at their word. Thread-safe. */
void licence_decide(sv text, char out[LICENCE_BYTES_MAX]);

/* Appends path in the form that is shown and stored: valid UTF-8 without control characters. A
 * byte that is not part of valid UTF-8, and each byte of a control or direction-changing
 * character, is written \xNN, a backslash as two. Different paths stay different. */
void path_escape(sv path, buf *out);

/* --- discovery: from registries and hosts to lists ---------------------------------------------
 */
#include "crawler/discover.h"

#endif
