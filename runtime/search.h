/* The search over a scenario's runs: what explore.c (exhaustive), walk.c (random, once, replay)
 * and verdict.c (what was found) share. */
#ifndef LODE_RUNTIME_SEARCH_H
#define LODE_RUNTIME_SEARCH_H

#include "runtime/explore.h"

typedef struct {
    uint32_t thread, choice;
} path_step;

/* An outcome as a run showed it. */
typedef struct {
    uint64_t hash;
    uint64_t schedules;
    uint32_t events, mailbox_peak;
    VEC(path_step) path;
} outcome_seen;

/* One kind of outcome seen so far. Text lives in the verdict's arena. */
typedef struct {
    rt_outcome out;
    uint32_t events;     /* of the run its trace shows */
    VEC(path_step) path; /* that run, while its trace is still to be written */
} found_outcome;

typedef struct {
    const rt_options *options;
    space space;
    run run;
    race_work races;
    rt_verdict *verdict;
    VEC(found_outcome) found;
    map64 found_index;             /* outcome hash -> index in found */
    map64 class_index;             /* hashes of equivalence classes seen */
    uint32_t seen;                 /* categories of all runs, RT_NONE included */
    uint32_t common;               /* categories that every run showed */
    bool cut;                      /* some run was cut */
    bool driver_stopped;           /* some run's driver did not come to its end */
    uint64_t peaks[MEASURE_COUNT]; /* over all runs */
    bool stop;                     /* stop_at_first has what it wanted */
    bool late;                     /* options->wall_ms_max is over */
    int64_t began_ms;              /* wall time, for wall_ms_max */
} search;

/* Is the wall time over that the options allow? Sets s->late. */
bool search_is_late(search *s);
/* The driver did not come to its end. */
bool run_driver_stopped(const run *r);
/* Enters a finished run into what was found. */
void search_record(search *s);
/* Enters an outcome that some runs had; search_tell() writes its trace. */
void search_enter(search *s, const outcome_seen *o);
/* Runs the shortest run of each outcome entered once more, to write down what happens. */
void search_tell(search *s);
/* Every run, up to equivalence. True if the whole space was seen. */
bool search_explore(search *s);
/* Runs on the multi-core scheduler, as many as options say. */
bool search_live(search *s, error *err);
/* Random runs by options->mode. */
void search_walk(search *s);
/* The one run of a schedule, then the fair order to the end. */
bool search_replay(search *s, sv schedule, error *err);
/* Shortens the schedules of the outcomes kept. */
void search_minimise(search *s);
/* Fills in the verdict. */
void search_finish(search *s, bool complete, const char *why);

#endif
