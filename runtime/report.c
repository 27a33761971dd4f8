#include "base/base.h"

#include "runtime/runtime.h"

static void print_outcome(const rt_outcome *o, uint32_t number, buf *out)
{
    buf_printf(out, "%u. %s: %s\n", number, rt_category_name(o->category), o->summary);
    buf_printf(out, "   seen in %" PRIu64 " schedules; hash %016" PRIx64 "; also:", o->schedules,
               o->hash);
    uint32_t others = 0;
    for (uint32_t c = 0; c < RT_CATEGORY_COUNT; c++)
        if ((o->categories >> c & 1) && c != o->category) {
            buf_printf(out, " %s", rt_category_name((rt_category)c));
            others++;
        }
    buf_add_c(out, others ? "\n" : " nothing else\n");
    if (o->mailbox_peak > 1)
        buf_printf(out, "   longest mailbox: %u messages, %" PRIu64 " bytes, of %s\n",
                   o->mailbox_peak, o->mailbox_bytes_peak, o->mailbox_owner);
    if (o->binary_bytes_peak)
        buf_printf(out, "   binaries kept: %" PRIu64 " bytes, by %s\n", o->binary_bytes_peak,
                   o->binary_owner);
    if (o->restarts || o->herd_peak > 1)
        buf_printf(out, "   restarts: %u; woken at one instant: %u\n", o->restarts, o->herd_peak);
    for (uint32_t i = 0; i < o->trace_count; i++) {
        const rt_trace_event *e = &o->trace[i];
        buf_printf(out, "   %8" PRId64 " ms  %-18s %s", e->time_ms, e->process, e->event);
        if (e->place[0]) buf_printf(out, "  (%s)", e->place);
        else if (e->line) buf_printf(out, "  (line %u)", e->line);
        buf_add_char(out, '\n');
    }
    buf_printf(out, "   schedule: %s\n\n", o->schedule);
}

void rt_verdict_print(const rt_verdict *v, buf *out)
{
    for (uint32_t i = 0; i < v->outcome_count; i++) print_outcome(&v->outcomes[i], i + 1, out);
    buf_printf(out,
               "%" PRIu64 " outcomes in %" PRIu64 " schedules (%" PRIu64 " inequivalent, %" PRIu64
               " more cut short as redundant, %" PRIu64 " events)\n",
               v->outcomes_total, v->schedules, v->classes, v->blocked, v->events);
    if (v->complete)
        buf_printf(out, "complete: there are no others, up to %" PRId64 " ms\n", v->horizon_ms);
    else buf_printf(out, "not complete: %s\n", v->incomplete_why);
    if (!v->expectations_met) buf_printf(out, "not as expected:\n%s", v->expectations_text);
}

static void json_outcome(json_out *j, const rt_outcome *o)
{
    char hash[17];
    snprintf(hash, sizeof hash, "%016" PRIx64, o->hash);
    json_object(j);
    json_key(j, "category"), json_c(j, rt_category_name(o->category));
    json_key(j, "categories"), json_array(j);
    for (uint32_t c = 0; c < RT_CATEGORY_COUNT; c++)
        if (o->categories >> c & 1) json_c(j, rt_category_name((rt_category)c));
    json_array_end(j);
    json_key(j, "summary"), json_c(j, o->summary);
    json_key(j, "hash"), json_c(j, hash);
    json_key(j, "schedules"), json_i64(j, (int64_t)o->schedules);
    json_key(j, "schedule"), json_c(j, o->schedule);
    json_key(j, "mailbox_peak"), json_i64(j, o->mailbox_peak);
    json_key(j, "mailbox_owner"), json_c(j, o->mailbox_owner);
    json_key(j, "mailbox_bytes_peak"), json_i64(j, (int64_t)o->mailbox_bytes_peak);
    json_key(j, "binary_bytes_peak"), json_i64(j, (int64_t)o->binary_bytes_peak);
    json_key(j, "binary_owner"), json_c(j, o->binary_owner);
    json_key(j, "restarts"), json_i64(j, o->restarts);
    json_key(j, "herd_peak"), json_i64(j, o->herd_peak);
    json_key(j, "end_ms"), json_i64(j, o->end_ms);
    json_key(j, "trace"), json_array(j);
    for (uint32_t i = 0; i < o->trace_count; i++) {
        const rt_trace_event *e = &o->trace[i];
        json_object(j);
        json_key(j, "time_ms"), json_i64(j, e->time_ms);
        json_key(j, "process"), json_c(j, e->process);
        json_key(j, "event"), json_c(j, e->event);
        json_key(j, "place"), json_c(j, e->place);
        json_key(j, "line"), json_i64(j, e->line);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

void rt_verdict_json(const rt_verdict *v, buf *out)
{
    json_out j = {.out = out};
    json_object(&j);
    json_key(&j, "complete"), json_bool(&j, v->complete);
    json_key(&j, "incomplete_why"), json_c(&j, v->incomplete_why);
    json_key(&j, "schedules"), json_i64(&j, (int64_t)v->schedules);
    json_key(&j, "classes"), json_i64(&j, (int64_t)v->classes);
    json_key(&j, "blocked"), json_i64(&j, (int64_t)v->blocked);
    json_key(&j, "events"), json_i64(&j, (int64_t)v->events);
    json_key(&j, "horizon_ms"), json_i64(&j, v->horizon_ms);
    json_key(&j, "outcomes_total"), json_i64(&j, (int64_t)v->outcomes_total);
    json_key(&j, "expectations_met"), json_bool(&j, v->expectations_met);
    json_key(&j, "expectations"), json_c(&j, v->expectations_text);
    json_key(&j, "outcomes"), json_array(&j);
    for (uint32_t i = 0; i < v->outcome_count; i++) json_outcome(&j, &v->outcomes[i]);
    json_array_end(&j);
    json_object_end(&j);
    buf_add_char(out, '\n');
}
