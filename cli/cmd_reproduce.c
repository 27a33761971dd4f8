#include "base/base.h"
#include "cli/cli.h"
#include "cli/pipeline.h"
#include "reproduce/reproduce.h"

typedef struct {
    const char *finding, *edit_out, *svg, *emit;
    bool all, jsonl, mermaid, control;
    uint64_t budget;
} reproduce_wish;

typedef struct {
    uint32_t counts[REPRODUCE_VERDICT_COUNT];
    double seconds_sum, seconds_max;
} rule_total;

static bool write_file(const char *path, sv text)
{
    FILE *out = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    if (!out) {
        log_line(LOG_ERROR, "cannot write %s: %s", path, strerror(errno));
        return false;
    }
    bool done = fwrite(text.data, 1, text.size, out) == text.size;
    if (out != stdout) done = fclose(out) == 0 && done;
    if (!done) log_line(LOG_ERROR, "cannot write %s: %s", path, strerror(errno));
    return done;
}

static void print_verdict(const finding *f, const reproduction *r)
{
    printf("%s%.*s:%u:%s %s (%.12s)\n  %s\n", cli_paint(COLOR_BOLD), SV_FMT(f->at.path), f->at.line,
           cli_paint(COLOR_NONE), r->rule, f->fingerprint, f->message);
    printf("  verdict: %s%s%s", cli_paint(r->verdict == REPRODUCED ? COLOR_RED : COLOR_YELLOW),
           reproduce_verdict_name(r->verdict), cli_paint(COLOR_NONE));
    switch (r->verdict) {
    case UNSUPPORTED: printf(" (%s)", r->why); break;
    case NOT_REPRODUCED:
        printf(" (the space is exhausted: %" PRIu64 " schedules)", r->run.schedules);
        break;
    case NOT_REPRODUCED_SO_FAR:
        printf(" (%" PRIu64 " schedules: %s)", r->run.schedules, r->run.incomplete_why);
        break;
    case REPRODUCED: printf(": %s", r->run.outcomes[r->outcome].summary); break;
    default: printf(": the control fails as well"); break;
    }
    printf("\n");
    if (r->verdict == UNSUPPORTED) return;
    if (r->run.schedules)
        printf("  explored %" PRIu64 " schedules; control: %" PRIu64 " (%s), %s\n",
               r->run.schedules, r->control_schedules,
               r->control_complete ? "all of them" : "within the budget", r->control_change);
    if (r->unknowns) printf("  %u unknowns are explored choices\n", r->unknowns);
    sv rest = sv_from(r->assumptions), line;
    while (sv_next(&rest, '\n', &line))
        if (line.size) printf("  supposed: %.*s\n", SV_FMT(line));
}

static void print_story(const rt_outcome *o)
{
    for (uint32_t i = 0; i < o->trace_count; i++) {
        const rt_trace_event *e = &o->trace[i];
        printf("  %8" PRId64 " ms  %-22s %s%s%s%s\n", e->time_ms, e->process, e->event,
               *e->place ? "  [" : "", e->place, *e->place ? "]" : "");
    }
    printf("  schedule: %s\n", o->schedule);
}

static void print_json(const finding *f, const reproduction *r)
{
    buf line = {0};
    json_out j = {.out = &line};
    bool failed = r->verdict == REPRODUCED || r->verdict == REPRODUCED_BOTH;
    const rt_outcome *o = failed ? &r->run.outcomes[r->outcome] : NULL;
    json_object(&j);
    json_key(&j, "rule");
    json_c(&j, r->rule);
    json_key(&j, "fingerprint");
    json_c(&j, f->fingerprint);
    json_key(&j, "confidence");
    json_c(&j, confidence_name((confidence)f->confidence));
    json_key(&j, "path");
    json_sv(&j, f->at.path);
    json_key(&j, "line");
    json_i64(&j, f->at.line);
    json_key(&j, "verdict");
    json_c(&j, reproduce_verdict_name(r->verdict));
    json_key(&j, "why");
    json_c(&j, r->why);
    json_key(&j, "category");
    json_c(&j, o ? rt_category_name(o->category) : "");
    json_key(&j, "summary");
    json_c(&j, o ? o->summary : "");
    json_key(&j, "schedule");
    json_c(&j, o ? o->schedule : "");
    json_key(&j, "depth");
    json_i64(&j, o ? o->trace_count : 0);
    json_key(&j, "schedules");
    json_i64(&j, (int64_t)r->run.schedules);
    json_key(&j, "control_schedules");
    json_i64(&j, (int64_t)r->control_schedules);
    json_key(&j, "unknowns");
    json_i64(&j, r->unknowns);
    json_key(&j, "ms");
    json_i64(&j, (int64_t)(r->seconds * 1000));
    json_object_end(&j);
    buf_add_char(&line, '\n');
    fwrite(line.data, 1, line.size, stdout);
    buf_release(&line);
}

static bool write_extras(const reproduce_wish *w, const pipeline_result *p, uint32_t index,
                         const reproduction *r)
{
    buf text = {0};
    error err = {0};
    bool done = true;
    bool failed = r->verdict == REPRODUCED || r->verdict == REPRODUCED_BOTH;
    if (w->edit_out && r->verdict != UNSUPPORTED)
        done &= write_file(w->edit_out, buf_sv(w->control ? &r->control : &r->scenario));
    if (w->mermaid && failed) {
        reproduce_mermaid(&r->run.outcomes[r->outcome], &text);
        done &= write_file("-", buf_sv(&text));
    }
    if (w->svg && failed) {
        buf_clear(&text);
        reproduce_svg(&r->run.outcomes[r->outcome], &text);
        done &= write_file(w->svg, buf_sv(&text));
    }
    if (w->emit) {
        buf_clear(&text);
        if (reproduce_emit(&p->model, &p->findings, index, w->emit, w->control, &text, &err))
            done &= write_file("-", buf_sv(&text));
        else log_line(LOG_WARNING, "%s", err.text);
    }
    buf_release(&text);
    return done;
}

static void print_totals(const rule_total *totals)
{
    printf("%-32s %10s %12s %14s %6s %11s %8s %8s\n", "rule", "reproduced", "also without",
           "not reproduced", "budget", "unsupported", "mean ms", "max ms");
    for (rule_ix i = 0; i < rule_count(); i++) {
        const rule_total *t = &totals[i];
        uint32_t all = 0;
        for (uint32_t k = 0; k < REPRODUCE_VERDICT_COUNT; k++) all += t->counts[k];
        if (!all) continue;
        printf("%-32s %10u %12u %14u %6u %11u %8.0f %8.0f\n", rule_get(i)->id,
               t->counts[REPRODUCED], t->counts[REPRODUCED_BOTH], t->counts[NOT_REPRODUCED],
               t->counts[NOT_REPRODUCED_SO_FAR], t->counts[UNSUPPORTED],
               t->seconds_sum * 1000 / all, t->seconds_max * 1000);
    }
}

static int reproduce(const reproduce_wish *w, const pipeline_result *p)
{
    const findings *all = &p->findings;
    rule_total *totals = base_calloc(rule_count() + 1, sizeof *totals);
    reproduce_options options = {.schedules_max = w->budget, .scenario_only = w->emit != NULL};
    int status = EXIT_DONE;
    uint32_t done = 0;
    for (uint32_t i = 0; i < all->items.count; i++) {
        const finding *f = &all->items.items[i];
        if (f->suppressed) continue;
        if (w->finding && strncmp(f->fingerprint, w->finding, strlen(w->finding)) != 0) continue;
        if (!w->all && done) break;
        reproduction r = {0};
        error err = {0};
        if (!reproduce_run(&p->model, all, i, &options, &r, &err)) {
            log_line(LOG_ERROR, "%s %.12s: %s", rule_get(f->rule)->id, f->fingerprint, err.text);
            status = EXIT_BUG;
            reproduction_release(&r);
            continue;
        }
        done++;
        rule_total *t = &totals[f->rule];
        t->counts[r.verdict]++;
        t->seconds_sum += r.seconds;
        t->seconds_max = MAX(t->seconds_max, r.seconds);
        bool failed = r.verdict == REPRODUCED || r.verdict == REPRODUCED_BOTH;
        if (w->jsonl) print_json(f, &r);
        else if (!w->emit) print_verdict(f, &r);
        if (!w->jsonl && !w->emit && failed && !w->all && !w->mermaid)
            print_story(&r.run.outcomes[r.outcome]);
        if (!w->all && !write_extras(w, p, i, &r)) status = EXIT_ENVIRONMENT;
        reproduction_release(&r);
    }
    if (w->all && !w->jsonl) print_totals(totals);
    if (!done && w->finding) {
        log_line(LOG_ERROR, "no finding has an id that begins with %s", w->finding);
        status = EXIT_USAGE;
    }
    free(totals);
    return status;
}

static bool parse_wish(const cli_args *args, reproduce_wish *w, int *status)
{
    const char *format = cli_value(args, "--format");
    int64_t budget;
    *w = (reproduce_wish){.finding = cli_value(args, "--finding"),
                          .edit_out = cli_value(args, "--edit-out"),
                          .svg = cli_value(args, "--svg"),
                          .emit = cli_value(args, "--emit"),
                          .all = cli_value(args, "--all") != NULL,
                          .mermaid = cli_value(args, "--mermaid") != NULL,
                          .control = cli_value(args, "--control") != NULL,
                          .jsonl = format && strcmp(format, "jsonl") == 0};
    *status = EXIT_USAGE;
    if (format && !w->jsonl && strcmp(format, "text") != 0) {
        cli_usage(args, "--format is text or jsonl, not %s", format);
        return false;
    }
    if (w->emit && strcmp(w->emit, "erlang") != 0 && strcmp(w->emit, "elixir") != 0) {
        cli_usage(args, "--emit is erlang or elixir, not %s", w->emit);
        return false;
    }
    const char *rule = cli_value(args, "--rule");
    if (rule && rule_find(sv_from(rule)) == UINT32_MAX) {
        cli_usage(args, "there is no rule %s; `lode rules` lists them", rule);
        return false;
    }
    if (!w->all && !w->finding && !rule) {
        cli_usage(args, "say which: --finding ID, --rule ID (its first) or --all");
        return false;
    }
    if (!cli_number(args, "--budget", 1, 100000000, 2000, &budget)) return false;
    w->budget = (uint64_t)budget;
    return true;
}

int cmd_reproduce(int argc, char **argv)
{
    cli_args args;
    reproduce_wish w;
    error err = {0};
    int status = 0;
    if (!cli_parse(argc, argv, 1, 1, &args, &status) || !parse_wish(&args, &w, &status))
        return status;
    if (!crawler_init(&err)) return cli_fail(&err);
    pipeline_options options = {.path = args.positions[0],
                                .rev = cli_value(&args, "--rev"),
                                .thread_count = pipeline_processors(),
                                .rule = cli_value(&args, "--rule")};
    pipeline_result r = {0};
    if (pipeline_run(&options, &r, &err)) status = reproduce(&w, &r);
    else status = cli_fail(&err);
    pipeline_release(&r);
    crawler_end();
    return cli_flush() ? status : EXIT_ENVIRONMENT;
}
