/* Entries of a plain folder. Blob ids are what git would give. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crawler/internal.h"

/* A folder on the way down, with its names in byte order: readdir's order is chance. */
typedef struct {
    int fd;
    char **names;
    uint32_t name_count, next;
    size_t path_end; /* length of the path of this folder, with its slash */
    bool is_mix;     /* mix.exs is here, so deps holds fetched packages */
} level;

typedef VEC(level) level_stack;

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void level_close(level *l)
{
    close(l->fd);
    for (uint32_t i = 0; i < l->name_count; i++) free(l->names[i]);
    free(l->names);
}

/* Reads the names of the folder fd, and owns fd then; false (fd closed) when it cannot. */
static bool level_open(level_stack *stack, int fd, size_t path_end)
{
    DIR *stream = fdopendir(dup(fd));
    if (!stream) {
        close(fd);
        return false;
    }
    VEC(char *) names = {0};
    level l = {.fd = fd, .path_end = path_end};
    struct dirent *item;
    while ((item = readdir(stream))) {
        if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0) continue;
        if (strcmp(item->d_name, "mix.exs") == 0) l.is_mix = true;
        vec_push(&names, base_strdup(item->d_name));
    }
    closedir(stream);
    if (names.count > 0) qsort(names.items, names.count, sizeof *names.items, compare_names);
    l.names = names.items;
    l.name_count = names.count;
    vec_push(stack, l);
    return true;
}

static bool is_build_dir(const level *l, const char *name)
{
    return strcmp(name, "_build") == 0 || strcmp(name, "node_modules") == 0 ||
           (l->is_mix && strcmp(name, "deps") == 0);
}

/* Reads a whole file that is open; false when it is over bytes_max or cannot be read. */
static bool read_all(int fd, uint64_t bytes_max, buf *out)
{
    char chunk[65536];
    uint64_t total = 0;
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        if (n == 0) return true;
        total += (uint64_t)n;
        if (total > bytes_max) return false;
        buf_add(out, (sv){chunk, (size_t)n});
    }
}

static bool blob_id(sv content, git_oid *id)
{
    return git_odb_hash(id, content.data, content.size, GIT_OBJECT_BLOB) == 0;
}

static void visit_file(walk *w, snapshot *s, int parent, const char *name, sv path)
{
    s->info.file_count++;
    int32_t class = walk_class(w, path);
    if (class < 0) return;
    struct stat st;
    buf content = {0};
    git_oid id;
    /* O_NONBLOCK: what was a file a moment ago may be a pipe by now. */
    int fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        walk_skip(w, path, SKIP_UNREADABLE, 0);
    else if ((uint64_t)st.st_size > s->options.blob_bytes_max)
        walk_skip(w, path, SKIP_TOO_LARGE, (uint64_t)st.st_size);
    else if (!read_all(fd, s->options.blob_bytes_max, &content) || !blob_id(buf_sv(&content), &id))
        walk_skip(w, path, SKIP_UNREADABLE, 0);
    else walk_file(w, path, id.id, content.size, (st.st_mode & 0111) ? 0100755 : 0100644, class);
    if (fd >= 0) close(fd);
    buf_release(&content);
}

static void visit_folder(walk *w, snapshot *s, const char *name, sv path, level_stack *stack)
{
    const level *top = vec_last(stack);
    if (is_build_dir(top, name)) {
        walk_skip(w, path, SKIP_BUILD_DIR, 0);
    } else if (stack->count > s->options.depth_max) {
        walk_skip(w, path, SKIP_DEPTH, 0);
    } else {
        int fd = openat(top->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0 || !level_open(stack, fd, path.size + 1)) walk_skip(w, path, SKIP_UNREADABLE, 0);
    }
}

static void visit(walk *w, snapshot *s, const char *name, sv path, level_stack *stack)
{
    struct stat st;
    int parent = vec_last(stack)->fd;
    if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        walk_skip(w, path, SKIP_UNREADABLE, 0);
    } else if (S_ISDIR(st.st_mode)) {
        if (strcmp(name, ".git") != 0) visit_folder(w, s, name, path, stack);
    } else if (S_ISREG(st.st_mode)) {
        visit_file(w, s, parent, name, path);
    } else if (walk_class(w, path) >= 0) {
        walk_skip(w, path, S_ISLNK(st.st_mode) ? SKIP_SYMLINK : SKIP_SPECIAL, 0);
    }
}

bool snapshot_walk_folder(snapshot *s, error *err)
{
    level_stack stack = {0};
    buf path = {0};
    bool done = false;
    walk *w = walk_open(s);
    int fd = open(s->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || !level_open(&stack, fd, 0)) {
        error_set(err, ERR_IO, "%s: %s", s->root, strerror(errno));
        goto out;
    }
    while (stack.count > 0) {
        level *top = vec_last(&stack);
        if (top->next == top->name_count) {
            level_close(top);
            (void)vec_pop(&stack);
            continue;
        }
        const char *name = top->names[top->next++];
        path.size = top->path_end ? top->path_end - 1 : 0;
        if (top->path_end) buf_add_char(&path, '/');
        buf_add_c(&path, name);
        if (!walk_count(w, buf_sv(&path))) break;
        visit(w, s, name, buf_sv(&path), &stack);
    }
    walk_finish(w);
    done = true;
out:
    for (vec_each(&stack, left)) level_close(left);
    vec_release(&stack);
    buf_release(&path);
    walk_close(w);
    return done;
}

bool folder_read(const snapshot *s, const snapshot_entry *entry, buf *out, error *err)
{
    size_t start = out->size;
    git_oid id;
    bool done = false;
    sv rest = entry->raw_path, piece;
    int fd = open(s->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* One folder at a time, so that no symbolic link on the way is followed. */
    while (fd >= 0 && sv_next(&rest, '/', &piece)) {
        char *name = base_malloc(piece.size + 1);
        memcpy(name, piece.data, piece.size);
        name[piece.size] = '\0';
        int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | (rest.data ? O_DIRECTORY : O_NONBLOCK);
        int next = openat(fd, name, flags);
        close(fd);
        free(name);
        fd = next;
    }
    if (fd < 0) {
        error_set(err, errno == ENOENT || errno == ELOOP || errno == ENOTDIR ? ERR_INPUT : ERR_IO,
                  "%s/%s: %s", s->root, entry->path.data, strerror(errno));
    } else if (!read_all(fd, s->options.blob_bytes_max, out) ||
               !blob_id(sv_slice(buf_sv(out), start, out->size), &id) ||
               memcmp(id.id, entry->id, sizeof entry->id) != 0) {
        error_set(err, ERR_INPUT, "%s/%s: changed while it was being read", s->root,
                  entry->path.data);
    } else {
        done = true;
    }
    if (fd >= 0) close(fd);
    if (!done) out->size = start;
    return done;
}
