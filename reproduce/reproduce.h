/* From a finding to a failing run: a scenario made from what the model knows of the servers
 * involved, explored on the runtime until the failure that the rule predicts shows, and the same
 * without the fault, which must not fail.
 *
 *     reproduction r = {0};
 *     if (reproduce_run(m, f, i, &options, &r, &err)) { ... r.verdict, r.scenario ... }
 *     reproduction_release(&r);
 *
 * Only what the source says goes into a scenario. What the model does not know becomes an explored
 * choice (reproduction.unknowns), what a rule supposes is listed (reproduction.assumptions).
 *
 * Thread safety: model and findings are only read; threads may work on the same ones. */
#ifndef LODE_REPRODUCE_REPRODUCE_H
#define LODE_REPRODUCE_REPRODUCE_H

#include "base/base.h"
#include "classifiers/classifiers.h"
#include "runtime/runtime.h"

/* Rises whenever a finding may get another scenario or verdict. */
enum { REPRODUCE_VERSION = 4 };
/* Versions of runtime and generators in one text: equal ones give equal verdicts. */
void reproduce_version(char *out, size_t size);
/* A run of a scenario is cut after so many events. */
enum { REPRODUCE_EVENTS_MAX = 4000 };

typedef enum {
    REPRODUCED,            /* the predicted failure shows, and not in the control */
    REPRODUCED_BOTH,       /* it shows in the control too: that proves nothing */
    NOT_REPRODUCED,        /* the whole bounded space was explored without it */
    NOT_REPRODUCED_SO_FAR, /* the budget was spent without it */
    UNSUPPORTED,           /* no scenario can be made: reproduction.why */
    REPRODUCE_VERDICT_COUNT
} reproduce_verdict;
/* "reproduced", "fails_without_the_fault", "not_reproduced", "budget_spent", "unsupported". */
const char *reproduce_verdict_name(reproduce_verdict verdict);

typedef struct {
    uint64_t schedules_max; /* of each exploration; 0: 2000 */
    int64_t ms_max;         /* wall time of each exploration; 0: any */
    bool scenario_only;     /* make the texts, run nothing */
} reproduce_options;

typedef struct {
    reproduce_verdict verdict;
    const char *rule;
    const char *why;            /* unsupported: which construct; else "" */
    buf scenario;               /* empty when unsupported */
    buf control;                /* the same with the fault removed */
    const char *control_change; /* what the control does otherwise: one sentence */
    uint32_t predicted;         /* 1 << rt_category for each category that counts */
    rt_verdict run;             /* of the scenario: zero unless it ran */
    uint32_t outcome;           /* into run.outcomes: the one that shows the failure */
    bool control_complete;
    uint64_t control_schedules;
    uint32_t unknowns;       /* explored choices about what the model does not know */
    const char *assumptions; /* one a line; "" */
    double seconds;          /* to the verdict, with both explorations */
    arena memory;            /* holds the texts */
} reproduction;

/* Is there a scenario generator for this rule? */
bool reproduce_supports(sv rule);

/* Appends the scenario of a finding. ERR_INPUT with the reason when none can be made. */
bool reproduce_scenario(const model *m, const findings *f, uint32_t finding_index,
                        buf *scenario_text, error *err);

/* Makes, explores, judges. False only for a bug in a generated scenario or lack of memory bounds
 * (ERR_*); an unsupported finding is a verdict. *out must be zero; release it in any case. */
bool reproduce_run(const model *m, const findings *f, uint32_t finding_index,
                   const reproduce_options *options, reproduction *out, error *err);
void reproduction_release(reproduction *r);

/* Appends the run as a story: time, process, event and source place, one line each; `>` stands
 * before the step that fails. */
void reproduce_told(const rt_outcome *outcome, buf *out);
/* SHA-256 of that story, in hexadecimal. */
void reproduce_digest(const rt_outcome *outcome, char out[65]);
/* Runs one schedule of a scenario again: the verdict's one outcome is that of the run that wrote
 * it down, to the byte. ERR_INPUT: the schedule does not fit. */
bool reproduce_replay(sv scenario, sv schedule, rt_verdict *out, error *err);

/* Appends a program in "erlang" (for escript) or "elixir" that shows the failure on real OTP:
 * prints one line, exits with 0 when the failure shows and 1 when not. `control`: the program
 * without the fault. ERR_INPUT with the reason when none can be made. */
bool reproduce_emit(const model *m, const findings *f, uint32_t finding_index, const char *language,
                    bool control, buf *out, error *err);
/* The same for a scenario that a finding was told as, edited or kept: only what is written by
 * reproduce_run is understood. ERR_INPUT names the line. */
bool reproduce_emit_scenario(sv file_name, sv text, const char *language, buf *out, error *err);

/* ---- load (sweep.c): findings whose failure is a question of how much ----------------------- */

typedef struct {
    double x, y;
} load_point;

/* One line of a chart: all that is swept besides the axis has one value. */
typedef struct {
    const char *name;   /* "10 ms a message", "3 in 5 s" */
    bool control;       /* measured without the fault */
    load_point *points; /* by x */
    uint32_t point_count;
    bool tips;    /* within what was swept */
    double x_tip; /* the x from which it fails, when it tips */
} load_line;

/* What was measured of one finding, each point by runs in virtual time. What the source does not
 * say, such as how long a message takes, is swept and not supposed. */
typedef struct {
    const char *title, *x_label, *y_label;
    double y_tip;     /* value of y from which it counts as failed */
    bool y_log;       /* y is drawn on a logarithmic scale; x always is */
    const char *told; /* what the lines say, in one sentence */
    const char *why;  /* there are no lines: why not; else "" */
    load_line *lines;
    uint32_t line_count;
    uint64_t runs;
    double seconds; /* wall time */
    arena memory;   /* holds everything above */
} load_curve;

/* Is load what decides for this rule? */
bool reproduce_is_load(sv rule);
/* What was measured before: findings that differ only in their names are measured once. Threads may
 * share it. */
typedef struct load_memo load_memo;
load_memo *load_memo_open(void);
void load_memo_close(load_memo *memo);
/* Measures. *out must be zero; release it in any case. memo may be NULL. Deterministic but for
 * `seconds`. False only for a bug in a generated scenario (ERR_*). */
bool reproduce_load(const model *m, const findings *f, uint32_t finding_index, load_memo *memo,
                    load_curve *out, error *err);
void load_curve_release(load_curve *c);
/* Appends the curve as a chart, readable on light and on dark ground. */
void load_curve_svg(const load_curve *c, buf *out);

/* Message sequence charts of an outcome, the failing step marked. */
void reproduce_mermaid(const rt_outcome *outcome, buf *out);
void reproduce_svg(const rt_outcome *outcome, buf *out);

#endif
