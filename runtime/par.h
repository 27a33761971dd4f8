/* The multi-core scheduler: actors written as C functions, on one or more threads, in real time.
 * For load measurements; runtime.h has the explored scheduler for scenarios.
 *
 * A process is a handler and four words of state. The scheduler calls the handler with PAR_START
 * once and then with one message at a time, never twice at the same time for one process. Before
 * it returns, a handler may say what it wants next (par_receive_*, par_call, par_start); else it
 * gets what comes first. Nothing blocks: a call's answer is the handler's next message.
 *
 *     static void pong(par_self *self, uint64_t *state, const par_message *m)
 *     {
 *         if (m->kind == PAR_CALL) par_reply(self, m, m->word[0] + 1, 0, 0);
 *     }
 *
 * Semantics are OTP's where a C process can have them: signals between two processes keep their
 * order; links, monitors, exit signals, trapped exits and reasons as in Erlang; a call is
 * monitored, its late reply dropped (as with aliases since OTP 24); selective receive leaves what
 * it passes over in place. Different, and part of why it is fast: a handler is never interrupted,
 * so one that computes for long keeps its thread; a message is five words by value, and what its
 * words point to is the sender's own affair; nothing is collected.
 *
 * Thread safety: functions that take a par_self may be called only by the handler it was given to,
 * while it runs. par_open, par_run and par_close belong to one thread. */
#ifndef LODE_RUNTIME_PAR_H
#define LODE_RUNTIME_PAR_H

#include "base/error.h"
#include "base/sv.h"

typedef struct par par;
typedef struct par_self par_self;
/* A process; 0 is nobody. Never used again once its process has ended. */
typedef uint64_t par_pid;

typedef enum {
    PAR_START,   /* the first message; ref, if not 0: someone waits in par_start */
    PAR_MESSAGE, /* par_send */
    PAR_CAST,    /* par_cast */
    PAR_CALL,    /* par_call; to be answered with par_reply, now or later */
    PAR_REPLY,   /* the answer to the call or start with this ref */
    PAR_FAILED,  /* the call or start with this ref failed; tag: reason */
    PAR_TIMEOUT, /* the receive's time is over */
    PAR_TIMER,   /* par_timer_start; ref: which */
    PAR_DOWN,    /* the monitored process `from` ended; ref: of the monitor, tag: reason */
    PAR_EXIT, /* exits are trapped: linked process `from` ended, or par_exit_signal; tag: reason */
} par_kind;

/* Exit reasons. From PAR_REASON_USER on they are the programs' own. */
enum {
    PAR_NORMAL,
    PAR_SHUTDOWN,
    PAR_KILL, /* as an exit signal: cannot be trapped, arrives at links as PAR_KILLED */
    PAR_KILLED,
    PAR_NOPROC, /* there is no such process */
    PAR_TIMED_OUT,
    PAR_CRASHED,
    PAR_INTENSITY, /* unused as an exit reason: a supervisor that gives up ends with PAR_SHUTDOWN */
    PAR_REASON_USER = 16,
};

enum { PAR_THREADS_MAX = 64, PAR_TAG_MAX = 0x7ffffff0, PAR_STATE_WORDS = 4, PAR_WORDS = 3 };

/* One cache line. Valid until the handler returns; a PAR_CALL until it is answered. */
typedef struct par_message {
    struct par_message *next; /* the scheduler's own */
    par_pid from, to;
    uint64_t ref;
    uint32_t tag; /* up to PAR_TAG_MAX the sender's choice; or a reason, see par_kind */
    uint8_t kind; /* par_kind */
    uint64_t word[PAR_WORDS];
} par_message;

/* state: the process's own words, as par_spawn was given them and as the handler leaves them. */
typedef void (*par_handler)(par_self *self, uint64_t *state, const par_message *m);

typedef struct {
    uint32_t threads; /* 1 to PAR_THREADS_MAX */
    /* One message a turn, and processes moved between threads whenever they can be: for many
     * interleavings, not for speed. */
    bool scatter;
} par_options;

/* A scheduler without processes. On success *out is the caller's, to par_close(). ERR_INPUT for a
 * wrong number of threads, ERR_IO if threads cannot be had. */
bool par_open(const par_options *options, par **out, error *err);
/* Runs a first process (state: PAR_STATE_WORDS words, NULL: zeros) until it ends, and gives its
 * reason. All other processes stop where they are, to go on with the next par_run(). */
uint32_t par_run(par *system, par_handler handler, const uint64_t *state);
/* Ends everything and frees it; runs the release functions of par_own. */
void par_close(par *system);

par_pid par_me(const par_self *self);
/* The thread this runs on, from 0. */
uint32_t par_thread(const par_self *self);

enum { PAR_LINKED = 1, PAR_MONITORED = 2 };
/* A new process. state as in par_run. flags: linked to and monitored by the caller from its first
 * moment; *ref, if not NULL, is then the monitor's. */
par_pid par_spawn(par_self *self, par_handler handler, const uint64_t *state, unsigned flags,
                  uint64_t *ref);
/* As par_spawn and waits until the new process has handled PAR_START: next comes PAR_REPLY (word[0]
 * is the pid), or PAR_FAILED if it ended first. Gives the ref of either. */
uint64_t par_start(par_self *self, par_handler handler, const uint64_t *state, unsigned flags);
/* From the next message on another function handles this process. */
void par_become(par_self *self, par_handler handler);
/* The process ends when the handler returns. */
void par_exit(par_self *self, uint32_t reason);
/* Frees memory with the process, however that ends. */
void par_own(par_self *self, void *memory, void (*release)(void *memory));

/* To a process that is gone a message is dropped. */
void par_send(par_self *self, par_pid to, uint32_t tag, uint64_t a, uint64_t b, uint64_t c);
void par_cast(par_self *self, par_pid to, uint32_t tag, uint64_t a, uint64_t b, uint64_t c);
/* A request. Next comes PAR_REPLY with the given ref, or PAR_FAILED: PAR_TIMED_OUT after timeout_ms
 * (-1: never, at least 1) or the reason the other process ended with. Other messages wait. One call
 * at a time. */
uint64_t par_call(par_self *self, par_pid to, uint32_t tag, uint64_t a, uint64_t b, uint64_t c,
                  int64_t timeout_ms);
/* Answers a PAR_CALL that this process got, once. */
void par_reply(par_self *self, const par_message *request, uint64_t a, uint64_t b, uint64_t c);

/* What the handler wants next; timeout_ms -1: waits for ever, 0: only what is there. After it
 * PAR_TIMEOUT comes. */
void par_receive_any(par_self *self, int64_t timeout_ms);
/* The first message, cast, call or timer with this tag. */
void par_receive_tag(par_self *self, uint32_t tag, int64_t timeout_ms);
/* The first for which the function says so. It sees no PAR_REPLY, PAR_FAILED and PAR_TIMEOUT, and
 * must depend on nothing that changes while it waits. */
typedef bool (*par_match)(const uint64_t *state, const par_message *m);
void par_receive_match(par_self *self, par_match match, int64_t timeout_ms);
/* The PAR_EXIT of this process. */
void par_receive_exit(par_self *self, par_pid from, int64_t timeout_ms);

/* Sends PAR_TIMER to the caller in so many ms, never earlier. Gives its ref. */
uint64_t par_timer_start(par_self *self, int64_t after_ms, uint32_t tag, uint64_t word);
/* False if it is no longer there: fired (its message may be waiting) or cancelled. */
bool par_timer_cancel(par_self *self, uint64_t ref);
/* Milliseconds of the monotonic clock since par_open; may lag by a scheduling round. */
int64_t par_now_ms(const par_self *self);

void par_trap_exits(par_self *self, bool trap);
/* To a process that is gone: an exit signal PAR_NOPROC comes back. */
void par_link(par_self *self, par_pid other);
void par_unlink(par_self *self, par_pid other);
uint64_t par_monitor(par_self *self, par_pid other);
/* No PAR_DOWN comes for it any more, unless it waits already. */
void par_demonitor(par_self *self, uint64_t ref);
void par_exit_signal(par_self *self, par_pid to, uint32_t reason);

/* Gives the caller a name, free again when it ends, before anyone hears of that. False: taken. For
 * tens of names: they are looked up one by one, behind a lock. */
bool par_register(par_self *self, sv name);
/* 0: nobody has it. */
par_pid par_whereis(par_self *self, sv name);

/* Supervisors, by OTP's rules. */
typedef enum { PAR_ONE_FOR_ONE, PAR_ONE_FOR_ALL, PAR_REST_FOR_ONE } par_strategy;
typedef enum { PAR_PERMANENT, PAR_TRANSIENT, PAR_TEMPORARY } par_restart;
typedef struct {
    par_handler handler;
    uint64_t state[PAR_STATE_WORDS];
    par_restart restart;
    int64_t shutdown_ms; /* -1: waits for ever, 0: kills at once */
} par_child;
typedef struct {
    par_strategy strategy;
    uint32_t intensity;        /* restarts allowed within the period */
    uint32_t period_s;         /* whole seconds, both ends count */
    const par_child *children; /* started in this order, stopped in the reverse; copied */
    uint32_t child_count;
    const par_child *dynamic; /* children of par_sup_start_child are made like this one; or NULL */
} par_sup;

/* Starts a linked supervisor; answers as par_start does, once all children are up. */
uint64_t par_sup_start(par_self *self, const par_sup *sup);
/* A call to a supervisor with `dynamic`: a child whose first three words of state are a, b, c.
 * PAR_REPLY: word[0] is the pid, or 0 and word[1] the reason. */
uint64_t par_sup_start_child(par_self *self, par_pid supervisor, uint64_t a, uint64_t b,
                             uint64_t c);
/* Stops and forgets a dynamic child. PAR_REPLY: word[0] is whether there was one. */
uint64_t par_sup_stop_child(par_self *self, par_pid supervisor, par_pid child);
/* PAR_REPLY: word[0] children alive, word[1] restarts so far. */
uint64_t par_sup_count(par_self *self, par_pid supervisor);

#endif
