/* What a scheduler gives to the processes it runs.
 *
 * The process side (proc.h) never touches a queue, a clock or a thread. It runs one process until
 * that blocks and asks its host for everything that others can see. A second scheduler is a second
 * rt_host. The contract:
 *
 * - Signals between one pair of processes arrive in the order they were sent; the host hands each
 *   to rt_deliver() for its receiver. Nothing is said about different pairs.
 * - rt_proc_run() and rt_deliver() of one process never run at the same time; for different
 * processes they may, if the host's functions can take it and each context has its own heap.
 * - A visible operation is one that others can notice: send, receive, exit, name, timer, choice.
 *   rt_proc_run() does at most ctx->permits of them and stops before the next. An explored
 * scheduler grants one at a time, so that each is an event of its own; a fast one grants many.
 * - `touch` and `note` tell what an operation reads and writes and what it was, for race detection
 *   and traces. A host that needs neither leaves the pointers NULL. */
#ifndef LODE_RUNTIME_HOST_H
#define LODE_RUNTIME_HOST_H

#include "runtime/program.h"

typedef struct rt_proc rt_proc;
typedef struct rt_ctx rt_ctx;

typedef enum {
    SIG_MESSAGE,   /* body: message */
    SIG_ALIAS,     /* body: message, aux: the alias it was sent to */
    SIG_EXIT,      /* exit(Pid, Reason); body: reason */
    SIG_LINK_EXIT, /* a linked process ended; body: reason */
    SIG_LINK,
    SIG_UNLINK,     /* aux: its number, from its sender */
    SIG_UNLINK_ACK, /* aux: the number of the unlink */
    SIG_MONITOR,    /* aux: ref, body: what DOWN will name (pid or name) */
    SIG_DEMONITOR,  /* aux: ref */
    SIG_DOWN,       /* aux: ref, body: reason */
} signal_kind;

/* Every influence of one process on another. A message stays in this record in the mailbox. */
typedef struct rt_signal {
    struct rt_signal *next, *prev;
    term body;
    term aux;
    uint32_t from, to;   /* pids */
    uint32_t sent_at;    /* the host's own: event that sent it */
    uint32_t arrived_at; /* the host's own: event that delivered it */
    uint8_t kind;        /* signal_kind */
} rt_signal;

/* What a receive waits for. Kept after the fact: which messages it would have taken decides which
 * deliveries race. */
typedef enum {
    RECV_NOTHING, /* a sleep */
    RECV_ANY,     /* a server loop: the first message */
    RECV_CLAUSES, /* the scenario's own patterns */
    RECV_REPLY,   /* {key2, _}, or 'DOWN' of ref key */
    RECV_ACK,     /* start-up answer {ack, key, _}, 'EXIT' of key, or 'DOWN' of ref key2 */
    RECV_DOWN,    /* 'DOWN' of ref key */
    RECV_EXIT,    /* 'EXIT' of pid key */
    RECV_TAGGED,  /* {key, _} */
    RECV_REPLIES, /* a reply to, or 'DOWN' of, a request in key, a list of {Request, Label} */
    RECV_SYSTEM,  /* a suspended process: {system, _, _}, or 'EXIT' of pid key */
} recv_kind;

typedef struct {
    uint8_t kind; /* recv_kind */
    term key, key2;
    uint32_t clause_first, clause_count;
    term *vars; /* RECV_CLAUSES: variables of the receiving template, as patterns see them */
    uint32_t var_count;
} rt_recv;

/* Things that operations read or write, for race detection. */
typedef enum {
    OBJECT_NAME,  /* a: the host's number of the name */
    OBJECT_LIFE,  /* a: pid. Written by what kills it from outside, read by what it does */
    OBJECT_DEAD,  /* a: pid. Written by its exit, read by signals that a dead process answers */
    OBJECT_TRAP,  /* a: pid. Its trap_exit flag */
    OBJECT_LINK,  /* a: pid, b: pid. The first one's side of the link; 0: all its links */
    OBJECT_REF,   /* a: pid, b: n. Monitor, on its owner's side; 0: the atom it is named by */
    OBJECT_ALIAS, /* a: pid, b: n */
} object_kind;

typedef enum {
    NOTE_SEND,
    NOTE_CAST,
    NOTE_CALL,
    NOTE_REPLY,
    NOTE_REPLIED,
    NOTE_CALL_EXIT,
    NOTE_CALL_TIMEOUT,
    NOTE_DELIVER,
    NOTE_RECEIVE,
    NOTE_AFTER,
    NOTE_TIMER,
    NOTE_SPAWN,
    NOTE_START,
    NOTE_STARTED,
    NOTE_EXIT,
    NOTE_CRASH,
    NOTE_EXIT_SIGNAL,
    NOTE_LINK,
    NOTE_UNLINK,
    NOTE_MONITOR,
    NOTE_DEMONITOR,
    NOTE_REGISTER,
    NOTE_UNREGISTER,
    NOTE_WHEREIS,
    NOTE_TIMER_SET,
    NOTE_TIMER_CANCEL,
    NOTE_LOG,
    NOTE_ASSERT_FAILED,
    NOTE_TRAP,
    NOTE_CHOICE,
    NOTE_LOST,
    NOTE_UNHANDLED,
    NOTE_LATE_DROPPED,
    NOTE_LATE_REPLY,
    NOTE_STOLEN,
    NOTE_RESTART,
    NOTE_INTENSITY,
    NOTE_MAILBOX,
    NOTE_DEADLOCK,
    NOTE_TERMINATE,
    NOTE_HANDLE,
    NOTE_DOWN,
    NOTE_STOP_CHILD,
    NOTE_COUNT
} note_kind;

typedef struct {
    rt_signal *(*signal_new)(rt_ctx *ctx);
    void (*signal_free)(rt_ctx *ctx, rt_signal *s);
    /* Takes the signal. from and to are set. */
    void (*send)(rt_ctx *ctx, rt_signal *s);
    /* A new process: pid, parent and mailbox set, nothing to run yet. Never NULL; past the host's
     * bound ctx->overflow is set and the process never runs. */
    rt_proc *(*spawn)(rt_ctx *ctx, rt_proc *parent, uint32_t template_index);
    /* True while the process of this pid has not ended. */
    bool (*alive)(rt_ctx *ctx, uint32_t pid);
    int64_t (*now_ms)(rt_ctx *ctx);
    /* Runs the process again with p->timed_out set once p->deadline_ms has come, unless it blocks
     * with another deadline or none by then. */
    void (*message_after)(rt_ctx *ctx, rt_proc *p, term ref, int64_t at_ms, term to, term message);
    /* Milliseconds left, or -1 if it fired, was cancelled, or never was. */
    int64_t (*timer_left)(rt_ctx *ctx, rt_proc *p, term ref, bool cancel);
    /* Names: an atom, {via, Registry, Key} or {global, Key}. 0: free. */
    uint32_t (*name_get)(rt_ctx *ctx, term name);
    /* The pid that holds the name afterwards: the given one, or who has it already; 0: the given
     * one has another name that is an atom. */
    uint32_t (*name_claim)(rt_ctx *ctx, term name, uint32_t pid);
    bool (*name_release)(rt_ctx *ctx, term name);
    /* One of 0..n-1; each possibility is a schedule of its own. */
    uint32_t (*choose)(rt_ctx *ctx, rt_proc *p, uint32_t n);
    /* The process has ended; all its signals were sent. */
    void (*ended)(rt_ctx *ctx, rt_proc *p);
    /* A receive took message s (NULL: gave up at once, `after 0`). may_give_up: it would not have
     * waited. */
    void (*received)(rt_ctx *ctx, rt_proc *p, rt_signal *s, const rt_recv *spec, bool may_give_up);
    void (*arrived)(rt_ctx *ctx, rt_proc *p, rt_signal *s); /* s is now in the mailbox */
    /* A message came for a process that has ended; in time, some receive might have taken it. */
    void (*missed)(rt_ctx *ctx, rt_proc *p, term message);
    void (*touch)(rt_ctx *ctx, object_kind kind, uint32_t a, uint32_t b, bool write);
    void (*note)(rt_ctx *ctx, rt_proc *p, note_kind kind, term a, term b);
} rt_host;

/* One per scheduler thread. Embedded at the start of the host's own structure. */
struct rt_ctx {
    const rt_host *host;
    const program *program;
    term_heap heap;
    arena *memory;     /* lives as long as the run */
    uint32_t permits;  /* visible operations that rt_proc_run() may still do */
    bool reply_by_ref; /* see rt_options */
    bool overflow;     /* some bound was reached: the run is to be cut */
    uint64_t work;     /* instructions run, messages and list entries looked at */
};

#endif
