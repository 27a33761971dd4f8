/* Verdicts and stories on stdout. */
#include "base/base.h"
#include "cli/reproduce.h"

bool write_text(const char *path, sv text)
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

void print_verdict(const finding *f, const reproduced *one)
{
    const reproduction *r = &one->r;
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
    if (r->verdict != UNSUPPORTED) {
        if (r->run.schedules)
            printf("  explored %" PRIu64 " schedules; control: %" PRIu64 " (%s), %s\n",
                   r->run.schedules, r->control_schedules,
                   r->control_complete ? "all of them" : "within the budget", r->control_change);
        if (r->unknowns) printf("  %u unknowns are explored choices\n", r->unknowns);
        sv rest = sv_from(r->assumptions), line;
        while (sv_next(&rest, '\n', &line))
            if (line.size) printf("  supposed: %.*s\n", SV_FMT(line));
    }
    print_load(&one->load);
}

void print_story(const rt_outcome *o)
{
    buf text = {0};
    sv rest, line;
    reproduce_told(o, &text);
    rest = buf_sv(&text);
    while (sv_next(&rest, '\n', &line)) {
        if (!line.size) continue;
        bool fails = *line.data == '>';
        printf(" %s%.*s%s\n", fails ? cli_paint(COLOR_RED) : "", SV_FMT(line),
               fails ? cli_paint(COLOR_NONE) : "");
    }
    buf_release(&text);
}

void print_load(const load_curve *c)
{
    if (c->why && *c->why) printf("  load: not measured, %s\n", c->why);
    if (!c->line_count) return;
    printf("  load: %s\n  %-44s %s\n", c->told, "", c->x_label);
    for (uint32_t i = 0; i < c->line_count; i++) {
        const load_line *line = &c->lines[i];
        printf("    %-42s ", line->name);
        if (line->tips) printf("tips at %.4g\n", line->x_tip);
        else printf("does not tip up to %.4g\n", line->points[line->point_count - 1].x);
    }
}

static void key_text(json_out *j, const char *key, const char *text)
{
    json_key(j, key);
    json_c(j, text);
}

static void key_number(json_out *j, const char *key, int64_t number)
{
    json_key(j, key);
    json_i64(j, number);
}

static void load_json(json_out *j, const load_curve *c)
{
    json_key(j, "lines");
    json_array(j);
    for (uint32_t i = 0; i < c->line_count; i++) {
        const load_line *line = &c->lines[i];
        json_object(j);
        key_text(j, "name", line->name);
        json_key(j, "control");
        json_bool(j, line->control);
        json_key(j, "tips_at");
        if (line->tips) json_f64(j, line->x_tip);
        else json_null(j);
        json_key(j, "points");
        json_array(j);
        for (uint32_t k = 0; k < line->point_count; k++) {
            json_array(j);
            json_f64(j, line->points[k].x);
            json_f64(j, line->points[k].y);
            json_array_end(j);
        }
        json_array_end(j);
        json_object_end(j);
    }
    json_array_end(j);
}

void print_verdict_json(const finding *f, const reproduced *one)
{
    const reproduction *r = &one->r;
    const rt_outcome *o = reproduced_outcome(one);
    buf line = {0};
    json_out j = {.out = &line};
    json_object(&j);
    key_text(&j, "rule", r->rule);
    key_text(&j, "fingerprint", f->fingerprint);
    key_text(&j, "confidence", confidence_name((confidence)f->confidence));
    json_key(&j, "path");
    json_sv(&j, f->at.path);
    key_number(&j, "line", f->at.line);
    key_text(&j, "verdict", reproduce_verdict_name(r->verdict));
    key_text(&j, "why", r->why);
    key_text(&j, "category", o ? rt_category_name(o->category) : "");
    key_text(&j, "summary", o ? o->summary : "");
    key_text(&j, "schedule", o ? o->schedule : "");
    key_number(&j, "depth", o ? o->trace_count : 0);
    key_number(&j, "schedules", (int64_t)r->run.schedules);
    key_number(&j, "control_schedules", (int64_t)r->control_schedules);
    key_number(&j, "unknowns", r->unknowns);
    key_number(&j, "ms", (int64_t)(r->seconds * 1000));
    if (one->load.line_count) {
        key_text(&j, "load", one->load.told);
        load_json(&j, &one->load);
    }
    json_object_end(&j);
    buf_add_char(&line, '\n');
    fwrite(line.data, 1, line.size, stdout);
    buf_release(&line);
}

void print_totals(const rule_total *totals)
{
    rule_total sum = {0};
    printf("%-32s %10s %12s %14s %6s %11s %8s %8s\n", "rule", "reproduced", "also without",
           "not reproduced", "budget", "unsupported", "mean ms", "max ms");
    for (rule_ix i = 0; i <= rule_count(); i++) {
        const rule_total *t = i < rule_count() ? &totals[i] : &sum;
        uint32_t all = 0;
        for (uint32_t k = 0; k < REPRODUCE_VERDICT_COUNT; k++) all += t->counts[k];
        if (!all) continue;
        printf("%-32s %10u %12u %14u %6u %11u %8.0f %8.0f\n",
               i < rule_count() ? rule_get(i)->id : "all", t->counts[REPRODUCED],
               t->counts[REPRODUCED_BOTH], t->counts[NOT_REPRODUCED],
               t->counts[NOT_REPRODUCED_SO_FAR], t->counts[UNSUPPORTED],
               t->seconds_sum * 1000 / all, t->seconds_max * 1000);
        if (t == &sum) break;
        for (uint32_t k = 0; k < REPRODUCE_VERDICT_COUNT; k++) sum.counts[k] += t->counts[k];
        sum.seconds_sum += t->seconds_sum;
        sum.seconds_max = MAX(sum.seconds_max, t->seconds_max);
    }
}
