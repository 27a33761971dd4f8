/* A failing run in words, and run again. */
#include "base/base.h"
#include "reproduce/reproduce.h"

/* The step that the summary is about: "PROCESS EVENT, at TIME ms". */
static uint32_t failing_step(const rt_outcome *o)
{
    buf text = {0};
    uint32_t found = UINT32_MAX;
    for (uint32_t i = 0; i < o->trace_count && found == UINT32_MAX; i++) {
        const rt_trace_event *e = &o->trace[i];
        buf_clear(&text);
        buf_printf(&text, "%s %s, at %" PRId64 " ms", e->process, e->event, e->time_ms);
        if (sv_eq_c(buf_sv(&text), o->summary)) found = i;
    }
    buf_release(&text);
    return found;
}

void reproduce_told(const rt_outcome *outcome, buf *out)
{
    uint32_t failing = failing_step(outcome);
    for (uint32_t i = 0; i < outcome->trace_count; i++) {
        const rt_trace_event *e = &outcome->trace[i];
        buf_printf(out, "%c%8" PRId64 " ms  %-22s %s%s%s%s\n", i == failing ? '>' : ' ', e->time_ms,
                   e->process, e->event, *e->place ? "  [" : "", e->place, *e->place ? "]" : "");
    }
}

void reproduce_digest(const rt_outcome *outcome, char out[65])
{
    buf text = {0};
    sha256 h;
    unsigned char digest[32];
    reproduce_told(outcome, &text);
    sha256_init(&h);
    sha256_add(&h, buf_sv(&text).data, text.size);
    sha256_end(&h, digest);
    hex_encode(digest, sizeof digest, out);
    buf_release(&text);
}

bool reproduce_replay(sv scenario, sv schedule, rt_verdict *out, error *err)
{
    rt_options o = rt_options_default();
    o.mode = RT_REPLAY;
    o.events_max = REPRODUCE_EVENTS_MAX;
    o.schedule = schedule;
    return rt_run(SV("scenario"), scenario, &o, out, err);
}
