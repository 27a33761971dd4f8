#include "base/base.h"
#include "cli/show.h"
#include "crawler/crawler.h"

static const char finding_sql[] =
    "SELECT g.fingerprint, g.level, g.confidence, g.rule, g.rule_version, g.path, g.line, "
    "g.end_line, g.server, g.message, r.url, encode(s.commit_oid, 'hex'), s.tool_version, "
    "coalesce(u.title, '') "
    "FROM finding g JOIN snapshot s ON s.id = g.snapshot_id "
    "JOIN repository r ON r.id = s.repository_id "
    "LEFT JOIN rule u ON u.name = g.rule AND u.version = g.rule_version "
    "WHERE g.id = $1";
enum {
    F_FINGERPRINT,
    F_LEVEL,
    F_CONFIDENCE,
    F_RULE,
    F_RULE_VERSION,
    F_PATH,
    F_LINE,
    F_END_LINE,
    F_SERVER,
    F_MESSAGE,
    F_URL,
    F_COMMIT,
    F_TOOL,
    F_TITLE
};

/* The snapshot of the finding in the mirror; its files are read when they are shown. */
typedef struct {
    snapshot *snapshot;
    snapshot_reader *reader;
    int64_t context;
} source;

static bool source_open(const cli_args *args, const char *url, const char *commit, source *out,
                        error *err)
{
    arena memory = {0};
    buf mirror = {0};
    bool done =
        cli_mirror_dir(args, &mirror, err) &&
        snapshot_open(mirror_path(mirror.data, url, &memory), commit, NULL, &out->snapshot, err) &&
        snapshot_reader_open(out->snapshot, &out->reader, err);
    buf_release(&mirror);
    arena_release(&memory);
    return done;
}

static const snapshot_entry *entry_at(const source *s, sv path)
{
    uint32_t count = 0;
    const snapshot_entry *entries = s->snapshot ? snapshot_entries(s->snapshot, &count) : NULL;
    for (uint32_t i = 0; i < count; i++)
        if (sv_eq(entries[i].path, path)) return &entries[i];
    return NULL;
}

/* Source is not ours: control characters would speak to the terminal. */
static void print_safely(sv line)
{
    for (size_t i = 0; i < line.size && i < 400; i++) {
        unsigned char c = (unsigned char)line.data[i];
        if (c == '\t') fputs("    ", stdout);
        else if (c < 0x20 || c == 0x7F) putchar('?');
        else putchar(c);
    }
    putchar('\n');
}

static void print_source(const source *s, const char *path, int64_t line, int64_t end_line)
{
    enum { LINES_MAX = 12 };
    const snapshot_entry *entry = entry_at(s, sv_from(path));
    buf bytes = {0};
    if (!s->reader || !entry || !snapshot_read(s->reader, entry, &bytes, NULL)) {
        buf_release(&bytes);
        return;
    }
    sv rest = buf_sv(&bytes), text;
    int64_t to = MIN(end_line, line + LINES_MAX - 1) + s->context;
    for (int64_t number = 1; number <= to && sv_next(&rest, '\n', &text); number++) {
        if (number < line - s->context) continue;
        bool hit = number >= line && number <= end_line;
        printf("  %s%6" PRId64 " %s%s ", cli_paint(hit ? COLOR_BOLD : COLOR_DIM), number,
               hit ? ">" : "|", cli_paint(COLOR_NONE));
        print_safely(text);
    }
    if (end_line > line + LINES_MAX - 1) printf("         | …\n");
    buf_release(&bytes);
}

static int64_t number_at(const db_result *r, uint32_t row, uint32_t column)
{
    const char *text = db_result_text(r, row, column);
    return text ? strtoll(text, NULL, 10) : 0;
}

static void print_steps(const source *s, const db_result *steps)
{
    for (uint32_t i = 0; i < db_result_rows(steps); i++) {
        printf("\n%s%s %u. %s%s  %s:%s\n", cli_paint(COLOR_BOLD),
               i + 1 < db_result_rows(steps) ? "├" : "└", i + 1, db_result_text(steps, i, 3),
               cli_paint(COLOR_NONE), db_result_text(steps, i, 0), db_result_text(steps, i, 1));
        print_source(s, db_result_text(steps, i, 0), number_at(steps, i, 1),
                     number_at(steps, i, 2));
    }
}

static void print_finding(const source *s, const db_result *f, const db_result *steps)
{
    const char *level = db_result_text(f, 0, F_LEVEL);
    printf("%s%s%s %s%s%s [%s]\n%s\n", cli_paint(cli_level_color(level)), level,
           cli_paint(COLOR_NONE), cli_paint(COLOR_BOLD), db_result_text(f, 0, F_RULE),
           cli_paint(COLOR_NONE), db_result_text(f, 0, F_CONFIDENCE),
           db_result_text(f, 0, F_MESSAGE));
    printf("%s%s%s\n\n", cli_paint(COLOR_DIM), db_result_text(f, 0, F_TITLE),
           cli_paint(COLOR_NONE));
    printf("repository   %s\ncommit       %s\nplace        %s:%s\nserver       %s\n"
           "rule         version %s, lode %s\nfingerprint  %s\n\n",
           db_result_text(f, 0, F_URL), db_result_text(f, 0, F_COMMIT),
           db_result_text(f, 0, F_PATH), db_result_text(f, 0, F_LINE),
           db_result_text(f, 0, F_SERVER), db_result_text(f, 0, F_RULE_VERSION),
           db_result_text(f, 0, F_TOOL), db_result_text(f, 0, F_FINGERPRINT));
    print_source(s, db_result_text(f, 0, F_PATH), number_at(f, 0, F_LINE),
                 number_at(f, 0, F_END_LINE));
    print_steps(s, steps);
}

bool show_finding(const cli_args *args, db *conn, const char *finding_id, int64_t context,
                  error *err)
{
    const char *id[] = {finding_id};
    db_result *f = NULL, *steps = NULL;
    source s = {.context = context};
    bool done = db_query(conn, finding_sql, id, 1, &f, err) &&
                db_query(conn,
                         "SELECT path, line, end_line, note FROM evidence WHERE finding_id = $1 "
                         "ORDER BY position",
                         id, 1, &steps, err);
    if (done && db_result_rows(f) == 0)
        done = error_set(err, ERR_INPUT, "the finding %s is not there any more", finding_id);
    if (done) {
        /* Without the mirror everything but the source can still be shown. */
        error why = {0};
        if (!source_open(args, db_result_text(f, 0, F_URL), db_result_text(f, 0, F_COMMIT), &s,
                         &why))
            log_line(LOG_WARNING, "the source cannot be shown: %s", why.text);
        print_finding(&s, f, steps);
    }
    snapshot_reader_close(s.reader);
    snapshot_close(s.snapshot);
    db_result_free(f);
    db_result_free(steps);
    return done;
}
