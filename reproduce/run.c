/* From a finding to a verdict. */
#include "base/base.h"
#include "reproduce/story.h"
#include <time.h>

enum { SCHEDULES_DEFAULT = 2000 };

void reproduce_version(char *out, size_t size)
{
    snprintf(out, size, "runtime.%d scenarios.%d", RT_VERSION, REPRODUCE_VERSION);
}

const char *reproduce_verdict_name(reproduce_verdict verdict)
{
    static const char *const names[] = {"reproduced", "fails_without_the_fault", "not_reproduced",
                                        "budget_spent", "unsupported"};
    return (uint32_t)verdict < ARRAY_LEN(names) ? names[verdict] : "?";
}

/* Makes the story of a finding; s->unsupported says when there is none. */
static const recipe *make(story *s, const model *m, const findings *f, uint32_t index, bool control)
{
    *s = (story){.m = m, .all = f, .f = &f->items.items[index], .control = control};
    const recipe *r = recipe_of(sv_from(rule_get(s->f->rule)->id));
    if (r) story_make(s, r);
    else s->unsupported = "no scenario generator for this rule";
    return r;
}

bool reproduce_scenario(const model *m, const findings *f, uint32_t finding_index,
                        buf *scenario_text, error *err)
{
    story s;
    const recipe *r = make(&s, m, f, finding_index, false);
    bool done = !s.unsupported;
    if (done) story_tell(&s, r->predicted, scenario_text);
    else error_set(err, ERR_INPUT, "%s: %s", rule_get(s.f->rule)->id, s.unsupported);
    story_release(&s);
    return done;
}

static const char *const languages[] = {"scenario", "erlang", "elixir"};

bool reproduce_emit_scenario(sv file_name, sv text, const char *language, buf *out, error *err)
{
    story s;
    uint32_t predicted;
    uint32_t which = TELL_ERLANG;
    while (which < TELL_COUNT && strcmp(languages[which], language) != 0) which++;
    if (which == TELL_COUNT)
        return error_set(err, ERR_INPUT, "no programs are made in %s: erlang or elixir", language);
    bool done = story_read(file_name, text, &s, &predicted, err);
    if (done) story_emit(&s, predicted, (tell_language)which, out);
    story_release(&s);
    return done;
}

bool reproduce_emit(const model *m, const findings *f, uint32_t finding_index, const char *language,
                    bool control, buf *out, error *err)
{
    story s;
    buf text = {0};
    const recipe *r = make(&s, m, f, finding_index, control);
    const char *why = s.unsupported ? s.unsupported : s.not_on_otp;
    bool done = !why;
    if (done) {
        story_tell(&s, r->predicted, &text);
        done = reproduce_emit_scenario(SV("scenario"), buf_sv(&text), language, out, err);
    } else {
        error_set(err, ERR_INPUT, "%s: %s", rule_get(s.f->rule)->id, why);
    }
    story_release(&s);
    buf_release(&text);
    return done;
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool shows(const rt_verdict *v, uint32_t predicted, uint32_t *outcome)
{
    bool found = false;
    for (uint32_t i = 0; i < v->outcome_count; i++) {
        if (!(v->outcomes[i].categories & predicted)) continue;
        if (!found || v->outcomes[i].trace_count < v->outcomes[*outcome].trace_count) *outcome = i;
        found = true;
    }
    return found;
}

/* Explores fast until something fails; only if that is something else, on to the end. */
static bool explore(sv text, const reproduce_options *options, uint32_t predicted, bool to_the_end,
                    rt_verdict *out, error *err)
{
    rt_options o = rt_options_default();
    uint32_t ignored = 0;
    o.schedules_max = options->schedules_max ? options->schedules_max : SCHEDULES_DEFAULT;
    o.events_max = REPRODUCE_EVENTS_MAX;
    o.wall_ms_max = options->ms_max;
    o.minimise = !to_the_end;
    o.stop_at_first = !to_the_end;
    if (!rt_run(SV("scenario"), text, &o, out, err)) return false;
    if (to_the_end || shows(out, predicted, &ignored) || out->complete) return true;
    rt_verdict_release(out);
    o.stop_at_first = false;
    return rt_run(SV("scenario"), text, &o, out, err);
}

static void keep_assumptions(reproduction *out, const story *s)
{
    buf text = {0};
    for (vec_each(&s->assumed, a)) buf_printf(&text, "%s\n", *a);
    out->assumptions = arena_strndup(&out->memory, text.data ? text.data : "", text.size);
    out->unknowns = s->unknowns;
    buf_release(&text);
}

static bool judge(reproduction *out, const reproduce_options *options, error *err)
{
    uint32_t in_control = 0;
    if (!explore(buf_sv(&out->scenario), options, out->predicted, false, &out->run, err))
        return false;
    bool failed = shows(&out->run, out->predicted, &out->outcome);
    if (!failed) {
        out->verdict = out->run.complete ? NOT_REPRODUCED : NOT_REPRODUCED_SO_FAR;
        return true;
    }
    uint32_t shown = out->run.outcomes[out->outcome].categories & out->predicted;
    rt_category gravest = 0;
    while (!(shown >> gravest & 1)) gravest++;
    buf_printf(&out->scenario, "expect some %s\n", rt_category_name(gravest));
    rt_verdict control = {0};
    if (!explore(buf_sv(&out->control), options, out->predicted, true, &control, err)) return false;
    out->control_complete = control.complete;
    out->control_schedules = control.schedules;
    out->verdict = shows(&control, out->predicted, &in_control) ? REPRODUCED_BOTH : REPRODUCED;
    rt_verdict_release(&control);
    return true;
}

bool reproduce_run(const model *m, const findings *f, uint32_t finding_index,
                   const reproduce_options *options, reproduction *out, error *err)
{
    double start = now_s();
    story s;
    const recipe *r = make(&s, m, f, finding_index, false);
    out->rule = rule_get(s.f->rule)->id;
    out->why = out->control_change = "";
    keep_assumptions(out, &s);
    if (s.unsupported) {
        out->verdict = UNSUPPORTED;
        out->why = s.unsupported; /* static text */
        story_release(&s);
        out->seconds = now_s() - start;
        return true;
    }
    out->predicted = r->predicted;
    story_tell(&s, r->predicted, &out->scenario);
    story_release(&s);
    make(&s, m, f, finding_index, true);
    story_tell(&s, r->predicted, &out->control);
    const char *change = s.control_text ? s.control_text : "";
    out->control_change = arena_strndup(&out->memory, change, strlen(change));
    story_release(&s);
    bool done = options->scenario_only || judge(out, options, err);
    out->seconds = now_s() - start;
    return done;
}

void reproduction_release(reproduction *r)
{
    buf_release(&r->scenario);
    buf_release(&r->control);
    rt_verdict_release(&r->run);
    arena_release(&r->memory);
    *r = (reproduction){0};
}
