/* The process side: what a process is and does, the same under every scheduler.
 *
 * proc.c     creation, the run loop, failure and exit
 * signal.c   what an arriving signal does; links, monitors, aliases
 * receive.c  the mailbox: selective receive, timeouts, patterns
 * expr.c     expressions and patterns
 * interp.c   the scenario's instructions
 * call.c     gen_server:call, start-up handshake, stop, Task.await
 * request.c  send_request and its responses, system messages, init_ack and enter_loop
 * server.c   the gen_server loop            statem.c  the gen_statem loop
 * sup.c      supervisors: start, API, loop  sup_restart.c  restart and shutdown
 * sup_spec.c flags and child specifications */
#ifndef LODE_RUNTIME_PROC_H
#define LODE_RUNTIME_PROC_H

#include "runtime/host.h"

enum { FRAMES_MAX = 64, TRIES_MAX = 8 };

/* What a step of a frame comes to. */
typedef enum {
    RT_CONT,  /* more to do at once */
    RT_WANT,  /* the next operation is visible and needs a permit */
    RT_BLOCK, /* waits for a message or a deadline */
} rt_step;

typedef enum {
    FRAME_CODE,
    FRAME_CALL,
    FRAME_START,
    FRAME_AWAIT,
    FRAME_EXIT,
    FRAME_SERVER,
    FRAME_STATEM,
    FRAME_SUP,
    FRAME_SHUTDOWN,
    FRAME_TASK,
    FRAME_RESPONSE,
    FRAME_SYSTEM,
    FRAME_COUNT
} frame_kind;

typedef struct {
    uint32_t target;  /* code */
    uint32_t pattern; /* NONE: takes any reason */
} rt_try;

/* One activation on a process's stack: where it is and what it knows. No C stack is kept. */
typedef struct {
    uint8_t kind; /* frame_kind */
    uint8_t step; /* within the frame's own state machine */
    uint8_t try_count;
    bool waiting; /* code: a frame above computes the result of the instruction at pc */
    uint32_t pc;
    uint32_t tmpl;
    uint32_t i, j;
    int64_t ms;
    term r[6];
    term *vars;
    term *before; /* servers: what vars held when the callback at work began */
    void *data;
    rt_try tries[TRIES_MAX];
} rt_frame;

typedef struct {
    uint32_t n;              /* of the reference */
    uint32_t target;         /* pid */
    term object;             /* what DOWN names */
    term tag;                /* instead of DOWN; TERM_NONE: none */
    bool monitors;           /* false: an alias only */
    bool alias;              /* active alias */
    bool alias_by_demonitor; /* the alias ends with the monitor */
    bool alias_by_reply;     /* the first message to the alias ends both */
} rt_monitor;
typedef struct {
    uint32_t watcher;
    term ref;
    term object;
} rt_watcher;

typedef struct {
    uint32_t other;
    uint32_t n;
} rt_unlinking;

typedef enum { PROC_BLOCKED, PROC_WANTS, PROC_DEAD } proc_status;

struct rt_proc {
    uint32_t pid, parent;
    uint32_t tmpl;
    uint8_t status; /* proc_status */
    bool trap_exit;
    bool receiving;   /* inside a receive: scanned, found, deadline_ms are meant */
    bool timed_out;   /* the host: the deadline came */
    bool ending;      /* the exit frame is on the stack: nothing catches any more */
    bool nonblocking; /* the receive has `after 0` */
    uint32_t refs_made, children_made;
    uint32_t line, place; /* of the instruction at work, for notes */
    uint32_t frame_count, frame_capacity;
    rt_frame *frames;
    rt_signal *mail_first, *mail_last;
    uint32_t mail_count;
    uint64_t mail_words;
    rt_signal *scanned; /* last message looked at by the receive; NULL: none */
    rt_signal *found;   /* the one it will take */
    uint32_t found_clause;
    int64_t deadline_ms; /* -1: none */
    VEC(uint32_t) links;
    VEC(rt_unlinking) unlinking; /* unlinks that the other side has not answered yet */
    uint32_t unlinks_made;
    VEC(rt_monitor) monitors;
    VEC(rt_watcher) watchers;
    VEC(term) names;
    term result;      /* of the frame that just ended */
    uint8_t ret_kind; /* return_kind of the code that just ended */
    term ret[3];      /* its value or reason, timeout, continue or reply */
    term exit_reason;
    uint32_t born_at; /* the host's own: event that spawned it */
    uint32_t thread;  /* the host's own: its number as one of the things that move */
    uint32_t server;  /* pid whose answer it waits for; 0: none. For wait-for graphs */
    term wait_ref;    /* the request it waits with */
    void *owned;      /* a behaviour's own data outside the arena */
    void (*owned_release)(void *owned);
    term handling; /* `from` of the request being handled; TERM_NONE: none */
};

/* proc.c */
/* Makes p ready to run its template with these arguments (a list). starter is the process that
 * waits for its start-up answer (0: none), parent_link whether that is its parent. */
void rt_proc_setup(rt_ctx *ctx, rt_proc *p, uint32_t tmpl, term args, uint32_t starter,
                   bool linked);
/* Runs until it blocks, ends, or has no permit left for its next visible operation. */
void rt_proc_run(rt_ctx *ctx, rt_proc *p);
rt_frame *rt_push(rt_ctx *ctx, rt_proc *p, frame_kind kind);
void rt_pop(rt_proc *p, term result);
static inline rt_frame *rt_top(rt_proc *p)
{
    return &p->frames[p->frame_count - 1];
}
/* The failure of what runs now: unwinds to what handles it, else the process exits. */
rt_step rt_raise(rt_ctx *ctx, rt_proc *p, term reason);
/* As rt_raise for error(reason): the exit reason carries a stack trace, kept empty here. */
rt_step rt_fail(rt_ctx *ctx, rt_proc *p, term reason);
/* Ends the process as its next visible operation, past all handlers. */
rt_step rt_exit_soon(rt_ctx *ctx, rt_proc *p, term reason);
/* Ends the process now. */
void rt_exit_now(rt_ctx *ctx, rt_proc *p, term reason);
/* As rt_proc_setup for a piece of code with its own copy of variables. task: the reference its
 * result is sent to (TERM_NONE: nobody waits). */
void rt_proc_setup_code(rt_ctx *ctx, rt_proc *p, uint32_t tmpl, const term *vars, uint32_t pc,
                        term task);
bool rt_reason_is_normal(rt_ctx *ctx, term reason); /* normal, shutdown, {shutdown, _} */
/* Frees what a process holds outside the arena. */
void rt_proc_release(rt_proc *p);

/* True if the visible operation may be done now; takes the permit. */
static inline bool rt_permit(rt_ctx *ctx, rt_proc *p)
{
    if (ctx->permits == 0) return false;
    ctx->permits--;
    if (ctx->host->touch) ctx->host->touch(ctx, OBJECT_LIFE, p->pid, 0, false);
    return true;
}
static inline void rt_touch(rt_ctx *ctx, object_kind kind, uint32_t a, uint32_t b, bool write)
{
    if (ctx->host->touch) ctx->host->touch(ctx, kind, a, b, write);
}
static inline void rt_note(rt_ctx *ctx, rt_proc *p, note_kind kind, term a, term b)
{
    if (ctx->host->note) ctx->host->note(ctx, p, kind, a, b);
}

/* signal.c */
void rt_deliver(rt_ctx *ctx, rt_proc *p, rt_signal *s);
void rt_signal_send(rt_ctx *ctx, uint32_t from, uint32_t to, signal_kind kind, term body, term aux);
/* Sends a message to a pid, name, via tuple, {partition, Name, Key} or alias reference. False: no
 * such name. */
bool rt_message(rt_ctx *ctx, rt_proc *p, term to, term message);
/* The pid behind a destination, 0 if a name is free, NONE if it is no destination at all. */
uint32_t rt_resolve(rt_ctx *ctx, rt_proc *p, term to);
/* Notes a message that its dead receiver never took, if that is a loss. It makes no difference
 * whether the message or the end came first. */
void rt_note_if_lost(rt_ctx *ctx, rt_proc *p, const rt_signal *s);
/* False: the other has ended, and p does not trap exits; link/1 then fails at once with noproc. */
bool rt_link(rt_ctx *ctx, rt_proc *p, uint32_t other);
void rt_unlink(rt_ctx *ctx, rt_proc *p, uint32_t other);
term rt_ref_new(rt_proc *p);
/* Monitors, or only makes an alias (target 0); object is what DOWN will name. */
void rt_monitor_add(rt_ctx *ctx, rt_proc *p, term ref, uint32_t target, term object,
                    alias_kind alias);
/* True if the monitor was still there. flush also drops a 'DOWN' that has come. */
bool rt_demonitor(rt_ctx *ctx, rt_proc *p, term ref, bool flush);
/* Ends an alias; true if it was active. */
bool rt_unalias(rt_ctx *ctx, rt_proc *p, term ref);
rt_monitor *rt_monitor_find(rt_proc *p, term ref);

/* receive.c */
/* One receive. timeout_ms -1: none. RT_CONT: *got is the message (taken out of the mailbox; the
 * caller frees it) or NULL after the timeout. */
rt_step rt_receive(rt_ctx *ctx, rt_proc *p, const rt_recv *spec, int64_t timeout_ms,
                   rt_signal **got);
/* The next receive of p need not look at what is in the mailbox now. */
rt_signal *rt_mark(const rt_proc *p);
/* As rt_receive, looking only after mark (NULL: at all). */
rt_step rt_receive_marked(rt_ctx *ctx, rt_proc *p, const rt_recv *spec, int64_t timeout_ms,
                          rt_signal *mark, rt_signal **got);
bool rt_recv_matches(rt_ctx *ctx, uint32_t pid, const rt_recv *spec, term message,
                     uint32_t *clause_index, term *vars);
/* Takes the first message that matches out of the mailbox, without waiting; NULL: none. */
rt_signal *rt_take(rt_ctx *ctx, rt_proc *p, const rt_recv *spec);

/* expr.c */
/* The value of an expression; false leaves the failure's reason in *out. */
bool rt_eval(rt_ctx *ctx, uint32_t pid, const term *vars, uint32_t n, term *out);
/* Matches and binds into vars; a failed match may leave some bound. */
bool rt_match(rt_ctx *ctx, uint32_t pid, term *vars, uint32_t pattern, term value);

/* interp.c */
/* The value of operand i of the instruction into *out (TERM_NONE: left out); false: it failed, and
 * *step is what comes of that. */
bool rt_operand(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in, uint32_t i, term *out,
                rt_step *step);
/* Ends the instruction: its result goes where it says. */
rt_step rt_op_done(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in, term value);
/* A timeout operand in ms; -1: infinity. absent is what TERM_NONE stands for. */
bool rt_timeout_value(term t, int64_t absent, int64_t *ms);
/* The code and variables of a fun, with its argument bound; false: it is none. */
bool rt_fun_parts(rt_ctx *ctx, term fun, uint32_t *tmpl, uint32_t *pc, uint32_t *param,
                  term **vars);
rt_step rt_code_step(rt_ctx *ctx, rt_proc *p, rt_frame *f);
/* Puts code on the stack; variables that are no state of the template are unset first. */
void rt_code_push(rt_ctx *ctx, rt_proc *p, uint32_t tmpl, term *vars, uint32_t pc, bool fresh);
/* A callback that fails leaves the server's state as it was: remembers it, and brings it back. */
void rt_state_keep(rt_ctx *ctx, rt_frame *f);
void rt_state_restore(rt_ctx *ctx, rt_frame *f);
/* The clause of a template that takes this value; NONE: none. Its variables are bound. */
uint32_t rt_clause_find(rt_ctx *ctx, rt_proc *p, uint32_t tmpl, term *vars, clause_kind kind,
                        term value, term state);

/* call.c */
void rt_call_push(rt_ctx *ctx, rt_proc *p, term to, term label, term request, int64_t timeout_ms);
/* proc_lib:stop: a request that is answered by the end of the process. */
void rt_stop_push(rt_ctx *ctx, rt_proc *p, term to, term reason, int64_t timeout_ms);
/* flags: SPAWN_LINK, SPAWN_MONITOR. timeout_ms -1: none. A function runs here instead. */
void rt_start_push(rt_ctx *ctx, rt_proc *p, uint32_t tmpl, term args, uint32_t flags,
                   int64_t timeout_ms);
void rt_await_push(rt_ctx *ctx, rt_proc *p, term task, int64_t timeout_ms, bool yield);
rt_step rt_call_step(rt_ctx *ctx, rt_proc *p, rt_frame *f);
rt_step rt_start_step(rt_ctx *ctx, rt_proc *p, rt_frame *f);
rt_step rt_await_step(rt_ctx *ctx, rt_proc *p, rt_frame *f);
rt_step rt_task_step(rt_ctx *ctx, rt_proc *p, rt_frame *f);
/* Tells who asked for the stop that it was heard, as part of the same operation. */
void rt_stop_heard(rt_ctx *ctx, rt_proc *p, term from);
/* Sends {Tag, Value} to the caller that `from` stands for. */
void rt_reply(rt_ctx *ctx, rt_proc *p, term from, term value);

/* request.c */
/* One function per instruction, as in interp.c. */
rt_step rt_op_request(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in);
rt_step rt_op_response(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in);
rt_step rt_op_check_response(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in);
rt_step rt_op_system(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in);
rt_step rt_op_init_ack(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in);
rt_step rt_op_enter_loop(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in);
rt_step rt_op_binary(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in);
rt_step rt_op_check_specs(rt_ctx *ctx, rt_proc *p, rt_frame *f, const insn *in);
rt_step rt_response_step(rt_ctx *ctx, rt_proc *p, rt_frame *f);
/* A system message but for the end: puts what answers it on the stack. state is where the frame
 * keeps the state of a state machine, NULL for a server. */
void rt_system_push(rt_ctx *ctx, rt_proc *p, rt_frame *f, term from, term what, term *state);
rt_step rt_system_step(rt_ctx *ctx, rt_proc *p, rt_frame *f);
/* True if the failure of a replace_state function was taken care of. */
bool rt_system_catch(rt_ctx *ctx, rt_proc *p, rt_frame *f, term reason);

/* server.c */
enum { INIT_NAME, INIT_RUN, INIT_RAN, INIT_FREE_NAME, INIT_ACK_END, INIT_DONE };
rt_step rt_server_step(rt_ctx *ctx, rt_proc *p, rt_frame *f);
bool rt_server_catch(rt_ctx *ctx, rt_proc *p, rt_frame *f, term reason);
/* The start-up that gen_server, gen_statem and supervisors share: claims the name. Sets f->step to
 * INIT_RUN, or ends the process with the answer {error, {already_started, Pid}}. */
rt_step rt_init_name(rt_ctx *ctx, rt_proc *p, rt_frame *f);
/* Start-up failed or is given up: frees the name, answers the starter, exits. */
rt_step rt_init_end(rt_ctx *ctx, rt_proc *p, rt_frame *f, term answer, term reason);
rt_step rt_init_end_step(rt_ctx *ctx, rt_proc *p, rt_frame *f);

/* statem.c */
rt_step rt_statem_step(rt_ctx *ctx, rt_proc *p, rt_frame *f);
bool rt_statem_catch(rt_ctx *ctx, rt_proc *p, rt_frame *f, term reason);
bool rt_statem_action(rt_ctx *ctx, rt_proc *p, statem_action action, const term *e);

/* sup.c, sup_restart.c */
rt_step rt_sup_step(rt_ctx *ctx, rt_proc *p, rt_frame *f);
bool rt_sup_catch(rt_ctx *ctx, rt_proc *p, rt_frame *f, term reason);
/* supervisor:check_childspecs: ok or {error, Fault}. auto_shutdown TERM_NONE: not known. */
term rt_check_childspecs(rt_ctx *ctx, term list, term auto_shutdown);
rt_step rt_shutdown_step(rt_ctx *ctx, rt_proc *p, rt_frame *f);

#endif
