/* Mirror from a folder of this machine: nothing is copied, objects/info/alternates names the
 * source's objects. libgit2's own file transport packs everything anew, in memory. */
#include "base/base.h"

#include "crawler/internal.h"

/* The source's refs that lead to an object; one that does not must not hide the others. */
typedef struct {
    arena memory;
    VEC(source_ref) refs;
} ref_list;

static bool gather_refs(git_repository *source, ref_list *list)
{
    git_reference_iterator *each = NULL;
    git_reference *ref;
    git_oid id;
    if (git_reference_lookup(&ref, source, "HEAD") == 0) {
        const char *target = git_reference_symbolic_target(ref);
        if (git_reference_name_to_id(&id, source, "HEAD") == 0)
            vec_push(&list->refs,
                     (source_ref){
                         "HEAD",
                         target ? arena_strndup(&list->memory, target, strlen(target)) : NULL, id});
        git_reference_free(ref);
    }
    if (git_reference_iterator_new(&each, source) < 0) return false;
    while (git_reference_next(&ref, each) == 0) {
        const char *name = git_reference_name(ref);
        if (git_reference_name_to_id(&id, source, name) == 0)
            vec_push(&list->refs,
                     (source_ref){arena_strndup(&list->memory, name, strlen(name)), NULL, id});
        git_reference_free(ref);
    }
    git_reference_iterator_free(each);
    return true;
}

/* Makes FILE in the mirror hold content, unless it does. */
static bool set_file(const char *path, sv content, bool *changed, error *err)
{
    buf old = {0};
    bool same =
        path_exists(path) && file_read(path, 1 << 20, &old, NULL) && sv_eq(buf_sv(&old), content);
    buf_release(&old);
    if (same) return true;
    *changed = true;
    return file_write(path, content, err);
}

static bool join_objects(mirror_job *job, git_repository *source, arena *a, error *err)
{
    const char *mirror = git_repository_path(job->repo);
    const char *objects = arena_printf(a, "%sobjects", git_repository_commondir(source));
    if (strpbrk(objects, "\n\r"))
        return error_set(err, ERR_INPUT, "%s: a path with a line break in it", job->url);
    bool joined = false;
    char *info = arena_printf(a, "%sobjects/info", mirror);
    if (!dir_make(info, err)) return false;
    if (!set_file(arena_printf(a, "%s/alternates", info), sv_from(arena_printf(a, "%s\n", objects)),
                  &joined, err))
        return false;
    if (joined) {
        /* The object database may have been opened without it. */
        git_odb *odb = NULL;
        int rc = git_repository_odb(&odb, job->repo);
        if (rc == 0) rc = git_odb_add_disk_alternate(odb, objects);
        git_odb_free(odb);
        if (rc < 0) return git_fail(err, "%s", job->url);
        job->changed = true;
    }
    /* A shallow source makes a shallow mirror. */
    buf shallow = {0};
    const char *from = arena_printf(a, "%sshallow", git_repository_commondir(source));
    bool done = true;
    if (path_exists(from))
        done = file_read(from, 16 << 20, &shallow, err) &&
               set_file(arena_printf(a, "%sshallow", mirror), buf_sv(&shallow), &job->changed, err);
    buf_release(&shallow);
    return done;
}

bool mirror_from_folder(mirror_job *job, error *err)
{
    git_repository *source = NULL;
    ref_list list = {0};
    bool done = false;
    if (!path_exists(job->source)) {
        error_set(err, ERR_INPUT, "%s: there is no folder %s", job->url, job->source);
        goto out;
    }
    if (git_repository_open_ext(&source, job->source, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) < 0) {
        git_fail(err, "%s: no git repository", job->url);
        if (err) err->kind = ERR_INPUT;
        goto out;
    }
    if (!gather_refs(source, &list)) {
        git_fail(err, "%s", job->url);
        goto out;
    }
    if (!wanted_find(list.refs.items, list.refs.count, job->url, job->ref, &job->wanted, err))
        goto out;
    if (!join_objects(job, source, &list.memory, err)) goto out;
    done = mirror_peel(job, &job->wanted.id, err);
out:
    git_repository_free(source);
    vec_release(&list.refs);
    arena_release(&list.memory);
    return done;
}
