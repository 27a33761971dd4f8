#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "crawler/internal.h"

bool is_commit_id(const char *text)
{
    unsigned char id[GIT_OID_RAWSZ];
    return hex_decode(sv_from(text), id, sizeof id);
}

static const source_ref *find_ref(const source_ref *refs, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(refs[i].name, name) == 0) return &refs[i];
    }
    return NULL;
}

static void take_ref(wanted_ref *out, const source_ref *found, const char *source)
{
    static const char heads[] = "refs/heads/";
    snprintf(out->source, sizeof out->source, "%s", source);
    out->id = found->id;
    if (strncmp(source, heads, sizeof heads - 1) == 0)
        snprintf(out->branch, sizeof out->branch, "%s", source + sizeof heads - 1);
}

bool wanted_find(const source_ref *refs, size_t count, const char *url, const char *ref,
                 wanted_ref *out, error *err)
{
    static const char *const forms[] = {"%s", "refs/%s", "refs/tags/%s", "refs/heads/%s"};
    memset(out, 0, sizeof *out);
    if (is_commit_id(ref)) {
        /* A ref that points to it can be fetched from every server. */
        git_oid_fromstr(&out->id, ref);
        for (size_t i = 0; i < count; i++) {
            if (git_oid_equal(&refs[i].id, &out->id) && !strchr(refs[i].name, '^') &&
                strlen(refs[i].name) < sizeof out->source) {
                snprintf(out->source, sizeof out->source, "%s", refs[i].name);
                return true;
            }
        }
        snprintf(out->source, sizeof out->source, "%s", ref);
        out->is_commit_id = true;
        return true;
    }
    if (count == 0) return error_set(err, ERR_INPUT, "%s: the repository is empty", url);
    if (*ref == '\0' || strcmp(ref, "HEAD") == 0) {
        const source_ref *head = find_ref(refs, count, "HEAD");
        if (!head)
            return error_set(err, ERR_INPUT,
                             "%s: no default branch: HEAD leads nowhere; name a ref in the list",
                             url);
        const char *target = head->symref_target;
        bool known =
            target && strlen(target) < sizeof out->source && find_ref(refs, count, target) != NULL;
        take_ref(out, head, known ? target : "HEAD");
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        char name[256];
        int length = snprintf(name, sizeof name, forms[i], ref);
        if (length < 0 || (size_t)length >= sizeof name) continue;
        const source_ref *found = find_ref(refs, count, name);
        if (found) {
            take_ref(out, found, name);
            return true;
        }
    }
    return error_set(err, ERR_INPUT, "%s: there is no ref \"%s\"", url, ref);
}

bool mirror_peel(mirror_job *job, const git_oid *id, error *err)
{
    git_object *object = NULL, *commit = NULL;
    git_tree *tree = NULL;
    bool done = false;
    int rc = git_object_lookup(&object, job->repo, id, GIT_OBJECT_ANY);
    if (rc == 0) rc = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
    if (rc == 0) rc = git_commit_tree(&tree, (git_commit *)commit);
    if (rc == 0) {
        job->commit = *git_object_id(commit);
        job->tree = *git_tree_id(tree);
        done = true;
    } else {
        char hex[GIT_OID_HEXSZ + 1];
        git_oid_tostr(hex, sizeof hex, id);
        git_fail(err, "%s: %s leads to no readable commit", job->url, hex);
        if (err) err->kind = ERR_INPUT;
        job->suspect = true;
    }
    git_tree_free(tree);
    git_object_free(commit);
    git_object_free(object);
    return done;
}

/* Names what was found, so that it stays reachable and HEAD is what the source says. */
static bool write_refs(mirror_job *job, error *err)
{
    git_reference *ref = NULL;
    char name[320];
    char hex[GIT_OID_HEXSZ + 1];
    const wanted_ref *wanted = &job->wanted;
    bool named = strncmp(wanted->source, "refs/heads/", 11) == 0 ||
                 strncmp(wanted->source, "refs/tags/", 10) == 0;
    git_oid_tostr(hex, sizeof hex, &job->commit);
    snprintf(name, sizeof name, "refs/lode/commits/%s", hex);
    git_oid before;
    int rc = 0;
    if (git_reference_name_to_id(&before, job->repo, name) < 0) {
        job->changed = true;
        rc = git_reference_create(&ref, job->repo, name, &job->commit, 1, NULL);
        git_reference_free(ref);
        ref = NULL;
    }
    if (rc == 0 && named) {
        rc = git_reference_create(&ref, job->repo, wanted->source, &wanted->id, 1, NULL);
        git_reference_free(ref);
        ref = NULL;
    }
    if (rc == 0 && *job->ref == '\0') {
        if (*wanted->branch) {
            rc = git_reference_symbolic_create(&ref, job->repo, "HEAD", wanted->source, 1, NULL);
        } else {
            rc = git_reference_create(&ref, job->repo, "HEAD", &job->commit, 1, NULL);
        }
        git_reference_free(ref);
    }
    if (rc == 0) return true;
    /* A branch where a folder of branches was, or the other way round: no ref of before helps. */
    job->suspect = true;
    return git_fail(err, "%s: writing refs of the mirror", job->url);
}

/* Packs that an interrupted fetch left half written. */
static void remove_leftovers(const char *git_dir, arena *a)
{
    const char *folder = arena_printf(a, "%s/objects/pack", git_dir);
    DIR *stream = opendir(folder);
    if (!stream) return;
    struct dirent *item;
    while ((item = readdir(stream))) {
        if (strncmp(item->d_name, "pack_git2_", 10) == 0) unlinkat(dirfd(stream), item->d_name, 0);
    }
    closedir(stream);
}

static bool run_job(mirror_job *job, url_kind kind, error *err)
{
    bool unfit = false, done;
    if (kind == URL_FILE || kind == URL_PATH) {
        done = mirror_from_folder(job, err);
    } else {
        done = mirror_from_wire(job, &unfit, err);
        if (unfit) done = mirror_from_remote(job, err);
    }
    done = done && write_refs(job, err);
    if (done && job->changed) mirror_repack(job);
    return done;
}

/* Builds the mirror beside its place and moves it there: a half one is never seen. */
static bool build_anew(mirror_job *job, url_kind kind, const char *path, arena *a, error *err)
{
    const char *beside = arena_printf(a, "%s.new", path);
    const char *old = arena_printf(a, "%s.old", path);
    git_repository_init_options init;
    git_repository_init_options_init(&init, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
    init.flags =
        GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_NO_REINIT;
    bool done = false;
    if (!tree_remove(beside)) {
        error_set(err, ERR_IO, "%s: cannot remove %s: %s", job->url, beside, strerror(errno));
        return false;
    }
    if (git_repository_init_ext(&job->repo, beside, &init) < 0) {
        git_fail(err, "%s: making the mirror", job->url);
        goto out;
    }
    job->fresh = true;
    done = run_job(job, kind, err);
out:
    git_repository_free(job->repo);
    job->repo = NULL;
    if (done && path_exists(path) && rename(path, old) != 0)
        done = error_set(err, ERR_IO, "%s: moving %s: %s", job->url, path, strerror(errno));
    if (done && rename(beside, path) != 0)
        done = error_set(err, ERR_IO, "%s: moving the mirror to %s: %s", job->url, path,
                         strerror(errno));
    tree_remove(done ? old : beside);
    return done;
}

/* What the mirror itself can say, without the source. */
static bool run_offline(mirror_job *job, error *err)
{
    git_object *object = NULL;
    const char *rev = *job->ref ? job->ref : "HEAD";
    if (git_revparse_single(&object, job->repo, rev) < 0)
        return error_set(err, ERR_IO,
                         "%s: the mirror does not hold %s, and it is not to be fetched", job->url,
                         rev);
    bool done = mirror_peel(job, git_object_id(object), err);
    git_object_free(object);
    if (!done || *job->ref) return done;
    git_reference *head = NULL;
    if (git_repository_head(&head, job->repo) == 0 && git_reference_is_branch(head))
        snprintf(job->wanted.branch, sizeof job->wanted.branch, "%s",
                 git_reference_shorthand(head));
    git_reference_free(head);
    return true;
}

/* Where the address leads after insteadOf, and how. */
static bool resolve(mirror_job *job, url_kind *kind, arena *a, error *err)
{
    error inner = {0};
    if (!url_check(sv_from(job->url), kind, err)) return false;
    if (!url_rewrite(job->url, &job->source, a, err)) return false;
    if (!url_check(sv_from(job->source), kind, &inner))
        return error_set(err, ERR_INPUT, "%s: insteadOf leads to %s", job->url, inner.text);
    if (*kind == URL_FILE || *kind == URL_PATH)
        job->source = url_local_path(job->source, *kind, a, err);
    return job->source != NULL;
}

/* Makes the folder above the mirror and waits until no other works on it; *lock is to be closed. */
static bool lock_mirror(const char *root, const char *url, const char *path, int *lock, arena *a,
                        error *err)
{
    char *parent = arena_strndup(a, path, (size_t)(strrchr(path, '/') - path));
    char *locks = arena_printf(a, "%s/_locks", root);
    if (!dir_make(parent, err) || !dir_make(locks, err)) return false;
    const char *lock_path = arena_printf(a, "%s/%016" PRIx64, locks, hash64(sv_from(path)));
    *lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (*lock >= 0 && flock(*lock, LOCK_EX) == 0) return true;
    return error_set(err, ERR_IO, "%s: cannot lock %s: %s", url, lock_path, strerror(errno));
}

bool mirror_remove(const char *root, const char *url, bool *removed, error *err)
{
    arena a = {0};
    int lock = -1;
    char *path = mirror_path(root, url, &a);
    *removed = path_exists(path);
    bool done = !*removed || lock_mirror(root, url, path, &lock, &a, err);
    if (done && !tree_remove(path))
        done = error_set(err, ERR_IO, "%s: cannot remove %s: %s", url, path, strerror(errno));
    if (lock >= 0) close(lock);
    arena_release(&a);
    return done;
}

bool mirror_update(const mirror_options *options, const char *url, const char *ref,
                   mirror_result *out, arena *a, error *err)
{
    mirror_job job = {.options = options, .url = url, .ref = ref ? ref : ""};
    url_kind kind;
    int lock = -1;
    bool done = false;
    memset(out, 0, sizeof *out);
    char *path = mirror_path(options->root, url, a);
    if (!options->offline && !resolve(&job, &kind, a, err)) goto out;
    if (!lock_mirror(options->root, url, path, &lock, a, err)) goto out;
    bool there = git_repository_open_bare(&job.repo, path) == 0;
    if (there) remove_leftovers(path, a);
    if (options->offline) {
        out->outcome = MIRROR_SAME;
        if (there) done = run_offline(&job, err);
        else error_set(err, ERR_IO, "%s: not in the mirror, and it is not to be fetched", url);
    } else {
        if (there) done = run_job(&job, kind, err);
        git_repository_free(job.repo);
        job.repo = NULL;
        out->outcome = job.changed ? MIRROR_FETCHED : MIRROR_SAME;
        /* A mirror that cannot be read is only a copy: make it again. */
        if (!there || (!done && job.suspect)) {
            done = build_anew(&job, kind, path, a, err);
            out->outcome = MIRROR_CLONED;
        }
    }
    if (!done) goto out;
    char *hex = ARENA_ARRAY(a, char, GIT_OID_HEXSZ + 1);
    char *tree = ARENA_ARRAY(a, char, GIT_OID_HEXSZ + 1);
    git_oid_tostr(hex, GIT_OID_HEXSZ + 1, &job.commit);
    git_oid_tostr(tree, GIT_OID_HEXSZ + 1, &job.tree);
    out->git_dir = path;
    out->commit = hex;
    out->tree = tree;
    out->branch = arena_strndup(a, job.wanted.branch, strlen(job.wanted.branch));
    out->received_bytes = job.received_bytes;
out:
    git_repository_free(job.repo);
    if (lock >= 0) close(lock);
    return done;
}
