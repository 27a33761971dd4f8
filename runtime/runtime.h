/* The reference actor runtime: OTP's processes, servers and supervisors, run under a scheduler
 * that decides every race, so that a scenario's outcomes can be listed, replayed and shortened.
 *
 * A scenario is text (docs/scenario-language.md). rt_run() explores it and gives a verdict: the
 * classes of outcome, each with its category, the schedule that leads there and its events.
 *
 *     rt_options options = rt_options_default();
 *     rt_verdict verdict;
 *     error err = {0};
 *     if (rt_run(SV("ring.lode"), text, &options, &verdict, &err)) {
 *         for (uint32_t i = 0; i < verdict.outcome_count; i++) ... verdict.outcomes[i].category ...
 *         rt_verdict_release(&verdict);
 *     }
 *
 * Two schedulers, one semantics: all code that says what a process does (runtime/proc.h and the
 * files it names) talks to its scheduler through `rt_host`, a table of functions for sending a
 * signal, setting a timer, claiming a name and making a choice. runtime/world.c is the host of the
 * explored scheduler; a second one fills in the same table. See runtime/host.h.
 *
 * Thread safety: separate calls share nothing, so threads may run scenarios side by side. */
#ifndef LODE_RUNTIME_RUNTIME_H
#define LODE_RUNTIME_RUNTIME_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/sv.h"

/* Rises whenever a scenario may come to another outcome, or a trace reads otherwise. */
enum { RT_VERSION = 1 };

/* What a run came to. The order is the order of gravity: a run that shows several is filed under
 * the first of them, and rt_outcome.categories holds all. */
typedef enum {
    RT_DEADLOCK,          /* a ring of calls, or a wait that nobody is left to answer */
    RT_ASSERTION,         /* an `assert` of the scenario did not hold */
    RT_INTENSITY_REACHED, /* a supervisor gave up: more restarts than its intensity allows */
    RT_CALL_TIMEOUT,      /* a call's timeout passed */
    RT_CRASH,             /* a process ended itself with an abnormal reason */
    RT_STOLEN_MESSAGE,    /* a receive inside a callback took what was meant for the server loop */
    RT_LATE_REPLY,        /* a reply reached a mailbox whose owner had stopped waiting for it */
    RT_MAILBOX_BOUND,     /* a mailbox grew over the bound */
    RT_LOST_MESSAGE,      /* sent to a dead process or a free name, or dropped unhandled */
    RT_NONE,              /* nothing of the above */
    RT_CATEGORY_COUNT
} rt_category;

/* The name used in scenarios, JSON and reports: "deadlock", "call_timeout", ... Static storage. */
const char *rt_category_name(rt_category category);
/* False if text names no category. */
bool rt_category_parse(sv text, rt_category *out);

typedef enum {
    RT_EXPLORE, /* every schedule, up to equivalence (source-DPOR with sleep sets) */
    RT_RANDOM,  /* uniform random walks */
    RT_PCT,     /* probabilistic concurrency testing: random priorities, few change points */
    RT_POS,     /* partial order sampling: random priorities, redrawn when events race */
    RT_ONCE,    /* one run, the fair default order (seed 0) or a random walk (other seeds) */
    RT_REPLAY,  /* the one run that options.schedule writes down */
    RT_LIVE,    /* on the multi-core scheduler, schedules_max runs in virtual time: threads, not the
                   seed alone, decide what comes first; delivery_instant, timers_early mean nothing */
} rt_mode;

enum { RT_THREADS_MAX = 64 };

typedef struct {
    rt_mode mode;
    uint64_t seed;           /* of RT_RANDOM, RT_PCT, RT_POS, RT_ONCE */
    sv schedule;             /* RT_REPLAY: as in rt_outcome.schedule */
    uint64_t schedules_max;  /* stop after so many runs; explored mode is then not complete */
    int64_t wall_ms_max;     /* begin no further run after so much wall time; 0: any. Likewise */
    uint32_t events_max;     /* cut a run after so many events; the result is then not complete */
    int64_t horizon_ms;      /* virtual time at which a run ends, unless the scenario says */
    uint32_t mailbox_max;    /* bound for RT_MAILBOX_BOUND; 0: none, unless the scenario says */
    uint32_t outcomes_max;   /* outcomes kept with their trace; further ones are only counted */
    int32_t preemptions_max; /* explored mode; -1: any number. A bound makes it not complete */
    int32_t delays_max;      /* likewise: departures from the fair default order */
    uint32_t threads;        /* 0 counts as 1; explored mode: makes no difference but in time */
    uint32_t pct_depth;      /* RT_PCT: number of priority change points + 1; at least 1 */
    bool delivery_instant;   /* a signal arrives as it is sent: no reordering across senders */
    bool timers_early;       /* a timer may fire at any time: more outcomes than can happen */
    bool reply_by_ref;       /* calls without aliases, as before OTP 24: late replies arrive */
    bool minimise;           /* shorten each kept outcome's schedule */
    bool stop_at_first;      /* end at the first outcome that is not RT_NONE; not complete */
} rt_options;

/* RT_EXPLORE, seed 1, 100,000 schedules, 10,000 events, 60 s horizon, 64 outcomes, no bounds. */
rt_options rt_options_default(void);

/* One thing that happened, for people. */
typedef struct {
    int64_t time_ms;     /* virtual */
    const char *process; /* "cache" or "worker<0.1.2>": registered or template name, spawn path */
    const char *event;   /* "calls server_b with ping", "times out", ... */
    const char *place;   /* the source place the scenario names on that line; "" if none */
    uint32_t line;       /* line in the scenario; 0 if the event belongs to no line */
} rt_trace_event;

/* Runs that no process could tell apart by what it observed: same results, logs and exits. */
typedef struct {
    rt_category category;
    uint32_t categories;   /* bit 1 << category for everything this outcome showed */
    const char *summary;   /* one sentence: what happened, to whom */
    uint64_t hash;         /* canonical: same in every run, compiler and machine */
    uint64_t schedules;    /* how many explored runs ended so */
    const char *schedule;  /* for RT_REPLAY */
    rt_trace_event *trace; /* the shortest run found */
    uint32_t trace_count;
    const char *log;       /* what the processes observed, one line each, in spawn-path order */
    const char *seen;      /* of it what real OTP shows too: logs and ends; see rt_verdict_seen */
    uint32_t mailbox_peak; /* messages, over all mailboxes */
    const char *mailbox_owner;   /* whose mailbox that was */
    uint64_t mailbox_bytes_peak; /* bytes of terms in that mailbox then */
    uint64_t binary_bytes_peak;  /* of binaries that one process kept from being freed */
    const char *binary_owner;    /* which process; "" if there are none */
    uint32_t restarts;           /* by supervisors */
    uint32_t herd_peak;          /* processes woken at one instant */
    uint64_t work;  /* instructions run, messages, links, monitors and children looked at */
    int64_t end_ms; /* virtual time at the end */
} rt_outcome;

typedef struct {
    rt_outcome *outcomes; /* by gravity, then by length of trace */
    uint32_t outcome_count;
    uint64_t outcomes_total;    /* distinct ones seen, kept or not */
    uint64_t schedules;         /* runs to the end */
    uint64_t classes;           /* of them, inequivalent ones (Mazurkiewicz traces) */
    uint64_t blocked;           /* runs given up as redundant (sleep sets) */
    uint64_t events;            /* executed in all */
    bool complete;              /* the whole space was explored, within the horizon */
    const char *incomplete_why; /* "" when complete */
    bool expectations_met;
    const char *expectations_text; /* the failed expectations, one a line; "" when all are met */
    int64_t horizon_ms;
    arena memory; /* holds everything above */
} rt_verdict;

/* Parses and runs a scenario. file_name is used in messages only ("file:3:7: ..."). Wrong
 * scenarios are ERR_INPUT, a schedule that does not fit ERR_INPUT, too large ones ERR_LIMIT. On
 * success *out is the caller's, to rt_verdict_release(). */
bool rt_run(sv file_name, sv text, const rt_options *options, rt_verdict *out, error *err);
void rt_verdict_release(rt_verdict *verdict);

/* Parses only. */
bool rt_check(sv file_name, sv text, error *err);
/* Appends the scenario in its one layout, comments kept; formatting that again changes nothing. */
bool rt_format(sv file_name, sv text, buf *out, error *err);
/* Appends a scenario with as few processes, clauses and statements as still show an outcome of
 * this category (delta debugging over the text). */
bool rt_minimise(sv file_name, sv text, const rt_options *options, rt_category category, buf *out,
                 error *err);

/* Appends the verdict as text for people, or as one JSON object. */
void rt_verdict_print(const rt_verdict *verdict, buf *out);
void rt_verdict_json(const rt_verdict *verdict, buf *out);
/* Appends one JSON object with the different rt_outcome.seen, sorted: each a line "PATH log TERM"
 * for what a process logged and "PATH exit REASON" for its end, in spawn-path order. Exact only if
 * options.outcomes_max was large enough. */
void rt_verdict_seen(const rt_verdict *verdict, buf *out);
/* Appends the scenario as one Erlang term, for an interpreter of it on real OTP (layout:
 * runtime/terms.c). */
bool rt_terms(sv file_name, sv text, buf *out, error *err);

#endif
