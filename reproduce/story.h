/* A story: what a finding says will happen, as a handful of processes, their clauses and what
 * starts them. It is made from the model (slice.c, recipe_*.c), and told as a scenario of the
 * runtime (tell.c) or as a program for real OTP (emit_*.c). Internal to reproduce/.
 *
 * Texts (names, messages) are Erlang terms of atoms, integers, tuples and variables: both the
 * scenario language and Erlang read them as they are. */
#ifndef LODE_REPRODUCE_STORY_H
#define LODE_REPRODUCE_STORY_H

#include "base/base.h"
#include "classifiers/classifiers.h"
#include "reproduce/reproduce.h"

typedef enum {
    DO_CALL,        /* who, text: message; ms: timeout, FOREVER_MS */
    DO_CAST,        /* who, text */
    DO_SEND,        /* who, text */
    DO_SEND_SELF,   /* text */
    DO_SEND_AFTER,  /* text: message to itself; ms */
    DO_SLEEP,       /* ms, FOREVER_MS */
    DO_REPLY,       /* text; ends the clause */
    DO_REPLY_TO,    /* answers the caller at hand and goes on; text */
    DO_NOREPLY,     /* ends the clause */
    DO_AT_ONCE,     /* ends the clause or init: text names the continue message, NULL: timeout 0 */
    DO_STOP,        /* ends the clause and the process; text: reason */
    DO_CRASH,       /* text: reason */
    DO_SET,         /* state variable who = text */
    DO_NEED,        /* crashes with {who, is_not, text} unless state variable who has that value */
    DO_ASSERT,      /* text: what does not hold otherwise; who: variable that must be `true` */
    DO_ASSERT_GONE, /* who is not registered any more */
    DO_CHOOSE,      /* unknown: the statements up to DO_END happen, or not; text: why unknown */
    DO_OR,
    DO_TRY,             /* failures up to DO_END are caught */
    DO_SPAWN,           /* the statements up to DO_END run in a process of their own */
    DO_TASK,            /* likewise, its result is sent back */
    DO_AWAIT,           /* the result of the last DO_TASK; ms */
    DO_REPEAT,          /* ms: times */
    DO_END,             /* of the innermost of these */
    DO_RECEIVE,         /* text: pattern, NULL any; ms: limit, FOREVER_MS */
    DO_START,           /* process who; its starter waits for its init */
    DO_START_LINK,      /* likewise, linked */
    DO_STOP_SERVER,     /* who; waits for its end; ms */
    DO_START_CHILD,     /* who: supervisor, text: process */
    DO_TERMINATE_CHILD, /* who: supervisor, text: process; ms 0: by its pid */
    DO_WHICH_CHILDREN,  /* who: supervisor */
    DO_MONITOR,         /* who */
    DO_KILL,            /* who: registered name; text: reason */
    DO_AWAIT_NAME,      /* until who is registered */
    DO_TRAP_EXIT,
    DO_GATE, /* real OTP only: lets the driver's next requests in before it goes on */
} do_kind;

enum { FOREVER_MS = -1 };

typedef struct {
    uint8_t kind; /* do_kind */
    const char *who, *text;
    int64_t ms;
    sv path; /* source place; empty: none */
    uint32_t line;
} deed;
typedef VEC(deed) deeds;

typedef struct {
    const char *kind;    /* "call", "cast", "info", "continue", "terminate" */
    const char *pattern; /* variables and _ allowed */
    deeds body;
    sv path;
    uint32_t line;
    callback_ix callback; /* NO_IX: made up */
} story_clause;

typedef enum { ACTOR_SERVER, ACTOR_SUPERVISOR, ACTOR_DYNAMIC } actor_kind;

typedef struct {
    const char *name; /* actor it starts */
    const char *restart;
    int32_t shutdown_ms; /* SHUTDOWN_* of the model; SHUTDOWN_UNKNOWN: the default */
    int64_t count;       /* 1: one */
    sv path;
    uint32_t line;
} story_child;

typedef struct {
    uint8_t kind; /* actor_kind */
    const char *name;
    server_ix server; /* NO_IX: made up */
    VEC(const char *) variables, initials;
    deeds init;
    VEC(story_clause) clauses;
    bool started; /* somebody other than the driver starts it */
    bool unnamed; /* one of many */
    const char *strategy;
    int64_t intensity, period_s;
    VEC(story_child) children;
    sv path;
    uint32_t line;
} actor;

typedef struct {
    const model *m;
    const findings *all;
    const finding *f;
    bool control; /* tell it without the fault */
    arena memory;
    const char *title;
    VEC(actor) actors;
    deeds driver;
    uint32_t unknowns;         /* explored choices about what the model does not know */
    VEC(const char *) assumed; /* sentences */
    const char *control_text;  /* what the control does otherwise */
    int64_t time_ms;           /* horizon; 0: the default */
    uint32_t mailbox_max;      /* 0: none */
    bool reply_by_ref;
    const char *not_on_otp;  /* why real OTP cannot show it by a program; NULL: it can */
    const char *unsupported; /* why no story can be told; NULL: it can */
} story;

void story_release(story *s);

/* ---- building (story.c) ---- */

/* Index of a new actor whose name is made from `base` and is no other's. */
uint32_t actor_add(story *s, actor_kind kind, const char *base);
/* The actor of a server of the model, added when new. */
uint32_t actor_of(story *s, server_ix server);
story_clause *clause_add(story *s, uint32_t actor, const char *kind, const char *pattern,
                         callback_ix callback);
deed *deed_add(deeds *to, do_kind kind, const char *who, const char *text, int64_t ms);
/* Puts the source place of a node on a deed. */
void deed_at(const story *s, deed *d, node_ix node);
void assume(story *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A name made of letters, digits and _, small first, that is no word of a scenario. */
const char *name_of(story *s, sv text);
/* "load" or "{load, 3}": the message that the clause takes, and no other clause of the story. */
const char *message_of(story *s, callback_ix callback);
const char *kind_of(const story *s, callback_ix callback);
/* The callback clause that holds this node's effect; the finding's own when known. */
callback_ix root_of(const story *s);
/* What ends a clause of this kind as the model says. */
void end_clause(story *s, deeds *to, callback_ix callback);
/* Adds the driver's start of all actors that nobody else starts, in order. */
void start_all(story *s);
/* Adds a client process that sends the callback's message to the actor. */
void trigger(story *s, uint32_t to, callback_ix callback);
bool is_evidence(const story *s, node_ix node);
/* The supervisor that the finding is about; NO_IX. */
supervisor_ix supervisor_at(const story *s);
/* How its child i is restarted, in the words of a scenario. */
const char *restart_of(const story *s, const model_supervisor *sup, uint32_t i);

/* ---- recipes: one for each way to fail; see recipes.def ---- */

typedef struct {
    const char *rule;
    void (*tell)(story *s);
    uint32_t predicted; /* bits 1 << rt_category: any of them */
} recipe;
/* NULL when the rule has none. */
const recipe *recipe_of(sv rule);

/* ---- telling ---- */

void story_make(story *s, const recipe *r);
void story_tell(const story *s, uint32_t predicted, buf *out);
/* Appends ` @ "path:line"`, or nothing when line is 0. */
void place_add(buf *out, sv path, uint32_t line);
void story_emit_erlang(const story *s, uint32_t predicted, buf *out);

#endif
