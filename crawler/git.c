#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crawler/internal.h"

enum { CONNECT_TIMEOUT_MS = 30000, SERVER_TIMEOUT_MS = 120000, PACK_OBJECTS_MAX = 20000000 };

bool crawler_init(error *err)
{
    if (!http_init(err)) return false;
    if (git_libgit2_init() < 0) return git_fail(err, "libgit2 does not start");
    /* Mirrors and examples may belong to another user; nothing in them is executed. */
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
    /* A pack that claims more would have memory set aside for what never comes. */
    git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, (size_t)PACK_OBJECTS_MAX);
#if LODE_SHALLOW
    git_libgit2_opts(GIT_OPT_SET_SERVER_CONNECT_TIMEOUT, CONNECT_TIMEOUT_MS);
    git_libgit2_opts(GIT_OPT_SET_SERVER_TIMEOUT, SERVER_TIMEOUT_MS);
#endif
    return true;
}

void crawler_end(void)
{
    git_libgit2_shutdown();
    http_end();
}

const char *crawler_git_version(void)
{
    return LIBGIT2_VERSION;
}

bool crawler_can_clone_shallow(void)
{
    return LODE_SHALLOW;
}

static err_kind kind_of_class(int class)
{
    switch (class) {
    case GIT_ERROR_NOMEMORY:
    case GIT_ERROR_OS:
    case GIT_ERROR_NET:
    case GIT_ERROR_SSL:
    case GIT_ERROR_HTTP:
    case GIT_ERROR_SSH:
    case GIT_ERROR_CONFIG:
    case GIT_ERROR_CALLBACK:
    case GIT_ERROR_FILESYSTEM: return ERR_IO;
    default: return ERR_INPUT;
    }
}

bool git_fail(error *err, const char *format, ...)
{
    char what[sizeof err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    const git_error *last = git_error_last();
    const char *why = last && last->message ? last->message : "no reason given";
    /* Messages of servers may go over several lines. */
    size_t length = strcspn(why, "\r\n");
    return error_set(err, kind_of_class(last ? last->klass : GIT_ERROR_OS), "%s: %.*s", what,
                     (int)MIN(length, (size_t)200), why);
}

/* A folder that is being emptied: its descriptor's stream and its name in the folder above. */
typedef struct {
    DIR *stream;
    char *name;
} removal;

bool tree_remove(const char *path)
{
    if (unlink(path) == 0 || errno == ENOENT) return true;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return false;
    VEC(removal) stack = {0};
    vec_push(&stack, (removal){fdopendir(fd), NULL});
    bool done = stack.items[0].stream != NULL;
    while (done && stack.count > 0) {
        removal *top = vec_last(&stack);
        struct dirent *item = readdir(top->stream);
        if (!item) {
            closedir(top->stream);
            char *name = vec_pop(&stack).name;
            if (name && unlinkat(dirfd(vec_last(&stack)->stream), name, AT_REMOVEDIR) != 0)
                done = false;
            free(name);
            continue;
        }
        if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0) continue;
        int parent = dirfd(top->stream);
        if (unlinkat(parent, item->d_name, 0) == 0) continue;
        int below = openat(parent, item->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        DIR *stream = below >= 0 ? fdopendir(below) : NULL;
        if (!stream) {
            if (below >= 0) close(below);
            done = false;
            break;
        }
        vec_push(&stack, (removal){stream, base_strdup(item->d_name)});
    }
    for (vec_each(&stack, left)) {
        if (left->stream) closedir(left->stream);
        free(left->name);
    }
    vec_release(&stack);
    return done && rmdir(path) == 0;
}
