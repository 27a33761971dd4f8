#include "base/base.h"
#include "base/embed.h"
#include "cli/cli.h"
#include "runtime/runtime.h"
#include <sys/stat.h>

EMBED_DECLARE(cli);

enum { SCHEDULES_MAX = 2000, EVENTS_MAX = 4000, COLUMNS = 9 };

/* One row of cases/cases.tsv. */
typedef struct {
    sv column[COLUMNS]; /* number, repository, faulty, fixing commit, path, line, rule, shows x2 */
    const embed_file *faulty, *fixed;
} case_row;
typedef VEC(case_row) case_rows;

static const embed_file *file_named(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const embed_file *file_named(const char *format, ...)
{
    char path[80];
    va_list args;
    va_start(args, format);
    vsnprintf(path, sizeof path, format, args);
    va_end(args);
    size_t count = 0;
    const embed_file *files = cli_embed(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i].path, path) == 0) return &files[i];
    return NULL;
}

static void rows_read(case_rows *rows)
{
    const embed_file *table = file_named("../cases/cases.tsv");
    sv rest = table ? embed_text(table) : (sv){0}, line;
    while (sv_next(&rest, '\n', &line)) {
        if (line.size == 0 || line.data[0] == '#') continue;
        case_row row = {0};
        sv cell;
        for (uint32_t i = 0; i < COLUMNS && sv_next(&line, '\t', &cell); i++) row.column[i] = cell;
        row.faulty = file_named("../cases/%.*s-faulty.scenario", SV_FMT(row.column[0]));
        row.fixed = file_named("../cases/%.*s-fixed.scenario", SV_FMT(row.column[0]));
        if (row.faulty && row.fixed) vec_push(rows, row);
    }
}

static const case_row *row_numbered(const case_rows *rows, const char *text)
{
    int64_t wanted = strtoll(text, NULL, 10);
    for (vec_each(rows, row))
        if (strtoll(row->column[0].data, NULL, 10) == wanted) return row;
    return NULL;
}

static void print_row(const case_row *row)
{
    printf("%.*s  %-26.*s %-26.*s %.*s:%.*s\n", SV_FMT(row->column[0]), SV_FMT(row->column[6]),
           SV_FMT(row->column[1]), SV_FMT(row->column[4]), SV_FMT(row->column[5]));
}

static void print_info(const case_row *row)
{
    static const char *const names[COLUMNS] = {"case",          "repository",   "faulty commit",
                                               "fixing commit", "path",         "line",
                                               "rule",          "faulty shows", "fixed shows"};
    for (uint32_t i = 0; i < COLUMNS; i++) printf("%-14s %.*s\n", names[i], SV_FMT(row->column[i]));
    printf("\n%.*s", SV_FMT(embed_text(row->faulty)));
}

/* Explores one scenario; its `expect` lines say what it is to show. */
static bool meets(sv text, bool faulty, bool *met, buf *summary, error *err)
{
    rt_options o = rt_options_default();
    rt_verdict v;
    o.schedules_max = SCHEDULES_MAX;
    o.events_max = EVENTS_MAX;
    o.stop_at_first = faulty;
    if (!rt_run(SV("case"), text, &o, &v, err)) return false;
    if (faulty && !v.expectations_met) {
        rt_verdict_release(&v);
        o.stop_at_first = false;
        if (!rt_run(SV("case"), text, &o, &v, err)) return false;
    }
    *met = v.expectations_met;
    buf_clear(summary);
    if (v.outcome_count)
        buf_printf(summary, "%s: %s", rt_category_name(v.outcomes[0].category),
                   v.outcomes[0].summary);
    rt_verdict_release(&v);
    return true;
}

/* True: the faulty one fails and the fixed one does not. */
static bool run_case(const case_row *row, bool loud)
{
    bool fails = false, holds = false;
    buf faulty = {0}, fixed = {0};
    error err = {0};
    bool done = meets(embed_text(row->faulty), true, &fails, &faulty, &err) &&
                meets(embed_text(row->fixed), false, &holds, &fixed, &err);
    printf("%.*s  %-26.*s %s\n", SV_FMT(row->column[0]), SV_FMT(row->column[6]),
           !done            ? err.text
           : fails && holds ? "faulty fails, fixed does not"
           : fails          ? "BOTH FAIL"
                            : "THE FAULTY ONE DOES NOT FAIL");
    if (done && loud)
        printf("  faulty  %.*s\n  fixed   %.*s\n", SV_FMT(buf_sv(&faulty)), SV_FMT(buf_sv(&fixed)));
    buf_release(&faulty);
    buf_release(&fixed);
    return done && fails && holds;
}

static bool write_one(const char *folder, const embed_file *file)
{
    const char *name = strrchr(file->path, '/') + 1;
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) return false;
    FILE *out = fopen(path, "w");
    if (!out) return false;
    sv text = embed_text(file);
    bool done = fwrite(text.data, 1, text.size, out) == text.size;
    return fclose(out) == 0 && done;
}

static int export_all(const char *folder)
{
    size_t count = 0;
    const embed_file *files = cli_embed(&count);
    bool done = mkdir(folder, 0777) == 0 || errno == EEXIST;
    for (size_t i = 0; i < count && done; i++)
        if (strncmp(files[i].path, "../cases/", 9) == 0) done = write_one(folder, &files[i]);
    if (done) return EXIT_DONE;
    log_line(LOG_ERROR, "cannot write the cases to %s: %s", folder, strerror(errno));
    return EXIT_ENVIRONMENT;
}

static int run_all(const case_rows *rows, const case_row *only)
{
    uint32_t agree = 0, count = 0;
    for (vec_each(rows, row)) {
        if (only && row != only) continue;
        count++;
        agree += run_case(row, only != NULL);
    }
    if (!only) printf("%u of %u cases as expected\n", agree, count);
    return agree == count ? EXIT_DONE : EXIT_FINDINGS;
}

int cmd_case(int argc, char **argv)
{
    cli_args args;
    int status = 0;
    if (!cli_parse(argc, argv, 1, 2, &args, &status)) return status;
    const char *what = args.positions[0];
    const char *which = args.position_count > 1 ? args.positions[1] : NULL;
    case_rows rows = {0};
    rows_read(&rows);
    bool export = strcmp(what, "export") == 0;
    const case_row *row = which && !export ? row_numbered(&rows, which) : NULL;
    if (which && !export && !row) status = cli_usage(&args, "there is no case %s", which);
    else if (strcmp(what, "list") == 0)
        for (vec_each(&rows, r)) print_row(r);
    else if (strcmp(what, "info") == 0 && row) print_info(row);
    else if (strcmp(what, "run") == 0) status = run_all(&rows, row);
    else if (export && which) status = export_all(which);
    else status = cli_usage(&args, "say list, info NUMBER, run [NUMBER] or export DIR");
    vec_release(&rows);
    return cli_flush() ? status : EXIT_ENVIRONMENT;
}
