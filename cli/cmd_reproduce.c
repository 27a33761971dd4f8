#include "base/base.h"
#include <unistd.h>
#include "cli/reproduce.h"

/* What the reader of a written scenario wants to type next. */
static void edit_head(const reproduce_wish *w, const finding *f, const reproduced *one, buf *out)
{
    enum { SCHEDULE_SHOWN_MAX = 600 };
    const rt_outcome *o = w->control ? NULL : reproduced_outcome(one);
    const char *file = strcmp(w->edit_out, "-") == 0 ? "FILE" : w->edit_out;
    buf_printf(out, "# finding %.12s, %s%s\n# every schedule: lode run %s (--budget MS ends it)\n",
               f->fingerprint, one->r.rule, w->control ? ", without the fault" : "", file);
    if (o && *o->schedule && strlen(o->schedule) <= SCHEDULE_SHOWN_MAX)
        buf_printf(out, "# the one that fails: lode run --replay '%s' %s\n", o->schedule, file);
}

static bool write_extras(const reproduce_wish *w, const pipeline_result *p, const reproduced *one)
{
    const rt_outcome *o = reproduced_outcome(one);
    const finding *f = &p->findings.items.items[one->index];
    const reproduction *r = &one->r;
    buf text = {0};
    error err = {0};
    bool done = true;
    if (w->edit_out && r->verdict != UNSUPPORTED) {
        edit_head(w, f, one, &text);
        buf_add(&text, buf_sv(w->control ? &r->control : &r->scenario));
        done &= write_text(w->edit_out, buf_sv(&text));
        buf_clear(&text);
    }
    if (w->mermaid && o) {
        reproduce_mermaid(o, &text);
        done &= write_text("-", buf_sv(&text));
    }
    if (w->svg && o) {
        buf_clear(&text);
        reproduce_svg(o, &text);
        done &= write_text(w->svg, buf_sv(&text));
    }
    if (w->curve) {
        buf_clear(&text);
        load_curve_svg(&one->load, &text);
        if (one->load.line_count) done &= write_text(w->curve, buf_sv(&text));
        else log_line(LOG_WARNING, "%s: load is not measured, there is no curve", r->rule);
    }
    if (w->emit) {
        buf_clear(&text);
        if (reproduce_emit(&p->model, &p->findings, one->index, w->emit, w->control, &text, &err))
            done &= write_text("-", buf_sv(&text));
        else log_line(LOG_WARNING, "%s", err.text);
    }
    buf_release(&text);
    return done;
}

/* Runs the schedule of the verdict again, from the text of the scenario. */
static bool replay(const reproduced *one)
{
    const rt_outcome *o = reproduced_outcome(one);
    rt_verdict again = {0};
    error err = {0};
    buf first = {0}, second = {0};
    if (!o) {
        log_line(LOG_ERROR, "it did not fail: there is no schedule to run again");
        return false;
    }
    bool done = reproduce_replay(buf_sv(&one->r.scenario), sv_from(o->schedule), &again, &err);
    if (done && again.outcome_count) reproduce_told(&again.outcomes[0], &second);
    reproduce_told(o, &first);
    if (!done) log_line(LOG_ERROR, "%s", err.text);
    else done = sv_eq(buf_sv(&first), buf_sv(&second));
    if (second.size) fwrite(second.data, 1, second.size, stdout);
    if (!done) log_line(LOG_ERROR, "the run differs from the first one");
    buf_release(&first);
    buf_release(&second);
    rt_verdict_release(&again);
    return done;
}

bool reproduced_present(const reproduce_wish *w, const pipeline_result *p, const reproduced *one)
{
    const finding *f = &p->findings.items.items[one->index];
    const rt_outcome *o = reproduced_outcome(one);
    if (w->replay) return replay(one);
    if (w->jsonl) print_verdict_json(f, one);
    else if (!w->emit && !w->mermaid) print_verdict(f, one);
    if (!w->jsonl && !w->emit && !w->mermaid && o) {
        print_story(o);
        printf("  schedule: %s\n", o->schedule);
    }
    return write_extras(w, p, one);
}

/* The findings of a folder or repository: nothing is kept. */
static int reproduce_scanned(const reproduce_wish *w, const pipeline_result *p)
{
    enum { BATCH = 64 };
    const findings *all = &p->findings;
    rule_total *totals = base_calloc(rule_count() + 1, sizeof *totals);
    int status = EXIT_DONE;
    uint32_t done = 0;
    for (uint32_t i = 0; i < all->items.count && (w->all || !done);) {
        reproduced list[BATCH];
        uint32_t count = 0;
        memset(list, 0, sizeof list);
        for (; i < all->items.count && count < (w->all ? BATCH : 1); i++)
            if (reproduce_wants(w, &all->items.items[i])) list[count++].index = i;
        reproduced_make_all(p, w, list, count);
        for (uint32_t k = 0; k < count; k++) {
            const finding *f = &all->items.items[list[k].index];
            if (!list[k].done) {
                log_line(LOG_ERROR, "%s %.12s: %s", rule_get(f->rule)->id, f->fingerprint,
                         list[k].why.text);
                status = EXIT_BUG;
            } else {
                rule_total_add(totals, f, &list[k]);
                if (w->all && w->jsonl) print_verdict_json(f, &list[k]);
                else if (w->all) print_verdict(f, &list[k]);
                else if (!reproduced_present(w, p, &list[k])) status = EXIT_ENVIRONMENT;
                done++;
            }
            reproduced_release(&list[k]);
        }
    }
    if (w->all && !w->jsonl) print_totals(totals);
    if (!done && w->finding) {
        log_line(LOG_ERROR, "no finding has an id that begins with %s", w->finding);
        status = EXIT_USAGE;
    }
    free(totals);
    return status;
}

/* The beginning of a fingerprint or of a row's id, unless there is a file of that name. */
static bool is_id(const char *text)
{
    size_t size = strlen(text);
    return size >= 4 && strspn(text, "0123456789abcdefABCDEF-") == size && access(text, F_OK) != 0;
}

static bool parse_numbers(const cli_args *args, reproduce_wish *w)
{
    int64_t schedules, ms, jobs;
    if (!cli_number(args, "--schedules", 1, 100000000, 2000, &schedules) ||
        !cli_number(args, "--budget", 1, 3600000, 4000, &ms) ||
        !cli_number(args, "--jobs", 1, 64, pipeline_processors(), &jobs))
        return false;
    w->options = (reproduce_options){
        .schedules_max = (uint64_t)schedules, .ms_max = ms, .scenario_only = w->emit != NULL};
    w->job_count = (uint32_t)jobs;
    return true;
}

static bool parse_wish(const cli_args *args, reproduce_wish *w, int *status)
{
    const char *format = cli_value(args, "--format");
    confidence known;
    *w = (reproduce_wish){.finding = cli_value(args, "--finding"),
                          .path = args->position_count ? args->positions[0] : NULL,
                          .rev = cli_value(args, "--rev"),
                          .rule = cli_value(args, "--rule"),
                          .confidence = cli_value(args, "--confidence"),
                          .repository = cli_value(args, "--repo"),
                          .edit_out = cli_value(args, "--edit-out"),
                          .svg = cli_value(args, "--svg"),
                          .curve = cli_value(args, "--curve"),
                          .emit = cli_value(args, "--emit"),
                          .all = cli_value(args, "--all") != NULL,
                          .mermaid = cli_value(args, "--mermaid") != NULL,
                          .control = cli_value(args, "--control") != NULL,
                          .replay = cli_value(args, "--replay") != NULL,
                          .again = cli_value(args, "--again") != NULL,
                          .jsonl = format && strcmp(format, "jsonl") == 0};
    *status = EXIT_USAGE;
    if (w->path && !w->finding && is_id(w->path)) {
        w->finding = w->path;
        w->path = NULL;
    }
    if (format && !w->jsonl && strcmp(format, "text") != 0) {
        cli_usage(args, "--format is text or jsonl, not %s", format);
        return false;
    }
    if (w->confidence && !confidence_parse(sv_from(w->confidence), &known)) {
        cli_usage(args, "--confidence is certain, likely or possible");
        return false;
    }
    if (w->emit && strcmp(w->emit, "erlang") != 0 && strcmp(w->emit, "elixir") != 0) {
        cli_usage(args, "--emit is erlang or elixir, not %s", w->emit);
        return false;
    }
    if (w->rule && rule_find(sv_from(w->rule)) == UINT32_MAX) {
        cli_usage(args, "there is no rule %s; `lode rules` lists them", w->rule);
        return false;
    }
    if (!w->all && !w->finding && !(w->rule && w->path)) {
        cli_usage(args, "say which: ID, --finding ID PATH, --rule ID PATH (its first) or --all");
        return false;
    }
    return parse_numbers(args, w);
}

int cmd_reproduce(int argc, char **argv)
{
    cli_args args;
    reproduce_wish w;
    error err = {0};
    int status = 0;
    if (!cli_parse(argc, argv, 0, 1, &args, &status) || !parse_wish(&args, &w, &status))
        return status;
    if (!crawler_init(&err)) return cli_fail(&err);
    w.memo = load_memo_open();
    if (!w.path) {
        status = w.replay ? reproduce_replay_kept(&args, &w) : reproduce_stored(&args, &w);
    } else {
        pipeline_options options = {
            .path = w.path, .rev = w.rev, .thread_count = w.job_count, .rule = w.rule};
        pipeline_result r = {0};
        if (pipeline_run(&options, &r, &err)) status = reproduce_scanned(&w, &r);
        else status = cli_fail(&err);
        pipeline_release(&r);
    }
    load_memo_close(w.memo);
    crawler_end();
    return cli_flush() ? status : EXIT_ENVIRONMENT;
}
