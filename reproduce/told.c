/* A failing run in words, and run again. */
#include "base/base.h"
#include "reproduce/reproduce.h"

void reproduce_told(const rt_outcome *outcome, buf *out)
{
    for (uint32_t i = 0; i < outcome->trace_count; i++) {
        const rt_trace_event *e = &outcome->trace[i];
        buf_printf(out, "%8" PRId64 " ms  %-22s %s%s%s%s\n", e->time_ms, e->process, e->event,
                   *e->place ? "  [" : "", e->place, *e->place ? "]" : "");
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
