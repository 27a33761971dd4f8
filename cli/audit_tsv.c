#include "base/base.h"
#include <dirent.h>
#include <sys/stat.h>
#include "cli/audit.h"

/* One file a rule, RULE.tsv; the first line names the columns. */
enum {
    C_REPOSITORY,
    C_COMMIT,
    C_PATH,
    C_LINE,
    C_FINGERPRINT,
    C_VERDICT,
    C_WHY,
    C_NEEDED,
    C_ANNOTATOR = C_NEEDED,
    C_RULE_VERSION,
    C_COUNT
};
static const char *const column_names[C_COUNT] = {"repository", "commit",      "path",
                                                  "line",       "fingerprint", "verdict",
                                                  "why",        "annotator",   "rule_version"};

typedef struct {
    db *conn;
    const char *path;
    sv rule, annotator; /* of the file name; where the file has no column for it */
    int at[C_COUNT];    /* column; -1: not in this file */
    uint32_t number;    /* of the line */
    uint32_t count;
} table;

enum { FIELDS_MAX = 32 };

static uint32_t split(sv line, sv *fields)
{
    uint32_t count = 0;
    sv field;
    if (sv_ends(line, SV("\r"))) line.size--;
    while (count < FIELDS_MAX && sv_next(&line, '\t', &field)) fields[count++] = sv_trim(field);
    return count;
}

static bool read_head(table *t, sv line, error *err)
{
    sv fields[FIELDS_MAX];
    uint32_t count = split(line, fields);
    for (uint32_t c = 0; c < C_COUNT; c++) {
        t->at[c] = -1;
        for (uint32_t i = 0; i < count; i++)
            if (sv_eq_c(fields[i], column_names[c])) t->at[c] = (int)i;
        if (t->at[c] < 0 && c < C_NEEDED)
            return error_set(err, ERR_INPUT, "%s:1: the first line names no column %s", t->path,
                             column_names[c]);
    }
    return true;
}

static bool is_fingerprint(sv text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!strchr("0123456789abcdef", text.data[i])) return false;
    return text.size == 32;
}

static bool read_line(table *t, sv line, error *err)
{
    sv fields[FIELDS_MAX], got[C_COUNT];
    uint32_t count = split(line, fields);
    audit_label label = {.rule = t->rule, .annotator = t->annotator};
    for (uint32_t c = 0; c < C_COUNT; c++) {
        bool there = t->at[c] >= 0 && (uint32_t)t->at[c] < count;
        got[c] = there ? fields[t->at[c]] : SV("");
        if (!there && c < C_WHY)
            return error_set(err, ERR_INPUT, "%s:%u: no %s", t->path, t->number, column_names[c]);
    }
    label.repository = got[C_REPOSITORY];
    label.commit = got[C_COMMIT];
    label.path = got[C_PATH];
    label.fingerprint = got[C_FINGERPRINT];
    label.verdict = got[C_VERDICT];
    label.reason = got[C_WHY];
    if (got[C_ANNOTATOR].size) label.annotator = got[C_ANNOTATOR];
    if (!sv_to_i64(got[C_LINE], &label.line) || label.line < 0 || label.line > INT32_MAX)
        return error_set(err, ERR_INPUT, "%s:%u: the line is no number", t->path, t->number);
    if (got[C_RULE_VERSION].size && (!sv_to_i64(got[C_RULE_VERSION], &label.rule_version) ||
                                     label.rule_version < 1 || label.rule_version > INT32_MAX))
        return error_set(err, ERR_INPUT, "%s:%u: rule_version is no number", t->path, t->number);
    if (!audit_verdict_is_known(label.verdict))
        return error_set(
            err, ERR_INPUT, "%s:%u: the verdict is right, wrong, by design or unsure, not \"%.*s\"",
            t->path, t->number, (int)MIN(label.verdict.size, (size_t)40), label.verdict.data);
    if (!is_fingerprint(label.fingerprint))
        return error_set(err, ERR_INPUT, "%s:%u: a fingerprint has 32 hexadecimal digits", t->path,
                         t->number);
    t->count++;
    return audit_label_store(t->conn, &label, err);
}

static bool import_file(db *conn, const char *path, const char *annotator, uint32_t *count,
                        error *err)
{
    enum { BYTES_MAX = 64 << 20 };
    const char *slash = strrchr(path, '/');
    sv name = sv_from(slash ? slash + 1 : path);
    if (!sv_ends(name, SV(".tsv")))
        return error_set(err, ERR_INPUT, "%s: labels are in files RULE.tsv", path);
    table t = {.conn = conn,
               .path = path,
               .rule = sv_slice(name, 0, name.size - 4),
               .annotator = sv_from(annotator)};
    buf text = {0};
    bool done = file_read(path, BYTES_MAX, &text, err);
    sv rest = buf_sv(&text), line;
    while (done && sv_next(&rest, '\n', &line)) {
        t.number++;
        if (t.number == 1) done = read_head(&t, line, err);
        else if (sv_trim(line).size) done = read_line(&t, line, err);
    }
    if (done && t.number == 0) done = error_set(err, ERR_INPUT, "%s: the file is empty", path);
    buf_release(&text);
    *count += t.count;
    return done;
}

/* All files of a folder whose names end in .tsv, in any order: they do not depend on each other. */
static bool import_folder(db *conn, const char *path, const char *annotator, uint32_t *count,
                          error *err)
{
    DIR *folder = opendir(path);
    if (!folder) return error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    bool done = true;
    buf file = {0};
    for (struct dirent *entry; done && (entry = readdir(folder));) {
        if (!sv_ends(sv_from(entry->d_name), SV(".tsv"))) continue;
        buf_clear(&file);
        buf_printf(&file, "%s/%s", path, entry->d_name);
        done = import_file(conn, file.data, annotator, count, err);
    }
    closedir(folder);
    buf_release(&file);
    return done;
}

int audit_import(const cli_args *args, db *conn)
{
    error err = {0};
    uint32_t count = 0;
    struct stat st;
    bool done = db_exec(conn, "BEGIN", &err);
    for (uint32_t i = 1; done && i < args->position_count; i++) {
        const char *path = args->positions[i];
        bool is_folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
        done = (is_folder ? import_folder : import_file)(conn, path, audit_annotator(args), &count,
                                                         &err);
    }
    done = done && db_exec(conn, "COMMIT", &err);
    if (!done) {
        db_exec(conn, "ROLLBACK", NULL);
        return cli_fail(&err);
    }
    log_line(LOG_INFO, "%u labels imported; `lode stats precision` shows what they say", count);
    return EXIT_DONE;
}

/* Without what would break the columns. */
static void add_field(buf *out, const char *text, char end)
{
    for (const char *p = text ? text : ""; *p; p++)
        buf_add_char(out, *p == '\t' || *p == '\n' || *p == '\r' ? ' ' : *p);
    buf_add_char(out, end);
}

static bool write_rule(const char *dir, const char *rule, const buf *text, error *err)
{
    buf path = {0};
    buf_printf(&path, "%s/%s.tsv", dir, rule);
    bool done = strchr(rule, '/') ? error_set(err, ERR_INPUT, "%s is no name of a rule", rule)
                                  : file_write(path.data, buf_sv(text), err);
    buf_release(&path);
    return done;
}

int audit_export(const cli_args *args, db *conn)
{
    const char *dir = args->positions[1];
    const char *rule[] = {cli_value(args, "--rule")};
    error err = {0};
    db_result *r = NULL;
    buf text = {0};
    bool done = dir_make(dir, &err) &&
                db_query(conn,
                         "SELECT repository, commit, path, line, fingerprint, verdict, reason, "
                         "annotator, rule_version, rule FROM audit_label WHERE $1::text IS NULL OR "
                         "rule = $1 ORDER BY rule, repository, path, line, fingerprint, annotator",
                         rule, 1, &r, &err);
    uint32_t rows = done ? db_result_rows(r) : 0, files = 0;
    for (uint32_t i = 0; done && i < rows; i++) {
        if (text.size == 0)
            for (uint32_t c = 0; c < C_COUNT; c++)
                add_field(&text, column_names[c], c + 1 < C_COUNT ? '\t' : '\n');
        for (uint32_t c = 0; c < C_COUNT; c++)
            add_field(&text, db_result_text(r, i, c), c + 1 < C_COUNT ? '\t' : '\n');
        const char *name = db_result_text(r, i, C_COUNT);
        if (i + 1 < rows && strcmp(db_result_text(r, i + 1, C_COUNT), name) == 0) continue;
        done = write_rule(dir, name, &text, &err);
        buf_clear(&text);
        files++;
    }
    db_result_free(r);
    buf_release(&text);
    if (!done) return cli_fail(&err);
    log_line(LOG_INFO, "%u labels of %u rules in %s", rows, files, dir);
    return EXIT_DONE;
}
