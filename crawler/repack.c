/* Each night with news adds packs, and every look-up goes through all of them: when there are many
 * they become one. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "crawler/internal.h"

enum { PACKS_MAX = 50 };

typedef VEC(char *) name_list;

/* Names of packs, without ".pack". */
static void find_packs(const char *folder, name_list *out)
{
    DIR *stream = opendir(folder);
    struct dirent *item;
    while (stream && (item = readdir(stream))) {
        sv name = sv_from(item->d_name);
        if (!sv_starts(name, SV("pack-")) || !sv_ends(name, SV(".pack"))) continue;
        char *copy = base_strdup(item->d_name);
        copy[name.size - strlen(".pack")] = '\0';
        vec_push(out, copy);
    }
    if (stream) closedir(stream);
}

static int insert(const git_oid *id, void *payload)
{
    return git_packbuilder_insert(payload, id, NULL);
}

static bool sync_file(const char *folder, const char *name, const char *suffix)
{
    buf path = {0};
    buf_printf(&path, "%s/%s%s", folder, name, suffix);
    int fd = open(path.data, O_RDONLY | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) close(fd);
    buf_release(&path);
    return done;
}

/* The index goes first: a pack without one is nothing to git. */
static void remove_pack(const char *folder, const char *name)
{
    static const char *const suffixes[] = {".idx", ".rev", ".pack"};
    buf path = {0};
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        buf_clear(&path);
        buf_printf(&path, "%s/%s%s", folder, name, suffixes[i]);
        unlink(path.data);
    }
    buf_release(&path);
}

static bool write_one(mirror_job *job, const char *folder, name_list *old)
{
    git_packbuilder *builder = NULL;
    git_odb *odb = NULL;
    char name[80] = "";
    int rc = git_repository_odb(&odb, job->repo);
    if (rc == 0) rc = git_packbuilder_new(&builder, job->repo);
    if (rc == 0) rc = git_odb_foreach(odb, insert, builder);
    if (rc == 0) rc = git_packbuilder_write(builder, folder, 0, NULL, NULL);
    if (rc == 0) snprintf(name, sizeof name, "pack-%s", git_packbuilder_name(builder));
    git_packbuilder_free(builder);
    /* Until the new one is on the disk the old ones stay. */
    bool done = rc == 0 && sync_file(folder, name, ".pack") && sync_file(folder, name, ".idx");
    for (uint32_t i = 0; done && i < old->count; i++)
        if (strcmp(old->items[i], name) != 0) remove_pack(folder, old->items[i]);
    if (done) git_odb_refresh(odb);
    git_odb_free(odb);
    return done;
}

void mirror_repack(mirror_job *job)
{
    buf folder = {0};
    name_list old = {0};
    const char *root = git_repository_path(job->repo);
    uint32_t most = job->options->packs_max ? job->options->packs_max : PACKS_MAX;
    buf_printf(&folder, "%sobjects/info/alternates", root);
    /* What is borrowed is not ours to pack, and whole histories are packed well as they come. */
    bool ours = !path_exists(folder.data) && git_repository_is_shallow(job->repo);
    buf_clear(&folder);
    buf_printf(&folder, "%sobjects/pack", root);
    if (ours) find_packs(folder.data, &old);
    if (old.count > most && !write_one(job, folder.data, &old))
        log_line(LOG_DEBUG, "%s: its packs stay as they are", job->url);
    for (vec_each(&old, name)) free(*name);
    vec_release(&old);
    buf_release(&folder);
}
