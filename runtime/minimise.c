#include "base/base.h"

#include "runtime/parse.h"

/* Scenario reduction: lines, and blocks of lines with what they enclose, are left out as long as
 * the rest is a scenario that still shows the category. One minimal set remains: nothing more can
 * be left out alone. */

typedef VEC(sv) line_list;

static int depth_change(sv line)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < line.size; i++) {
        if (line.data[i] == '"') quoted = !quoted;
        if (quoted) continue;
        if (line.data[i] == '#') break;
        depth += (line.data[i] == '{') - (line.data[i] == '}');
    }
    return depth;
}

/* The line after the block that begins on this one. */
static uint32_t block_end(const line_list *lines, uint32_t at)
{
    int depth = depth_change(lines->items[at]);
    uint32_t end = at + 1;
    while (depth > 0 && end < lines->count) depth += depth_change(lines->items[end++]);
    return end;
}

static void join(const line_list *lines, uint32_t without_from, uint32_t without_to, buf *out)
{
    buf_clear(out);
    for (uint32_t i = 0; i < lines->count; i++) {
        if (i >= without_from && i < without_to) continue;
        buf_add(out, lines->items[i]);
        buf_add_char(out, '\n');
    }
}

/* A ring of waits must not shrink to a lone wait: it would be another fault. */
static bool is_ring(const rt_outcome *o)
{
    return !sv_has(sv_from(o->summary), SV("never answer"));
}

static bool shows(sv file_name, sv text, const rt_options *options, rt_category category,
                  bool *ring, bool out_of_choice)
{
    rt_verdict v;
    error ignored;
    if (!rt_run(file_name, text, options, &v, &ignored)) return false;
    bool found = false, lone = false;
    for (uint32_t i = 0; i < v.outcome_count; i++) {
        if (!(v.outcomes[i].categories >> category & 1)) continue;
        if (*ring && category == RT_DEADLOCK && !is_ring(&v.outcomes[i])) lone = true;
        else found = true;
    }
    if (!found && lone && out_of_choice) {
        *ring = false;
        found = true;
    }
    rt_verdict_release(&v);
    return found;
}

static bool try_without(line_list *lines, uint32_t from, uint32_t to, sv file_name,
                        const rt_options *options, rt_category category, bool ring)
{
    buf text = {0};
    join(lines, from, to, &text);
    bool good = shows(file_name, buf_sv(&text), options, category, &ring, false);
    buf_release(&text);
    if (!good) return false;
    for (uint32_t i = to; i < lines->count; i++) lines->items[from + i - to] = lines->items[i];
    lines->count -= to - from;
    return true;
}

bool rt_minimise(sv file_name, sv text, const rt_options *options, rt_category category, buf *out,
                 error *err)
{
    buf layout = {0};
    line_list lines = {0};
    rt_options o = *options;
    o.minimise = false;
    if (!scenario_layout(file_name, text, true, &layout, err)) return false;
    bool ring = true;
    if (!shows(file_name, buf_sv(&layout), &o, category, &ring, true)) {
        buf_release(&layout);
        return error_set(err, ERR_INPUT, "%.*s shows no %s", SV_FMT(file_name),
                         rt_category_name(category));
    }
    sv rest = buf_sv(&layout), line;
    while (sv_next(&rest, '\n', &line))
        if (sv_trim(line).size && !sv_starts(sv_trim(line), SV("#"))) vec_push(&lines, line);
    bool smaller = true;
    while (smaller) {
        smaller = false;
        for (uint32_t i = 0; i < lines.count;) {
            uint32_t end = block_end(&lines, i);
            if (try_without(&lines, i, end, file_name, &o, category, ring)) smaller = true;
            else i++;
        }
    }
    buf kept = {0};
    join(&lines, 0, 0, &kept);
    bool done = rt_format(file_name, buf_sv(&kept), out, err);
    buf_release(&kept);
    buf_release(&layout);
    vec_release(&lines);
    return done;
}
