#include "base/base.h"

#include "runtime/parse.h"
#include "runtime/search.h"

rt_options rt_options_default(void)
{
    return (rt_options){.mode = RT_EXPLORE,
                        .seed = 1,
                        .schedules_max = 100000,
                        .events_max = 10000,
                        .horizon_ms = 60000,
                        .outcomes_max = 64,
                        .preemptions_max = -1,
                        .delays_max = -1,
                        .pct_depth = 3};
}

bool search_is_late(search *s)
{
    int64_t allowed_ms = s->options->wall_ms_max;
    if (allowed_ms > 0 && monotonic_ms() - s->began_ms >= allowed_ms) s->late = true;
    return s->late;
}

static bool search_run(search *s, error *err)
{
    const rt_options *o = s->options;
    switch (o->mode) {
    case RT_EXPLORE: {
        bool complete = search_explore(s);
        const char *why = s->stop   ? "stopped at the first fault, as asked"
                          : s->late ? "the time allowed is over"
                          : s->cut  ? "a run was cut: it has too many events or loops without end"
                          : o->preemptions_max >= 0 || o->delays_max >= 0
                              ? "bounded, as asked"
                              : "the number of schedules is over the limit";
        if (o->minimise) search_minimise(s);
        search_finish(s, complete, why);
        return true;
    }
    case RT_REPLAY:
        if (!search_replay(s, o->schedule, err)) return false;
        s->verdict->schedules = s->verdict->classes = 1;
        s->verdict->events = s->run.events.count;
        search_record(s);
        search_finish(s, false, "one schedule, replayed");
        return true;
    case RT_LIVE:
        if (!search_live(s, err)) return false;
        search_finish(s, false, "runs on threads, as they happened");
        return true;
    default:
        search_walk(s);
        if (o->minimise) search_minimise(s);
        search_finish(s, false, o->mode == RT_ONCE ? "one schedule" : "schedules drawn at random");
        return true;
    }
}

bool rt_run(sv file_name, sv text, const rt_options *options, rt_verdict *out, error *err)
{
    program p;
    *out = (rt_verdict){0};
    if (!program_parse(file_name, text, &p, err)) return false;
    search s = {
        .options = options, .verdict = out, .common = UINT32_MAX, .began_ms = monotonic_ms()};
    space_init(&s.space, &p, options);
    run_init(&s.run, &s.space);
    (void)space_pid(&s.space, 0, 0); /* the driver is number 1 */
    bool done = search_run(&s, err);
    run_release(&s.run);
    space_release(&s.space);
    race_work_release(&s.races);
    map64_release(&s.found_index);
    map64_release(&s.class_index);
    for (uint32_t i = 0; i < s.found.count; i++) vec_release(&s.found.items[i].path);
    vec_release(&s.found);
    program_release(&p);
    if (!done) rt_verdict_release(out);
    return done;
}

void rt_verdict_release(rt_verdict *verdict)
{
    arena_release(&verdict->memory);
    *verdict = (rt_verdict){0};
}

bool rt_check(sv file_name, sv text, error *err)
{
    program p;
    if (!program_parse(file_name, text, &p, err)) return false;
    program_release(&p);
    return true;
}
