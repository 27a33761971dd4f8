/* What all load sweeps share: lines, points, single runs, and where a line tips. */
#include "base/base.h"
#include "reproduce/sweep.h"
#include <math.h>
#include <pthread.h>
#include <time.h>

static const sweep_row rows[] = {
#define SWEEP(rule, measure) {rule, measure},
#include "reproduce/sweeps.def"
#undef SWEEP
};

const sweep_row *sweep_of(sv rule)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (sv_eq_c(rule, rows[i].rule)) return &rows[i];
    return NULL;
}

bool reproduce_is_load(sv rule)
{
    return sweep_of(rule) != NULL;
}

const char *curve_text(sweep *w, const char *format, ...)
{
    char text[900];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return arena_strndup(&w->out->memory, text, MIN((size_t)MAX(size, 0), sizeof text - 1));
}

load_line *line_add(sweep *w, bool control, const char *format, ...)
{
    char name[120];
    va_list args;
    if (w->out->line_count == LINES_MAX) return NULL;
    if (!w->out->lines) w->out->lines = ARENA_ARRAY(&w->out->memory, load_line, LINES_MAX);
    va_start(args, format);
    vsnprintf(name, sizeof name, format, args);
    va_end(args);
    load_line *line = &w->out->lines[w->out->line_count++];
    *line = (load_line){.name = arena_strndup(&w->out->memory, name, strlen(name)),
                        .control = control,
                        .points = ARENA_ARRAY(&w->out->memory, load_point, POINTS_MAX)};
    return line;
}

void point_add(load_line *line, double x, double y)
{
    if (line->point_count == POINTS_MAX) return;
    uint32_t at = line->point_count++;
    for (; at && line->points[at - 1].x > x; at--) line->points[at] = line->points[at - 1];
    line->points[at] = (load_point){x, y};
}

struct load_memo {
    pthread_mutex_t lock;
    map64 index; /* hash of a scenario's text -> index of runs; guarded by lock, as runs are */
    VEC(sweep_run) runs;
};

load_memo *load_memo_open(void)
{
    load_memo *memo = base_calloc(1, sizeof *memo);
    pthread_mutex_init(&memo->lock, NULL);
    return memo;
}

void load_memo_close(load_memo *memo)
{
    if (!memo) return;
    pthread_mutex_destroy(&memo->lock);
    map64_release(&memo->index);
    vec_release(&memo->runs);
    free(memo);
}

static bool recall(load_memo *memo, uint64_t key, sweep_run *out)
{
    if (!memo) return false;
    pthread_mutex_lock(&memo->lock);
    uint32_t at = map64_get(&memo->index, key, UINT32_MAX);
    if (at != UINT32_MAX) *out = memo->runs.items[at];
    pthread_mutex_unlock(&memo->lock);
    return at != UINT32_MAX;
}

static void remember(load_memo *memo, uint64_t key, const sweep_run *run)
{
    if (!memo) return;
    pthread_mutex_lock(&memo->lock);
    uint32_t at = memo->runs.count;
    if (map64_add(&memo->index, key, &at)) vec_push(&memo->runs, *run);
    pthread_mutex_unlock(&memo->lock);
}

bool run_once(sweep *w, sweep_run *out, error *err)
{
    uint64_t key = hash64(buf_sv(&w->text));
    rt_options o = rt_options_default();
    rt_verdict v;
    o.mode = RT_ONCE;
    o.seed = 0;
    o.events_max = 200000;
    o.outcomes_max = 1;
    w->out->runs++;
    if (recall(w->memo, key, out)) return true;
    if (!rt_run(SV("sweep"), buf_sv(&w->text), &o, &v, err)) return false;
    *out = (sweep_run){0};
    if (v.outcome_count) {
        const rt_outcome *found = &v.outcomes[0];
        *out = (sweep_run){found->categories, found->mailbox_peak, found->end_ms};
    }
    remember(w->memo, key, out);
    rt_verdict_release(&v);
    return true;
}

static bool measure_point(sweep *w, load_line *line, double x, measure_fn measure,
                          const void *setting, double *y, error *err)
{
    buf_clear(&w->text);
    if (!measure(w, setting, x, y, err)) return false;
    point_add(line, x, *y);
    return true;
}

bool line_measure(sweep *w, load_line *line, const double *grid, uint32_t count, bool whole,
                  measure_fn measure, const void *setting, error *err)
{
    enum { HALVINGS = 6 };
    double low = 0, high = 0, y;
    for (uint32_t i = 0; i < count; i++) {
        if (!measure_point(w, line, grid[i], measure, setting, &y, err)) return false;
        if (high > 0) continue;
        if (y >= w->out->y_tip) high = grid[i];
        else low = grid[i];
    }
    line->tips = high > 0;
    if (!line->tips) return true;
    for (int i = 0; i < HALVINGS && low > 0 && high / low > 1.01; i++) {
        double x = sqrt(low * high);
        if (whole) x = floor(x + 0.5);
        if (whole && (x <= low || x >= high)) break;
        if (!measure_point(w, line, x, measure, setting, &y, err)) return false;
        if (y >= w->out->y_tip) high = x;
        else low = x;
    }
    line->x_tip = high;
    return true;
}

void number_add(buf *out, double x)
{
    int decimals = x >= 100 || x == floor(x) ? 0 : x >= 10 ? 1 : x >= 1 ? 1 : 2;
    buf_printf(out, "%.*f", decimals, x);
}

void span_ms_add(buf *out, int64_t ms)
{
    if (ms % 1000 == 0) buf_printf(out, "%" PRId64 " s", ms / 1000);
    else buf_printf(out, "%" PRId64 " ms", ms);
}

bool reproduce_load(const model *m, const findings *f, uint32_t finding_index, load_memo *memo,
                    load_curve *out, error *err)
{
    struct timespec from, to;
    sweep w = {
        .s = {.m = m, .all = f, .f = &f->items.items[finding_index]}, .out = out, .memo = memo};
    const sweep_row *row = sweep_of(sv_from(rule_get(w.s.f->rule)->id));
    clock_gettime(CLOCK_MONOTONIC, &from);
    out->title = out->x_label = out->y_label = out->told = "";
    out->why = row ? "" : "load does not decide";
    bool done = !row || row->measure(&w, err);
    clock_gettime(CLOCK_MONOTONIC, &to);
    out->seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    buf_release(&w.text);
    story_release(&w.s);
    return done;
}

void load_curve_release(load_curve *c)
{
    arena_release(&c->memory);
    *c = (load_curve){0};
}
