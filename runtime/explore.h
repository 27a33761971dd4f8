/* The explored scheduler, inside: one run of a scenario (world.c), the races in it (race.c), the
 * search over runs (explore.c), what a run came to (outcome.c), and how it reads (trace.c). */
#ifndef LODE_RUNTIME_EXPLORE_H
#define LODE_RUNTIME_EXPLORE_H

#include "runtime/proc.h"

/* What moves by itself: a process doing its next visible operation, a channel between two
 * processes delivering its next signal, a timer firing. Numbers are the same in all runs of one
 * exploration. */
typedef enum { THREAD_PROC, THREAD_CHANNEL, THREAD_TIMER } thread_kind;
typedef struct {
    uint8_t kind; /* thread_kind */
    uint32_t a;   /* pid; channel: sender; timer: owner */
    uint32_t b;   /* channel: receiver; timer: reference number, 0 for a receive's timeout */
} thread_def;

/* A process's identity: the n-th child of its parent. Equal in equivalent runs. */
typedef struct {
    uint32_t parent;
    uint32_t n;
    uint64_t hash;
} path_def;

typedef struct {
    uint64_t object;
    bool write;
} access_def;

typedef struct {
    uint32_t thread;
    uint32_t previous; /* event of the same thread; NONE */
    uint32_t cause;    /* event that enabled it besides its thread's own past; NONE */
    uint32_t epoch;    /* counts time steps: events of different epochs are ordered */
    uint32_t access_first, access_count;
    uint64_t touched, written; /* a bit by hash for each object; which ones is in the accesses */
    uint32_t appends_to;       /* pid whose mailbox got a message; 0: none */
    term message;              /* that message */
    uint32_t taken_by;         /* event whose receive took it; NONE */
    uint32_t takes;            /* a receive: index into run.takes; NONE */
    uint32_t choices;          /* how many ways this event could go; 0 or 1: one */
    uint32_t choice;
    bool barrier; /* time moved: ordered with everything */
} event_def;

/* A receive as it was when it took a message or gave up. */
typedef struct {
    rt_recv spec;
    uint32_t pid;
    uint32_t event;
    bool gave_up;
    bool may_give_up;
} take_def;

typedef struct {
    uint32_t event;
    uint32_t pid;
    int64_t time_ms;
    uint8_t kind; /* note_kind */
    term a, b;
    uint32_t line, place;
} note_def;

/* A process was killed that could have moved: had it, things might be different. */
typedef struct {
    uint32_t event;
    uint32_t thread;
} disabled_def;

typedef struct {
    term name;
    uint32_t pid; /* 0: free */
} name_def;

typedef struct {
    uint32_t owner;
    term ref;
    int64_t at_ms;
    term to;
    term message;
    uint32_t set_at; /* event */
} timer_def;

typedef struct {
    rt_signal *first, *last;
} queue_def;

/* Shared by all runs of one exploration. */
typedef struct {
    const program *program;
    const rt_options *options;
    int64_t horizon_ms;
    uint32_t mailbox_max, events_max;
    bool delivery_instant, timers_early, reply_by_ref;
    VEC(path_def) paths; /* by pid; 0 is nobody, 1 the driver */
    map64 path_index;
    VEC(thread_def) threads;
    map64 thread_index;
} space;

/* One run. The context comes first: the host's functions get it as rt_ctx. */
typedef struct {
    rt_ctx ctx;
    space *space;
    arena memory;
    int64_t now_ms;
    uint32_t epoch;
    bool cut;              /* an event bound was reached */
    VEC(rt_proc *) procs;  /* in order of creation */
    VEC(rt_proc *) by_pid; /* NULL: not in this run */
    VEC(queue_def) queues; /* by thread */
    VEC(uint32_t) busy;    /* channels with something in them */
    VEC(uint32_t) since;   /* by thread: event since when it could move */
    VEC(uint32_t) last;    /* by thread: its last event, if that is one of this run's */
    VEC(timer_def) timers;
    VEC(name_def) names;
    VEC(event_def) events;
    VEC(access_def) accesses;
    VEC(take_def) takes;
    VEC(note_def) notes;
    VEC(disabled_def) disabled;
    VEC(rt_proc *) unsettled;
    VEC(rt_signal *) instant; /* sent in this event, to be delivered with it */
    VEC(uint32_t) enabled;    /* threads, fair order */
    bool enabled_timers;      /* they are timers: the next event moves time */
    rt_signal *free_signals;
    VEC(const term_heap *) heaps; /* by pid, if each process has its own; empty: ctx.heap */
    uint32_t choice_wanted;
    uint32_t categories;
    uint32_t mailbox_peak, mailbox_owner, restarts, herd, herd_peak;
    uint64_t mailbox_words_peak;
    uint64_t binaries_peak; /* bytes */
    uint32_t binaries_owner;
    int64_t herd_at_ms;
    bool horizon_hit;
    bool ring_noted;
} run;

void space_init(space *s, const program *p, const rt_options *options);
void space_release(space *s);
/* Order of processes that is the same in all runs and explorations: by spawn path. */
int space_path_cmp(const space *s, uint32_t a, uint32_t b);
uint32_t space_pid(space *s, uint32_t parent, uint32_t n);
uint32_t space_thread(space *s, thread_kind kind, uint32_t a, uint32_t b);

void run_init(run *r, space *s);
void run_release(run *r);
/* Forgets what happened. */
void run_clear(run *r);
/* Starts over: only the driver exists. */
void run_start(run *r);
/* Fills r->enabled; empty: the run is over. */
void run_enabled(run *r);
/* Moves one enabled thread; choice is for an event that can go several ways. */
void run_step(run *r, uint32_t thread, uint32_t choice);
/* run_enabled and run_step for a step that is known to fit; r->enabled is not filled. */
void run_follow(run *r, uint32_t thread, uint32_t choice);
/* Looks for rings in the wait-for graph; at_end also for waits that nobody will answer. Call when
 * nothing but timers can move. */
void run_check_waits(run *r, bool at_end);

/* race.c: the reversible races of a finished run. For each, calls back with the event to be moved
 * behind another, and the threads that can go first instead. */
typedef void (*race_fn)(void *owner, uint32_t event, const uint32_t *initials, uint32_t count);
typedef struct {
    VEC(uint64_t) before; /* per event a bitset of those that happen before it, in its epoch */
    VEC(uint64_t) hashes; /* per event */
    VEC(uint64_t) sums;   /* of the hashes up to each event */
    VEC(uint32_t) taken;  /* taken_by of the run before */
    uint32_t words;       /* of one bitset */
    VEC(uint32_t) races;  /* scratch */
    VEC(uint32_t) initials;
    VEC(uint32_t) list;
} race_work;
/* Returns the hash of the run up to equivalence: the same for runs that differ only in the order
 * of independent events. `same`: how many first events are those of the run analysed before; their
 * races were reported then and are not reported again. */
uint64_t race_each(run *r, race_work *w, uint32_t same, race_fn fn, void *owner);
void race_work_release(race_work *w);
/* True if two events that could both go next may matter to each other. Errs on that side. */
bool event_conflicts(const run *r, const event_def *a, const access_def *a_accesses,
                     const event_def *b);

/* seen.c: appends the logs and ends of the run's processes, in this order of pids. */
void run_seen_print(const run *r, const uint32_t *order, buf *out);

/* measure.c */
/* Looks at what binaries a process keeps, if the scenario has any. */
void run_measure_binaries(run *r, const rt_proc *p);
/* Raises the peaks to those of this run. */
void run_measures(const run *r, uint64_t peaks[MEASURE_COUNT]);

/* outcome.c */
uint64_t term_hash(const run *r, term t);
/* Canonical hash of what the processes observed. */
uint64_t run_observed(const run *r);
rt_category run_category(uint32_t categories);

/* trace.c */
void run_pid_print(void *owner, uint32_t pid, buf *out); /* owner: run */
void space_path_print(const space *s, uint32_t pid, buf *out);
bool note_is_observed(note_kind kind);
/* Bits 1 << rt_category that such a note files a run under. */
uint32_t note_categories(note_kind kind);
/* Appends what happened, in words; false: nothing worth telling. */
bool note_print(const run *r, const note_def *n, buf *out);
/* The run's schedule, up to so many events, for RT_REPLAY. */
void run_schedule_print(const run *r, uint32_t count, buf *out);

#endif
