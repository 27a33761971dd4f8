/* Load sweeps: a finding's few processes under more and more load, in virtual time, until they
 * fail. Internal to reproduce/.
 *
 * A shape (sweeps.def) says what is swept and what is measured: restarts (sweep_restart.c),
 * messages that arrive faster than they are worked off (sweep_queue.c), many that ask at the
 * same moment (sweep_herd.c), or work that makes more of itself (sweep_retry.c). */
#ifndef LODE_REPRODUCE_SWEEP_H
#define LODE_REPRODUCE_SWEEP_H

#include "reproduce/story.h"

enum { LINES_MAX = 10, POINTS_MAX = 40 };

/* The work on one curve. */
typedef struct {
    story s; /* names and places; its texts live until the curve is measured */
    load_curve *out;
    load_memo *memo; /* NULL: none */
    buf text;        /* the scenario of the point at hand; it holds no name of the finding's */
} sweep;

typedef struct {
    const char *rule;
    bool (*measure)(sweep *w, error *err);
} sweep_row;
/* NULL: load does not decide. */
const sweep_row *sweep_of(sv rule);

#define SWEEP(rule, measure) bool measure(sweep *w, error *err);
#include "reproduce/sweeps.def"
#undef SWEEP

/* A new line, or NULL when the chart is full. */
load_line *line_add(sweep *w, bool control, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Keeps the points sorted by x. */
void point_add(load_line *line, double x, double y);
/* A text that lives as long as the curve. */
const char *curve_text(sweep *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What one run of w->text came to, in the fair order. */
typedef struct {
    uint32_t categories;
    uint32_t mailbox_peak;
    int64_t end_ms;
} sweep_run;
bool run_once(sweep *w, sweep_run *out, error *err);

/* Measures a line: y at each x of the grid, then where it tips, by halving. The function writes a
 * scenario for x to w->text (empty before), runs it, and gives y. whole: x is a whole number. */
typedef bool (*measure_fn)(sweep *w, const void *setting, double x, double *y, error *err);
bool line_measure(sweep *w, load_line *line, const double *grid, uint32_t count, bool whole,
                  measure_fn measure, const void *setting, error *err);

/* "1200", "0.25": three digits, no exponent. */
void number_add(buf *out, double x);
/* "20 ms", "3 s". */
void span_ms_add(buf *out, int64_t ms);

#endif
