#define _GNU_SOURCE
#include "base/base.h"
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_read(const char *path, size_t bytes_max, buf *out, error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    bool done = false;
    size_t total = 0;
    char chunk[65536];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
            break;
        }
        if (n == 0) {
            done = true;
            break;
        }
        total += (size_t)n;
        if (total > bytes_max) {
            error_set(err, ERR_LIMIT, "%s: larger than %zu bytes", path, bytes_max);
            break;
        }
        buf_add(out, (sv){chunk, (size_t)n});
    }
    close(fd);
    return done;
}

static bool write_all(int fd, sv content)
{
    while (content.size > 0) {
        ssize_t n = write(fd, content.data, content.size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        content = sv_slice(content, (size_t)n, content.size);
    }
    return true;
}

bool file_write(const char *path, sv content, error *err)
{
    buf temporary = {0};
    bool done = false;
    /* Unlike any other writer's, in this process or another. */
    static atomic_uint number;
    buf_printf(&temporary, "%s.%ld-%u.tmp", path, (long)getpid(), atomic_fetch_add(&number, 1));
    int fd = open(temporary.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) {
        error_set(err, ERR_IO, "%s: %s", temporary.data, strerror(errno));
        goto out;
    }
    bool written = write_all(fd, content);
    int why = errno;
    if (close(fd) != 0 && written) {
        written = false;
        why = errno;
    }
    if (!written || rename(temporary.data, path) != 0) {
        error_set(err, ERR_IO, "%s: %s", path, strerror(written ? errno : why));
        unlink(temporary.data);
        goto out;
    }
    done = true;
out:
    buf_release(&temporary);
    return done;
}

bool dir_make(const char *path, error *err)
{
    struct stat st;
    if (*path == '\0') return error_set(err, ERR_IO, "a folder without a name");
    char *copy = base_strdup(path);
    bool done = true;
    for (char *p = copy + 1; done; p++) {
        bool end = *p == '\0';
        if (*p != '/' && !end) continue;
        *p = '\0';
        if (mkdir(copy, 0755) != 0 && errno != EEXIST)
            done = error_set(err, ERR_IO, "%s: %s", copy, strerror(errno));
        if (end) break;
        *p = '/';
    }
    free(copy);
    if (done && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)))
        return error_set(err, ERR_IO, "%s: something else than a folder is there", path);
    return done;
}

bool path_exists(const char *path)
{
    return access(path, F_OK) == 0;
}
