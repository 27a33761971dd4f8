#include "base/base.h"
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>
#include "notebooks_export/dataset.h"

static const char sums_name[] = "SHA256SUMS";
enum { SUMS_BYTES_MAX = 16 << 20 };

static void path_of(const dataset_out *out, const char *path, buf *whole)
{
    buf_printf(whole, "%s/%s", out->dir, path);
}

static bool is_empty(const char *dir)
{
    DIR *d = opendir(dir);
    bool empty = true;
    for (struct dirent *e; d && empty && (e = readdir(d));)
        empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    if (d) closedir(d);
    return empty;
}

/* Removes what an older SHA256SUMS names, if nobody changed its form. */
static bool remove_older(const dataset_out *out, sv sums, error *err)
{
    sv line;
    buf whole = {0};
    while (sv_next(&sums, '\n', &line)) {
        sv name = sv_slice(line, 66, line.size);
        if (line.size < 67 || sv_has(name, SV("..")) || sv_starts(name, SV("/"))) continue;
        buf_clear(&whole);
        buf_printf(&whole, "%s/%.*s", out->dir, SV_FMT(name));
        if (unlink(whole.data) != 0 && errno != ENOENT) {
            bool done = error_set(err, ERR_IO, "%s: %s", whole.data, strerror(errno));
            buf_release(&whole);
            return done;
        }
    }
    buf_release(&whole);
    return true;
}

bool dataset_open(const char *dir, dataset_out *out, error *err)
{
    memset(out, 0, sizeof *out);
    out->dir = dir;
    pthread_mutex_init(&out->lock, NULL);
    buf sums = {0}, text = {0};
    bool done = dir_make(dir, err);
    path_of(out, sums_name, &sums);
    if (done && !is_empty(dir)) {
        if (!path_exists(sums.data))
            done = error_set(err, ERR_INPUT,
                             "%s holds files that are no dataset: name an empty folder", dir);
        else
            done = file_read(sums.data, SUMS_BYTES_MAX, &text, err) &&
                   remove_older(out, buf_sv(&text), err);
    }
    buf_release(&sums);
    buf_release(&text);
    return done;
}

void dataset_release(dataset_out *out)
{
    for (uint32_t i = 0; i < out->files.count; i++) free(out->files.items[i].path);
    vec_release(&out->files);
    pthread_mutex_destroy(&out->lock);
}

bool dataset_note(dataset_out *out, const char *path, error *err)
{
    buf whole = {0};
    char piece[1 << 15];
    size_t size;
    unsigned char digest[32];
    sha256 h;
    dataset_file file = {0};
    path_of(out, path, &whole);
    FILE *in = fopen(whole.data, "rb");
    if (!in) {
        error_set(err, ERR_IO, "%s: %s", whole.data, strerror(errno));
        buf_release(&whole);
        return false;
    }
    sha256_init(&h);
    while ((size = fread(piece, 1, sizeof piece, in)) > 0) {
        sha256_add(&h, piece, size);
        file.bytes += size;
    }
    bool done = !ferror(in) || error_set(err, ERR_IO, "%s: %s", whole.data, strerror(errno));
    fclose(in);
    buf_release(&whole);
    if (!done) return false;
    sha256_end(&h, digest);
    hex_encode(digest, sizeof digest, file.sha256);
    file.path = base_strdup(path);
    pthread_mutex_lock(&out->lock);
    vec_push(&out->files, file);
    pthread_mutex_unlock(&out->lock);
    return true;
}

/* Without waiting for the disk: a dataset that was cut short has no matching SHA256SUMS, which is
 * written last and with care. */
static bool write_file(const char *path, sv content, error *err)
{
    FILE *file = fopen(path, "wb");
    bool done = file && fwrite(content.data, 1, content.size, file) == content.size;
    if (file && fclose(file) != 0) done = false;
    return done || error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
}

bool dataset_write(dataset_out *out, const char *path, sv content, error *err)
{
    buf whole = {0};
    path_of(out, path, &whole);
    char *slash = strrchr(whole.data, '/');
    *slash = '\0';
    bool done = dir_make(whole.data, err);
    *slash = '/';
    done = done && write_file(whole.data, content, err) && dataset_note(out, path, err);
    buf_release(&whole);
    return done;
}

const dataset_file *dataset_find(const dataset_out *out, const char *path)
{
    for (uint32_t i = 0; i < out->files.count; i++)
        if (strcmp(out->files.items[i].path, path) == 0) return &out->files.items[i];
    return NULL;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const dataset_file *)a)->path, ((const dataset_file *)b)->path);
}

bool dataset_close(dataset_out *out, error *err)
{
    buf text = {0}, whole = {0};
    qsort(out->files.items, out->files.count, sizeof *out->files.items, by_path);
    for (uint32_t i = 0; i < out->files.count; i++)
        buf_printf(&text, "%s  %s\n", out->files.items[i].sha256, out->files.items[i].path);
    path_of(out, sums_name, &whole);
    bool done = file_write(whole.data, buf_sv(&text), err);
    buf_release(&text);
    buf_release(&whole);
    return done;
}
