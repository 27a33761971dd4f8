#include "base/base.h"
#include "cli/cli.h"
#include "cli/pipeline.h"
#include "cli/scan.h"

typedef struct {
    const char *path;
    bool jsonl, sarif;
    const char *baseline_path;
    scan_wish wish;
    bool fail;
    level fail_level;
    int64_t jobs;
} scan_options;

static bool parse_options(const cli_args *args, scan_options *o, int *status)
{
    const char *format = cli_value(args, "--format"), *rule = cli_value(args, "--rule");
    const char *least = cli_value(args, "--min-confidence"), *fail = cli_value(args, "--fail-on");
    *status = EXIT_USAGE;
    o->path = args->positions[0];
    o->jsonl = format && strcmp(format, "jsonl") == 0;
    o->sarif = format && strcmp(format, "sarif") == 0;
    o->baseline_path = cli_value(args, "--baseline");
    o->wish.repository = cli_value(args, "--repository");
    if (format && !o->jsonl && !o->sarif && strcmp(format, "text") != 0) {
        cli_usage(args, "--format is text, jsonl or sarif, not %s", format);
        return false;
    }
    if (rule && rule_find(sv_from(rule)) == UINT32_MAX) {
        const char *known[256], *nearest;
        uint32_t count = MIN(rule_count(), (uint32_t)ARRAY_LEN(known));
        for (uint32_t i = 0; i < count; i++) known[i] = rule_get(i)->id;
        nearest = cli_nearest(rule, known, count);
        if (nearest) cli_usage(args, "there is no rule %s; did you mean %s?", rule, nearest);
        else cli_usage(args, "there is no rule %s; `lode rules` lists them", rule);
        return false;
    }
    o->wish.confidence_min = CONF_POSSIBLE;
    if (least && !confidence_parse(sv_from(least), &o->wish.confidence_min)) {
        cli_usage(args, "--min-confidence is certain, likely or possible, not %s", least);
        return false;
    }
    o->fail = fail != NULL;
    if (fail && !level_parse(sv_from(fail), &o->fail_level)) {
        cli_usage(args, "--fail-on is error, warning or note, not %s", fail);
        return false;
    }
    return cli_number(args, "--jobs", 1, 64, pipeline_processors(), &o->jobs);
}

static void print_text(const findings *all, const finding *f)
{
    const char *plain = cli_paint(COLOR_NONE), *name = level_name((level)f->level);
    printf("%s%.*s:%u:%u:%s %s%s%s %s: %s [%s]\n", cli_paint(COLOR_BOLD), SV_FMT(f->at.path),
           f->at.line, f->at.col, plain, cli_paint(cli_level_color(name)), name, plain,
           rule_get(f->rule)->id, f->message, confidence_name((confidence)f->confidence));
    for (uint32_t i = 0; i < f->step_count; i++) {
        const finding_step *step = &all->steps.items[f->step_first + i];
        printf("  %s%2u. %.*s:%u:%s %s\n", cli_paint(COLOR_DIM), i + 1, SV_FMT(step->at.path),
               step->at.line, plain, step->note);
    }
}

/* Scoring scripts read these keys: they stay. */
static void print_json(const findings *all, const finding *f, buf *line)
{
    const rule_row *rule = rule_get(f->rule);
    json_out j = {.out = line};
    buf_clear(line);
    json_object(&j);
    json_key(&j, "rule");
    json_c(&j, rule->id);
    json_key(&j, "rule_version");
    json_i64(&j, rule->version);
    json_key(&j, "level");
    json_c(&j, level_name((level)f->level));
    json_key(&j, "confidence");
    json_c(&j, confidence_name((confidence)f->confidence));
    json_key(&j, "path");
    json_sv(&j, f->at.path);
    json_key(&j, "line");
    json_i64(&j, f->at.line);
    json_key(&j, "col");
    json_i64(&j, f->at.col);
    json_key(&j, "end_line");
    json_i64(&j, f->at.end_line);
    json_key(&j, "server");
    json_c(&j, f->server_label);
    json_key(&j, "message");
    json_c(&j, f->message);
    json_key(&j, "fingerprint");
    json_c(&j, f->fingerprint);
    json_key(&j, "evidence");
    json_array(&j);
    for (uint32_t i = 0; i < f->step_count; i++) {
        const finding_step *step = &all->steps.items[f->step_first + i];
        json_object(&j);
        json_key(&j, "path");
        json_sv(&j, step->at.path);
        json_key(&j, "line");
        json_i64(&j, step->at.line);
        json_key(&j, "end_line");
        json_i64(&j, step->at.end_line);
        json_key(&j, "note");
        json_c(&j, step->note);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
    buf_add_char(line, '\n');
    fwrite(line->data, 1, line->size, stdout);
}

/* What was and was not looked at, on stderr. */
static void print_coverage(const pipeline_result *r, uint32_t shown, uint32_t hidden,
                           uint32_t known)
{
    uint32_t partial = 0, skip_count = 0, suppressed = 0;
    const snapshot_skip *skips = snapshot_skips(r->snapshot, &skip_count);
    for (uint32_t i = 0; i < r->file_count; i++) {
        const pipeline_file *file = &r->files[i];
        partial += file->analysed && file->partial;
        if (!file->analysed)
            log_line(LOG_WARNING, "%.*s is left out: %s", SV_FMT(file->entry->path),
                     file->why.text);
    }
    for (uint32_t i = 0; i < skip_count; i++)
        log_line(LOG_DEBUG, "%.*s is left out: %s", SV_FMT(skips[i].path),
                 skip_reason_name(skips[i].reason));
    for (uint32_t i = 0; i < r->findings.items.count; i++)
        suppressed += r->findings.items.items[i].suppressed;
    log_line(LOG_INFO,
             "%u files (%u in part, %u left out), %u servers, %u findings (%u hidden by "
             "--min-confidence, %u suppressed, %u in the baseline)",
             r->parsed_count + r->reused_count, partial, r->failed_count + skip_count,
             r->model.servers.count, shown, hidden, suppressed, known);
}

static void step(void *payload, uint32_t done, uint32_t total)
{
    progress *p = payload;
    p->total = total;
    progress_step(p, done, NULL);
}

static int scan(const scan_options *o, const pipeline_options *options)
{
    pipeline_result r = {0};
    error err = {0};
    buf line = {0};
    int status = EXIT_DONE;
    bool done = pipeline_run(options, &r, &err);
    progress_end(options->payload);
    if (!done) {
        pipeline_release(&r);
        return cli_fail(&err);
    }
    uint32_t shown = 0, hidden = 0, known = 0;
    for (uint32_t i = 0; i < r.findings.items.count; i++) {
        const finding *f = &r.findings.items.items[i];
        if (f->suppressed) continue;
        if (f->confidence < (uint8_t)o->wish.confidence_min) {
            hidden++;
            continue;
        }
        if (o->wish.old && baseline_has(o->wish.old, rule_get(f->rule)->id, f->fingerprint)) {
            known++;
            continue;
        }
        shown++;
        if (o->jsonl) print_json(&r.findings, f, &line);
        else if (!o->sarif) print_text(&r.findings, f);
        if (o->fail && f->level >= (uint8_t)o->fail_level) status = EXIT_FINDINGS;
    }
    if (o->sarif) scan_print_sarif(&r, &o->wish);
    if (!cli_flush()) status = EXIT_ENVIRONMENT;
    print_coverage(&r, shown, hidden, known);
    buf_release(&line);
    pipeline_release(&r);
    return status;
}

int cmd_scan(int argc, char **argv)
{
    cli_args args;
    scan_options o = {0};
    error err = {0};
    int status = 0;
    if (!cli_parse(argc, argv, 1, 1, &args, &status) || !parse_options(&args, &o, &status))
        return status;
    if (!crawler_init(&err)) return cli_fail(&err);
    progress p;
    progress_start(&p, "files", 0);
    pipeline_options options = {.path = o.path,
                                .rev = cli_value(&args, "--rev"),
                                .thread_count = (uint32_t)o.jobs,
                                .rule = cli_value(&args, "--rule"),
                                .on_progress = step,
                                .payload = &p};
    baseline old = {0};
    if (o.baseline_path) o.wish.old = &old;
    if (o.baseline_path && !baseline_read(&old, o.baseline_path, &err)) status = cli_fail(&err);
    else status = scan(&o, &options);
    baseline_release(&old);
    crawler_end();
    return status;
}
