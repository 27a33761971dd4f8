/* Supervisors: what sup.c (start-up, API, loop) and sup_restart.c (starting, stopping and
 * restarting children) share. The rules are those of OTP's supervisor.erl; DynamicSupervisor of
 * Elixir is a simple_one_for_one whose children bring their own specifications. */
#ifndef LODE_RUNTIME_SUP_H
#define LODE_RUNTIME_SUP_H

#include "runtime/proc.h"

typedef struct {
    term id;
    term pid; /* a pid, undefined, or {restarting, OldPid} */
    uint32_t tmpl;
    term args;
    uint8_t restart;
    bool significant;
    bool is_supervisor;
    int32_t shutdown_ms; /* or SHUTDOWN_ */
    term ref;            /* while a dynamic child is stopped: its monitor */
} sup_child;

/* What goes on once a sequence of starts or stops is through. */
typedef enum { SUP_FOR_INIT, SUP_FOR_FAILED_INIT, SUP_FOR_RESTART, SUP_FOR_END } sup_purpose;

typedef struct sup {
    uint8_t strategy; /* strategy_kind */
    uint8_t auto_shutdown;
    bool simple;  /* children come and go by pid */
    bool dynamic; /* and bring their own specification */
    uint32_t intensity, period_s, max_children;
    sup_child spec;          /* simple: what every child is */
    VEC(sup_child) children; /* in start order */
    VEC(int64_t) restarts;   /* seconds, oldest first */
    uint8_t purpose;         /* sup_purpose of the sequence under way */
    uint32_t at;             /* next child to start, or one past the next to stop */
    uint32_t low;            /* first child of the sequence */
    int64_t stop_began_ms;
    term failed_id; /* child whose restart began the sequence */
    term failed_pid;
    term from; /* caller to answer; TERM_NONE: nobody */
    term answer;
    uint32_t one;    /* child that a single start or stop is about */
    sup_child fresh; /* start_child: not yet among the children */
} sup;

enum {
    SUP_LOOP = INIT_DONE + 1,
    SUP_START, /* the next child of the sequence */
    SUP_STARTED,
    SUP_STOP,
    SUP_STOPPED,
    SUP_STOP_ALL, /* dynamic children: all at once */
    SUP_STOP_EACH,
    SUP_ACK,
    SUP_CHILD_STARTED, /* start_child */
    SUP_AGAIN_STARTED, /* restart_child */
    SUP_RESTARTED,     /* automatic restart of one child */
    SUP_CHILD_STOPPED, /* terminate_child */
    SUP_REPLY,
};

static inline bool sup_child_runs(const sup_child *c)
{
    return term_tag(c->pid) == T_PID;
}
static inline bool sup_child_restarting(const sup_child *c)
{
    return term_tag(c->pid) == T_TUPLE;
}
/* sup_spec.c: flags and children as the template has them; TERM_NONE or the fault that init ends
 * with. */
term sup_flags(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s);
term sup_children(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s);
/* Reads a child specification; TERM_NONE, or what is wrong with it. auto_shutdown is never,
 * any_significant, all_significant, or undefined: not known. */
term sup_child_check(rt_ctx *ctx, term spec, term auto_shutdown, sup_child *out);
/* The specification that sup_child_check reads. */
term sup_child_term(rt_ctx *ctx, const sup_child *c);
term sup_auto_term(const sup *s);
uint32_t sup_find_pid(const rt_ctx *ctx, const sup *s, term pid);
uint32_t sup_find_id(const rt_ctx *ctx, const sup *s, term id);
void sup_remove(sup *s, uint32_t index);
/* A child that is gone for good or until someone asks: its specification stays unless temporary. */
void sup_forget(sup *s, uint32_t index);
void sup_start_one(rt_ctx *ctx, rt_proc *p, rt_frame *f, const sup_child *c, uint8_t then);
/* Starts children from `low` on, for s->purpose. */
rt_step sup_start_from(rt_frame *f, sup *s, uint32_t low);
/* Stops children from the last down to `low`, for s->purpose. */
rt_step sup_stop_from(rt_ctx *ctx, rt_frame *f, sup *s, uint32_t low);
/* A child ended with this reason. */
rt_step sup_child_exited(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s, uint32_t index, term reason);
/* Restarts a child, or gives up when the intensity is used up. */
rt_step sup_restart(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s, uint32_t index);
/* Stops everything and exits with the reason. */
rt_step sup_end(rt_ctx *ctx, rt_frame *f, sup *s, term reason);
/* The steps from SUP_START to SUP_STOP_EACH, and SUP_RESTARTED. */
rt_step sup_sequence_step(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s);
/* The pid in a start result; undefined for ignore, TERM_NONE for a failure (*reason says why). */
term sup_start_result(rt_ctx *ctx, term result, term *reason);

#endif
