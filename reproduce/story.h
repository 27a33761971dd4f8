/* A story: what a finding says will happen, as a handful of processes, their clauses and what
 * starts them. It is made from the model (slice.c, recipe_*.c), and told as a scenario of the
 * runtime (tell.c) or as a program for real OTP (emit.c). Internal to reproduce/.
 *
 * Texts (names, messages) are terms of atoms, integers, tuples and variables, and conditions on
 * them, in the words of the scenario language. */
#ifndef LODE_REPRODUCE_STORY_H
#define LODE_REPRODUCE_STORY_H

#include "base/base.h"
#include "classifiers/classifiers.h"
#include "reproduce/reproduce.h"

/* What a process does, one step: see deeds.def. */
typedef enum {
#define DEED(id, shape, scenario, erlang, elixir) id,
#include "reproduce/deeds.def"
#undef DEED
    DO_KIND_COUNT
} do_kind;

typedef enum { PLAIN, OPENS, TURNS, ENDS } deed_shape;
typedef enum { TELL_SCENARIO, TELL_ERLANG, TELL_ELIXIR, TELL_COUNT } tell_language;
typedef struct {
    uint8_t shape; /* deed_shape */
    const char *text[TELL_COUNT];
} deed_row;
const deed_row *deed_get(do_kind kind);

enum { FOREVER_MS = -1 };

typedef struct {
    uint8_t kind; /* do_kind */
    const char *who, *text;
    const char *into; /* variable that takes the result; NULL: nobody asks for it */
    int64_t ms;       /* or a number; FOREVER_MS */
    sv path;          /* source place; empty: none */
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
/* The same, its result kept in a variable. */
deed *deed_into(deeds *to, const char *into, do_kind kind, const char *who, const char *text,
                int64_t ms);
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
    uint32_t predicted;   /* bits 1 << rt_category: any of them */
    const char *why_none; /* no story: why there is nothing to tell */
} recipe;
/* NULL when the rule has none. */
const recipe *recipe_of(sv rule);

/* ---- telling ---- */

void story_make(story *s, const recipe *r);
void story_tell(const story *s, uint32_t predicted, buf *out);
/* Appends ` @ "path:line"`, or nothing when line is 0. */
void place_add(buf *out, sv path, uint32_t line);
/* The other way: the actors, the driver and what a told scenario says besides; without a model.
 * ERR_INPUT names the line that is none of a story. */
bool story_read(sv file_name, sv text, story *out, uint32_t *predicted, error *err);
/* A program of TELL_ERLANG or TELL_ELIXIR. */
void story_emit(story *s, uint32_t predicted, tell_language language, buf *out);
/* How a text is told. */
typedef struct {
    tell_language language;
    const char *bound; /* variables of the clause's pattern, separated by spaces; others are kept
                          by the process */
    bool scaled;       /* times are a program's, which scales them by ms() */
    uint32_t names;    /* fresh numbers so far */
} telling;
/* Appends a text of deeds.def with a deed's words in it. */
void deed_tell(const deed *d, telling *t, buf *out);
/* A term of a story. */
void term_add(buf *out, const char *text, const telling *t, bool pattern);
/* A time as it is told: FOREVER_MS is infinity. */
void time_told(const telling *t, int64_t ms, buf *out);

#endif
