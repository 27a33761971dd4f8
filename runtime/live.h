/* Scenarios on the multi-core scheduler: a second rt_host.
 *
 * Each scenario process lives in a process of par.h, with a heap and an arena of its own; what it
 * sends is copied out of its heap and into the receiver's. Time is virtual as in the explored
 * scheduler: it moves when nothing else can, which is when no signal is on its way and no process
 * at work (live.pending). Whoever brings that count to zero is alone then, and moves time on.
 *
 * live_host.c is the table of functions, live.c the processes, time, and what a run came to. */
#ifndef LODE_RUNTIME_LIVE_H
#define LODE_RUNTIME_LIVE_H

#include "runtime/par.h"
#include "runtime/search.h"

#include <pthread.h>
#include <stdatomic.h>

/* Terms on their way: their compound parts are in words, as in a heap. */
typedef struct {
    term_heap heap; /* in the sender's arena, never grown again */
    term body, aux;
    uint32_t from, to;
    uint8_t kind; /* signal_kind */
} wire;

typedef struct live live;

/* One scenario process. The context comes first: the host's functions get it as rt_ctx. All but
 * `alive` belongs to whoever runs the process; when all is quiet, to whoever moves time. */
typedef struct live_proc {
    rt_ctx ctx;
    rt_proc p;
    live *world;
    arena memory;
    par_pid par;
    bool alive;       /* live.lock */
    bool run_pending; /* it has sent itself word to go on */
    uint64_t random;
    rt_signal *free_signals;
    VEC(wire *) outbox; /* sent in this turn */
    VEC(struct live_proc *) newborn;
    VEC(note_def) notes; /* note_def.event: order among all notes of the run */
    uint32_t categories, restarts, mailbox_peak;
    uint64_t mailbox_words_peak;
} live_proc;

typedef struct {
    term_heap heap;
    term name;
    uint32_t pid; /* 0: free */
} live_name;

typedef struct {
    const wire *content; /* body: message, aux: receiver */
    uint32_t owner;
    term ref;
    int64_t at_ms;
} live_timer;

struct live {
    search *s;
    par_pid root;
    uint64_t random;
    int64_t now_ms; /* moved when all is quiet */
    bool cut;       /* likewise */
    /* Signals on their way, turns owed. Each is added before what it stands for can be seen, and
     * taken off (with release and acquire) once all it led to is added: zero means quiet, and
     * whoever sees it sees all that was done. */
    _Atomic(uint64_t) pending;
    _Atomic(uint64_t) handled;
    _Atomic(uint32_t) notes; /* order of notes */
    pthread_mutex_t lock;    /* of all below, and of s->space */
    VEC(live_proc *) procs;
    VEC(live_proc *) by_pid;
    VEC(live_name) names;
    VEC(live_timer) timers;
};

enum { LIVE_SIGNAL = 1, LIVE_GO_ON, LIVE_TIMEOUT, LIVE_FIRE, LIVE_OVER };

extern const rt_host live_host;
live_proc *live_proc_new(live *l, uint32_t parent, uint32_t n);
/* A copy of t, of `from`, in `to`. Sets to->full past its bounds. */
term live_copy(const term_heap *from, term_heap *to, term t);
/* Terms of a new process, built by its parent, move into its own heap. */
void live_move_in(live_proc *parent, live_proc *child);
/* splitmix64's next number. */
uint64_t live_random(uint64_t *state);

#endif
