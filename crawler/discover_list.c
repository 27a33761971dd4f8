/* Discovery from files: an export of GitHub Search, a corpus list, addresses. */
#include "base/base.h"

#include "crawler/discover_private.h"

enum { FILE_BYTES_MAX = 1 << 30, COLUMNS_MAX = 256 };

/* --- CSV (RFC 4180) ----------------------------------------------------------------------------
 */

typedef struct {
    sv rest;
    uint32_t line; /* that the record begins in */
    uint32_t next_line;
    buf text;                /* fields of the record, unquoted, one after the other */
    size_t end[COLUMNS_MAX]; /* of each field in text */
    uint32_t count;
} csv;

static void csv_end_field(csv *c)
{
    if (c->count < COLUMNS_MAX) c->end[c->count++] = c->text.size;
}

/* The next record; false at the end, or with *err set when a quote does not end. */
static bool csv_next(csv *c, const char *path, error *err)
{
    bool quoted = false;
    c->count = 0;
    c->line = c->next_line;
    buf_clear(&c->text);
    if (c->rest.size == 0) return false;
    size_t i = 0;
    for (; i < c->rest.size; i++) {
        char byte = c->rest.data[i];
        if (byte == '\n') c->next_line++;
        if (quoted && byte == '"' && i + 1 < c->rest.size && c->rest.data[i + 1] == '"') {
            buf_add_char(&c->text, '"');
            i++;
        } else if (byte == '"') {
            quoted = !quoted;
        } else if (!quoted && byte == ',') {
            csv_end_field(c);
        } else if (!quoted && byte == '\n') {
            break;
        } else if (quoted || byte != '\r') {
            buf_add_char(&c->text, byte);
        }
    }
    csv_end_field(c);
    c->rest = sv_slice(c->rest, i + 1, c->rest.size);
    if (!quoted) return true;
    return error_set(err, ERR_INPUT, "%s:%" PRIu32 ": a quote that does not end", path, c->line);
}

static sv csv_field(const csv *c, int column)
{
    if (column < 0 || (uint32_t)column >= c->count) return SV("");
    size_t from = column > 0 ? c->end[column - 1] : 0;
    return sv_slice(buf_sv(&c->text), from, c->end[column]);
}

static int csv_column(const csv *c, const char *name)
{
    for (uint32_t i = 0; i < c->count; i++) {
        sv field = sv_trim(csv_field(c, (int)i));
        if (field.size == strlen(name) && strncasecmp(field.data, name, field.size) == 0)
            return (int)i;
    }
    return -1;
}

/* "true" is 1, "false" 0, else -1. */
static int truth(sv text)
{
    if (text.size == 4 && strncasecmp(text.data, "true", 4) == 0) return 1;
    return text.size == 5 && strncasecmp(text.data, "false", 5) == 0 ? 0 : -1;
}

/* Topics stand as "a;b" or ["a","b"]. */
static void topics(sv text, buf *out)
{
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        if (byte == ';') buf_add_char(out, ',');
        else if (!strchr("[]\"' ", byte)) buf_add_char(out, byte);
    }
}

bool discover_ghs_csv(gathering *g, error *err)
{
    const char *path = g->options->path;
    buf text = {0}, address = {0}, joined = {0};
    error broken = {0};
    csv c = {.line = 1, .next_line = 1};
    bool done = file_read(path, FILE_BYTES_MAX, &text, err);
    c.rest = buf_sv(&text);
    if (sv_starts(c.rest, SV("\xEF\xBB\xBF"))) c.rest = sv_slice(c.rest, 3, c.rest.size);
    bool headed = done && csv_next(&c, path, &broken);
    int name = csv_column(&c, "name"), fork = csv_column(&c, "isFork"),
        archived = csv_column(&c, "isArchived"), stars = csv_column(&c, "stargazers"),
        licence = csv_column(&c, "license"), language = csv_column(&c, "mainLanguage"),
        pushed = csv_column(&c, "pushedAt"), topic = csv_column(&c, "topics");
    if (done && (!headed || name < 0))
        done = error_set(err, ERR_INPUT,
                         "%s:1: no export of GitHub Search: it has no column `name`", path);
    while (done && csv_next(&c, path, &broken)) {
        discovered d = DISCOVERED_NONE;
        sv repository = sv_trim(csv_field(&c, name));
        if (repository.size == 0 && c.count <= 1) continue;
        buf_clear(&address);
        buf_clear(&joined);
        if (!sv_has(repository, SV("://"))) buf_add_c(&address, "https://github.com/");
        buf_add(&address, repository);
        topics(csv_field(&c, topic), &joined);
        d.url = buf_sv(&address);
        d.licence = csv_field(&c, licence);
        d.topics = buf_sv(&joined);
        d.pushed_at = csv_field(&c, pushed);
        d.language = csv_field(&c, language);
        d.is_fork = truth(csv_field(&c, fork));
        d.is_archived = truth(csv_field(&c, archived));
        if (!sv_to_i64(csv_field(&c, stars), &d.stars)) d.stars = -1;
        gather(g, &d);
    }
    if (done && broken.kind != ERR_NONE) {
        if (err) *err = broken;
        done = false;
    }
    buf_release(&c.text);
    buf_release(&text);
    buf_release(&address);
    buf_release(&joined);
    return done;
}

/* --- lists -------------------------------------------------------------------------------------
 */

static void gather_entry(gathering *g, const corpus_entry *e)
{
    discovered d = DISCOVERED_NONE;
    d.url = sv_from(e->url);
    d.ref = sv_from(e->ref);
    d.tags = sv_from(e->tags);
    d.licence = sv_from(e->licence);
    d.fork_of = sv_from(e->fork_of);
    d.topics = sv_from(e->topics);
    d.pushed_at = sv_from(e->pushed_at);
    d.is_archived = strcmp(e->archived, "yes") == 0 ? 1 : strcmp(e->archived, "no") == 0 ? 0 : -1;
    if (!sv_to_i64(sv_from(e->stars), &d.stars)) d.stars = -1;
    gather(g, &d);
}

/* Addresses, one a line. */
static bool gather_lines(gathering *g, error *err)
{
    buf text = {0};
    bool done = file_read(g->options->path, FILE_BYTES_MAX, &text, err);
    sv rest = buf_sv(&text), line;
    while (done && sv_next(&rest, '\n', &line)) {
        line = sv_trim(line);
        discovered d = DISCOVERED_NONE;
        d.url = line;
        if (line.size > 0 && line.data[0] != '#') gather(g, &d);
    }
    buf_release(&text);
    return done;
}

bool discover_file(gathering *g, error *err)
{
    corpus list;
    error ignored = {0};
    if (!corpus_read(g->options->path, CORPUS_GO_ON, &list, g->a, &ignored))
        return ignored.kind == ERR_INPUT ? gather_lines(g, err)
                                         : (err ? (*err = ignored, false) : false);
    g->told->seen += list.fault_count;
    g->told->without_address += list.fault_count;
    for (uint32_t i = 0; i < list.entry_count; i++) gather_entry(g, &list.entries[i]);
    return true;
}
