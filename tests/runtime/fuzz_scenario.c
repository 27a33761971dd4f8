/* Scenarios from anywhere: parsed, formatted, and run for a moment. */
#include "base/base.h"
#include "runtime/runtime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sv text = {(const char *)data, size};
    error err = {0};
    buf once = {0}, twice = {0};
    if (rt_format(SV("fuzz"), text, &once, &err)) {
        if (!rt_format(SV("fuzz"), buf_sv(&once), &twice, &err) ||
            !sv_eq(buf_sv(&once), buf_sv(&twice)))
            abort();
        rt_options o = rt_options_default();
        o.schedules_max = 20;
        o.events_max = 200;
        rt_verdict v;
        if (rt_run(SV("fuzz"), text, &o, &v, &err)) rt_verdict_release(&v);
    }
    buf_release(&once);
    buf_release(&twice);
    return 0;
}
