#include "base/base.h"

#include "runtime/search.h"

/* Runs that are not exhaustive: random walks, one run, a replay. */

typedef struct {
    uint64_t state;
} rng;

/* splitmix64 (Sebastiano Vigna, public domain). */
static uint64_t rng_next(rng *g)
{
    uint64_t z = g->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

typedef struct {
    rng random;
    rt_mode mode;
    VEC(uint64_t) priority; /* by thread; 0: not drawn yet */
    VEC(uint32_t) changes;  /* RT_PCT: events at which the running thread falls behind */
    uint64_t low;           /* RT_PCT: the next priority below all others */
} walker;

static uint64_t priority_of(walker *w, uint32_t thread)
{
    while (w->priority.count <= thread) vec_push(&w->priority, 0);
    if (!w->priority.items[thread])
        w->priority.items[thread] = (rng_next(&w->random) >> 1) + (UINT64_C(1) << 32);
    return w->priority.items[thread];
}

static uint32_t pick_by_priority(walker *w, const run *r)
{
    uint32_t best = r->enabled.items[0];
    for (uint32_t i = 1; i < r->enabled.count; i++)
        if (priority_of(w, r->enabled.items[i]) > priority_of(w, best)) best = r->enabled.items[i];
    return best;
}

static uint32_t pick(walker *w, const run *r)
{
    if (w->mode == RT_RANDOM) return r->enabled.items[rng_next(&w->random) % r->enabled.count];
    uint32_t best = pick_by_priority(w, r);
    if (w->mode != RT_PCT) return best;
    for (uint32_t i = 0; i < w->changes.count; i++) {
        if (w->changes.items[i] != r->events.count) continue;
        (void)priority_of(w, best);
        w->priority.items[best] = w->low--;
        best = pick_by_priority(w, r);
    }
    return best;
}

/* POS: threads that raced with what just ran draw again. */
static void redraw(walker *w, const run *r, uint32_t ran)
{
    const thread_def *t = &r->space->threads.items[ran];
    w->priority.items[ran] = 0;
    for (uint32_t i = 0; i < r->enabled.count; i++) {
        const thread_def *u = &r->space->threads.items[r->enabled.items[i]];
        bool races = t->kind == THREAD_CHANNEL && u->kind == THREAD_CHANNEL && u->b == t->b;
        if (races || (t->kind == THREAD_PROC && u->kind == THREAD_PROC))
            w->priority.items[r->enabled.items[i]] = 0;
    }
}

static void walk_once(search *s, uint64_t seed)
{
    run *r = &s->run;
    walker w = {.random = {seed}, .mode = s->options->mode, .low = UINT32_MAX};
    if (w.mode == RT_ONCE) w.mode = RT_RANDOM;
    for (uint32_t i = 1; i < s->options->pct_depth && w.mode == RT_PCT; i++)
        vec_push(&w.changes, (uint32_t)(rng_next(&w.random) % 256));
    run_start(r);
    for (run_enabled(r); r->enabled.count; run_enabled(r)) {
        uint32_t thread = seed == 0 ? r->enabled.items[0] : pick(&w, r);
        uint32_t choice = seed == 0 ? 0 : (uint32_t)(rng_next(&w.random) >> 8);
        if (w.mode == RT_POS) {
            (void)priority_of(&w, thread);
            for (uint32_t i = 0; i < r->enabled.count; i++)
                (void)priority_of(&w, r->enabled.items[i]);
            redraw(&w, r, thread);
        }
        run_step(r, thread, choice);
    }
    vec_release(&w.priority);
    vec_release(&w.changes);
    s->verdict->events += r->events.count;
    s->verdict->schedules++;
    uint32_t first = 0;
    uint64_t class = race_each(r, &s->races, 0, NULL, NULL);
    if (map64_add(&s->class_index, class, &first)) s->verdict->classes++;
    search_record(s);
}

void search_walk(search *s)
{
    if (s->options->mode == RT_ONCE) {
        walk_once(s, s->options->seed);
        return;
    }
    rng seeds = {s->options->seed};
    while (s->verdict->schedules < s->options->schedules_max && !s->stop && !search_is_late(s))
        walk_once(s, rng_next(&seeds) | 1);
}

static bool path_of(space *s, sv text, uint32_t *pid)
{
    sv number;
    int64_t n;
    if (!sv_next(&text, '.', &number) || !sv_eq_c(number, "0")) return false;
    *pid = 1;
    while (sv_next(&text, '.', &number)) {
        if (!sv_to_i64(number, &n) || n < 1 || n > UINT32_MAX) return false;
        *pid = space_pid(s, *pid, (uint32_t)n);
    }
    return true;
}

/* One step of a schedule: p0.1  d0.1>0.2  t0.1#3, with =k behind it for the k-th way. */
static bool step_of(space *s, sv text, uint32_t *thread, uint32_t *choice)
{
    static const char kinds[] = "pdt";
    int64_t n = 1;
    uint32_t a, b = 0;
    if (text.size < 2 || !strchr(kinds, text.data[0])) return false;
    thread_kind kind = (thread_kind)(strchr(kinds, text.data[0]) - kinds);
    size_t eq = sv_find(text, SV("="), 0);
    if (eq != SIZE_MAX && !sv_to_i64(sv_slice(text, eq + 1, text.size), &n)) return false;
    text = sv_slice(text, 1, eq);
    size_t mid = sv_find(text, kind == THREAD_CHANNEL ? SV(">") : SV("#"), 0);
    if ((mid == SIZE_MAX) != (kind == THREAD_PROC)) return false;
    if (!path_of(s, sv_slice(text, 0, mid), &a)) return false;
    sv rest = mid == SIZE_MAX ? SV("") : sv_slice(text, mid + 1, text.size);
    if (kind == THREAD_CHANNEL && !path_of(s, rest, &b)) return false;
    int64_t ref = 0;
    if (kind == THREAD_TIMER && (!sv_to_i64(rest, &ref) || ref < 0 || ref > UINT32_MAX))
        return false;
    if (kind == THREAD_TIMER) b = (uint32_t)ref;
    if (n < 1 || n > UINT32_MAX) return false;
    *choice = (uint32_t)(n - 1);
    *thread = space_thread(s, kind, a, b);
    return true;
}

bool search_replay(search *s, sv schedule, error *err)
{
    run *r = &s->run;
    sv text;
    uint32_t step = 0;
    run_start(r);
    while (sv_next(&schedule, ' ', &text)) {
        uint32_t thread, choice;
        if (text.size == 0) continue;
        step++;
        if (!step_of(&s->space, text, &thread, &choice))
            return error_set(err, ERR_INPUT, "step %u of the schedule, %.*s, cannot be read", step,
                             SV_FMT(text));
        run_enabled(r);
        bool enabled = false;
        for (uint32_t i = 0; i < r->enabled.count; i++) enabled |= r->enabled.items[i] == thread;
        if (!enabled)
            return error_set(err, ERR_INPUT,
                             "step %u of the schedule, %.*s, cannot happen there; was the scenario "
                             "changed?",
                             step, SV_FMT(text));
        run_step(r, thread, choice);
    }
    for (run_enabled(r); r->enabled.count; run_enabled(r)) run_step(r, r->enabled.items[0], 0);
    return true;
}

/* The shortest prefix that, continued in the fair order, still comes to the same category. What a
 * reader has to follow is then only what had to be arranged. */
static bool prefix_suffices(search *s, sv schedule, size_t length, rt_category category)
{
    error ignored;
    if (!search_replay(s, sv_slice(schedule, 0, length), &ignored)) return false;
    return run_category(s->run.categories) == category;
}

void search_minimise(search *s)
{
    for (uint32_t i = 0; i < s->found.count; i++) {
        rt_outcome *o = &s->found.items[i].out;
        sv schedule = sv_from(o->schedule);
        size_t length = 0;
        while (length < schedule.size && !prefix_suffices(s, schedule, length, o->category)) {
            size_t next = sv_find(schedule, SV(" "), length + 1);
            length = next == SIZE_MAX ? schedule.size : next;
        }
        o->schedule = arena_strndup(&s->verdict->memory, schedule.data, length);
    }
}
