#include "base/base.h"

#include <unistd.h>

#include "crawler/internal.h"

enum { LIST_BYTES_MAX = 16 << 20, COLUMN_MAX = 64 };

/* Where the columns are; -1: not in this list. */
typedef struct {
    int url, ref, tags;
    int more[6]; /* in the order of more_columns */
} columns;

/* Columns that are taken as they are. */
static const struct {
    const char *name;
    size_t offset;
} more_columns[] = {
    {"stars", offsetof(corpus_entry, stars)},     {"licence", offsetof(corpus_entry, licence)},
    {"fork_of", offsetof(corpus_entry, fork_of)}, {"archived", offsetof(corpus_entry, archived)},
    {"topics", offsetof(corpus_entry, topics)},   {"pushed_at", offsetof(corpus_entry, pushed_at)},
};
_Static_assert(ARRAY_LEN(more_columns) == ARRAY_LEN(((columns *)0)->more), "one place a column");

typedef struct {
    const char *path;
    const char *folder; /* of the list, absolute, for relative paths */
    columns at;
    arena *a;
    map64 seen; /* hash of url and ref, so that a repeated line counts once */
    VEC(corpus_entry) entries;
    VEC(corpus_fault) faults;
} reader;

static int split(sv line, sv *fields)
{
    int count = 0;
    size_t from = 0;
    while (count < COLUMN_MAX) {
        size_t tab = MIN(sv_find(line, SV("\t"), from), line.size);
        fields[count++] = sv_trim(sv_slice(line, from, tab));
        if (tab == line.size) break;
        from = tab + 1;
    }
    return count;
}

static bool read_header(reader *r, sv line, uint32_t number, error *err)
{
    sv fields[COLUMN_MAX];
    int count = split(line, fields);
    r->at = (columns){.url = -1, .ref = -1, .tags = -1};
    for (size_t k = 0; k < ARRAY_LEN(more_columns); k++) r->at.more[k] = -1;
    for (int i = 0; i < count; i++) {
        if (sv_eq(fields[i], SV("url"))) r->at.url = i;
        else if (sv_eq(fields[i], SV("ref"))) r->at.ref = i;
        else if (sv_eq(fields[i], SV("tags"))) r->at.tags = i;
        for (size_t k = 0; k < ARRAY_LEN(more_columns); k++)
            if (sv_eq_c(fields[i], more_columns[k].name)) r->at.more[k] = i;
    }
    if (r->at.url < 0)
        return error_set(err, ERR_INPUT,
                         "%s:%" PRIu32 ": the first line has to name the columns: "
                         "url<TAB>ref<TAB>tags",
                         r->path, number);
    return true;
}

/* Printable, without blanks, and not something that git would take for an option or a range. */
static bool ref_is_sound(sv ref)
{
    for (size_t i = 0; i < ref.size; i++) {
        unsigned char c = (unsigned char)ref.data[i];
        if (c <= ' ' || c == 0x7f || strchr("~^:?*[\\", c)) return false;
    }
    return ref.size < 200 && !sv_starts(ref, SV("-")) && !sv_has(ref, SV(".."));
}

static bool read_line(reader *r, sv line, uint32_t number, error *err)
{
    sv fields[COLUMN_MAX];
    int count = split(line, fields);
    corpus_entry entry = {.ref = "", .tags = "", .line = number};
    url_kind kind;
    if (memchr(line.data, '\0', line.size))
        return error_set(err, ERR_INPUT, "%s:%" PRIu32 ": a NUL byte in the line", r->path, number);
    sv url = r->at.url < count ? fields[r->at.url] : SV("");
    if (!url_check(url, &kind, err)) return error_prefix(err, "%s:%" PRIu32, r->path, number);
    if (kind == URL_PATH && url.data[0] != '/')
        entry.url = arena_printf(r->a, "%s/%.*s", r->folder, SV_FMT(url));
    else entry.url = arena_strndup(r->a, url.data, url.size);
    if (r->at.ref >= 0 && r->at.ref < count) {
        sv ref = fields[r->at.ref];
        if (!ref_is_sound(ref))
            return error_set(err, ERR_INPUT, "%s:%" PRIu32 ": \"%.*s\" is no name of a ref",
                             r->path, number, (int)MIN(ref.size, (size_t)60), ref.data);
        entry.ref = arena_strndup(r->a, ref.data, ref.size);
    }
    if (r->at.tags >= 0 && r->at.tags < count)
        entry.tags = arena_strndup(r->a, fields[r->at.tags].data, fields[r->at.tags].size);
    for (size_t k = 0; k < ARRAY_LEN(more_columns); k++) {
        int at = r->at.more[k];
        const char *text =
            at >= 0 && at < count ? arena_strndup(r->a, fields[at].data, fields[at].size) : "";
        memcpy((char *)&entry + more_columns[k].offset, &text, sizeof text);
    }
    const char *key = arena_printf(r->a, "%s\t%s", entry.url, entry.ref);
    uint32_t index = r->entries.count;
    if (!map64_add(&r->seen, hash64(sv_from(key)), &index)) {
        const corpus_entry *old = &r->entries.items[index];
        if (strcmp(old->url, entry.url) == 0 && strcmp(old->ref, entry.ref) == 0) return true;
    }
    vec_push(&r->entries, entry);
    return true;
}

static const char *folder_of(const char *path, arena *a)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? arena_strndup(a, path, (size_t)(slash - path) + (slash == path))
                         : arena_strndup(a, ".", 1);
    char *whole = realpath(folder, NULL);
    if (!whole) return folder;
    folder = arena_strndup(a, whole, strlen(whole));
    free(whole);
    return folder;
}

bool corpus_read(const char *path, corpus_mode mode, corpus *out, arena *a, error *err)
{
    buf text = {0};
    reader r = {.path = path, .a = a};
    bool done = false;
    bool header_seen = false;
    uint32_t number = 0;
    memset(out, 0, sizeof *out);
    if (!file_read(path, LIST_BYTES_MAX, &text, err)) goto out;
    r.folder = folder_of(path, a);
    sv rest = buf_sv(&text);
    if (sv_starts(rest, SV("\xEF\xBB\xBF"))) rest = sv_slice(rest, 3, rest.size);
    sv line;
    while (sv_next(&rest, '\n', &line)) {
        number++;
        if (sv_ends(line, SV("\r"))) line.size--;
        if (sv_trim(line).size == 0 || line.data[0] == '#') continue;
        if (!header_seen) {
            if (!read_header(&r, line, number, err)) goto out;
            header_seen = true;
            continue;
        }
        corpus_fault fault = {.line = number};
        if (read_line(&r, line, number, &fault.reason)) continue;
        if (mode == CORPUS_STOP) {
            if (err) *err = fault.reason;
            goto out;
        }
        vec_push(&r.faults, fault);
    }
    if (!header_seen) {
        error_set(err, ERR_INPUT, "%s: the list is empty; it begins with url<TAB>ref<TAB>tags",
                  path);
        goto out;
    }
    out->entry_count = r.entries.count;
    out->entries = ARENA_ARRAY(a, corpus_entry, r.entries.count);
    if (r.entries.count > 0)
        memcpy(out->entries, r.entries.items, r.entries.count * sizeof *out->entries);
    out->fault_count = r.faults.count;
    out->faults = ARENA_ARRAY(a, corpus_fault, r.faults.count);
    if (r.faults.count > 0)
        memcpy(out->faults, r.faults.items, r.faults.count * sizeof *out->faults);
    done = true;
out:
    vec_release(&r.entries);
    vec_release(&r.faults);
    map64_release(&r.seen);
    buf_release(&text);
    return done;
}

bool corpus_write(const char *path, const corpus *list, error *err)
{
    buf text = {0};
    buf_add_c(&text, "url\tref\ttags");
    for (size_t k = 0; k < ARRAY_LEN(more_columns); k++)
        buf_printf(&text, "\t%s", more_columns[k].name);
    buf_add_char(&text, '\n');
    for (uint32_t i = 0; i < list->entry_count; i++) {
        const corpus_entry *e = &list->entries[i];
        buf_printf(&text, "%s\t%s\t%s", e->url, e->ref, e->tags);
        for (size_t k = 0; k < ARRAY_LEN(more_columns); k++) {
            const char *field;
            memcpy(&field, (const char *)e + more_columns[k].offset, sizeof field);
            buf_printf(&text, "\t%s", field ? field : "");
        }
        buf_add_char(&text, '\n');
    }
    bool done = path ? file_write(path, buf_sv(&text), err)
                     : fwrite(text.data, 1, text.size, stdout) == text.size;
    if (!done && !path) error_set(err, ERR_IO, "stdout: %s", strerror(errno));
    buf_release(&text);
    return done;
}
