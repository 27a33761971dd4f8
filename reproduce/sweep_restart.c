/* How many crashes a minute a supervisor survives: crashes at random times, over seeds. */
#include "base/base.h"
#include "reproduce/sweep.h"
#include <math.h>

enum {
    SEEDS = 150,
    GRID = 25,
    MINUTE_MS = 60000,
    CHILDREN_OF_ANY = 10, /* stand for any number: only crashes of all together count */
    CHILDREN_RUN_MAX = 60,
    INTENSITY_MAX = 50,
    HOLDS_MAX = SEEDS / 20, /* deaths of all seeds with which it counts as holding */
};

/* The supervisor as it stands in the source, and what of it is varied. */
typedef struct {
    const char *strategy;
    int64_t intensity, period_s;
    uint32_t children;                      /* that run */
    bool counted;                           /* their number is known */
    const char *restarts[CHILDREN_RUN_MAX]; /* how each is restarted; never temporary */
} tree_setting;

/* splitmix64 (Sebastiano Vigna, public domain). */
static uint64_t draw(uint64_t *state)
{
    return hash64_mix(*state += UINT64_C(0x9e3779b97f4a7c15));
}

static double draw_part(uint64_t *state)
{
    return (double)(draw(state) >> 11) / (double)(UINT64_C(1) << 53);
}

/* An exponentially distributed time of mean 1, by comparisons only (J. von Neumann, Various
 * techniques used in connection with random digits, 1951): the same bits on every machine. */
static double draw_wait(uint64_t *state)
{
    for (double whole = 0;; whole += 1) {
        double first = draw_part(state), last = first;
        uint32_t n = 1;
        for (double next; (next = draw_part(state)) < last; last = next) n++;
        if (n % 2) return whole + first;
    }
}

/* The same seed gives the same crashes at every rate, only faster: more of them in any window, so
 * that what kills at one rate kills at each higher one. */
static void tell(sweep *w, const tree_setting *t, double crashes_a_minute, uint64_t seed)
{
    buf *out = &w->text;
    uint64_t state = hash64_mix(seed); /* streams of near seeds must not overlap */
    buf_clear(out);
    buf_printf(out,
               "limit time %d\nserver worker(Id) {\n  name {via, workers, Id}\n"
               "  on cast crash { crash dependency_down }\n}\nsupervisor top",
               MINUTE_MS);
    buf_printf(out, " {\n  strategy %s\n  intensity %" PRId64 " per %" PRId64 "\n", t->strategy,
               t->intensity, t->period_s);
    for (uint32_t i = 0; i < t->children; i++)
        buf_printf(out, "  child worker(%u) id %u restart %s\n", i, i, t->restarts[i]);
    buf_add_c(out, "}\ndriver {\n  start top\n");
    for (double sum = 0;;) {
        sum += draw_wait(&state);
        double at_ms = floor(sum * MINUTE_MS / crashes_a_minute);
        if (at_ms >= MINUTE_MS) break;
        buf_printf(out, "  at %.0f; cast {via, workers, %u} crash\n", at_ms,
                   (uint32_t)(draw(&state) % t->children));
    }
    buf_add_c(out, "}\n");
}

static bool dies(sweep *w, const tree_setting *t, double rate, uint64_t seed, bool *dead,
                 error *err)
{
    sweep_run run;
    tell(w, t, rate, seed);
    if (!run_once(w, &run, err)) return false;
    *dead = run.categories >> RT_INTENSITY_REACHED & 1;
    return true;
}

/* Adds the share of seeds that kill it at each rate of the grid. Each seed kills from some rate on,
 * which is found by halving. */
static bool measure(sweep *w, load_line *line, const tree_setting *t, const double *grid,
                    error *err)
{
    uint32_t from[GRID + 1] = {0}, killed = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        uint32_t low = 0, high = GRID; /* the first index that kills lies within low .. high */
        while (low < high) {
            uint32_t middle = (low + high) / 2;
            bool dead;
            if (!dies(w, t, grid[middle], seed, &dead, err)) return false;
            if (dead) high = middle;
            else low = middle + 1;
        }
        from[low]++;
    }
    double before = 0;
    for (uint32_t i = 0; i < GRID; i++) {
        killed += from[i];
        double share = 100.0 * killed / SEEDS;
        point_add(line, grid[i], share);
        if (!line->tips && share >= w->out->y_tip) {
            line->tips = true;
            line->x_tip = grid[i];
            if (i) /* between two rates, on the logarithmic axis */
                line->x_tip = grid[i - 1] * pow(grid[i] / grid[i - 1],
                                                (w->out->y_tip - before) / (share - before));
        }
        before = share;
    }
    return true;
}

/* The smallest intensity with which nearly no seed kills it at a rate. */
static bool find_holding(sweep *w, tree_setting t, double rate, int64_t *out, error *err)
{
    int64_t low = t.intensity + 1, high = t.intensity * 4 + 16;
    while (low < high) {
        uint32_t deaths = 0;
        t.intensity = (low + high) / 2;
        for (uint64_t seed = 1; seed <= SEEDS && deaths <= HOLDS_MAX; seed++) {
            bool dead;
            if (!dies(w, &t, rate, seed, &dead, err)) return false;
            deaths += dead;
        }
        if (deaths <= HOLDS_MAX) high = t.intensity;
        else low = t.intensity + 1;
    }
    *out = low;
    return true;
}

static void span_add(buf *out, double seconds)
{
    bool minutes = seconds >= 180;
    number_add(out, minutes ? floor(seconds / 6 + 0.5) / 10 : seconds);
    buf_add_c(out, minutes ? " min" : " s");
}

static void say(sweep *w, const tree_setting *t, const load_line *line, int64_t holding)
{
    buf text = {0};
    buf_printf(&text, "this supervisor, %" PRId64 " in %" PRId64 " s with ", t->intensity,
               t->period_s);
    if (t->counted)
        buf_printf(&text, "%u %s", t->children, t->children == 1 ? "child" : "children");
    else buf_add_c(&text, "any number of children");
    if (line->tips) {
        buf_add_c(&text, ", dies within a minute with probability one half at ");
        number_add(&text, line->x_tip);
        buf_add_c(&text, " crashes a minute");
        if (t->counted && t->children > 1) {
            buf_add_c(&text, " (each child once in ");
            span_add(&text, t->children * 60.0 / line->x_tip);
            buf_add_char(&text, ')');
        } else if (!t->counted) {
            buf_add_c(&text, " of all together (of 100 children each once in ");
            span_add(&text, 100 * 60.0 / line->x_tip);
            buf_add_char(&text, ')');
        }
        buf_printf(&text, "; at that rate %" PRId64 " in %" PRId64 " s would hold", holding,
                   t->period_s);
    } else {
        buf_add_c(&text, ", does not die within what was swept");
    }
    w->out->told = arena_strndup(&w->out->memory, text.data, text.size);
    buf_release(&text);
}

static bool setting_of(sweep *w, tree_setting *t)
{
    static const char *const strategies[] = {"one_for_one", "one_for_one", "one_for_all",
                                             "rest_for_one", "one_for_one"};
    const story *s = &w->s;
    supervisor_ix ix = supervisor_at(s);
    if (ix == NO_IX) {
        w->out->why = "the supervisor is not known";
        return false;
    }
    const model_supervisor *real = &s->m->supervisors.items[ix];
    bool repeated = false;
    for (uint32_t i = 0; i < real->child_count; i++)
        repeated |= s->m->children.items[real->child_first + i].repeated;
    if (real->intensity < 0 || real->period_s <= 0) {
        w->out->why = "its intensity is computed: not known from the source";
        return false;
    }
    if (real->intensity > INTENSITY_MAX) {
        w->out->why = "its intensity is too high to be reached by single crashes";
        return false;
    }
    const char *restarts[CHILDREN_RUN_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < MAX(real->child_count, 1U) && count < CHILDREN_RUN_MAX; i++) {
        const char *how = restart_of(s, real, i);
        if (strcmp(how, "temporary") != 0) restarts[count++] = how;
    }
    if (!count) {
        w->out->why = "none of the children that are known is ever restarted";
        return false;
    }
    *t = (tree_setting){.strategy = strategies[MIN(real->strategy, 4)],
                        .intensity = real->intensity,
                        .period_s = real->period_s,
                        .counted = !real->dynamic && real->children_complete && !repeated &&
                                   real->child_count && real->child_count <= CHILDREN_RUN_MAX};
    t->children = t->counted ? count : (uint32_t)CHILDREN_OF_ANY;
    for (uint32_t i = 0; i < t->children; i++) t->restarts[i] = restarts[i % count];
    return true;
}

bool sweep_restarts(sweep *w, error *err)
{
    tree_setting t, held;
    double grid[GRID];
    if (!setting_of(w, &t)) return true;
    /* From where one crash rarely kills to where every window is over the budget. */
    double low = 0.1 * (double)(t.intensity + 1);
    double high = 4.0 * (double)(t.intensity + 1) * MAX(1.0, 60.0 / (double)t.period_s);
    for (int i = 0; i < GRID; i++) grid[i] = low * pow(high / low, (double)i / (GRID - 1));
    w->out->title = curve_text(w, "%s: when it gives up",
                               w->s.f->server_label && *w->s.f->server_label ? w->s.f->server_label
                                                                             : "the supervisor");
    w->out->x_label = "crashes a minute, all children together, at random times";
    w->out->y_label = "gives up within a minute (%)";
    w->out->y_tip = 50;
    load_line *line = line_add(w, false, "%" PRId64 " in %" PRId64 " s", t.intensity, t.period_s);
    if (!measure(w, line, &t, grid, err)) return false;
    held = t;
    if (line->tips) {
        if (!find_holding(w, t, line->x_tip, &held.intensity, err)) return false;
        load_line *other =
            line_add(w, true, "%" PRId64 " in %" PRId64 " s", held.intensity, t.period_s);
        if (!measure(w, other, &held, grid, err)) return false;
    }
    say(w, &t, line, held.intensity);
    return true;
}
