/* Inside the multi-core scheduler.
 *
 *   par_memory.c   messages in slabs, process slots, a small map
 *   par_worker.c   threads: run queues, sharing, parking, the message path between them
 *   par_mail.c     the mailbox and selective receive
 *   par_proc.c     what signals do; links, monitors, exits, names
 *   par_timer.c    one timer wheel a thread
 *   par_sup.c      supervisors, on top of the public functions
 *
 * Each process has one home thread, and only that thread touches the process, except for two
 * words: `home` itself and `remote`, where other threads leave messages. So what stays on one
 * thread costs no locked instruction: queues, mailboxes, links, timers are plain memory.
 *
 * Work moves in two ways. A thread without work says so in par.hungry; one that has more waiting
 * than moving costs gives processes away (receiver-initiated work stealing with private deques,
 * after Acar, Charguéraud, Rainey, PPoPP 2013). And who sends to a process whose home has no work
 * takes the process over, so that those who talk to each other meet on one thread. */
#ifndef LODE_RUNTIME_PAR_IN_H
#define LODE_RUNTIME_PAR_IN_H

#include "base/vec.h"
#include "runtime/par.h"

#include <pthread.h>
#include <stdatomic.h>

/* What travels besides par_kind. */
enum {
    SIGNAL_EXIT = 16, /* par_exit_signal; tag: reason */
    SIGNAL_LINK_EXIT, /* a linked process ended; tag: reason */
    SIGNAL_LINK,
    SIGNAL_UNLINK,
    SIGNAL_MONITOR,
    SIGNAL_DEMONITOR,
    SIGNAL_DOWN,
    SIGNAL_DEADLINE, /* from the wheel: a receive's time; word[0]: when */
    SIGNAL_FIRE,     /* from the wheel: a par_timer_start */
    SIGNAL_NOTICE,   /* between threads: process `to` has something in `remote` */
    SIGNAL_ADOPT,    /* between threads: word[0] is a chain of processes, linked by next */
};

typedef enum { WAIT_ANY, WAIT_TAG, WAIT_MATCH, WAIT_EXIT, WAIT_REPLY } wait_kind;
typedef enum { PROC_FREE, PROC_BLOCKED, PROC_QUEUED, PROC_RUNNING } proc_status;
typedef enum { NOT_ENDING, ENDING, ENDED } proc_end;

/* Key to value, open addressing, no order. Zero is empty; no key is 0. */
typedef struct {
    uint64_t *pairs;
    uint32_t count, capacity;
} par_map;

/* Messages that a receive passed over. The keys lie together, before the messages: passing over one
 * again is a compare of four bytes. */
typedef struct par_saved {
    struct par_saved *next;
    par_message **messages;
    uint32_t first, end, live, capacity;
    uint32_t keys[];
} par_saved;

typedef struct {
    void *memory;
    void (*release)(void *memory);
} par_owned;

/* What most processes never need. */
typedef struct {
    par_saved *saved_first, *saved_last;
    par_message *requests; /* calls not answered yet, linked by next and, backwards, by `to` */
    par_map links;         /* pid */
    par_map monitors;      /* ref -> pid */
    par_map watchers;      /* ref -> pid */
    par_map timers;        /* ref -> message in a wheel */
    VEC(par_owned) owned;
    bool named;
} par_more;

/* Two cache lines. A slot is used again, with the next generation. */
typedef struct par_proc {
    _Atomic(par_message *) remote;   /* last in, first out; from other threads */
    struct par_proc *next;           /* in the run queue or the list of free slots */
    par_message *in_first, *in_last; /* arrived, not looked at */
    par_message *found;              /* what the handler gets next */
    par_handler handler;
    uint64_t wait_key; /* by wait; once ending, the reason */
    par_more *more;
    uint64_t state[PAR_STATE_WORDS];
    int64_t deadline_ms; /* of the receive; -1: none */
    int64_t armed_ms;    /* the wheel wakes it then; -1: not at all */
    uint32_t index, generation;
    _Atomic(uint16_t) home;
    uint8_t status; /* proc_status */
    uint8_t wait;   /* wait_kind */
    uint8_t ending; /* proc_end */
    bool trap_exits;
    bool started;
} par_proc;
_Static_assert(sizeof(par_message) == 64, "a message is a cache line");
_Static_assert(sizeof(par_proc) == 128, "a process is two");

enum {
    HOME_NOBODY = 0xffff, /* the slot is in par.free_procs */
    PROC_CHUNK_BITS = 12,
    PROC_CHUNK = 1 << PROC_CHUNK_BITS,
    PROC_CHUNKS_MAX = 1 << 14, /* 67 million processes */
    MAGAZINE = 512,            /* messages moved between threads at once */
    WHEEL_BITS = 6,
    WHEEL_SLOTS = 1 << WHEEL_BITS,
    WHEEL_LEVELS = 6, /* 2 years in ms */
};

typedef struct {
    int64_t tick_ms; /* all until then has fired */
    uint32_t count;
    par_message *slots[WHEEL_LEVELS][WHEEL_SLOTS];
} par_wheel;

typedef enum { WORKER_BUSY, WORKER_IDLE, WORKER_LENT } worker_state;

/* One thread. Also what a handler sees as par_self: `current` is the process at work. */
struct par_self {
    par *system;
    uint16_t id;
    par_proc *current;
    par_message *message; /* being handled; NULL once it is given away */
    par_proc *run_first, *run_last;
    uint32_t run_count;
    par_message *free_messages, *spare_messages;
    uint32_t free_count;
    par_proc *free_procs;
    uint32_t free_proc_count;
    uint64_t refs;
    uint64_t posted; /* messages in all */
    int64_t now_ms;
    uint64_t now_ns;
    uint32_t slices;      /* since now_ns */
    uint32_t check_after; /* slices until the clock is read again */
    uint64_t slice_ns;    /* how long one takes, about */
    par_proc **dying;     /* ENDING, to be ended after the handler */
    uint32_t dying_count, dying_capacity;
    par_wheel wheel;
    pthread_t thread;
    /* Others write here: a line of its own. */
    _Alignas(64) _Atomic(par_message *) inbox;
    _Atomic(uint32_t) state; /* worker_state */
    _Atomic(uint32_t) parked;
    pthread_mutex_t park_lock;
    pthread_cond_t park_wake;
};

typedef struct par_name {
    char *text;
    size_t size;
    par_pid pid;
} par_name;

struct par {
    uint32_t thread_count;
    bool scatter;                          /* see par_options */
    uint64_t start_ns, coarse_ns;          /* coarse_ns: how far the coarse clock may lag */
    _Alignas(64) _Atomic(uint64_t) hungry; /* bit by thread: has no work */
    _Alignas(64) _Atomic(uint32_t) stop;
    par_pid root;
    uint32_t root_reason;
    par_self *workers;
    par_proc *chunks[PROC_CHUNKS_MAX];
    pthread_mutex_t lock; /* of all below */
    uint32_t chunk_count, chunk_used;
    par_proc *free_procs;
    par_message *full_magazines; /* chained by word[0] of their first message */
    void **slabs;
    uint32_t slab_count, slab_capacity;
    pthread_mutex_t name_lock;
    par_name *names;
    uint32_t name_count, name_capacity;
};

/* par_memory.c */
void par_messages_refill(par_self *w);
void par_messages_spill(par_self *w);
par_proc *par_proc_new(par_self *w);
void par_proc_free(par_self *w, par_proc *p);
uint64_t par_map_get(const par_map *m, uint64_t key); /* 0: not there */
void par_map_set(par_map *m, uint64_t key, uint64_t value);
uint64_t par_map_remove(par_map *m, uint64_t key); /* its value; 0: not there */
void par_map_release(par_map *m);
/* Visits the pairs; the map is not to change meanwhile. */
#define par_map_each(m, i)                                                                         \
    uint32_t i = 0;                                                                                \
    i < (m)->capacity;                                                                             \
    i++
par_more *par_more_of(par_proc *p);
/* Frees what hangs on p; the messages in it are the caller's to drop before. */
void par_more_release(par_proc *p);

static inline par_message *par_message_new(par_self *w)
{
    if (!w->free_messages) par_messages_refill(w);
    par_message *m = w->free_messages;
    w->free_messages = m->next;
    w->free_count--;
    return m;
}
static inline void par_message_free(par_self *w, par_message *m)
{
    if (w->free_count == MAGAZINE) par_messages_spill(w);
    m->next = w->free_messages;
    w->free_messages = m;
    w->free_count++;
}
static inline par_proc *par_proc_of(const par *system, par_pid pid)
{
    uint32_t index = (uint32_t)pid;
    return &system->chunks[index >> PROC_CHUNK_BITS][index & (PROC_CHUNK - 1)];
}
static inline par_pid par_pid_of(const par_proc *p)
{
    return (uint64_t)p->generation << 32 | p->index;
}
static inline uint64_t par_ref_new(par_self *w)
{
    return (uint64_t)(w->id + 1) << 48 | ++w->refs;
}

/* par.c */
/* As par_spawn. */
par_proc *par_make(par_self *self, par_handler handler, const uint64_t *state, unsigned flags,
                   uint64_t *ref);
/* The caller waits until p has handled PAR_START, as in par_start. */
uint64_t par_await_start(par_self *self, par_proc *p);

/* par_worker.c */
/* Lets p's messages from other threads arrive. */
void par_drain(par_self *w, par_proc *p);
/* Gives the message to its receiver, wherever that is. */
void par_post(par_self *w, par_message *m);
void par_worker_loop(par_self *w);
/* A call or start that is answered later: its sender learns if p ends before. */
void par_keep(par_proc *p, par_message *m);
uint64_t par_clock_ns(void);
void par_wake(par_self *worker);
/* Ends what died while a handler ran, and who dies of that. */
void par_bury(par_self *w);
static inline void par_queue(par_self *w, par_proc *p)
{
    p->status = PROC_QUEUED;
    p->next = NULL;
    if (w->run_last) w->run_last->next = p;
    else w->run_first = p;
    w->run_last = p;
    w->run_count++;
}
static inline par_message *par_signal(par_self *w, par_pid to, unsigned kind)
{
    par_message *m = par_message_new(w);
    m->from = w->current ? par_pid_of(w->current) : 0;
    m->to = to;
    m->kind = (uint8_t)kind;
    m->ref = 0;
    m->tag = 0;
    return m;
}

/* par_mail.c */
/* A message for the mailbox; wakes the process if that is what it waits for. */
void par_mail_add(par_self *w, par_proc *p, par_message *m);
/* What the process gets next by its wait; NULL: nothing yet. */
par_message *par_mail_take(par_self *w, par_proc *p);
/* The time of the receive is over: the handler gets to know. */
void par_mail_timeout(par_self *w, par_proc *p);

/* par_proc.c */
/* A signal has reached the home of its receiver. */
void par_arrive(par_self *w, par_proc *p, par_message *m);
/* p->ending, at the next par_bury. */
void par_die(par_self *w, par_proc *p, uint32_t reason);
/* All that an end means; the slot is free afterwards unless the process is in a queue. */
void par_end(par_self *w, par_proc *p);

/* par_timer.c */
void par_wheel_add(par_self *w, par_message *m, int64_t at_ms); /* m->word[0] := at_ms */
/* False: it is another thread's. */
bool par_wheel_remove(par_self *w, par_message *m);
/* Posts what is due at now_ms. */
void par_wheel_run(par_self *w, int64_t now_ms);
/* When the wheel wants to be run next; -1: never. */
int64_t par_wheel_next(const par_wheel *wheel);
/* The wheel is to wake p at its deadline. */
void par_arm(par_self *w, par_proc *p);
/* The first ms that is surely not before now + after_ms. */
int64_t par_deadline(const par_self *w, int64_t after_ms);

#endif
