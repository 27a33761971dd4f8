/* What both kinds of snapshot share: limits, filter, sorting. */
#include "base/base.h"

#include "crawler/internal.h"

/* Something left out, before sorting; the raw path decides the order. */
typedef struct {
    sv raw;
    snapshot_skip skip;
} found_skip;

struct walk {
    snapshot *s;
    VEC(snapshot_entry) files;
    VEC(found_skip) skips;
    uint32_t seen;
};

walk *walk_open(snapshot *s)
{
    walk *w = base_calloc(1, sizeof *w);
    w->s = s;
    return w;
}

void walk_close(walk *w)
{
    if (!w) return;
    vec_release(&w->files);
    vec_release(&w->skips);
    free(w);
}

static sv keep(walk *w, sv raw)
{
    return (sv){arena_strndup(&w->s->memory, raw.data, raw.size), raw.size};
}

static sv shown(walk *w, sv raw)
{
    buf text = {0};
    path_escape(raw, &text);
    sv copy = keep(w, buf_sv(&text));
    buf_release(&text);
    return copy;
}

void walk_skip(walk *w, sv path, skip_reason reason, uint64_t size_bytes)
{
    /* A very long path is named by its beginning. */
    sv part = sv_slice(path, 0, w->s->options.path_bytes_max);
    vec_push(&w->skips, (found_skip){keep(w, part), {shown(w, part), reason, size_bytes}});
}

bool walk_count(walk *w, sv path)
{
    if (w->seen == w->s->options.entry_count_max) walk_skip(w, path, SKIP_COUNT, 0);
    if (w->seen >= w->s->options.entry_count_max) return false;
    w->seen++;
    return true;
}

int32_t walk_class(walk *w, sv path)
{
    const snapshot_options *o = &w->s->options;
    int32_t class = o->class_of ? o->class_of(o->payload, path) : 0;
    if (class < 0 || class >= SNAPSHOT_CLASS_MAX) return -1;
    if (path.size > o->path_bytes_max) {
        walk_skip(w, path, SKIP_PATH_LENGTH, 0);
        return -1;
    }
    return class;
}

void walk_file(walk *w, sv path, const unsigned char id[20], uint64_t size_bytes, uint32_t mode,
               int32_t class)
{
    snapshot_entry file = {.path = shown(w, path),
                           .raw_path = keep(w, path),
                           .size_bytes = size_bytes,
                           .mode = mode,
                           .class = class};
    memcpy(file.id, id, sizeof file.id);
    vec_push(&w->files, file);
}

static int compare_files(const void *a, const void *b)
{
    const snapshot_entry *left = a, *right = b;
    int order = sv_cmp(left->raw_path, right->raw_path);
    /* Equal paths come only from forged trees; which one is kept must not depend on chance. */
    return order ? order : memcmp(left->id, right->id, sizeof left->id);
}

static int compare_skips(const void *a, const void *b)
{
    const found_skip *left = a, *right = b;
    int order = sv_cmp(left->raw, right->raw);
    return order ? order : (int)left->skip.reason - (int)right->skip.reason;
}

void walk_finish(walk *w)
{
    snapshot *s = w->s;
    if (w->files.count > 0)
        qsort(w->files.items, w->files.count, sizeof *w->files.items, compare_files);
    s->entries = ARENA_ARRAY(&s->memory, snapshot_entry, w->files.count);
    for (vec_each(&w->files, file)) {
        if (s->entry_count > 0 && sv_eq(s->entries[s->entry_count - 1].raw_path, file->raw_path)) {
            walk_skip(w, file->raw_path, SKIP_ODD_NAME, file->size_bytes);
            continue;
        }
        s->entries[s->entry_count++] = *file;
        s->info.class_count[file->class]++;
        s->info.class_bytes[file->class] += file->size_bytes;
    }
    if (w->skips.count > 0)
        qsort(w->skips.items, w->skips.count, sizeof *w->skips.items, compare_skips);
    s->skips = ARENA_ARRAY(&s->memory, snapshot_skip, w->skips.count);
    for (vec_each(&w->skips, skip)) s->skips[s->skip_count++] = skip->skip;
}
