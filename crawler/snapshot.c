#include "base/base.h"

#include <sys/stat.h>

#include "crawler/internal.h"

struct snapshot_reader {
    const snapshot *s;
    git_repository *repo; /* NULL for a folder */
    git_odb *odb;
};

void snapshot_options_fill(snapshot_options *o)
{
    if (!o->blob_bytes_max) o->blob_bytes_max = UINT64_C(1) << 20;
    if (!o->path_bytes_max) o->path_bytes_max = 4096;
    if (!o->depth_max) o->depth_max = 64;
    if (!o->entry_count_max) o->entry_count_max = 1000000;
}

static const char *hex_of(snapshot *s, const git_oid *id)
{
    char *hex = ARENA_ARRAY(&s->memory, char, GIT_OID_HEXSZ + 1);
    git_oid_tostr(hex, GIT_OID_HEXSZ + 1, id);
    return hex;
}

/* The short name of the branch that rev names, or HEAD's. */
static const char *branch_of(snapshot *s, git_repository *repo, const char *rev)
{
    git_reference *ref = NULL;
    const char *branch = "";
    int rc = rev ? git_reference_dwim(&ref, repo, rev) : git_repository_head(&ref, repo);
    if (rc == 0 && git_reference_is_branch(ref)) {
        const char *name = git_reference_shorthand(ref);
        branch = arena_strndup(&s->memory, name, strlen(name));
    }
    git_reference_free(ref);
    return branch;
}

/* git_repository_is_empty asks about the name of the first branch besides. */
static bool has_refs(git_repository *repo)
{
    git_reference_iterator *each = NULL;
    git_reference *ref = NULL;
    bool found =
        git_reference_iterator_new(&each, repo) == 0 && git_reference_next(&ref, each) == 0;
    git_reference_free(ref);
    git_reference_iterator_free(each);
    return found;
}

/* What rev (NULL: HEAD) names; libgit2's error code. Refs are looked up here and not by revparse,
 * which leaks memory in 1.9 when the object is damaged, and would not say so. */
static int find_id(git_repository *repo, const char *rev, git_oid *id)
{
    git_reference *ref = NULL;
    git_object *object = NULL;
    int rc;
    if (!rev) return git_reference_name_to_id(id, repo, "HEAD");
    if (git_reference_dwim(&ref, repo, rev) == 0) {
        rc = git_reference_name_to_id(id, repo, git_reference_name(ref));
    } else {
        rc = git_revparse_single(&object, repo, rev);
        if (rc == 0) *id = *git_object_id(object);
    }
    git_reference_free(ref);
    git_object_free(object);
    return rc;
}

/* The commit that rev (NULL: HEAD) leads to. */
static bool find_commit(git_repository *repo, const char *path, const char *rev, git_commit **out,
                        error *err)
{
    git_object *object = NULL;
    git_oid id;
    if (find_id(repo, rev, &id) < 0) {
        if (rev) return error_set(err, ERR_INPUT, "%s: there is no commit \"%s\"", path, rev);
        if (!has_refs(repo)) return error_set(err, ERR_INPUT, "%s: the repository is empty", path);
        return error_set(err, ERR_INPUT,
                         "%s: HEAD leads to no commit; name one with a branch, tag or commit id",
                         path);
    }
    int rc = git_object_lookup(&object, repo, &id, GIT_OBJECT_ANY);
    if (rc == 0) rc = git_object_peel((git_object **)out, object, GIT_OBJECT_COMMIT);
    git_object_free(object);
    if (rc == 0) return true;
    git_fail(err, "%s: \"%s\" leads to no readable commit", path, rev ? rev : "HEAD");
    if (err) err->kind = ERR_INPUT;
    return false;
}

static bool open_git(snapshot *s, git_repository *repo, const char *path, const char *rev,
                     error *err)
{
    git_commit *commit = NULL;
    bool done = false;
    if (!find_commit(repo, path, rev, &commit, err)) goto out;
    s->info.commit = hex_of(s, git_commit_id(commit));
    s->info.tree = hex_of(s, git_commit_tree_id(commit));
    s->info.commit_time_s = git_commit_time(commit);
    s->info.branch = branch_of(s, repo, rev);
    done = snapshot_walk_git(s, repo, git_commit_tree_id(commit), err);
out:
    git_commit_free(commit);
    return done;
}

bool snapshot_open(const char *path, const char *rev, const snapshot_options *options,
                   snapshot **out, error *err)
{
    snapshot *s = base_calloc(1, sizeof *s);
    git_repository *repo = NULL;
    struct stat st;
    bool done = false;
    *out = NULL;
    if (rev && *rev == '\0') rev = NULL;
    if (options) s->options = *options;
    snapshot_options_fill(&s->options);
    s->info.commit = s->info.tree = s->info.branch = "";
    if (stat(path, &st) != 0) {
        bool absent = errno == ENOENT || errno == ENOTDIR;
        error_set(err, absent ? ERR_INPUT : ERR_IO, "%s: %s", path, strerror(errno));
        goto out;
    }
    if (!S_ISDIR(st.st_mode)) {
        error_set(err, ERR_INPUT, "%s: neither a git repository nor a folder", path);
        goto out;
    }
    int rc = git_repository_open_ext(&repo, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
    if (rc == 0) {
        const char *folder = git_repository_path(repo);
        s->root = arena_strndup(&s->memory, folder, strlen(folder));
        done = open_git(s, repo, path, rev, err);
    } else if (rc != GIT_ENOTFOUND) {
        git_fail(err, "%s: the git repository cannot be opened", path);
        if (err) err->kind = ERR_INPUT;
    } else if (rev) {
        error_set(err, ERR_INPUT, "%s: a plain folder has no commit \"%s\"", path, rev);
    } else {
        s->info.is_folder = true;
        s->root = arena_strndup(&s->memory, path, strlen(path));
        done = snapshot_walk_folder(s, err);
    }
out:
    git_repository_free(repo);
    if (done) *out = s;
    else snapshot_close(s);
    return done;
}

void snapshot_close(snapshot *s)
{
    if (!s) return;
    arena_release(&s->memory);
    free(s);
}

const snapshot_info *snapshot_about(const snapshot *s)
{
    return &s->info;
}

const snapshot_entry *snapshot_entries(const snapshot *s, uint32_t *count)
{
    *count = s->entry_count;
    return s->entries;
}

const snapshot_skip *snapshot_skips(const snapshot *s, uint32_t *count)
{
    *count = s->skip_count;
    return s->skips;
}

bool snapshot_reader_open(const snapshot *s, snapshot_reader **out, error *err)
{
    snapshot_reader *r = base_calloc(1, sizeof *r);
    r->s = s;
    *out = r;
    if (s->info.is_folder) return true;
    /* A handle of its own: threads then share no cache and no lock of the object database. */
    if (git_repository_open_ext(&r->repo, s->root, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) == 0 &&
        git_repository_odb(&r->odb, r->repo) == 0)
        return true;
    git_fail(err, "%s", s->root);
    if (err) err->kind = ERR_IO;
    snapshot_reader_close(r);
    *out = NULL;
    return false;
}

void snapshot_reader_close(snapshot_reader *r)
{
    if (!r) return;
    git_odb_free(r->odb);
    git_repository_free(r->repo);
    free(r);
}

bool snapshot_read_id(snapshot_reader *r, const unsigned char id[20], buf *out, error *err)
{
    git_odb_object *object = NULL;
    size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    git_oid oid = {0};
    bool done = false;
    char hex[GIT_OID_HEXSZ + 1];
    hex_encode(id, 20, hex);
    if (!r->odb) return error_set(err, ERR_BUG, "%s: a plain folder has no objects", r->s->root);
    memcpy(oid.id, id, 20);
    if (git_odb_read_header(&size, &type, r->odb, &oid) < 0) {
        git_fail(err, "%s: blob %s", r->s->root, hex);
    } else if (type != GIT_OBJECT_BLOB) {
        error_set(err, ERR_INPUT, "%s: %s is no blob", r->s->root, hex);
    } else if (size > r->s->options.blob_bytes_max) {
        error_set(err, ERR_LIMIT, "%s: blob %s has %zu bytes", r->s->root, hex, size);
    } else if (git_odb_read(&object, r->odb, &oid) < 0) {
        git_fail(err, "%s: blob %s", r->s->root, hex);
    } else {
        buf_add(out, (sv){git_odb_object_data(object), git_odb_object_size(object)});
        done = true;
    }
    git_odb_object_free(object);
    return done;
}

bool snapshot_read(snapshot_reader *r, const snapshot_entry *entry, buf *out, error *err)
{
    if (!r->odb) return folder_read(r->s, entry, out, err);
    if (snapshot_read_id(r, entry->id, out, err)) return true;
    return error_prefix(err, "%s", entry->path.data);
}
